"""Are logs written, kept, rotated and sent away safely?"""

from __future__ import annotations

from datetime import datetime, timedelta

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resource import missing_fields
from core.resources.host.logging import ForwardingTarget, Journal, LogForwarding, Logging, LogRotation

DAY = 86_400
OTHER_DAEMONS = {"syslog-ng", "syslogd", "metalog", "socklog"}
"""They too can send logs away, in configurations of their own."""
ORDINARY = ("info", "debug", "6", "7")
"""Levels of syslog(3) down to which nothing that matters is left out."""


@check(objective="use-is-logged", severity=Severity.HIGH)
def log_daemon_runs(logging: Logging) -> Verdict:
    """A log daemon runs.

    Without one nothing that happens on the host leaves a trace, and nobody can reconstruct an incident.

    Remediation: Install rsyslog (`apt-get install rsyslog`) or, where systemd runs, see why systemd-journald is down
    (`systemctl status systemd-journald`). A container should write to its standard output, which its host collects.
    """
    if logging.daemons:
        return passed(f"{', '.join(logging.daemons)} runs")
    if logging.container:
        return not_applicable(
            f"no log daemon runs in this container ({logging.container}); its host takes what it writes"
        )
    return failed("no log daemon runs")


@check(objective="logs-are-kept", severity=Severity.MEDIUM)
def journal_is_persistent(journal: Journal, loggings: Population[Logging]) -> Verdict:
    """The journal survives a reboot.

    A journal in memory is gone after a crash or a reboot, often just when it is needed.

    Remediation: Set `Storage=persistent` in a file below /etc/systemd/journald.conf.d and restart systemd-journald.
    """
    if not journal.runs:
        return not_applicable("the journal does not run on this host")
    storage = f"Storage={journal.storage}{' (the default)' if journal.storage_is_default else ''}"
    if journal.storage == "persistent":
        return passed(f"{storage} keeps the journal below /var/log/journal")
    if journal.storage == "auto" and journal.directory_exists:
        return passed(f"{storage} keeps the journal in /var/log/journal, which exists")
    if writers := _writers(journal, loggings, all_stored=True):
        return passed(f"{storage} does not keep the journal, but {', '.join(writers)} writes its own files")
    folder = "exists" if journal.directory_exists else "does not exist"
    return failed(f"{storage} does not keep the journal, /var/log/journal {folder}, and no other log daemon gets it")


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def journal_takes_ordinary_messages(journal: Journal, loggings: Population[Logging]) -> Verdict:
    """The journal keeps ordinary messages, not errors alone.

    Who signed in and who used sudo is no error: with `MaxLevelStore=err` both leave no trace there.

    Remediation: Remove `MaxLevelStore=` from /etc/systemd/journald.conf and the files below journald.conf.d, and
    restart systemd-journald.
    """
    if not journal.runs:
        return not_applicable("the journal does not run on this host")
    if journal.stored_level in ORDINARY:
        return passed(f"MaxLevelStore is {journal.stored_level}")
    if writers := _writers(journal, loggings, all_stored=False):
        return passed(f"MaxLevelStore is {journal.stored_level}, but {', '.join(writers)} writes its own files")
    return failed(f"MaxLevelStore is {journal.stored_level}, so that ordinary messages are dropped")


@check(objective="logs-are-kept", severity=Severity.MEDIUM)
def journal_is_kept(journal: Journal, *, as_of: datetime, min_days: int = 90) -> Verdict:
    """The journal is kept for long enough.

    Break-ins are often noticed months later; what was deleted by then cannot be looked into.

    Remediation: Set `MaxRetentionSec=` to at least the demanded time (or to 0) and `SystemMaxUse=` to a size that
    holds it, below /etc/systemd/journald.conf.d, and restart systemd-journald.
    """
    if not journal.runs:
        return not_applicable("the journal does not run on this host")
    if 0 < journal.retention_seconds < min_days * DAY:
        return failed(f"MaxRetentionSec deletes entries after {journal.retention_seconds // DAY} days, not {min_days}")
    oldest = journal.oldest_entry
    if oldest and as_of - oldest >= timedelta(days=min_days):
        return passed(f"the oldest entry is of {oldest.date()}")
    return unknown(
        "no time limit under the demanded one is set, but size limits the journal too, and it does not reach back "
        f"{min_days} days yet: its oldest entry is of {oldest.date() if oldest else 'no day, it is empty'}"
    )


