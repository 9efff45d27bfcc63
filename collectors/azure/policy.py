"""Azure Policy: which rules were assigned to each subscription."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.azure.operations import Read
from collectors.azure.parts import part_of
from collectors.azure.reading import arm_id
from collectors.azure.source import AzureSubscription
from core.plugins import collector
from core.resources.azure.policy import PolicyAssignment

ASSIGNMENTS = Read(
    "{scope}/providers/Microsoft.Authorization/policyAssignments",
    "2023-04-01",
    "Microsoft.Authorization/policyAssignments/read",
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
