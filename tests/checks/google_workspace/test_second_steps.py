"""The truth tables of 2-Step Verification and of those who administer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.google_workspace.administrators import key_is_demanded, key_is_set_up
from checks.google_workspace.second_steps import (
    codes_for_lost_keys_end_soon,
    new_people_enrol_soon,
    second_step_is_asked_each_time,
    second_step_is_demanded,
    telephones_are_no_second_step,
)
from core.engine import assess
from core.model import Evidence, Status
from core.plugins import Check
from core.resources.google_workspace import SecondStepPolicy, WorkspaceAdministrator
from tests.checks.google_workspace.test_google_workspace import (
    FAIL,
    HIDDEN,
    NOT_APPLICABLE,
    PASS,
    UNKNOWN,
    account,
    user,
)
from tests.collectors.rest_world import AS_OF

SINCE, LATER = datetime(2024, 2, 16, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
OFF = "/Sales: no second step is demanded"


def policy(**changes: Any) -> SecondStepPolicy:
    return SecondStepPolicy(**{
        "id": "u1", "name": "/Sales", "everybody": False, "may_enrol": True, "enforced_from": SINCE, "new_people_days": 7,
        "methods": "PASSKEY_ONLY", "trusts_devices": False, "suspended_days": 1, **changes,
    })  # fmt: skip


@pytest.mark.parametrize(("check", "changes", "status", "reason"), [
    (second_step_is_demanded, {}, PASS, "/Sales: a second step has been demanded since 2024-02-16"),
    (second_step_is_demanded, {"enforced_from": None}, FAIL, OFF),
    (second_step_is_demanded, {"enforced_from": None, "may_enrol": HIDDEN}, FAIL, OFF),
    (second_step_is_demanded, {"enforced_from": LATER}, FAIL, "is demanded from 2026-12-01 on, and not yet"),
    (second_step_is_demanded, {"may_enrol": False}, FAIL, "is demanded, and nobody may set one up"),
    (second_step_is_demanded, {"enforced_from": HIDDEN}, UNKNOWN, "enforced_from was not observed"),
    (new_people_enrol_soon, {}, PASS, "/Sales: new people get in without a second step for 7 days"),
    (new_people_enrol_soon, {"new_people_days": 15}, FAIL, "for 15 days"),
    (new_people_enrol_soon, {"enforced_from": LATER}, NOT_APPLICABLE, OFF),
    (telephones_are_no_second_step, {}, PASS, "Google takes security keys and passkeys alone"),
    (telephones_are_no_second_step, {"methods": "NO_TELEPHONY"}, PASS, "anything but text messages and calls"),
    (telephones_are_no_second_step, {"methods": "ALL"}, FAIL, "anything, text messages and calls as well"),
    (telephones_are_no_second_step, {"methods": HIDDEN}, UNKNOWN, "methods was not observed"),
    (second_step_is_asked_each_time, {}, PASS, "people need one also on devices they have said to trust"),
    (second_step_is_asked_each_time, {"trusts_devices": True}, FAIL, "people need none on devices they have said to trust"),
    (second_step_is_asked_each_time, {"enforced_from": None}, NOT_APPLICABLE, OFF),
    (codes_for_lost_keys_end_soon, {}, PASS, "/Sales: codes stand in for a lost key for 1 days"),
    (codes_for_lost_keys_end_soon, {"suspended_days": 7}, FAIL, "for 7 days"),
    (codes_for_lost_keys_end_soon, {"methods": "ALL"}, NOT_APPLICABLE, "text messages and calls as well"),
    (codes_for_lost_keys_end_soon, {"enforced_from": None}, NOT_APPLICABLE, OFF),
])  # fmt: skip
def test_policies(check: Check[...], changes: dict[str, Any], status: Status, reason: str) -> None:
    assert_judged(check, status, reason, policy(**changes))


def administrator(**changes: Any) -> WorkspaceAdministrator:
    return WorkspaceAdministrator(**{
        "id": "101", "methods": "PASSKEY_ONLY", "security_keys": 0, "passkeys": 1, "keys_counted": "2026-11-20", **changes,
    })  # fmt: skip


@pytest.mark.parametrize(("changes", "others", "status", "reason"), [
    ({}, (user(), account()), PASS, "of ada@example.org Google takes security keys and passkeys alone"),
    ({"methods": "PASSKEY_PLUS_IP_BOUND_SECURITY_CODE"}, (user(), account()), PASS, "codes made with one on the same network"),
    ({"methods": "PASSKEY_PLUS_SECURITY_CODE"}, (user(), account()), FAIL, "codes made with one, from anywhere"),
    ({"methods": "NO_TELEPHONY"}, (user(),), FAIL, "of ada@example.org Google takes anything but text messages and calls"),
    ({"methods": HIDDEN}, (user(), account()), UNKNOWN, "methods was not observed"),
    ({}, (user(), account(second_step_enforced=False)), FAIL, "Google lets ada@example.org in without a second step"),
    ({}, (user(), account(id="102")), UNKNOWN, "whether a second step is enforced for ada@example.org was not seen"),
    ({}, (user(enabled=False), account()), NOT_APPLICABLE, "nobody can sign in to ada@example.org"),
    ({}, (user(id="102"), account()), UNKNOWN, "no account with the id 101 was seen"),
])  # fmt: skip
def test_key_is_demanded(changes: dict[str, Any], others: tuple[Any, ...], status: Status, reason: str) -> None:
    assert_judged(key_is_demanded, status, reason, administrator(**changes), *others)


@pytest.mark.parametrize(("changes", "known", "status", "reason"), [
    ({}, user(), PASS, "ada@example.org had 0 security keys and 1 passkeys on 2026-11-20"),
    ({"security_keys": 2, "passkeys": 0}, user(), PASS, "had 2 security keys and 0 passkeys"),
    ({"passkeys": 0}, user(), FAIL, "ada@example.org had 0 security keys and 0 passkeys on 2026-11-20"),
    ({"passkeys": 0}, user(service=True), NOT_APPLICABLE, "belongs to a program"),
    ({"security_keys": HIDDEN}, user(), UNKNOWN, "security_keys was not observed"),
])  # fmt: skip
def test_key_is_set_up(changes: dict[str, Any], known: Any, status: Status, reason: str) -> None:
    assert_judged(key_is_set_up, status, reason, administrator(**changes), known)


def assert_judged(check: Check[...], status: Status, reason: str, *seen: Any) -> None:
    """The first of these is judged so, joined to the others."""
    evidence = [
        Evidence(kind=each.kind, source="google_workspace/acme", scope="", collected_at=AS_OF, resources=(each,))
        for each in seen
    ]
    (found,) = assess(check, evidence, as_of=AS_OF, digest="").findings
    assert found.verdict.status is status
    assert reason in found.verdict.reason
