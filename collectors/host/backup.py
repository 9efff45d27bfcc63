"""Backup jobs: timers of systemd and jobs of cron that run a known backup program, and how the last run ended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from collectors.host.cron import CRON_JOBS, ROOT_CRONTAB, TOOLS, cron_jobs
from collectors.host.facts import Fact
from collectors.host.source import FactError, Host
from collectors.host.system import CONTAINMENT, PROCESSES, SYSTEMD, TIMERS, container, running, systemd_runs, units
from core.plugins import collector
from core.resources.host.backup import Backup, BackupJob

AGENTS = {
    "bacula-fd": "Bacula",
    "bareos-fd": "Bareos",
    "veeamservice": "Veeam",
    "veeamdeployment": "Veeam",
    "urbackupclientb": "UrBackup",
    "duplicati-serve": "Duplicati",
    "cvd": "Commvault",
    "dsmcad": "IBM Storage Protect",
    "aws-backup-agen": "AWS Backup",
}
# Jobs with such names that copy something of the package manager, not the host's data.
HOUSEKEEPING = ("dpkg-db-backup", "apt-daily", "apt-daily-upgrade")

SERVICES = Fact(
    "services",
    "systemctl show '*.service' --all --property=Id,Result,ExecMainExitTimestamp --timestamp=unix --no-pager",
    limit=4_194_304,
)


@collector(permissions=(CONTAINMENT, PROCESSES, SYSTEMD, CRON_JOBS, ROOT_CRONTAB, TIMERS, SERVICES))
def backup(host: Host) -> Iterator[Backup]:
    """Scheduled backup jobs, how the last run of each ended, and the agents of backup servers that run."""
    yield Backup(
        id=host.name,
        container=container(host),
        cron_runs=bool(running(host, ("cron", "crond", "anacron"))),
        jobs=host.look(lambda: _jobs(host)),
        agents=running(host, AGENTS),
    )


def _jobs(host: Host) -> tuple[BackupJob, ...]:
    jobs: list[BackupJob] = []
    if systemd_runs(host):
        jobs += parse_timers(host.text(TIMERS), host.text(SERVICES))
    jobs += parse_cron(cron_jobs(host))
    return tuple(jobs)


def parse_cron(text: str) -> list[BackupJob]:
    """Those of `file TAB program` lines that name a backup program, each pair once."""
    pairs = sorted(
        {(file, tool) for file, _, tool in (line.partition("\t") for line in text.splitlines()) if tool in TOOLS}
    )
    return [
        BackupJob(tool=tool, scheduled_by="cron", name=file, last_result="", last_finished=None) for file, tool in pairs
    ]


def parse_timers(timers: str, services: str) -> list[BackupJob]:
    """Active timers whose service is named after a backup program or after backups, with the end of its last run."""
    if timers.strip() and not units(timers):
        raise FactError(TIMERS, f"{TIMERS.name}: {timers.strip()!r:.80} is no timer")
    ends = {unit["Id"]: unit for unit in units(services)}
    jobs: list[BackupJob] = []
    for timer in sorted(units(timers), key=lambda unit: unit["Id"]):
        service = timer.get("Unit", "")
        name = service.removesuffix(".service")
        tool = next((tool for tool in TOOLS if re.search(rf"(?<![a-z]){re.escape(tool)}(?![a-z])", name)), "")
        tool = tool or ("backup" if "backup" in name else "")
        if not tool or name in HOUSEKEEPING or timer.get("ActiveState") != "active":
            continue
        end = ends.get(service, {})
        found = re.fullmatch(r"@(\d{1,11})", end.get("ExecMainExitTimestamp", ""))
        finished = datetime.fromtimestamp(int(found[1]), UTC) if found and int(found[1]) else None
        jobs.append(
            BackupJob(
                tool=tool,
                scheduled_by="systemd",
                name=timer["Id"],
                last_result=end.get("Result", "") if finished else "",
                last_finished=finished,
            )
        )
    return jobs
