"""Truth tables of the checks of our own visit."""

from __future__ import annotations

from typing import Any

import pytest

from checks.host import our_session as checks
from core.model import Status
from core.resources.host.our_session import OurSession

P, F, N, U = Status.PASS, Status.FAIL, Status.NOT_APPLICABLE, Status.UNKNOWN


@pytest.mark.parametrize(
    ("changes", "login", "sudo", "reason"),
    [
        ({}, P, P, "the journal shows our use of sudo"),
        ({"login_recorded": False}, F, P, "the journal shows our use of sudo"),
        ({"elevation_recorded": False}, P, F, "the journal does not show our use of sudo"),
        ({"log": "/var/log/secure"}, P, P, "/var/log/secure shows our use of sudo"),
        ({"elevated": False}, P, N, "we signed in as root and used no sudo"),
        ({"log": "", "login_recorded": False}, U, U, "there is neither a journal nor a log file where we look"),
        ({"remote": False, "log": ""}, N, N, "the host was asked by itself: there was no sign-in"),
    ],
)
def test_visits(changes: dict[str, Any], login: Status, sudo: Status, reason: str) -> None:
    usual: dict[str, Any] = {
        "id": "web-1",
        "remote": True,
        "log": "journal",
        "login_recorded": True,
        "elevated": True,
        "elevation_recorded": True,
    }
    session = OurSession(**{**usual, **changes})
    assert checks.our_login_is_in_the_log(session).status is login
    verdict = checks.our_sudo_is_in_the_log(session)
    assert (verdict.status, verdict.reason) == (sudo, reason)
