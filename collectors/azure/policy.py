"""Azure Policy: which rules were assigned to each subscription, what is exempt, and what Azure finds by comparing.

What it finds is Azure's word, and recorded as that: our own checks do not rest on it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from collectors.azure.errors import MalformedAnswerError
from collectors.azure.operations import Query, Read
from collectors.azure.parts import part_of
from collectors.azure.reading import Answer, arm_id, last
from collectors.azure.source import AzureSubscription, AzureTenant
from core.plugins import collector
from core.resource import Unobserved
from core.resources.azure.policy import PolicyAssignment, PolicyCompliance, PolicyDeviation, PolicyExemption

ASSIGNMENTS = Read(
    "{scope}/providers/Microsoft.Authorization/policyAssignments",
    "2023-04-01",
    "Microsoft.Authorization/policyAssignments/read",
)
EXEMPTIONS = Read(
    "{scope}/providers/Microsoft.Authorization/policyExemptions",
    "2022-07-01-preview",
    "Microsoft.Authorization/policyExemptions/read",
)
READ_STATES = "Microsoft.PolicyInsights/policyStates/queryResults/read"
STATES = Query(
    "microsoft.policyinsights/policystates",
    READ_STATES,
    {"comparisons": "count()", "newest": "max(todatetime(properties.timestamp))"},
    table="policyresources",
    groups={
        "assignment": "tolower(tostring(properties.policyAssignmentId))",
        "subscription": "tostring(subscriptionId)",
        "state": "tolower(tostring(properties.complianceState))",
    },
)
"""There is one state for each resource and policy, tens of millions in a large tenant: they are counted there."""
DEVIATIONS = Query(
    "microsoft.policyinsights/policystates",
    READ_STATES,
    {
        "assignment": "properties.policyAssignmentId",
        "policy": "properties.policyDefinitionId",
        "reference": "properties.policyDefinitionReferenceId",
        "resource": "properties.resourceId",
    },
    common=("subscriptionId",),
    table="policyresources",
    only=("properties.complianceState", "NonCompliant"),
)


@collector(permissions=(ASSIGNMENTS,))
def policy_assignments(subscription: AzureSubscription) -> Iterator[PolicyAssignment]:
    """Every policy that was assigned to the subscription: at it, below it, and from above it."""
    for found in subscription.listed(ASSIGNMENTS):
        yield PolicyAssignment(
            id=found.id(),
            name=found.text("properties.displayName", absent=found.must("name")),
            scope=arm_id(found.must("properties.scope")) or "/",
            definition=found.id("properties.policyDefinitionId"),
            enforced=part_of(
                found.text("properties.enforcementMode", absent="Default"), lambda mode: mode.lower() == "default"
            ),
            excluded=tuple(map(arm_id, found.texts("properties.notScopes"))),
            subscription=subscription.scope,
        )


@collector(permissions=(EXEMPTIONS,))
def policy_exemptions(subscription: AzureSubscription) -> Iterator[PolicyExemption]:
    """Everything that need not be as an assigned policy wants it: at the subscription, below it, and from above it."""
    for found in subscription.listed(EXEMPTIONS):
        yield PolicyExemption(
            id=found.id(),
            name=found.text("properties.displayName", absent=found.must("name")),
            assignment=found.id("properties.policyAssignmentId"),
            category=found.text("properties.exemptionCategory"),
            expires=found.moment("properties.expiresOn", absent=None),
            subscription=subscription.scope,
        )


@collector(permissions=(STATES,))
def policy_compliances(tenant: AzureTenant) -> Iterator[PolicyCompliance]:
    """How often Azure Policy compared a resource with a policy of each assignment, by what came of it."""
    for (assignment, subscription), rows in groupby(tenant.rows(STATES), key=_compared):
        counted = list(rows)
        yield PolicyCompliance(
            id=f"{assignment};{subscription}",
            assignment=assignment,
            subscription=subscription,
            states={each.must("state"): _count(each) for each in counted},
            latest=_newest([each.moment("newest") for each in counted]),
        )


@collector(permissions=(DEVIATIONS,))
def policy_deviations(tenant: AzureTenant) -> Iterator[PolicyDeviation]:
    """Every resource that Azure Policy finds to deviate from a policy, once for each policy."""
    for row in tenant.rows(DEVIATIONS):
        reference = row.text("reference", absent="")
        yield PolicyDeviation(
            id=row.id(),
            assignment=sys.intern(row.id("assignment")),
            subscription=sys.intern(row.must("subscriptionId").lower()),
            resource=row.id("resource"),
            policy=part_of(reference, lambda said: sys.intern(said or last(row.must("policy")))),  # noqa: B023 - at once
        )


def _compared(row: Answer) -> tuple[str, str]:
    return row.id("assignment"), row.must("subscription").lower()


def _count(row: Answer) -> int:
    found = row.number("comparisons")
    if not isinstance(found, int):
        raise MalformedAnswerError("the answer does not say how many comparisons there are")
    return found


def _newest(moments: list[Any]) -> datetime:
    unseen: list[Any] = [each for each in moments if isinstance(each, Unobserved)]
    found: datetime = unseen[0] if unseen else max(moments)
    return found
