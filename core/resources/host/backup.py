"""Backups that a host makes of itself."""

from __future__ import annotations

from datetime import datetime

from core.resource import Observed, Resource, part, resource


@part
class BackupJob(Observed):
    """One scheduled run of a backup program.

    `scheduled_by` is `systemd` or `cron`; `name` is the timer or the file. `last_result` is systemd's word
    (`success`, `exit-code`, …), empty when it never ran or nobody knows, as with cron.
    """

    tool: str
    scheduled_by: str
    name: str
    last_result: str
    last_finished: datetime | None


@resource("host_backup")
class Backup(Resource):
    """Backup jobs, and the agents of backup servers that run here. `cron_runs` says whether cron jobs start at all."""

    id: str
    container: str
    cron_runs: bool
    jobs: tuple[BackupJob, ...]
    agents: tuple[str, ...]
