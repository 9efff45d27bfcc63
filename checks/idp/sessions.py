"""Checks of how long people stay signed in."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.idp import SessionPolicy


@check(objective="sessions-end", severity=Severity.MEDIUM)
def session_ends(policy: SessionPolicy, *, most_hours: int = 24) -> Verdict:
    """Everybody has to sign in again each day.

    A session that was stolen is good for as long as the session lasts.

    Remediation: Set the longest lifetime of a session to a day, or less.
    """
    return _longest(policy, most_hours)


@check(objective="privileged-access-is-temporary", severity=Severity.MEDIUM)
def administrator_session_is_short(policy: SessionPolicy, *, most_hours: int = 12) -> Verdict:
    """Administrators have to sign in again within a working day.

    What is stolen from them opens everything.

    Remediation: Make a policy for privileged roles, with a shorter lifetime of sessions.
    """
    if not policy.administrators:
        return not_applicable(f"{policy.name} is not for administrators")
    return _longest(policy, most_hours)


@check(objective="sessions-end", severity=Severity.LOW)
def idle_session_ends(policy: SessionPolicy, *, most_minutes: int = 120) -> Verdict:
    """A session that nobody uses ends.

    Whoever finds an open device is its owner, for all that the session opens.

    Remediation: Set the idle time of sessions to two hours, or less.
    """
    if not policy.idle_minutes:
        return failed(f"by {policy.name} a session that nobody uses goes on")
    verdict = passed if policy.idle_minutes <= most_minutes else failed
    return verdict(f"by {policy.name} a session ends after {policy.idle_minutes} minutes without use")


@check(objective="sessions-end", severity=Severity.LOW)
def session_ends_with_the_browser(policy: SessionPolicy) -> Verdict:
    """Whoever closes the browser is signed out.

    People close a window and believe that they left.

    Remediation: Switch persistent cookies off.
    """
    if policy.survives_browser:
        return failed(f"by {policy.name} a session goes on after the browser was closed")
    return passed(f"by {policy.name} a session ends with the browser")


def _longest(policy: SessionPolicy, most_hours: int) -> Verdict:
    if not policy.longest_minutes:
        return failed(f"by {policy.name} nobody ever has to sign in again")
    hours, minutes = divmod(policy.longest_minutes, 60)
    reason = f"by {policy.name} a session lasts {hours} hours" + (f" {minutes} minutes" if minutes else "")
    if policy.longest_minutes > most_hours * 60:
        return failed(f"{reason}, more than {most_hours}")
    return passed(reason)
