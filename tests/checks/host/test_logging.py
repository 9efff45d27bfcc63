"""Truth tables of the checks of logging."""

from __future__ import annotations

from datetime import timedelta

import pytest

from checks.host.logging import (
    forwarding_is_encrypted,
    journal_is_kept,
    journal_is_persistent,
    journal_takes_ordinary_messages,
    log_daemon_runs,
    logs_are_forwarded,
    logs_are_rotated,
    rotated_logs_are_kept,
)
from core.model import Status
from core.population import Population
from core.resource import NotObservedError, unobserved
from core.resources.host.logging import ForwardingTarget, Journal, LogForwarding, Logging, LogRotation
from tests.twins import NOW, population


def logging(*daemons: str, **changes: object) -> Logging:
    values: dict[str, object] = {
        "id": "web-1",
        "container": "",
        "daemons": daemons,
        "shippers": (),
        "rotation_installed": True,
        "rotation_scheduled": "systemd",
    }
    return Logging(**{**values, **changes})  # type: ignore[arg-type] # plain values of its fields


def journal(**changes: object) -> Journal:
    values: dict[str, object] = {
        "id": "web-1",
        "runs": True,
        "storage": "auto",
        "storage_is_default": True,
        "directory_exists": True,
        "retention_seconds": 0,
        "stored_level": "debug",
        "oldest_entry": NOW - timedelta(days=100),
        "forwards_to_syslog": None,
        "rsyslog_reads_it": None,
    }
    return Journal(**{**values, **changes})  # type: ignore[arg-type] # plain values of its fields


def target(**changes: object) -> ForwardingTarget:
    values: dict[str, object] = {
        "program": "rsyslog",
        "protocol": "tcp",
        "address": "logs.example.org",
        "port": "6514",
        "encrypted": True,
        "verifies": True,
        "covers_sign_ins": True,
        "running": True,
    }
    return ForwardingTarget(**{**values, **changes})  # type: ignore[arg-type] # plain values of its fields


def forwarding(*targets: ForwardingTarget) -> LogForwarding:
    return LogForwarding(id="web-1", targets=targets)


def test_a_log_daemon_runs() -> None:
    assert log_daemon_runs(logging("rsyslogd")).status is Status.PASS
    assert log_daemon_runs(logging()).status is Status.FAIL
    assert log_daemon_runs(logging(container="docker")).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("changes", "daemons", "status"),
    [
        ({"runs": False}, (), Status.NOT_APPLICABLE),
        ({"storage": "persistent", "directory_exists": False}, (), Status.PASS),
        ({}, (), Status.PASS),
        ({"directory_exists": False}, ("rsyslogd",), Status.PASS),
        ({"directory_exists": False}, (), Status.FAIL),
        ({"storage": "volatile", "storage_is_default": False}, (), Status.FAIL),
        ({"storage": "none"}, ("systemd-journald",), Status.FAIL),
    ],
)
def test_the_journal_survives_a_reboot(changes: dict[str, object], daemons: tuple[str, ...], status: Status) -> None:
    assert journal_is_persistent(journal(**changes), population(logging(*daemons))).status is status


@pytest.mark.parametrize(
    ("forwards", "reads", "all_of_it", "what_is_stored"),
    [
        (None, None, True, True),
        (None, False, True, True),  # Debian
        (None, True, False, True),  # the RHEL family
        (True, False, True, True),
        (True, True, True, True),
        (False, True, False, True),
        (False, False, False, False),
    ],
)
def test_what_reaches_rsyslog(
    forwards: bool | None, reads: bool | None, *, all_of_it: bool, what_is_stored: bool
) -> None:
    for daemon in ("rsyslogd", "syslog-ng"):
        seen = journal(storage="volatile", stored_level="err", forwards_to_syslog=forwards, rsyslog_reads_it=reads)
        others = population(logging(daemon))
        kept, taken = journal_is_persistent(seen, others), journal_takes_ordinary_messages(seen, others)
        assert (kept.status is Status.PASS) is (what_is_stored or daemon == "syslog-ng")
        assert (taken.status is Status.PASS) is (all_of_it or daemon == "syslog-ng")


def test_a_journal_in_memory_without_knowledge_of_other_daemons() -> None:
    nothing: Population[Logging] = population(kind=Logging.kind)
    assert journal_is_persistent(journal(storage="volatile"), nothing).status is Status.FAIL
    with pytest.raises(NotObservedError):
        journal_is_persistent(journal(storage="volatile"), population(kind=Logging.kind, missing="denied"))


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"runs": False}, Status.NOT_APPLICABLE),
        ({"retention_seconds": 30 * 86_400}, Status.FAIL),
        ({"retention_seconds": 365 * 86_400}, Status.PASS),
        ({}, Status.PASS),
        ({"oldest_entry": NOW - timedelta(days=3)}, Status.UNKNOWN),
        ({"oldest_entry": None}, Status.UNKNOWN),
    ],
)
def test_the_journal_is_kept(changes: dict[str, object], status: Status) -> None:
    assert journal_is_kept(journal(**changes), as_of=NOW).status is status


