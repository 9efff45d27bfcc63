"""Azure Policy: the truth table."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from checks.azure.policy import (
    azure_policy_finds_no_deviation,
    configuration_is_compared_with_a_baseline,
    exemption_has_an_end,
)
from core.resource import NotObservedError
from core.resources.azure.policy import PolicyAssignment, PolicyCompliance, PolicyDeviation, PolicyExemption
from tests.checks.azure.making import AS_OF, SUB, population, subscription

SET = "/providers/microsoft.authorization/policysetdefinitions/benchmark"


def assigned(**more: Any) -> PolicyAssignment:
    said = {"id": "/a", "name": "Benchmark", "scope": f"/subscriptions/{SUB}", "definition": SET, "enforced": True}
    return PolicyAssignment(**{**said, "excluded": (), "subscription": SUB, **more})


@pytest.mark.parametrize(
    ("found", "baselines", "status", "words"),
    [
        ([assigned()], (), "pass", "compared with Benchmark"),
        ([assigned(enforced=False)], (), "pass", "compared with Benchmark"),
        ([assigned(scope="/providers/microsoft.management/managementgroups/x")], (), "pass", "Benchmark"),
        ([assigned()], ("Benchmark",), "pass", "Benchmark"),
        ([assigned()], ("other",), "fail", "not compared with other"),
        ([assigned(scope=f"/subscriptions/{SUB}/resourcegroups/rg")], (), "fail", "of 1 assignments none"),
        ([assigned(excluded=(f"/subscriptions/{SUB}",))], (), "fail", "none compares"),
        ([assigned(excluded=("/providers/microsoft.management/managementgroups/above",))], (), "fail", "none compares"),
        ([assigned(excluded=("/providers/microsoft.management/managementgroups/other",))], (), "pass", "Benchmark"),
        ([assigned(definition="/providers/microsoft.authorization/policydefinitions/one")], (), "fail", "none"),
        ([assigned(subscription="other")], (), "fail", "of 0 assignments"),
    ],
)
def test_configuration_is_compared_with_a_baseline(
    found: list[PolicyAssignment], baselines: tuple[str, ...], status: str, words: str
) -> None:
    verdict = configuration_is_compared_with_a_baseline(
        subscription(management_groups=("above",)), population(PolicyAssignment, found), baselines=baselines
    )
    assert verdict.status == status
    assert words in verdict.reason


def test_one_that_is_left_out_or_may_be_hidden() -> None:
    nothing = population(PolicyAssignment, gap="denied")
    left_out = subscription(looked_at=False, left_out="excluded")
    assert configuration_is_compared_with_a_baseline(left_out, nothing).status == "not_applicable"
    with pytest.raises(NotObservedError):
        configuration_is_compared_with_a_baseline(subscription(), nothing)


def compared(days_before: int = 0, where: str = SUB, **states: int) -> PolicyCompliance:
    latest = AS_OF - timedelta(days=days_before)
    return PolicyCompliance(id=f"/a;{where}", assignment="/a", subscription=where, states=states, latest=latest)


def deviation(name: str, where: str = SUB) -> PolicyDeviation:
    return PolicyDeviation(id=f"/s/{name}", assignment="/a", subscription=where, resource=f"/r/{name}", policy="tls")


FOUR = [deviation(each) for each in "abcd"]


@pytest.mark.parametrize(
    ("seen", "deviations", "status", "words"),
    [
        ([compared(compliant=3, protected=1)], [], "pass", "4 comparisons with Benchmark in s-1 show no deviation"),
        ([compared(compliant=3, exempt=2)], [], "pass", "but for 2 that are exempt"),
        ([compared(exempt=2)], [], "not_applicable", "all 2 comparisons"),
        ([compared(compliant=3, noncompliant=4)], FOUR, "fail", "4 of 7 comparisons with Benchmark in s-1 show a devi"),
        ([compared(noncompliant=4)], FOUR, "fail", ": a (tls), b (tls), c (tls) and 1 more"),
        ([compared(noncompliant=1)], FOUR[:1], "fail", "show a deviation: a (tls)"),
        ([compared(noncompliant=1)], [deviation("a", "s-2")], "fail", "in s-1 show a deviation"),
        ([compared(30, noncompliant=1)], [], "fail", "1 of 1 comparisons"),
        ([compared(8, compliant=3)], [], "unknown", "last compared s-1 with Benchmark on 2026-11-14"),
        ([compared(compliant=3, unknown=1, conflict=2)], [], "unknown", "are 2 conflict, 1 unknown"),
        ([compared(where="s-2", noncompliant=1)], FOUR, "not_applicable", "has compared nothing in s-1"),
        ([], [], "not_applicable", "has compared nothing in s-1"),
    ],
)
def test_azure_policy_finds_no_deviation(
    seen: list[PolicyCompliance], deviations: list[PolicyDeviation], status: str, words: str
) -> None:
    verdict = azure_policy_finds_no_deviation(
        assigned(), population(PolicyCompliance, seen), population(PolicyDeviation, deviations), as_of=AS_OF
    )
    assert verdict.status == status
    assert words in verdict.reason


@pytest.mark.parametrize(("baselines", "status"), [(("BENCHMARK",), "fail"), (("other",), "not_applicable")])
def test_only_the_policies_that_matter_are_judged(baselines: tuple[str, ...], status: str) -> None:
    seen, nothing = population(PolicyCompliance, [compared(noncompliant=1)]), population(PolicyDeviation, gap="denied")
    assert azure_policy_finds_no_deviation(assigned(), seen, nothing, as_of=AS_OF, baselines=baselines).status == status


def test_comparisons_that_may_be_hidden_make_it_unknown() -> None:
    hidden, nothing = population(PolicyCompliance, gap="truncated"), population(PolicyDeviation)
    with pytest.raises(NotObservedError):
        azure_policy_finds_no_deviation(assigned(), hidden, nothing, as_of=AS_OF)


def test_exemption_has_an_end() -> None:
    said: dict[str, Any] = {"id": "/e", "name": "old", "assignment": "/a", "category": "Waiver", "subscription": SUB}
    assert exemption_has_an_end(PolicyExemption(**said, expires=AS_OF)).reason == "old (Waiver) ends on 2026-11-22"
    assert exemption_has_an_end(PolicyExemption(**said, expires=AS_OF)).status == "pass"
    assert exemption_has_an_end(PolicyExemption(**said, expires=None)).status == "fail"
