"""Checks of Azure Policy."""

from __future__ import annotations

from checks.azure.scopes import GROUPS, is_whole_subscription
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resources.azure.policy import PolicyAssignment
from core.resources.azure.survey import Subscription

SETS = "/policysetdefinitions/"


@check(objective="configuration-is-watched", severity=Severity.MEDIUM)
def configuration_is_compared_with_a_baseline(
    subscription: Subscription, assignments: Population[PolicyAssignment], *, baselines: tuple[str, ...] = ()
) -> Verdict:
    """The configuration of a whole subscription is compared with a set of policies.

    What drifts is found by comparing, or by whoever breaks in. Any set of policies counts that is assigned to the
    subscription or above it and does not leave it out; name those that must be there in the setting `baselines`, by the
    last part of their ids.

    Remediation: *Policy*, *Assign initiative*, such as the Microsoft cloud security benchmark;
    `az policy assignment create --policy-set-definition …`; `azurerm_subscription_policy_assignment`.
    """
    if not subscription.looked_at:
        return not_applicable(f"{subscription.id} is left out: {subscription.left_out}")
    seen = [each for _, each in assignments.having(subscription.id, by="subscription")]
    whole = [
        each
        for each in seen
        if SETS in each.definition and is_whole_subscription(each.scope) and not _leaves_out(each, subscription)
    ]
    there = {each.definition.rpartition("/")[2] for each in whole}
    lacking = [each for each in baselines if each.lower() not in there]
    if whole and not lacking:
        return passed(f"{subscription.name} is compared with {', '.join(sorted({each.name for each in whole}))}")
    assignments.here.require_all("subscription")
    if lacking:
        return failed(f"{subscription.name} is not compared with {', '.join(lacking)}")
    return failed(f"of {len(seen)} assignments none compares the whole of {subscription.name} with a set of policies")


def _leaves_out(assignment: PolicyAssignment, subscription: Subscription) -> bool:
    """Whether an assignment leaves out a subscription, or a management group above it."""
    if f"/subscriptions/{subscription.id}" in assignment.excluded:
        return True
    groups = [each.removeprefix(GROUPS) for each in assignment.excluded if each.startswith(GROUPS)]
    return bool(groups) and not set(groups).isdisjoint(subscription.management_groups)
