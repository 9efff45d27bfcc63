from __future__ import annotations

from typing import Any

import pytest

from checks.host import passwords as checks
from core.model import Status
from core.plugins import Check
from core.resources.host.passwords import LockOut, PasswordHistory, PasswordPolicy, PasswordQuality


def quality(
    service: str = "passwd", length: int = 12, *, enforced: bool = True, common: bool = True
) -> PasswordQuality:
    return PasswordQuality(
        service=service,
        module="pam_pwquality",
        minimum_length=length,
        minimum_length_from="pwquality.conf",
        enforced=enforced,
        common_refused=common,
    )


def history(remembered: int) -> PasswordHistory:
    return PasswordHistory(
        service="passwd", module="pam_pwhistory", remembered=remembered, remembered_from="its arguments"
    )


def lock(service: str = "sshd", attempts: int = 5, seconds: int = 900, counted: int = 900) -> LockOut:
    return LockOut(
        service=service,
        module="pam_faillock",
        attempts=attempts,
        unlock_seconds=seconds,
        counted_seconds=counted,
        values_from="faillock.conf",
    )


def policy(**changes: Any) -> PasswordPolicy:
    safe: dict[str, Any] = {
        "id": "web-1",
        "uses_pam": True,
        "hash_algorithm": "yescrypt",
        "hash_algorithm_from": "pam_unix in the service passwd",
        "change_services": ("passwd",),
        "qualities": (quality(),),
        "histories": (history(5),),
        "password_services": ("sshd",),
        "empty_password_services": (),
        "open_services": (),
        "conditional_services": (),
        "lock_outs": (lock(),),
        "inactive_days": 30,
    }
    return PasswordPolicy(**{**safe, **changes})


NEED_PAM: list[Check[...]] = [
    checks.weak_passwords_are_refused,
    checks.earlier_passwords_are_refused,
    checks.guessing_locks_accounts,
    checks.empty_passwords_let_nobody_in,
]


