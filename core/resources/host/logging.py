"""Logs of a host: who writes them, how long they stay, and where they go."""

from __future__ import annotations

from datetime import datetime

from core.resource import Observed, Resource, part, resource


@resource("host_logging")
class Logging(Resource):
    """The programs that take, ship and rotate logs.

    `daemons` and `shippers` are those that run. `rotation_installed` says whether logrotate is there and
    `rotation_scheduled` what starts it (`systemd`, `cron`), empty when nothing does.
    """

    id: str
    container: str
    daemons: tuple[str, ...]
    shippers: tuple[str, ...]
    rotation_installed: bool
    rotation_scheduled: str


@resource("host_journal")
class Journal(Resource):
    """The systemd journal as configured, drop-ins resolved; see journald.conf(5).

    `storage` is the effective value and `storage_is_default` says that nobody set it. `directory_exists` is about
    /var/log/journal, which decides what `auto` means. `retention_seconds` is 0 when no time limit is set.
    `stored_level` is the least important level that is kept, as a name or a number from 0 to 7.
    `oldest_entry` is the moment of the first entry still kept, or none when the journal is empty.
    `forwards_to_syslog` is none when nobody set it: some distributions forward then and others do not.
    `rsyslog_reads_it` is none where nothing hangs on it.
    """

    id: str
    runs: bool
    storage: str
    storage_is_default: bool
    directory_exists: bool
    retention_seconds: int
    stored_level: str
    oldest_entry: datetime | None
    forwards_to_syslog: bool | None
    rsyslog_reads_it: bool | None


@part
class ForwardingTarget(Observed):
    """One place that logs are sent to. `verifies` is true when the receiver's certificate is checked, and
    `covers_sign_ins` when what is sent there includes who signed in and who used sudo."""

    program: str
    protocol: str
    address: str
    port: str
    encrypted: bool
    verifies: bool
    covers_sign_ins: bool
    running: bool


@resource("host_log_forwarding")
class LogForwarding(Resource):
    """Where the configuration of rsyslog and systemd-journal-upload sends logs."""

    id: str
    targets: tuple[ForwardingTarget, ...]


@resource("host_log_rotation")
class LogRotation(Resource):
    """One section of the logrotate configuration: which logs it rotates and how many days it keeps them.

    `days` is what is surely kept: the number of rotations times their interval, or `maxage` when that is less;
    none when rotation goes by size alone or old logs are kept for ever (`keeps_all`).
    """

    id: str
    logs: tuple[str, ...]
    rotations: int
    interval: str
    days: int | None
    keeps_all: bool
