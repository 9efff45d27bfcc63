"""Checks of Azure Policy: that it compares, what it finds, and what is exempt from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from checks.azure.scopes import GROUPS, is_whole_subscription
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.azure.policy import PolicyAssignment, PolicyCompliance, PolicyDeviation, PolicyExemption
from core.resources.azure.survey import Subscription

SETS = "/policysetdefinitions/"
GOOD = frozenset({"compliant", "protected"})
BAD, EXEMPT = "noncompliant", "exempt"
"""How comparisons end. `Protected` is what a policy keeps from being deleted."""
NAMED = 3
"""How many deviations a reason names."""


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


@check(objective="systems-are-hardened", severity=Severity.MEDIUM)
def azure_policy_finds_no_deviation(
    assignment: PolicyAssignment,
    compliances: Population[PolicyCompliance],
    deviations: Population[PolicyDeviation],
    *,
    as_of: datetime,
    most_days: int = 7,
    baselines: tuple[str, ...] = (),
) -> Verdict:
    """Azure Policy finds nothing that deviates from what was assigned.

    What was made a rule and is not kept is known to whoever looks. It is Azure's own word, which stands beside our
    checks and replaces none of them: a policy says as much as its author made it compare. Name the policies and sets
    that matter in `baselines`, by the last part of their ids; without any all that are assigned do. Azure compares once
    a day: when it last did so more than `most_days` before, nobody knows.

    Remediation: *Policy*, *Compliance*, the assignment: mend what is listed, or exempt it with a reason and an end
    (`az policy state list --filter "complianceState eq 'NonCompliant'"`, `az policy exemption create`).
    """
    where = assignment.subscription
    if baselines and assignment.definition.rpartition("/")[2] not in {each.lower() for each in baselines}:
        return not_applicable(f"{assignment.name} is none of the policies that matter")
    found = [each for _, each in compliances.having((assignment.id, where), by=_place)]
    if not found:
        compliances.here.require_all(by=_place)
        return not_applicable(f"Azure Policy has compared nothing in {where} with {assignment.name}")
    states, total = found[0].states, sum(found[0].states.values())
    if wrong := states.get(BAD, 0):
        examples = _examples(deviations, (assignment.id, where))
        return failed(f"{wrong} of {total} comparisons with {assignment.name} in {where} show a deviation{examples}")
    if found[0].latest < as_of - timedelta(days=most_days):
        return unknown(f"Azure Policy last compared {where} with {assignment.name} on {found[0].latest:%Y-%m-%d}")
    if open_ones := [f"{count} {state}" for state, count in sorted(states.items()) if state not in GOOD | {EXEMPT}]:
        return unknown(f"of {total} comparisons with {assignment.name} in {where} are {', '.join(open_ones)}")
    if not GOOD & states.keys():
        return not_applicable(f"all {total} comparisons with {assignment.name} in {where} are exempt")
    exempt = f", but for {states[EXEMPT]} that are exempt" if EXEMPT in states else ""
    return passed(f"{total} comparisons with {assignment.name} in {where} show no deviation{exempt}")


@check(objective="configuration-is-watched", severity=Severity.LOW)
def exemption_has_an_end(exemption: PolicyExemption) -> Verdict:
    """What is exempt from an assigned policy is so until a day on which somebody looks again.

    An exemption without an end is a rule that nobody repealed and nobody keeps.

    Remediation: *Policy*, *Exemptions*, *Exemption expiration*; `az policy exemption update --expires-on …`;
    `expires_on` of `azurerm_resource_policy_exemption`.
    """
    if exemption.expires is None:
        return failed(f"{exemption.name} ({exemption.category}) has no end")
    return passed(f"{exemption.name} ({exemption.category}) ends on {exemption.expires:%Y-%m-%d}")


def _place(found: PolicyCompliance | PolicyDeviation) -> Iterator[tuple[str, str]]:
    yield found.assignment, found.subscription


def _examples(deviations: Population[PolicyDeviation], place: tuple[str, str]) -> str:
    """Some deviations in words; nothing where they could not be seen."""
    seen = [each for _, each in deviations.having(place, by=_place)]
    named = [f"{each.resource.rpartition('/')[2]} ({each.policy})" for each in seen[:NAMED]]
    more = f" and {len(seen) - NAMED} more" if len(seen) > NAMED else ""
    return f": {', '.join(named)}{more}" if named else ""


def _leaves_out(assignment: PolicyAssignment, subscription: Subscription) -> bool:
    """Whether an assignment leaves out a subscription, or a management group above it."""
    if f"/subscriptions/{subscription.id}" in assignment.excluded:
        return True
    groups = [each.removeprefix(GROUPS) for each in assignment.excluded if each.startswith(GROUPS)]
    return bool(groups) and not set(groups).isdisjoint(subscription.management_groups)
