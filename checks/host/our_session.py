"""Checks that the host's log works, by what it must know: that we were there."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.host.our_session import OurSession

LOCAL = not_applicable("the host was asked by itself: there was no sign-in")


@check(objective="administration-is-logged", severity=Severity.HIGH)
def our_login_is_in_the_log(session: OurSession) -> Verdict:
    """The log of the host shows that this tool has just signed in.

    Settings say what should be logged; this shows what is. Where our own sign-in is missing, so are those of others.

    Remediation: See whether journald or rsyslog runs (`systemctl status systemd-journald rsyslog`), whether the disk
    is full, and whether `LogLevel` of sshd is at least `INFO`. Then sign in and look: `journalctl -t sshd -n 20`.
    """
    if not session.remote:
        return LOCAL
    if not session.log:
        return unknown("there is neither a journal nor a log file where we look")
    shows = "shows" if session.login_recorded else "does not show"
    return (passed if session.login_recorded else failed)(f"{_named(session)} {shows} our sign-in through SSH")


@check(objective="administration-is-logged", severity=Severity.HIGH)
def our_sudo_is_in_the_log(session: OurSession) -> Verdict:
    """The log of the host shows that this tool has just used sudo.

    Who became root, and what for, must be known; where our own use is missing, so is that of others.

    Remediation: See whether journald or rsyslog runs, and whether sudoers turns off `syslog` (`Defaults !syslog`).
    Then look: `journalctl -t sudo -n 20`.
    """
    if not session.remote:
        return LOCAL
    if not session.elevated:
        return not_applicable("we signed in as root and used no sudo")
    if not session.log:
        return unknown("there is neither a journal nor a log file where we look")
    shows = "shows" if session.elevation_recorded else "does not show"
    return (passed if session.elevation_recorded else failed)(f"{_named(session)} {shows} our use of sudo")


def _named(session: OurSession) -> str:
    return "the journal" if session.log == "journal" else session.log
