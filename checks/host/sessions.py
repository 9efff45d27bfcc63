"""Checks of what a session starts with."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resources.host.sessions import SessionDefaults

OTHERS = 0o027


@check(objective="system-files-are-protected", severity=Severity.LOW)
def new_files_are_private(session: SessionDefaults) -> Verdict:
    """New files can be neither changed by the group nor read by others.

    The umask takes these rights from each file that a session makes.

    Remediation: Set `UMASK 027` in /etc/login.defs, add `session optional pam_umask.so` to /etc/pam.d/common-session,
    and remove weaker `umask` commands from /etc/profile and /etc/profile.d.
    """
    for setting in session.shell_umasks:
        if setting.mask & OTHERS != OTHERS:
            return failed(f"{setting.file} sets umask {setting.mask:03o}")
    if session.shell_umasks:
        last = session.shell_umasks[-1]
        return passed(f"{last.file} sets umask {last.mask:03o}")
    if session.pam_umask is None:
        return failed(
            "neither the shell's start-up files nor PAM name a umask for everybody who signs in, "
            "so that the usual 022 or 002 holds"
        )
    reason = f"{session.pam_umask_from} sets umask {session.pam_umask:03o}"
    return passed(reason) if session.pam_umask & OTHERS == OTHERS else failed(reason)


@check(objective="sessions-end", severity=Severity.LOW)
def idle_shells_end(session: SessionDefaults, *, seconds: int = 900) -> Verdict:
    """A shell that waits for its user too long ends, and its user cannot change that.

    An open shell belongs to whoever comes by.

    Remediation: Write `readonly TMOUT=900; export TMOUT` to /etc/profile.d/tmout.sh.
    """
    if not session.idle_timeouts:
        return failed("no start-up file of the shell sets TMOUT")
    for timeout in session.idle_timeouts:
        reason = f"{timeout.file} sets TMOUT={timeout.seconds}"
        if not 0 < timeout.seconds <= seconds:
            return failed(f"{reason}; from 1 to {seconds} is asked for")
        if not timeout.read_only:
            return failed(f"{reason}, which the user can change")
    return passed(f"{reason} for good")