@pytest.mark.parametrize("check", NEED_PAM, ids=lambda check: check.id)
def test_where_they_do_not_apply(check: Check[...]) -> None:
    assert check(policy(uses_pam=False)).status is Status.NOT_APPLICABLE
    assert check(policy(change_services=(), password_services=())).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("check", "changes", "status", "reason"),
    [
        (checks.new_passwords_are_hashed_slowly, {}, "pass", "pam_unix in the service passwd says yescrypt"),
        (
            checks.new_passwords_are_hashed_slowly,
            {"hash_algorithm": "md5"},
            "fail",
            "pam_unix in the service passwd says md5",
        ),
        (
            checks.new_passwords_are_hashed_slowly,
            {"hash_algorithm": "", "hash_algorithm_from": "nothing"},
            "unknown",
            "neither pam_unix nor ENCRYPT_METHOD in /etc/login.defs names a method",
        ),
        (
            checks.weak_passwords_are_refused,
            {},
            "pass",
            "pam_pwquality in passwd takes passwords of 12 characters (pwquality.conf)",
        ),
        (
            checks.weak_passwords_are_refused,
            {"qualities": (quality(length=8),)},
            "fail",
            "pam_pwquality in passwd takes passwords of 8 characters (pwquality.conf), fewer than 12",
        ),
        (
            checks.weak_passwords_are_refused,
            {"qualities": (quality(length=16, common=False),)},
            "fail",
            (
                "pam_pwquality in passwd takes passwords of 16 characters (pwquality.conf), "
                "but no module refuses common words in passwd (dictcheck is 0)"
            ),
        ),
        (
            checks.weak_passwords_are_refused,
            {"qualities": (quality(length=16, common=False), quality(length=8))},
            "pass",
            "pam_pwquality in passwd takes passwords of 16 characters (pwquality.conf)",
        ),
        (
            checks.weak_passwords_are_refused,
            {"qualities": (quality(length=16), quality(length=8))},
            "pass",
            "pam_pwquality in passwd takes passwords of 16 characters (pwquality.conf)",
        ),
        (
            checks.weak_passwords_are_refused,
            {"change_services": ("chpasswd", "passwd"), "qualities": (quality(), quality("chpasswd", enforced=False))},
            "fail",
            "no module refuses weak passwords in chpasswd",
        ),
        (
            checks.wrong_passwords_let_nobody_in,
            {},
            "pass",
            "none of 1 services that ask for passwords accepts a wrong one",
        ),
        (
            checks.wrong_passwords_let_nobody_in,
            {"open_services": ("login", "sshd")},
            "fail",
            "the rules of login, sshd accept anybody, whatever the password",
        ),
        (
            checks.wrong_passwords_let_nobody_in,
            {"conditional_services": ("sudo",)},
            "fail",
            ("the rules of sudo accept who meets a condition, such as being in a group, whatever the password"),
        ),
        (checks.wrong_passwords_let_nobody_in, {"uses_pam": False}, "not_applicable", "this host has no PAM"),
        (checks.earlier_passwords_are_refused, {}, "pass", "pam_pwhistory in passwd remembers 5 (its arguments)"),
        (
            checks.earlier_passwords_are_refused,
            {"histories": (history(2),)},
            "fail",
            "pam_pwhistory in passwd remembers 2 (its arguments), fewer than 5",
        ),
        (checks.earlier_passwords_are_refused, {"histories": ()}, "fail", "no module remembers passwords in passwd"),
        (
            checks.guessing_locks_accounts,
            {},
            "pass",
            "pam_faillock in sshd locks after 5 wrong passwords (faillock.conf) for 900 seconds",
        ),
        (
            checks.guessing_locks_accounts,
            {"lock_outs": (lock(counted=60),)},
            "fail",
            (
                "pam_faillock in sshd locks after 5 wrong passwords (faillock.conf) for 900 seconds, "
                "but forgets one after 60 seconds, not 600"
            ),
        ),
        (
            checks.guessing_locks_accounts,
            {"lock_outs": (lock(seconds=0),)},
            "pass",
            "pam_faillock in sshd locks after 5 wrong passwords (faillock.conf) for ever",
        ),
        (
            checks.guessing_locks_accounts,
            {"password_services": ("login", "sshd")},
            "fail",
            "no module locks accounts in login",
        ),
        (
            checks.guessing_locks_accounts,
            {"lock_outs": (lock(attempts=0),)},
            "fail",
            (
                "pam_faillock in sshd never locks: deny is 0 (faillock.conf), "
                "or higher where the count is looked at than where it is made"
            ),
        ),
        (
            checks.guessing_locks_accounts,
            {"lock_outs": (lock(attempts=20),)},
            "fail",
            (
                "pam_faillock in sshd locks after 20 wrong passwords (faillock.conf) for 900 seconds; "
                "at most 10 and at least 600 seconds are asked for"
            ),
        ),
        (
            checks.guessing_locks_accounts,
            {"lock_outs": (lock(seconds=60),)},
            "fail",
            (
                "pam_faillock in sshd locks after 5 wrong passwords (faillock.conf) for 60 seconds; "
                "at most 10 and at least 600 seconds are asked for"
            ),
        ),
        (checks.empty_passwords_let_nobody_in, {}, "pass", "pam_unix has no nullok in sshd"),
        (
            checks.empty_passwords_let_nobody_in,
            {"empty_password_services": ("login", "sshd")},
            "fail",
            "pam_unix has nullok in login, sshd",
        ),
        (
            checks.expired_passwords_lock_new_accounts,
            {},
            "pass",
            "useradd locks new accounts 30 days after their password expired",
        ),
        (
            checks.expired_passwords_lock_new_accounts,
            {"inactive_days": 60},
            "fail",
            "useradd locks new accounts 60 days after their password expired, more than 45",
        ),
        (
            checks.expired_passwords_lock_new_accounts,
            {"inactive_days": -1},
            "fail",
            "useradd gives new accounts no INACTIVE, so they are never locked",
        ),
    ],
)
def test_policy(check: Check[...], changes: dict[str, Any], status: str, reason: str) -> None:
    verdict = check(policy(**changes))
    assert (verdict.status, verdict.reason) == (status, reason)