@check(objective="logs-are-collected-centrally", severity=Severity.HIGH)
def logs_are_forwarded(forwarding: LogForwarding, loggings: Population[Logging]) -> Verdict:
    """Logs are sent to another system.

    Whoever takes over a host can delete its logs, but not those that already left it.

    Remediation: Let rsyslog forward to the central log server (`action(type="omfwd" …)` in a file below
    /etc/rsyslog.d), or install the agent of your log platform or systemd-journal-remote's upload service.
    """
    remote = [target for target in forwarding.targets if not _is_local(target)]
    targets = [target for target in remote if target.running]
    known = [each for each in targets if "covers_sign_ins" not in missing_fields(each) and each.covers_sign_ins]
    if known:
        return passed(f"logs are sent to {', '.join(map(_place, known))}")
    logging = loggings.get(forwarding.id)
    if logging and logging.shippers:
        return passed(f"{', '.join(logging.shippers)} runs")
    if targets and not any(each.covers_sign_ins for each in targets):  # reading raises where a condition decides
        return failed(f"only a part goes to {', '.join(map(_place, targets))}: not all of who signs in and uses sudo")
    if remote:
        return failed(f"forwarding to {', '.join(map(_place, remote))} is configured, but nothing that does it runs")
    if logging and logging.container and not logging.daemons:
        return not_applicable(f"a container ({logging.container}) without log daemon: its host takes what it writes")
    if logging and (others := sorted(OTHER_DAEMONS & {*logging.daemons})):
        return unknown(f"{', '.join(others)} runs, and where it sends logs is not looked at")
    return failed("neither rsyslog nor the journal is configured to forward, and no known log agent runs")


@check(objective="logs-are-protected", severity=Severity.MEDIUM)
def forwarding_is_encrypted(forwarding: LogForwarding) -> Verdict:
    """Logs are encrypted on their way, to a receiver whose certificate is checked.

    Logs name people, systems and mistakes; on an open line anybody on the way can read, change or drop them.

    Remediation: Use omfwd over TCP with `StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="x509/name"`
    (package rsyslog-gnutls), or omrelp with `tls="on"` and `tls.authMode="name"`.
    """
    remote = [target for target in forwarding.targets if not _is_local(target)]
    if not remote:
        return not_applicable("neither rsyslog nor the journal is configured to send logs to another system")
    plain = [target for target in remote if not target.encrypted]
    if plain:
        return failed(f"logs go unencrypted to {', '.join(map(_place, plain))}")
    trusting = [target for target in remote if not target.verifies]
    if trusting:
        return failed(f"nobody checks the certificate of {', '.join(map(_place, trusting))}")
    return passed(f"logs go encrypted to {', '.join(map(_place, remote))}, whose certificate is checked")


@check(objective="logs-are-kept", severity=Severity.LOW)
def logs_are_rotated(logging: Logging) -> Verdict:
    """Log files are rotated.

    Logs that grow without bound fill the disk, and then nothing is recorded any more.

    Remediation: `apt-get install logrotate` (it brings its own timer and cron job), and have cron or systemd run.
    """
    if logging.container and not logging.daemons:
        return not_applicable(f"a container ({logging.container}) without log daemon has no log files to rotate")
    if not logging.rotation_installed:
        only_journal = logging.daemons == ("systemd-journald",)
        if only_journal:
            return passed("only the journal takes logs, and it limits itself")
        return failed("logrotate is not installed")
    if not logging.rotation_scheduled:
        return failed("logrotate is installed, but neither systemd nor cron starts it")
    return passed(f"{logging.rotation_scheduled} starts logrotate")


@check(objective="logs-are-kept", severity=Severity.LOW)
def rotated_logs_are_kept(rotation: LogRotation, *, min_days: int = 90) -> Verdict:
    """Rotated logs are kept for long enough.

    Break-ins are often noticed months later; what was deleted by then cannot be looked into.

    Remediation: Raise `rotate` (and `maxage`) of the section, so that rotations times interval cover the time. If the
    log is also kept on a central server, set `min_days` to what the host itself must keep.
    """
    if rotation.keeps_all:
        return passed("old logs are never deleted")
    if rotation.days is None:
        return unknown(f"it rotates by size and keeps {rotation.rotations}: nobody can say how many days that is")
    told = f"{rotation.rotations} rotations ({rotation.interval}) keep {rotation.days} days"
    return passed(told) if rotation.days >= min_days else failed(f"{told}, not {min_days}")


def _writers(journal: Journal, loggings: Population[Logging], *, all_stored: bool) -> list[str]:
    """The other log daemons that run and get what the journal takes; `all_stored` when it stores all of that."""
    logging = loggings.get(journal.id)
    writers = sorted({"rsyslogd", "syslog-ng", "syslogd"} & set(logging.daemons)) if logging else []
    return [name for name in writers if name != "rsyslogd" or _reaches_rsyslog(journal, all_stored=all_stored)]


def _reaches_rsyslog(journal: Journal, *, all_stored: bool) -> bool:
    """rsyslog gets what is forwarded, which is everything, or reads the journal, where it finds what is stored.

    Where nobody says whether to forward, distributions whose rsyslog does not read the journal do.
    """
    if journal.forwards_to_syslog is None:
        return all_stored or not journal.rsyslog_reads_it
    return journal.forwards_to_syslog or (all_stored and bool(journal.rsyslog_reads_it))


def _place(target: ForwardingTarget) -> str:
    return f"{target.address}:{target.port} ({target.protocol})"


def _is_local(target: ForwardingTarget) -> bool:
    return target.address in ("localhost", "::1") or target.address.startswith("127.")
