from __future__ import annotations

from typing import Any

import pytest

from checks.host import sessions as checks
from core.plugins import Check
from core.resource import NotObservedError, unobserved
from core.resources.host.sessions import IdleTimeout, SessionDefaults, UmaskSetting


def session(**changes: Any) -> SessionDefaults:
    bare: dict[str, Any] = {
        "id": "web-1",
        "shell_umasks": (),
        "pam_umask": None,
        "pam_umask_from": "",
        "idle_timeouts": (),
    }
    return SessionDefaults(**{**bare, **changes})


def umasks(*masks: int) -> dict[str, Any]:
    return {"shell_umasks": tuple(UmaskSetting(file="/etc/profile", mask=mask) for mask in masks)}


def timeout(seconds: int, *, read_only: bool = True) -> dict[str, Any]:
    return {"idle_timeouts": (IdleTimeout(file="/etc/profile.d/tmout.sh", seconds=seconds, read_only=read_only),)}


@pytest.mark.parametrize(
    ("check", "changes", "status", "reason"),
    [
        (checks.new_files_are_private, umasks(0o022, 0o027), "fail", "/etc/profile sets umask 022"),
        (checks.new_files_are_private, umasks(0o077, 0o027), "pass", "/etc/profile sets umask 027"),
        (
            checks.new_files_are_private,
            {},
            "fail",
            (
                "neither the shell's start-up files nor PAM name a umask for everybody who signs in, "
                "so that the usual 022 or 002 holds"
            ),
        ),
        (
            checks.new_files_are_private,
            {"pam_umask": 0o027, "pam_umask_from": "pam_umask with UMASK of /etc/login.defs"},
            "pass",
            "pam_umask with UMASK of /etc/login.defs sets umask 027",
        ),
        (
            checks.new_files_are_private,
            {"pam_umask": 0o022, "pam_umask_from": "pam_umask in the service login"},
            "fail",
            "pam_umask in the service login sets umask 022",
        ),
        (checks.idle_shells_end, {}, "fail", "no start-up file of the shell sets TMOUT"),
        (checks.idle_shells_end, timeout(900), "pass", "/etc/profile.d/tmout.sh sets TMOUT=900 for good"),
        (
            checks.idle_shells_end,
            timeout(3600),
            "fail",
            "/etc/profile.d/tmout.sh sets TMOUT=3600; from 1 to 900 is asked for",
        ),
        (
            checks.idle_shells_end,
            timeout(0),
            "fail",
            "/etc/profile.d/tmout.sh sets TMOUT=0; from 1 to 900 is asked for",
        ),
        (
            checks.idle_shells_end,
            timeout(600, read_only=False),
            "fail",
            "/etc/profile.d/tmout.sh sets TMOUT=600, which the user can change",
        ),
    ],
)
def test_sessions(check: Check[...], changes: dict[str, Any], status: str, reason: str) -> None:
    verdict = check(session(**changes))
    assert (verdict.status, verdict.reason) == (status, reason)


def test_a_mask_that_was_not_observed_is_never_judged() -> None:
    with pytest.raises(NotObservedError):
        checks.new_files_are_private(session(pam_umask=unobserved("umask $x can only be known while the shell runs")))
    with pytest.raises(NotObservedError):
        checks.new_files_are_private(session(**umasks(unobserved("umask $x"))))
