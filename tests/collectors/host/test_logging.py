"""Logging, from settings of Debian 12 and settings written after the manual pages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from collectors.host.facts import Answer
from collectors.host.logging import (
    JOURNAL_FOLDER,
    JOURNAL_SETTINGS,
    JOURNAL_START,
    JOURNAL_UPLOAD,
    JOURNAL_UPLOADS,
    LOGROTATE,
    LOGROTATE_SCHEDULE,
    forwarding,
    journal,
    parse_span,
    parse_start,
    programs,
    rotation,
)
from collectors.host.logrotate import parse_rotation
from collectors.host.rsyslog import RSYSLOG, covers, parse_rsyslog
from collectors.host.source import FactError
from collectors.host.system import CONTAINMENT, PROCESSES, SYSTEMD, TIMERS
from core.resource import missing_fields
from core.resources.host.logging import Journal, LogForwarding, Logging, LogRotation
from tests.twins import NEEDS_ROOT, RecordedHost

OWN_KERNEL = "pid:[4026531836]\nuts:[4026531838]\n"
NONE = Answer(b"", "stat: cannot statx '/var/log/journal': No such file or directory", 1)


def found(**files: str) -> bytes:
    return b"".join(f"{path}\0{text}\0".encode() for path, text in files.items())


def paths(*names: str) -> Answer:
    error = "stat: cannot statx '/not/there': No such file or directory"
    return Answer(b"".join(f"1767225600 {name}\0".encode() for name in names), error, 1)


def test_programs_of_a_debian_host() -> None:
    host = RecordedHost(
        {
            PROCESSES: "systemd\nsystemd-journal\nrsyslogd\nfilebeat\ncron\n",
            CONTAINMENT: OWN_KERNEL,
            SYSTEMD: "yes\n",
            TIMERS: "Id=logrotate.timer\nActiveState=active\n",
            LOGROTATE_SCHEDULE: paths(
                "/usr/sbin/logrotate",
                "/etc/cron.daily/logrotate",
                "/etc/systemd/system/timers.target.wants/logrotate.timer",
            ),
        }
    )
    (seen,) = programs(host)
    assert isinstance(seen, Logging)
    assert seen.daemons == ("rsyslogd", "systemd-journald")
    assert seen.shippers == ("filebeat",)
    assert (seen.rotation_installed, seen.rotation_scheduled) == (True, "systemd")


@pytest.mark.parametrize(("processes", "by"), [("cron\n", "cron"), ("sh\n", "")])
def test_a_timer_starts_nothing_without_systemd(processes: str, by: str) -> None:
    host = RecordedHost(
        {
            PROCESSES: processes,
            CONTAINMENT: OWN_KERNEL,
            SYSTEMD: "no\n",
            LOGROTATE_SCHEDULE: paths(
                "/etc/cron.daily/logrotate", "/etc/systemd/system/timers.target.wants/logrotate.timer"
            ),
        }
    )
    (seen,) = programs(host)
    assert isinstance(seen, Logging)
    assert (seen.rotation_installed, seen.rotation_scheduled) == (False, by)


SETTINGS = {
    "/usr/lib/systemd/journald.conf": "[Journal]\nStorage=volatile\n",
    "/etc/systemd/journald.conf": "[Journal]\n#Storage=auto\nMaxRetentionSec=1week\n",
    "/usr/lib/systemd/journald.conf.d/10-a.conf": "[Journal]\nStorage=none\n",
    "/etc/systemd/journald.conf.d/10-a.conf": "[Journal]\nStorage=persistent\n",
    "/run/systemd/journald.conf.d/90-z.conf": "[Journal]\nMaxRetentionSec=3month\n[Other]\nStorage=none\n",
}


def test_the_journal_with_drop_ins() -> None:
    host = RecordedHost(
        {
            PROCESSES: "systemd-journal\n",
            JOURNAL_SETTINGS: found(**SETTINGS),
            JOURNAL_FOLDER: paths("/var/log/journal"),
            JOURNAL_START: "1767225600.123456\n",
        }
    )
    (seen,) = journal(host)
    assert isinstance(seen, Journal)
    assert (seen.storage, seen.storage_is_default, seen.directory_exists) == ("persistent", False, True)
    assert seen.retention_seconds == 3 * 2_629_800
    assert seen.oldest_entry == datetime(2026, 1, 1, tzinfo=UTC)


def test_the_journal_of_an_unprivileged_run_and_of_a_default_host() -> None:
    host = RecordedHost(
        {PROCESSES: "systemd-journal\n", JOURNAL_SETTINGS: b"", JOURNAL_FOLDER: NONE, JOURNAL_START: NEEDS_ROOT}
    )
    (seen,) = journal(host)
    assert isinstance(seen, Journal)
    assert (seen.storage, seen.storage_is_default, seen.directory_exists) == ("auto", True, False)
    assert list(missing_fields(seen)) == ["oldest_entry"]


def test_a_journal_that_cannot_be_read_is_not_empty() -> None:
    host = RecordedHost(
        {
            PROCESSES: "systemd-journal\n",
            JOURNAL_SETTINGS: b"",
            JOURNAL_FOLDER: NONE,
            JOURNAL_START: Answer(b"", "Journal file is corrupted", 0),
        }
    )
    (seen,) = journal(host)
    assert isinstance(seen, Journal)
    assert "corrupted" in missing_fields(seen)["oldest_entry"]
    assert parse_start("") is None


@pytest.mark.parametrize(
    ("settings", "rsyslog", "forwards", "reads"),
    [
        ("ForwardToSyslog=no", 'module(load="imuxsock")', False, False),
        ("ForwardToSyslog=No", 'module(\n  load="imjournal" StateFile="imjournal.state")', False, True),
        ("MaxLevelStore=err", "# $ModLoad imjournal\n$ModLoad imjournal", None, True),
        ("ForwardToSyslog=maybe", NEEDS_ROOT, None, None),
        ("ForwardToSyslog=yes", NEEDS_ROOT, True, None),
    ],
)
def test_what_the_journal_hands_on(
    settings: str, rsyslog: str | Answer, forwards: bool | None, reads: bool | None
) -> None:
    host = RecordedHost(
        {
            PROCESSES: "systemd-journal\nrsyslogd\n",
            JOURNAL_SETTINGS: found(**{"/etc/systemd/journald.conf": f"[Journal]\n{settings}\n"}),
            JOURNAL_FOLDER: NONE,
            JOURNAL_START: "1767225600.123456\n",
            RSYSLOG: rsyslog if isinstance(rsyslog, Answer) else f"/etc/rsyslog.conf\0{rsyslog}\n\0".encode(),
        }
    )
    (seen,) = journal(host)
    assert isinstance(seen, Journal)
    assert (seen.forwards_to_syslog, seen.rsyslog_reads_it) == (forwards, reads)


def test_where_rsyslog_cannot_be_read() -> None:
    settings = found(**{"/etc/systemd/journald.conf": "[Journal]\nForwardToSyslog=off\n"})
    host = RecordedHost(
        {
            PROCESSES: "systemd-journal\nrsyslogd\n",
            JOURNAL_SETTINGS: settings,
            JOURNAL_FOLDER: NONE,
            JOURNAL_START: "1767225600.1\n",
            RSYSLOG: NEEDS_ROOT,
        }
    )
    (seen,) = journal(host)
    assert list(missing_fields(seen)) == ["rsyslog_reads_it"]


def test_no_journal_at_all() -> None:
    assert list(journal(RecordedHost({PROCESSES: "sh\n", JOURNAL_SETTINGS: b""}))) == []


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0), ("", 0), ("90", 90), ("1week 2d", 777_600), ("90days", 7_776_000), ("5min", 300), ("1year", 31_557_600)],
)
def test_spans(text: str, seconds: int) -> None:
    assert parse_span(text) == seconds


@pytest.mark.parametrize("text", ["soon", "3 qears", "5ms", "5zz"])
def test_strange_spans(text: str) -> None:
    with pytest.raises(FactError):
        parse_span(text)


RSYSLOG_TEXT = """\
module(load="imuxsock")
$IncludeConfig /etc/rsyslog.d/*.conf
template(name="json" type="string" string="x @cee:%msg% @@no.example")
auth,authpriv.*			/var/log/auth.log
*.emerg				:omusrmsg:*
# *.* @@commented.example
*.*  @udp.example
*.*;auth.none @@(o)tcp.example:1514;RSYSLOG_ForwardFormat
& @@[2001:db8::1]:514
:msg, contains, "error" @@filtered.example
if $programname == 'sshd' then @@when.example
*.* :omrelp:relp.example:2514
action(type="omfile" file="/var/log/x")
action(
  type="omfwd" target="logs.example" port="6514" protocol="tcp"
  StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="x509/name"
)
ruleset(name="r") { action(type="omrelp" target="r.example" port="20514" tls="on" tls.authMode="name") }
"""


def test_rsyslog_targets() -> None:
    targets = parse_rsyslog({"/etc/rsyslog.conf": RSYSLOG_TEXT}, running=True)
    assert [(t.protocol, t.address, t.port, t.encrypted, t.verifies) for t in targets] == [
        ("udp", "udp.example", "514", False, False),
        ("tcp", "tcp.example", "1514", False, False),
        ("tcp", "2001:db8::1", "514", False, False),
        ("tcp", "filtered.example", "514", False, False),
        ("tcp", "when.example", "514", False, False),
        ("relp", "relp.example", "2514", False, False),
        ("tcp", "logs.example", "6514", True, True),
        ("relp", "r.example", "20514", True, True),
    ]


def test_rsyslog_with_legacy_encryption() -> None:
    text = (
        "$DefaultNetstreamDriver gtls\n$ActionSendStreamDriverMode 1\n*.* @@a.example\n"
        "$ActionSendStreamDriverAuthMode x509/name\n*.* @@b.example\n*.* @c.example\n"
    )
    targets = parse_rsyslog({"/etc/rsyslog.conf": text}, running=False)
    assert [(t.encrypted, t.verifies) for t in targets] == [(True, False), (True, True), (False, False)]


@pytest.mark.parametrize(
    ("before", "own", "encrypted"),
    [
        ("$ActionSendStreamDriverMode 1\n", "", False),
        ("$ActionSendStreamDriverMode 1\n$ActionSendStreamDriver gtls\n", "", False),
        ("", ' StreamDriverMode="1"', True),
    ],
)
def test_legacy_lines_have_no_say_about_an_action(before: str, own: str, *, encrypted: bool) -> None:
    text = f'$DefaultNetstreamDriver gtls\n{before}*.* action(type="omfwd" target="a.example" protocol="tcp"{own})\n'
    (target,) = parse_rsyslog({"/etc/rsyslog.conf": text}, running=True)
    assert target.encrypted is encrypted


def test_an_action_with_several_targets() -> None:
    text = 'action(type="omfwd" target=["a.example", "b.example"] protocol="tcp")\n'
    (target,) = parse_rsyslog({"/etc/rsyslog.conf": text}, running=True)
    assert target.address == "a.example, b.example"


def test_an_include_that_was_not_read_is_no_answer() -> None:
    with pytest.raises(FactError, match=r"/etc/other/\*"):
        parse_rsyslog({"/etc/rsyslog.conf": 'include(file="/etc/other/*")'}, running=True)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://logs.example:443", ("https", "logs.example", "443", True)),
        ("http://logs.example", ("http", "logs.example", "19532", False)),
        ("logs.example", ("https", "logs.example", "19532", True)),
    ],
)
def test_the_journal_is_uploaded(url: str, expected: Any) -> None:
    host = RecordedHost(
        {
            PROCESSES: "systemd-journal\n",
            RSYSLOG: b"",
            JOURNAL_UPLOADS: Answer(b"inactive\n", "", 3),
            JOURNAL_UPLOAD: found(**{"/etc/systemd/journal-upload.conf": f"[Upload]\nURL={url}\n"}),
        }
    )
    (seen,) = forwarding(host)
    assert isinstance(seen, LogForwarding)
    (target,) = seen.targets
    assert (target.protocol, target.address, target.port, target.encrypted) == expected
    assert not target.running


def test_nothing_is_forwarded() -> None:
    (seen,) = forwarding(RecordedHost({PROCESSES: "sh\n", RSYSLOG: b"", JOURNAL_UPLOAD: b""}))
    assert isinstance(seen, LogForwarding)
    assert seen.targets == ()


ROTATION = {
    "/etc/logrotate.d/rsyslog": "/var/log/syslog\n/var/log/auth.log\n{\n\trotate 4\n\tpostrotate\n\t\tdaily\n\tendscript\n}\n",
    "/etc/logrotate.conf": "# comment\nweekly\nrotate 4\ncreate\ninclude /etc/logrotate.d\n",
    "/etc/logrotate.d/dpkg": "/var/log/dpkg.log {\n\tmonthly\n\trotate 12\n\tmaxage 100\n}\n",
    "/etc/logrotate.d/big": '"/var/log/big one.log" {\n  size 100M\n  rotate 9\n}\n',
    "/etc/logrotate.d/max": "/var/log/max.log {\n  maxsize 1M\n}\n",
    "/etc/logrotate.d/all": "/var/log/all.log {\n  rotate -1\n}\n/var/log/aged.log {\n  rotate -1\n  maxage 30\n}\n",
}


def test_rotation() -> None:
    host = RecordedHost({LOGROTATE: found(**ROTATION), LOGROTATE_SCHEDULE: paths("/usr/sbin/logrotate")})
    seen = {
        each.logs[-1]: (each.rotations, each.interval, each.days, each.keeps_all)
        for each in rotation(host)
        if isinstance(each, LogRotation)
    }
    assert seen == {
        "/var/log/auth.log": (4, "weekly", 28, False),
        "/var/log/dpkg.log": (12, "monthly", 100, False),
        "/var/log/big one.log": (9, "size", None, False),
        "/var/log/max.log": (4, "weekly", None, False),
        "/var/log/all.log": (-1, "weekly", None, True),
        "/var/log/aged.log": (-1, "weekly", 30, False),
    }


def test_a_folder_knows_of_what_stands_before_its_inclusion() -> None:
    main = "daily\nrotate 4\ninclude /etc/logrotate.d\nmonthly\n/var/log/wtmp {\n}\n"
    seen = parse_rotation({"/etc/logrotate.conf": main, "/etc/logrotate.d/x": "/var/log/x {\n}\n"})
    assert {each.logs[0]: each.days for each in seen} == {"/var/log/wtmp": 112, "/var/log/x": 4}


def test_rotation_without_logrotate_or_defaults() -> None:
    assert list(rotation(RecordedHost({LOGROTATE: found(**ROTATION), LOGROTATE_SCHEDULE: paths()}))) == []
    (seen,) = parse_rotation({"/etc/logrotate.d/x": "/x {\n}\n"})
    assert isinstance(seen, LogRotation)
    assert (seen.rotations, seen.interval, seen.days) == (0, "size", None)


@pytest.mark.parametrize(
    ("selector", "covered"),
    [
        ("", True),
        ("*.*", True),
        ("auth,authpriv.*", True),
        ("*.info;mail.none;authpriv.none;cron.none", False),  # what the RHEL family writes to /var/log/messages
        ("auth.*", False),
        ("*.info;auth,authpriv.none", False),
        ("local7.*", False),
        ("*.err", False),
        ("authpriv.=info", False),  # sudo says what it runs with the priority notice
        ("authpriv.notice", False),
        ("*.*;auth.none;authpriv.warning", False),
    ],
)
def test_selectors(selector: str, covered: bool) -> None:
    assert covers(selector) is covered


@pytest.mark.parametrize(
    ("line", "covered"),
    [
        ('action(type="omfwd" target="logs")', True),
        ('local7.* action(type="omfwd" target="logs")', False),
        ("*.* @@logs", True),
        ("mail.* @@logs", False),
        ("mail.* /var/log/mail\nmail.* @@other\n& @@logs", False),
        ('if $programname == "x" then @@logs', None),
        ('if $programname == "x" then {\n  action(type="omfwd" target="logs")\n}', None),
        ('if $programname == "x" then\n  action(type="omfwd" target="logs")', None),
        (':programname, isequal, "x" @@logs', None),
        ('ruleset(name="r") {\n}\naction(type="omfwd" target="logs")', True),
    ],
)
def test_what_is_sent(line: str, covered: bool | None) -> None:
    *_, target = parse_rsyslog({"/etc/rsyslog.conf": line + "\n"}, running=True)
    if covered is None:
        assert set(missing_fields(target)) == {"covers_sign_ins"}
    else:
        assert target.covers_sign_ins is covered
