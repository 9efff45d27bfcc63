"""Truth tables of the checks of backups."""

from __future__ import annotations

from datetime import timedelta

import pytest

from checks.host.backup import backup_is_scheduled, last_backup_succeeded
from core.model import Status
from core.resources.host.backup import Backup, BackupJob
from tests.twins import NOW

HOUR = timedelta(hours=1)
CRON = BackupJob(tool="restic", scheduled_by="cron", name="/etc/cron.d/restic", last_result="", last_finished=None)


def timer(result: str = "success", ended: object = NOW - HOUR) -> BackupJob:
    return BackupJob(
        tool="borgmatic",
        scheduled_by="systemd",
        name="borgmatic.timer",
        last_result=result,
        last_finished=ended,  # type: ignore[arg-type] # plain values of its fields
    )


def backup(*jobs: BackupJob, agents: tuple[str, ...] = (), container: str = "", cron_runs: bool = True) -> Backup:
    return Backup(id="web-1", container=container, cron_runs=cron_runs, jobs=jobs, agents=agents)


@pytest.mark.parametrize(
    ("each", "scheduled", "succeeded"),
    [
        (backup(timer()), Status.PASS, Status.PASS),
        (backup(timer("exit-code")), Status.PASS, Status.FAIL),
        (backup(timer(), timer("timeout")), Status.PASS, Status.FAIL),
        (backup(timer(ended=NOW - 27 * HOUR)), Status.PASS, Status.FAIL),
        (backup(timer("", None)), Status.PASS, Status.UNKNOWN),
        (backup(timer("", None), timer("timeout")), Status.PASS, Status.FAIL),
        (backup(timer(), CRON), Status.PASS, Status.UNKNOWN),
        (backup(timer("timeout"), CRON), Status.PASS, Status.FAIL),
        (backup(timer(), agents=("Bareos",)), Status.PASS, Status.UNKNOWN),
        (backup(CRON), Status.PASS, Status.UNKNOWN),
        (backup(CRON, cron_runs=False), Status.FAIL, Status.UNKNOWN),
        (backup(agents=("Bareos",)), Status.PASS, Status.UNKNOWN),
        (backup(), Status.FAIL, Status.NOT_APPLICABLE),
        (backup(container="docker"), Status.NOT_APPLICABLE, Status.NOT_APPLICABLE),
    ],
)
def test_backups(each: Backup, scheduled: Status, succeeded: Status) -> None:
    assert backup_is_scheduled(each).status is scheduled
    assert last_backup_succeeded(each, as_of=NOW).status is succeeded
