"""Is the host backed up, and did the last backup work?"""

from __future__ import annotations

from datetime import datetime, timedelta

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.host.backup import Backup


@check(objective="data-is-backed-up", severity=Severity.HIGH)
def backup_is_scheduled(backup: Backup) -> Verdict:
    """A backup of the host is scheduled.

    What was never copied is lost with the disk, or with the first ransomware.

    Remediation: Install a backup program (`apt-get install borgmatic` or `restic`) with a timer, or the agent of your
    backup server. Where disks are backed up from outside (snapshots), accept this with a reference to it.
    """
    if backup.agents:
        return passed(f"{', '.join(backup.agents)} runs and lets its server back the host up")
    working = [job for job in backup.jobs if job.scheduled_by == "systemd" or backup.cron_runs]
    if working:
        return passed(f"{', '.join(f'{job.name} ({job.tool})' for job in working)} is scheduled")
    if backup.jobs:
        return failed(f"{', '.join(job.name for job in backup.jobs)} is there for cron, but cron does not run")
    if backup.container:
        return not_applicable(f"data of a container ({backup.container}) is backed up where its volumes are")
    return failed("no timer and no cron job of a known backup program, and no agent of a backup server")


@check(objective="data-is-backed-up", severity=Severity.HIGH)
def last_backup_succeeded(backup: Backup, *, as_of: datetime, max_hours: int = 26) -> Verdict:
    """The last backup succeeded, not long ago.

    A schedule proves nothing: many a backup fails every night for months.

    Remediation: `systemctl status` and `journalctl -u` of the named service tell why it failed; alert on failures.
    """
    if not backup.jobs and not backup.agents:
        return not_applicable("no backup is scheduled on the host")
    jobs = [job for job in backup.jobs if job.scheduled_by == "systemd"]
    for job in jobs:  # a failure that is known goes before what is not
        if job.last_finished is None:
            continue
        ended = f"the last run of {job.name} ended on {job.last_finished:%Y-%m-%d at %H:%M} UTC"
        if job.last_result != "success":
            return failed(f"{ended} with {job.last_result}")
        if as_of - job.last_finished > timedelta(hours=max_hours):
            return failed(f"{ended}, more than {max_hours} hours before this assessment")
    never = [job.name for job in jobs if job.last_finished is None]
    if never:
        return unknown(f"{', '.join(never)} did not run since the last boot")
    silent = [job.name for job in backup.jobs if job.scheduled_by != "systemd"] + [*backup.agents]
    if silent:
        return unknown(
            f"{', '.join(silent)}: neither cron nor the agent of a backup server tells how its last run ended"
        )
    return passed(
        ", ".join(
            f"{job.name} succeeded on {job.last_finished:%Y-%m-%d at %H:%M} UTC" for job in jobs if job.last_finished
        )
    )
