"""The truth table of accounts that are used."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.idp.users import account_is_used
from core.model import Status
from core.resource import NotObservedError, unobserved
from core.resources.idp import User

NOW = datetime(2026, 11, 23, tzinfo=UTC)
LONG_AGO, LATELY = datetime(2024, 3, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)


def user(**changes: Any) -> User:
    values: dict[str, Any] = {
        "id": "1", "login": "ada", "name": "Ada", "email": "ada@example.org", "service": False, "enabled": True,
        "expires": None, "created": LONG_AGO, "last_sign_in": LATELY, "sign_ins_recorded_since": LONG_AGO,
        "password_changed": None,
    }  # fmt: skip
    return User(**{**values, **changes})


@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        ({}, Status.PASS, "ada last signed in on 2026-11-01"),
        ({"last_sign_in": LONG_AGO}, Status.FAIL, "ada last signed in on 2024-03-01"),
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
        account_is_used(user(**{hidden: unobserved("denied")}), as_of=NOW)


def test_who_has_no_login_to_show_is_called_by_its_id() -> None:
    verdict = account_is_used(user(login=unobserved("denied"), enabled=False), as_of=NOW)
    assert verdict.reason == "1 is switched off"


def test_people_are_named_and_services_are_not() -> None:
    assert list(user(email="").persons()) == ["ada", "Ada"]
    assert list(user(name=unobserved("denied")).persons()) == ["ada", "ada@example.org"]
    assert list(user(service=True).persons()) == []