def test_who_may_not_read_the_journal_cannot_pass_it() -> None:
    with pytest.raises(NotObservedError):
        journal_is_kept(journal(oldest_entry=unobserved("needs root")), as_of=NOW)


@pytest.mark.parametrize(
    ("targets", "host", "status"),
    [
        ((target(),), logging("rsyslogd"), Status.PASS),
        ((), logging(shippers=("filebeat",)), Status.PASS),
        ((target(running=False),), logging(), Status.FAIL),
        ((target(address="127.0.0.1"),), logging("rsyslogd"), Status.FAIL),
        ((), logging(container="podman"), Status.NOT_APPLICABLE),
        ((), logging("rsyslogd", container="lxc"), Status.FAIL),
        ((), logging("rsyslogd"), Status.FAIL),
    ],
)
def test_logs_leave_the_host(targets: tuple[ForwardingTarget, ...], host: Logging, status: Status) -> None:
    assert logs_are_forwarded(forwarding(*targets), population(host)).status is status


@pytest.mark.parametrize(
    ("targets", "status"),
    [
        ((), Status.NOT_APPLICABLE),
        ((target(address="localhost", encrypted=False),), Status.NOT_APPLICABLE),
        ((target(), target(encrypted=False, verifies=False)), Status.FAIL),
        ((target(verifies=False),), Status.FAIL),
        ((target(),), Status.PASS),
    ],
)
def test_logs_are_encrypted_on_their_way(targets: tuple[ForwardingTarget, ...], status: Status) -> None:
    assert forwarding_is_encrypted(forwarding(*targets)).status is status


@pytest.mark.parametrize(
    ("host", "status"),
    [
        (logging("rsyslogd"), Status.PASS),
        (logging("rsyslogd", rotation_scheduled=""), Status.FAIL),
        (logging("rsyslogd", rotation_installed=False), Status.FAIL),
        (logging("systemd-journald", rotation_installed=False), Status.PASS),
        (logging(container="docker", rotation_installed=False), Status.NOT_APPLICABLE),
    ],
)
def test_logs_are_rotated(host: Logging, status: Status) -> None:
    assert logs_are_rotated(host).status is status


@pytest.mark.parametrize(
    ("days", "keeps_all", "status"),
    [(90, False, Status.PASS), (28, False, Status.FAIL), (None, False, Status.UNKNOWN), (None, True, Status.PASS)],
)
def test_rotated_logs_are_kept(days: int | None, keeps_all: bool, status: Status) -> None:
    section = LogRotation(
        id="/etc/logrotate.d/rsyslog /var/log/syslog",
        logs=("/var/log/syslog",),
        rotations=4,
        interval="weekly",
        days=days,
        keeps_all=keeps_all,
    )
    assert rotated_logs_are_kept(section).status is status


@pytest.mark.parametrize(
    ("level", "daemons", "status"),
    [
        ("debug", (), Status.PASS),
        ("6", (), Status.PASS),
        ("err", (), Status.FAIL),
        ("notice", ("systemd-journald",), Status.FAIL),
        ("err", ("rsyslogd",), Status.PASS),
    ],
)
def test_the_journal_takes_ordinary_messages(level: str, daemons: tuple[str, ...], status: Status) -> None:
    loggings = population(logging(*daemons))
    assert journal_takes_ordinary_messages(journal(stored_level=level), loggings).status is status
    assert journal_takes_ordinary_messages(journal(runs=False), loggings).status is Status.NOT_APPLICABLE
    nobody = population(logging(), kind="host_logging").at("host/other").here
    with pytest.raises(NotObservedError):
        journal_takes_ordinary_messages(journal(stored_level="err"), nobody)


def test_a_part_of_the_logs_is_not_the_logs() -> None:
    loggings = population(logging("rsyslogd"))
    verdict = logs_are_forwarded(forwarding(target(covers_sign_ins=False)), loggings)
    assert (verdict.status, verdict.reason) == (
        Status.FAIL,
        "only a part goes to logs.example.org:6514 (tcp): not all of who signs in and uses sudo",
    )
    both = forwarding(target(covers_sign_ins=unobserved("a condition decides")), target())
    assert logs_are_forwarded(both, loggings).status is Status.PASS
    with pytest.raises(NotObservedError, match="a condition decides"):
        logs_are_forwarded(forwarding(target(covers_sign_ins=unobserved("a condition decides"))), loggings)


def test_daemons_whose_configuration_we_do_not_read() -> None:
    assert logs_are_forwarded(forwarding(), population(logging("syslog-ng"))).status is Status.UNKNOWN
