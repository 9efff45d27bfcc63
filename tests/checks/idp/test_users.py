"""The truth table of accounts that are used."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.idp.users import account_is_used, guest_is_approved, invitation_is_answered
from core.model import Status
from core.resource import NotObservedError
from tests.checks.idp.samples import HIDDEN, LATELY, LONG_AGO, NOW, user


@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        ({}, Status.PASS, "ada last signed in on 2026-11-01"),
        ({"last_sign_in": LONG_AGO}, Status.FAIL, "ada last signed in on 2024-03-01"),
        ({"sign_ins_lag_days": 14}, Status.PASS, "ada last signed in on 2026-11-01"),
        (
            {"last_sign_in": LONG_AGO, "sign_ins_lag_days": 14},
            Status.FAIL,
            "ada last signed in on 2024-03-01, or up to 14 days later",
        ),
        (
            {"last_sign_in": datetime(2026, 8, 20, tzinfo=UTC), "sign_ins_lag_days": 14},
            Status.UNKNOWN,
            "ada last signed in on 2026-08-20, or up to 14 days later",
        ),
        ({"enabled": False}, Status.NOT_APPLICABLE, "ada is switched off"),
        ({"expires": LATELY}, Status.NOT_APPLICABLE, "ada ended on 2026-11-01"),
        ({"expires": datetime(2027, 1, 1, tzinfo=UTC)}, Status.PASS, "ada last signed in on 2026-11-01"),
        ({"last_sign_in": None, "created": LATELY}, Status.PASS, "ada has not signed in, and was made on 2026-11-01"),
        ({"last_sign_in": None}, Status.FAIL, "ada has not signed in since 2024-03-01"),
        (
            {"last_sign_in": None, "created": datetime(2025, 1, 1, tzinfo=UTC)},
            Status.FAIL,
            "ada has not signed in since 2025-01-01",
        ),
        (
            {"last_sign_in": None, "sign_ins_recorded_since": LATELY},
            Status.UNKNOWN,
            "no sign-in of ada is recorded, but sign-ins are known to be recorded only since 2026-11-01",
        ),
    ],
)
def test_use(changes: dict[str, Any], status: Status, reason: str) -> None:
    verdict = account_is_used(user(**changes), as_of=NOW)
    assert (verdict.status, verdict.reason) == (status, reason)


def test_an_account_for_emergencies_rests() -> None:
    verdict = account_is_used(user(last_sign_in=LONG_AGO), as_of=NOW, emergency_accounts=("ada",))
    assert verdict.status is Status.NOT_APPLICABLE


def test_how_long_is_a_setting() -> None:
    assert account_is_used(user(), as_of=NOW, max_unused_days=7).status is Status.FAIL


@pytest.mark.parametrize("hidden", ["enabled", "expires", "last_sign_in"])
def test_what_was_not_shown_is_no_answer(hidden: str) -> None:
    with pytest.raises(NotObservedError):
        account_is_used(user(**{hidden: HIDDEN}), as_of=NOW)


def test_who_has_no_login_to_show_is_called_by_its_id() -> None:
    verdict = account_is_used(user(login=HIDDEN, enabled=False), as_of=NOW)
    assert verdict.reason == "u-ada is switched off"


def test_people_are_named_and_services_are_not() -> None:
    assert list(user(email="").persons()) == ["ada", "Ada"]
    assert list(user(name=HIDDEN).persons()) == ["ada", "ada@example.org"]
    assert list(user(service=True).persons()) == []
    assert list(user(service=HIDDEN).persons()) == ["ada", "Ada", "ada@example.org"], "who may be a person is concealed"


@pytest.mark.parametrize(
    ("changes", "approved", "expected"),
    [
        ({"guest": True}, ("*@example.org",), (Status.PASS, "ada is approved")),
        ({"guest": True, "email": ""}, ("ADA",), (Status.PASS, "ada is approved")),
        ({"guest": True}, (), (Status.FAIL, "nobody has approved the guest ada")),
        ({"guest": True, "email": ""}, ("bob",), (Status.FAIL, "nobody has approved the guest ada")),
        ({"guest": True, "enabled": False}, (), (Status.NOT_APPLICABLE, "ada is switched off")),
        ({}, (), (Status.NOT_APPLICABLE, "ada is no guest")),
    ],
)
def test_guests(changes: dict[str, Any], approved: tuple[str, ...], expected: tuple[Status, str]) -> None:
    verdict = guest_is_approved(user(**changes), approved=approved)
    assert (verdict.status, verdict.reason) == expected


@pytest.mark.parametrize(
    ("invited", "expected"),
    [
        (LATELY, (Status.PASS, "ada was invited on 2026-11-01 and has not answered")),
        (LONG_AGO, (Status.FAIL, "ada was invited on 2024-03-01 and has not answered")),
        (None, (Status.NOT_APPLICABLE, "no invitation of ada waits")),
    ],
)
def test_invitations(invited: datetime | None, expected: tuple[Status, str]) -> None:
    verdict = invitation_is_answered(user(invited=invited), as_of=NOW)
    assert (verdict.status, verdict.reason) == expected
