"""The truth tables of what only Okta has."""

from __future__ import annotations

from typing import Any

import pytest

from checks.okta.admin_console import console_demands_what_cannot_be_phished
from checks.okta.organization import known_attackers_are_blocked, some_networks_are_kept_out, support_cannot_act
from core.engine import assess
from core.model import Evidence, Status, Verdict
from core.resource import Resource, unobserved
from core.resources.idp import SignInPolicy
from core.resources.okta import OktaOrganization
from tests.collectors.rest_world import AS_OF


def organization(**changes: Any) -> OktaOrganization:
    values: dict[str, Any] = {
        "id": "okta/acme", "threat_insight": "block", "blocklists": ("BlockedIpZone",), "support_access": False,
    }  # fmt: skip
    return OktaOrganization(**{**values, **changes})


@pytest.mark.parametrize(("action", "status"), [("block", Status.PASS), ("audit", Status.FAIL), ("none", Status.FAIL)])
def test_known_attackers_are_blocked(action: str, status: Status) -> None:
    verdict = known_attackers_are_blocked(organization(threat_insight=action))
    assert (verdict.status, verdict.reason) == (status, f"the action of ThreatInsight is {action}")


def test_some_networks_are_kept_out() -> None:
    assert some_networks_are_kept_out(organization()).status is Status.PASS
    assert some_networks_are_kept_out(organization(blocklists=())).status is Status.FAIL


def test_support_cannot_act() -> None:
    assert support_cannot_act(organization()).status is Status.PASS
    assert support_cannot_act(organization(support_access=True)).status is Status.FAIL


def rule(name: str, **changes: Any) -> SignInPolicy:
    values: dict[str, Any] = {
        "id": name, "name": name, "enforced": True, "decides": "alone", "everybody": True, "administrators": True,
        "everything": False, "exceptions": (), "admits": True, "second_factor": True, "phishing_resistant": True,
        "stops_legacy": False, "managed_device": False,
    }  # fmt: skip
    return SignInPolicy(**{**values, **changes})


def judged(*rules: SignInPolicy) -> Verdict:
    def seen(kind: type[Resource], found: tuple[Resource, ...]) -> Evidence:
        return Evidence(kind=kind.kind, source="okta/acme", scope="", collected_at=AS_OF, resources=found)

    evidence = [seen(OktaOrganization, (organization(),)), seen(SignInPolicy, rules)]
    (found,) = assess(console_demands_what_cannot_be_phished, evidence, as_of=AS_OF, digest="").findings
    return found.verdict


OTHER = rule("p2/other", administrators=False, phishing_resistant=False)
PHISHED = rule("p1/some", administrators=False, phishing_resistant=False)
"""A rule of the console that comes before the others, for some of the administrators."""


@pytest.mark.parametrize(("rules", "status", "reason"), [
    ((rule("p1/all"), OTHER), Status.PASS, "p1/all demand a factor that cannot be phished"),
    ((rule("p1/all"), PHISHED), Status.FAIL, "p1/some let administrators in with a factor that can be phished"),
    ((rule("p1/all"), rule("p1/no", admits=False, phishing_resistant=False)), Status.PASS, "p1/all demand a"),
    ((rule("p1/all"), rule("p1/off", enforced=False, phishing_resistant=False)), Status.PASS, "demand a factor"),
    ((rule("p1/no", admits=False),), Status.PASS, "no rule lets administrators into the console"),
    ((OTHER,), Status.FAIL, "none of 1 rules of okta/acme is for all who come into the console"),
    ((rule("p1/all", phishing_resistant=unobserved("?")), OTHER), Status.UNKNOWN, "phishing_resistant was not observed"),
    ((rule("p1/all", phishing_resistant=unobserved("?")), PHISHED), Status.FAIL, "p1/some let administrators in"),
    ((rule("p1/all", administrators=unobserved("?")),), Status.UNKNOWN, "administrators was not observed"),
])  # fmt: skip
def test_console_demands_what_cannot_be_phished(rules: tuple[SignInPolicy, ...], status: Status, reason: str) -> None:
    verdict = judged(*rules)
    assert verdict.status is status
    assert reason in verdict.reason
