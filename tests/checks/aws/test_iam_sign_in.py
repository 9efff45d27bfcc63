"""Truth tables of the checks of how users sign in."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws import iam_sign_in
from core.plugins import Check
from core.resource import NotObservedError, unobserved
from tests.checks.aws.identities import ADMIN, LATELY, LONG_AGO, an_account, rules, user
from tests.checks.aws.making import AS_OF, status


@pytest.mark.parametrize(
    ("check", "changes", "expected"),
    [
        (iam_sign_in.passwords_are_long, {}, "pass"),
        (iam_sign_in.passwords_are_long, {"password_policy": rules(minimum_length=13)}, "fail"),
        (iam_sign_in.passwords_are_long, {"password_policy": None}, "fail"),
        (iam_sign_in.passwords_mix_characters, {}, "pass"),
        (iam_sign_in.passwords_mix_characters, {"password_policy": rules(needs_symbol=False)}, "fail"),
        (iam_sign_in.passwords_mix_characters, {"password_policy": None}, "fail"),
        (iam_sign_in.passwords_are_not_used_again, {}, "pass"),
        (iam_sign_in.passwords_are_not_used_again, {"password_policy": rules(remembered=23)}, "fail"),
        (iam_sign_in.passwords_are_not_used_again, {"password_policy": None}, "fail"),
        (iam_sign_in.passwords_expire, {}, "pass"),
        (iam_sign_in.passwords_expire, {"password_policy": rules(maximum_days=366)}, "fail"),
        (iam_sign_in.passwords_expire, {"password_policy": rules(maximum_days=None)}, "fail"),
        (iam_sign_in.passwords_expire, {"password_policy": None}, "fail"),
    ],
)
def test_passwords(check: Check[...], changes: dict[str, Any], expected: str) -> None:
    assert status(check(an_account(**changes))) == expected


def test_kinds_of_characters_are_a_setting() -> None:
    assert status(iam_sign_in.passwords_mix_characters(an_account(password_policy=None), kinds=3)) == "pass"
    assert iam_sign_in.passwords_mix_characters(an_account(password_policy=rules(needs_symbol=False))).reason == (
        "passwords need no symbols"
    )


@pytest.mark.parametrize(
    ("check", "changes", "expected"),
    [
        (iam_sign_in.console_user_has_mfa, {}, "pass"),
        (iam_sign_in.console_user_has_mfa, {"mfa": False}, "fail"),
        (iam_sign_in.console_user_has_mfa, {"console": False, "mfa": False}, "not_applicable"),
        (iam_sign_in.administrator_mfa_is_hardware, {"statements": ADMIN}, "pass"),
        (iam_sign_in.administrator_mfa_is_hardware, {"statements": ADMIN, "mfa_is_virtual": True}, "fail"),
        (iam_sign_in.administrator_mfa_is_hardware, {"statements": ADMIN, "mfa": False}, "fail"),
        (iam_sign_in.administrator_mfa_is_hardware, {"statements": ADMIN, "console": False}, "not_applicable"),
        (iam_sign_in.administrator_mfa_is_hardware, {}, "not_applicable"),
    ],
)
def test_users(check: Check[...], changes: dict[str, Any], expected: str) -> None:
    assert status(check(user(**changes))) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"password_last_used": LONG_AGO}, "fail"),
        ({"password_last_used": None, "password_changed": LATELY}, "pass"),
        ({"password_last_used": None}, "fail"),
        ({"password_last_used": None, "password_changed": None}, "unknown"),
        ({"console": False}, "not_applicable"),
    ],
)
def test_password_is_used(changes: dict[str, Any], expected: str) -> None:
    assert status(iam_sign_in.password_is_used(user(**changes), as_of=AS_OF)) == expected


def test_a_user_whom_the_report_does_not_know_is_unknown() -> None:
    with pytest.raises(NotObservedError):
        iam_sign_in.console_user_has_mfa(user(console=unobserved("not in the report")))
