"""Truth tables of password policies."""

from __future__ import annotations

from typing import Any

import pytest

from checks.idp.password_policies import (
    old_passwords_are_refused,
    passwords_are_long,
    passwords_grow_not_old,
    simple_passwords_are_refused,
    wrong_guesses_lock,
)
from core.model import Status
from core.plugins import Check
from core.resource import NotObservedError, unobserved
from tests.checks.idp.samples import passwords as policy


@pytest.mark.parametrize(
    ("check", "changes", "status"),
    [
        (passwords_are_long, {}, Status.PASS),
        (passwords_are_long, {"minimum_length": 11}, Status.FAIL),
        (passwords_are_long, {"minimum_length": 0}, Status.FAIL),
        (old_passwords_are_refused, {}, Status.PASS),
        (old_passwords_are_refused, {"history": 4}, Status.FAIL),
        (wrong_guesses_lock, {}, Status.PASS),
        (wrong_guesses_lock, {"wrong_guesses": 0}, Status.FAIL),
        (wrong_guesses_lock, {"wrong_guesses": 11}, Status.FAIL),
        (wrong_guesses_lock, {"locked_seconds": 60}, Status.FAIL),
        (wrong_guesses_lock, {"locked_seconds": 0}, Status.PASS),
        (simple_passwords_are_refused, {}, Status.PASS),
        (simple_passwords_are_refused, {"simple_refused": False}, Status.FAIL),
        (passwords_grow_not_old, {"maximum_days": 365}, Status.PASS),
        (passwords_grow_not_old, {"maximum_days": 366}, Status.FAIL),
        (passwords_grow_not_old, {"maximum_days": 0}, Status.FAIL),
    ],
)
def test_a_policy(check: Check[...], changes: dict[str, Any], status: Status) -> None:
    assert check(policy(**changes)).status is status


def test_how_long_a_lock_lasts_is_said() -> None:
    assert wrong_guesses_lock(policy()).reason.endswith("after 10 wrong passwords for 900 seconds")
    assert wrong_guesses_lock(policy(locked_seconds=0)).reason.endswith("until somebody unlocks it")


@pytest.mark.parametrize(
    ("check", "field"),
    [
        (passwords_are_long, "minimum_length"),
        (old_passwords_are_refused, "history"),
        (wrong_guesses_lock, "wrong_guesses"),
    ],
)
def test_what_was_not_shown_is_no_answer(check: Check[...], field: str) -> None:
    with pytest.raises(NotObservedError):
        check(policy(**{field: unobserved("denied")}))
