"""Backup jobs, from answers written after systemctl(1), and from crontabs."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

from collectors.host.backup import SERVICES, backup, parse_cron, parse_timers
from collectors.host.cron import CRON_JOBS, ROOT_CRONTAB
from collectors.host.facts import Answer
from collectors.host.system import CONTAINMENT, PROCESSES, SYSTEMD, TIMERS
from core.resource import missing_fields
from core.resources.host.backup import Backup
from tests.twins import NEEDS_ROOT, RecordedHost

BASE = {CONTAINMENT: "pid:[4026531836]\nuts:[4026531838]\n", PROCESSES: "cron\nbareos-fd\n"}
UNITS = """\
Unit=borgmatic.service
Id=borgmatic.timer
ActiveState=active
UnitFileState=enabled

Unit=dpkg-db-backup.service
Id=dpkg-db-backup.timer
ActiveState=active

Unit=nightly-backup.service
Id=nightly-backup.timer
ActiveState=active

Unit=restic.service
Id=restic.timer
ActiveState=inactive

Unit=logrotate.service
Id=logrotate.timer
ActiveState=active
"""
ENDS = """\
Result=exit-code
ExecMainExitTimestamp=@1767225600
Id=borgmatic.service

Result=success
ExecMainExitTimestamp=
Id=nightly-backup.service
"""
NO_CRONTAB = Answer(b"", "/bin/cat: /var/spool/cron/crontabs/root: No such file or directory", 0)


def test_jobs_of_systemd_and_cron() -> None:
    host = RecordedHost(
        {
            **BASE,
            SYSTEMD: "yes\n",
            TIMERS: UNITS,
            SERVICES: ENDS,
            CRON_JOBS: "/etc/cron.d/r\trestic\n/etc/cron.d/r\trestic\n",
            ROOT_CRONTAB: "/var/spool/cron/crontabs/root\tpg_dump\n",
        }
    )
    (seen,) = backup(host)
    assert isinstance(seen, Backup)
    assert (seen.cron_runs, seen.agents) == (True, ("Bareos",))
    assert [(j.name, j.tool, j.last_result, j.last_finished) for j in seen.jobs] == [
        ("borgmatic.timer", "borgmatic", "exit-code", datetime(2026, 1, 1, tzinfo=UTC)),
        ("nightly-backup.timer", "backup", "", None),
        ("/etc/cron.d/r", "restic", "", None),
        ("/var/spool/cron/crontabs/root", "pg_dump", "", None),
    ]


def test_a_crontab_that_may_not_be_read_hides_the_jobs() -> None:
    base = {**BASE, SYSTEMD: "no\n", CRON_JOBS: ""}
    (seen,) = backup(RecordedHost({**base, ROOT_CRONTAB: NO_CRONTAB}))
    assert isinstance(seen, Backup)
    assert seen.jobs == ()
    for answer in (NEEDS_ROOT, Answer(b"", "/bin/cat: x: Permission denied", 0)):
        (seen,) = backup(RecordedHost({**base, ROOT_CRONTAB: answer}))
        assert isinstance(seen, Backup)
        assert list(missing_fields(seen)) == ["jobs"]


def test_a_timer_without_known_end() -> None:
    (job,) = parse_timers("Id=kopia.timer\nUnit=kopia.service\nActiveState=active\n", "")
    assert (job.tool, job.last_result, job.last_finished) == ("kopia", "", None)


def test_only_names_of_programs_leave_the_host(tmp_path: Path) -> None:
    (tmp_path / "job").write_text(
        "# restic is commented out\n0 3 * * * root RESTIC_PASSWORD=geheim /usr/bin/restic backup /home *\n"
        "5 5 * * * root /usr/sbin/aide --check; tar cf - /var/lib/aide\n#6 5 * * * root aide\n"
        "5 4 * * * root cd /srv && pg_dump -p geheim shop | gzip"
    )
    functions = CRON_JOBS.command.partition("for d in")[0]
    done = subprocess.run(
        ["sh", "-c", f'{functions}\nfile={tmp_path}/job; words <"$file"'], capture_output=True, check=True
    )
    said = done.stdout.decode()
    assert said == "".join(f"{tmp_path}/job\t{name}\n" for name in ("restic", "aide", "pg_dump"))
    assert [job.tool for job in parse_cron(said)] == ["pg_dump", "restic"]
