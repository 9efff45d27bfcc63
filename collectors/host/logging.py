"""Logging: daemons, the systemd journal, forwarding by rsyslog and journal-upload, and rotation by logrotate."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from collectors.host.facts import Fact
from collectors.host.logrotate import parse_rotation
from collectors.host.rsyslog import RSYSLOG, parse_rsyslog, reads_the_journal
from collectors.host.source import FactError, Host
from collectors.host.system import (
    CONTAINMENT,
    PROCESSES,
    SYSTEMD,
    TIMERS,
    container,
    files,
    print_lines,
    print_times,
    running,
    started_by,
    timer_paths,
    times,
)
from collectors.host.systemd_files import configuration, in_effect, parse_settings
from core.plugins import collector
from core.resources.host.logging import ForwardingTarget, Journal, LogForwarding, Logging, LogRotation

DAEMONS = ("systemd-journald", "rsyslogd", "syslog-ng", "syslogd", "metalog", "socklog")
SHIPPERS = (
    "filebeat", "fluent-bit", "fluentd", "td-agent-bit", "vector", "promtail", "alloy",
    "splunkd", "wazuh-agentd", "ossec-agentd", "nxlog", "otelcol", "otelcol-contrib", "elastic-agent", "mdsd",
    "amazon-cloudwatch-agent", "google_cloud_ops_agent_engine", "azuremonitoragent", "datadog-agent", "grafana-agent",
)  # fmt: skip

JOURNAL_SETTINGS = configuration("journal_settings", "journald.conf")
JOURNAL_UPLOAD = configuration("journal_upload", "journal-upload.conf")
# Asked of systemd: its process bears the same fifteen characters as journald's.
JOURNAL_UPLOADS = Fact("journal_uploads", "systemctl is-active systemd-journal-upload.service")
JOURNAL_FOLDER = Fact("journal_folder", print_times("/var/log/journal"))
# Time of the first entry and nothing of its text.
JOURNAL_START = Fact(
    "journal_start",
    "[ -e /usr/bin/journalctl ] || exit 127\n"
    "$SUDO /usr/bin/journalctl --quiet --no-pager --output=short-unix | head -n 1 | cut -d ' ' -f 1",
    ("/usr/bin/journalctl --quiet --no-pager --output=short-unix",),
)
# Scripts in sections may give a password to the program whose logs they rotate.
LOGROTATE = Fact(
    "logrotate", print_lines("/etc/logrotate.conf", "/etc/logrotate.d/*", unless="*' -p'*|*' -u'*|*' --'*")
)
LOGROTATE_SCHEDULE = Fact(
    "logrotate_schedule",
    print_times(
        "/usr/sbin/logrotate", "/etc/cron.daily/logrotate", "/etc/periodic/daily/logrotate",
        *timer_paths("logrotate.timer"),
    ),
)  # fmt: skip

SWITCH = {
    **dict.fromkeys(("1", "yes", "y", "true", "t", "on"), True),
    **dict.fromkeys(("0", "no", "n", "false", "f", "off"), False),
}
"""Words of systemd's configuration; any other is passed over."""
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "M": 2_629_800, "y": 31_557_600}


@collector(permissions=(PROCESSES, CONTAINMENT, SYSTEMD, TIMERS, LOGROTATE_SCHEDULE))
def programs(host: Host) -> Iterator[Logging]:
    """The programs that take, ship and rotate logs."""
    scheduled = times(host, LOGROTATE_SCHEDULE)
    yield Logging(
        id=host.name,
        container=container(host),
        daemons=running(host, DAEMONS),
        shippers=running(host, SHIPPERS),
        rotation_installed="/usr/sbin/logrotate" in scheduled,
        rotation_scheduled=host.look(lambda: started_by(host, scheduled)),
    )


