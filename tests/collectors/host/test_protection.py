"""Malware protection and integrity monitoring, from answers written after the documentation."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from collectors.host.cron import CRON_JOBS, ROOT_CRONTAB
from collectors.host.facts import Answer
from collectors.host.protection import (
    CLAMAV,
    INTEGRITY,
    INTEGRITY_DATABASE,
    integrity,
    malware,
    parse_signatures,
)
from collectors.host.source import FactError
from collectors.host.system import CONTAINMENT, PROCESSES, SYSTEMD, TIMERS
from core.resource import missing_fields
from core.resources.host.protection import IntegrityMonitoring, MalwareProtection
from tests.twins import NEEDS_ROOT, RecordedHost

OWN_KERNEL = "pid:[4026531836]\nuts:[4026531838]\n"
HEADS = (
    "ClamAV-VDB:16 Sep 2021 08-32 -0400:62:6647427:90:X:X:sigmgr:1631795562\n"
    "ClamAV-VDB:20 Nov 2026 08-25 +0000:27500:2076001:90:X:X:raynman:1731000000\n"
)
TIMER = "/etc/systemd/system/timers.target.wants/dailyaidecheck.timer"


def paths(*names: str) -> Answer:
    error = "stat: cannot statx '/not/there': No such file or directory"
    return Answer(b"".join(f"1767225600 {name}\0".encode() for name in names), error, 1)


def test_clamav() -> None:
    (seen,) = malware(RecordedHost({CONTAINMENT: OWN_KERNEL, PROCESSES: "clamd\nfreshclam\n", CLAMAV: HEADS}))
    assert isinstance(seen, MalwareProtection)
    assert (seen.agents, seen.signatures_published) == (("ClamAV",), datetime(2026, 11, 20, 8, 25, tzinfo=UTC))


def test_no_database_and_one_that_is_hidden_or_broken() -> None:
    assert parse_signatures("\n") is None
    for strange in ("strange\n", "ClamAV-VDB:not a day\n"):
        with pytest.raises(FactError):
            parse_signatures(strange)
    denied = Answer(b"", "/var/lib/clamav: Permission denied", 1)
    (seen,) = malware(RecordedHost({CONTAINMENT: OWN_KERNEL, PROCESSES: "falcon-sensor\n", CLAMAV: denied}))
    assert isinstance(seen, MalwareProtection)
    assert seen.agents == ("CrowdStrike Falcon",)
    assert list(missing_fields(seen)) == ["signatures_published"]


@pytest.mark.parametrize(
    ("there", "systemd", "processes", "expected"),
    [
        (("/usr/bin/aide", TIMER), "yes", "systemd\n", ("aide", "systemd")),
        (("/usr/bin/aide", TIMER), "no", "sh\n", ("aide", "")),
        (("/usr/bin/aide", "/etc/cron.daily/dailyaidecheck"), "no", "cron\n", ("aide", "cron")),
        (("/usr/sbin/tripwire", "/etc/cron.daily/tripwire"), "no", "sh\n", ("tripwire", "")),
        ((), "no", "sh\n", ("", "")),
    ],
)
def test_integrity_tools(there: tuple[str, ...], systemd: str, processes: str, expected: Any) -> None:
    host = RecordedHost(
        {
            CONTAINMENT: OWN_KERNEL,
            PROCESSES: processes,
            SYSTEMD: systemd,
            TIMERS: "Id=dailyaidecheck.timer\nActiveState=active\n",
            INTEGRITY: paths(*there),
            INTEGRITY_DATABASE: Answer(b"/var/lib/aide/aide.db\0", "stat: '/x': No such file or directory", 1),
        }
    )
    (seen,) = integrity(host)
    assert isinstance(seen, IntegrityMonitoring)
    assert (seen.tool, seen.scheduled_by) == expected
    assert seen.database_exists is bool(expected[0])


NO_TABLE = Answer(b"", "cat: /var/spool/cron/crontabs/root: No such file or directory", 0)


@pytest.mark.parametrize(
    ("processes", "jobs", "root", "expected"),
    [
        ("crond\n", "/etc/crontab\taide\n", NO_TABLE, "cron"),
        ("crond\n", "", "/var/spool/cron/root\taide\n", "cron"),
        ("crond\n", "/etc/cron.weekly/check\ttripwire\n", NO_TABLE, "cron"),
        # Where systemd runs, the package's own job does nothing.
        ("crond\n", "/etc/cron.daily/dailyaidecheck\taide\n/etc/crontab\trestic\n", NO_TABLE, ""),
        ("sh\n", "/etc/crontab\taide\n", NO_TABLE, ""),
        ("crond\n", "/etc/crontab\taide\n", NEEDS_ROOT, None),
    ],
)
def test_a_job_that_somebody_wrote(processes: str, jobs: str, root: str | Answer, expected: str | None) -> None:
    host = RecordedHost(
        {
            CONTAINMENT: OWN_KERNEL,
            PROCESSES: processes,
            SYSTEMD: "yes",
            TIMERS: "Id=dailyaidecheck.timer\nActiveState=inactive\n",
            INTEGRITY: paths("/usr/sbin/aide", "/lib/systemd/system/dailyaidecheck.timer"),
            INTEGRITY_DATABASE: "/var/lib/aide/aide.db.gz\n",
            CRON_JOBS: jobs,
            ROOT_CRONTAB: root,
        }
    )
    (seen,) = integrity(host)
    assert isinstance(seen, IntegrityMonitoring)
    if expected is None:
        assert list(missing_fields(seen)) == ["scheduled_by"]
    else:
        assert seen.scheduled_by == expected


@pytest.mark.parametrize("answer", [NEEDS_ROOT, Answer(b"", "stat: '/x': Permission denied", 1)])
def test_a_hidden_database_is_not_an_absent_one(answer: Answer) -> None:
    host = RecordedHost(
        {
            CONTAINMENT: OWN_KERNEL,
            PROCESSES: "osqueryd\n",
            SYSTEMD: "no",
            INTEGRITY: paths("/usr/bin/aide"),
            INTEGRITY_DATABASE: answer,
        }
    )
    (seen,) = integrity(host)
    assert isinstance(seen, IntegrityMonitoring)
    assert seen.agents == ("osquery",)
    assert list(missing_fields(seen)) == ["database_exists"]
