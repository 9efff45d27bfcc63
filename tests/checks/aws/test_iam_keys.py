"""Truth tables of the checks of access keys."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws import iam_keys
from core.plugins import Check
from core.resources.aws.iam import Key
from tests.checks.aws.identities import IDLE, LATELY, NEW_KEY, OLD_KEY, user
from tests.checks.aws.making import AS_OF, status

MADE_LATELY = Key(number=1, active=True, created=LATELY, last_used=None)
OF_NO_AGE = Key(number=1, active=True, created=None, last_used=None)


@pytest.mark.parametrize(
    ("check", "keys", "expected"),
    [
        (iam_keys.programs_use_roles, (), "pass"),
        (iam_keys.programs_use_roles, (IDLE,), "pass"),
        (iam_keys.programs_use_roles, (NEW_KEY,), "fail"),
        (iam_keys.programs_use_roles, (NEW_KEY, OLD_KEY), "fail"),
        (iam_keys.user_has_one_active_key, (), "pass"),
        (iam_keys.user_has_one_active_key, (IDLE, NEW_KEY), "pass"),
        (iam_keys.user_has_one_active_key, (NEW_KEY, OLD_KEY), "fail"),
    ],
)
def test_keys(check: Check[...], keys: tuple[Key, ...], expected: str) -> None:
    assert status(check(user(keys=keys))) == expected


@pytest.mark.parametrize(
    ("check", "changes", "expected"),
    [
        (iam_keys.access_keys_are_used, {"keys": (NEW_KEY,)}, "pass"),
        (iam_keys.access_keys_are_used, {"keys": (NEW_KEY, OLD_KEY)}, "fail"),
        (iam_keys.access_keys_are_used, {"keys": (IDLE,)}, "not_applicable"),
        (iam_keys.access_keys_are_rotated, {"keys": (NEW_KEY,)}, "pass"),
        (iam_keys.access_keys_are_rotated, {"keys": (NEW_KEY, OLD_KEY)}, "fail"),
        (iam_keys.access_keys_are_rotated, {"keys": ()}, "not_applicable"),
        (iam_keys.access_keys_are_used, {"keys": (MADE_LATELY,)}, "pass"),
        (iam_keys.access_keys_are_used, {"keys": (OF_NO_AGE,)}, "unknown"),
        (iam_keys.access_keys_are_rotated, {"keys": (OF_NO_AGE,)}, "unknown"),
    ],
)
def test_keys_over_time(check: Check[...], changes: dict[str, Any], expected: str) -> None:
    assert status(check(user(**changes), as_of=AS_OF)) == expected


def test_the_worst_of_several_keys_is_told_alone() -> None:
    verdict = iam_keys.access_keys_are_rotated(user(keys=(NEW_KEY, OLD_KEY)), as_of=AS_OF)
    assert verdict.reason == "key 1 of ada was made on 2025-01-01, more than 90 days before"