@collector(permissions=(PROCESSES, JOURNAL_SETTINGS, JOURNAL_FOLDER, JOURNAL_START, RSYSLOG))
def journal(host: Host) -> Iterator[Journal]:
    """The systemd journal, where it is installed: journald.conf with all drop-ins, and how far back it reaches."""
    texts = in_effect(host, JOURNAL_SETTINGS)
    runs = bool(running(host, ("systemd-journald",)))
    if not texts and not runs:
        return
    settings = parse_settings(texts, "Journal")
    forwards = SWITCH.get(settings.get("ForwardToSyslog", "").lower())
    # Who gets nothing forwarded, or not all stored, may still read the journal itself.
    asked = (forwards is False or "MaxLevelStore" in settings) and running(host, ("rsyslogd",))
    yield Journal(
        id=host.name,
        runs=runs,
        storage=settings.get("Storage", "auto"),
        storage_is_default="Storage" not in settings,
        directory_exists="/var/log/journal" in times(host, JOURNAL_FOLDER),
        retention_seconds=parse_span(settings.get("MaxRetentionSec", "0")),
        stored_level=settings.get("MaxLevelStore", "debug").lower(),
        oldest_entry=host.look(lambda: _start(host)),
        forwards_to_syslog=forwards,
        rsyslog_reads_it=host.look(lambda: reads_the_journal(files(host, RSYSLOG))) if asked else None,
    )


def _start(host: Host) -> datetime | None:
    answer = host.answer(JOURNAL_START)
    found = parse_start(answer.output.decode(errors="replace"))
    if found is None and answer.error:  # the pipeline hides journalctl's status
        raise FactError(JOURNAL_START, f"{JOURNAL_START.name}: {answer.error:.300}")
    return found


@collector(permissions=(PROCESSES, RSYSLOG, JOURNAL_UPLOAD, JOURNAL_UPLOADS))
def forwarding(host: Host) -> Iterator[LogForwarding]:
    """Where rsyslog and systemd-journal-upload send logs."""
    targets = parse_rsyslog(files(host, RSYSLOG), running=bool(running(host, ("rsyslogd",))))
    address = parse_settings(in_effect(host, JOURNAL_UPLOAD), "Upload").get("URL", "")
    if address:
        scheme, _, server = address.rpartition("://")
        name, _, port = server.partition("/")[0].rpartition("@")[2].partition(":")
        # journal-upload speaks https to a bare address and then always checks the certificate.
        safe = scheme != "http"
        targets += (
            ForwardingTarget(
                program="systemd-journal-upload",
                protocol=scheme or "https",
                address=name,
                port=port or "19532",
                encrypted=safe,
                verifies=safe,
                covers_sign_ins=True,
                running=host.look(lambda: host.text(JOURNAL_UPLOADS, accept=(0, 3, 4)).strip() == "active"),
            ),
        )
    yield LogForwarding(id=host.name, targets=targets)


@collector(permissions=(LOGROTATE, LOGROTATE_SCHEDULE))
def rotation(host: Host) -> Iterator[LogRotation]:
    """What logrotate, where it is installed, is configured to rotate, and for how long it keeps it."""
    if "/usr/sbin/logrotate" in times(host, LOGROTATE_SCHEDULE):
        yield from parse_rotation(files(host, LOGROTATE))


def parse_span(text: str) -> int:
    """Seconds of a time span as in systemd.time(7): `3month`, `1w 2d`, `90`. Raises `FactError` for another word."""
    total, rest = 0, text.strip()
    while rest:
        found = re.match(r"(\d{1,9})\s*([A-Za-z]*)\s*", rest)
        unit = found[2] if found else "?"
        short = unit if unit in SECONDS else {"": "s", "min": "m", "month": "M", "months": "M"}.get(unit, unit[:1])
        if not found or short not in SECONDS or unit.startswith(("ms", "us")):
            raise FactError(JOURNAL_SETTINGS, f"{text!r:.60} is not a time span")
        total += int(found[1]) * SECONDS[short]
        rest = rest[found.end() :]
    return total


def parse_start(text: str) -> datetime | None:
    """The moment of the first entry, none for an empty journal."""
    found = re.match(r"(\d{1,11})\.\d+$", text.strip())
    return datetime.fromtimestamp(int(found[1]), UTC) if found else None
