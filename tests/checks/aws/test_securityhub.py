"""Truth tables of the checks of Security Hub."""

from __future__ import annotations

import pytest

from checks.aws.securityhub import a_standard_is_applied, findings_come_together
from core.resource import NotObservedError, unobserved
from core.resources.aws.securityhub import SecurityHubRegion, Standard
from tests.checks.aws.making import status


def standard(state: str) -> Standard:
    return Standard(name="cis/v/5.0.0", status=state, reason="")


@pytest.mark.parametrize(
    ("enabled", "states", "together", "applied"),
    [
        (True, ["READY"], "pass", "pass"),
        (True, ["INCOMPLETE", "READY"], "pass", "pass"),
        (True, ["INCOMPLETE"], "pass", "fail"),
        (True, ["FAILED", "PENDING"], "pass", "unknown"),
        (True, [], "pass", "fail"),
        (False, [], "fail", "not_applicable"),
    ],
)
def test_states(enabled: bool, states: list[str], together: str, applied: str) -> None:
    found = SecurityHubRegion(id="eu-west-1", enabled=enabled, standards=tuple(map(standard, states)))
    assert status(findings_come_together(found)) == together
    assert status(a_standard_is_applied(found)) == applied


def test_standards_that_were_not_seen_are_unknown() -> None:
    with pytest.raises(NotObservedError):
        a_standard_is_applied(SecurityHubRegion(id="eu-west-1", enabled=True, standards=unobserved("denied")))
