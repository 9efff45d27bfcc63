"""Azure Policy: the truth table."""

from __future__ import annotations

from typing import Any

import pytest

from checks.azure.policy import configuration_is_compared_with_a_baseline
from core.resource import NotObservedError
from core.resources.azure.policy import PolicyAssignment
from tests.checks.azure.making import SUB, population, subscription

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
