"""Truth tables of the checks of the clock."""

from __future__ import annotations

import pytest

from checks.host.clock import (
    clock_is_synchronized,
    only_one_time_daemon_runs,
    time_daemon_runs,
    time_sources_are_approved,
)
from core.model import Status
from core.plugins import Check
from core.resource import NotObservedError, unobserved
from core.resources.host.clock import ClockSettings


def clock(*daemons: str, **changes: object) -> ClockSettings:
    values: dict[str, object] = {
        "id": "web-1",
        "container": "",
        "daemons": daemons,
        "synchronized": True,
        "synchronized_says": "timedatectl",
        "sources": ("2.debian.pool.ntp.org",),
        "hypervisor_clocks": (),
    }
    return ClockSettings(**{**values, **changes})  # type: ignore[arg-type] # plain values of its fields


@pytest.mark.parametrize(
    "check", [time_daemon_runs, only_one_time_daemon_runs, clock_is_synchronized, time_sources_are_approved]
)
def test_a_container_has_its_hosts_clock(check: Check[...]) -> None:
    assert check(clock(container="docker")).status is Status.NOT_APPLICABLE


def test_a_time_daemon_runs() -> None:
    assert time_daemon_runs(clock("chronyd")).status is Status.PASS
    assert time_daemon_runs(clock()).status is Status.FAIL
    verdict = time_daemon_runs(clock(hypervisor_clocks=("kvm-clock",)))
    assert verdict.status is Status.FAIL
    assert "kvm-clock" in verdict.reason


def test_only_one() -> None:
    assert only_one_time_daemon_runs(clock("chronyd")).status is Status.PASS
    assert only_one_time_daemon_runs(clock("chronyd", "ntpd")).status is Status.FAIL
    assert only_one_time_daemon_runs(clock()).status is Status.NOT_APPLICABLE


def test_synchronised() -> None:
    assert clock_is_synchronized(clock()).status is Status.PASS
    assert clock_is_synchronized(clock(synchronized=False)).status is Status.FAIL
    with pytest.raises(NotObservedError):
        clock_is_synchronized(clock(synchronized=unobserved("no bus"), synchronized_says=unobserved("no bus")))


@pytest.mark.parametrize(
    ("sources", "status"),
    [
        (("2.debian.pool.ntp.org", "time.cloudflare.com"), Status.PASS),
        (("refclock PHC /dev/ptp0",), Status.PASS),
        (("evilpool.ntp.org.example",), Status.FAIL),
        (("xpool.ntp.org",), Status.FAIL),
        ((), Status.UNKNOWN),
    ],
)
def test_sources_are_approved(sources: tuple[str, ...], status: Status) -> None:
    assert time_sources_are_approved(clock("chronyd", sources=sources)).status is status


def test_without_daemon_there_is_no_source() -> None:
    assert time_sources_are_approved(clock()).status is Status.NOT_APPLICABLE
    own = clock("chronyd", sources=("ntp1.corp.example",))
    assert time_sources_are_approved(own, approved_sources=("corp.example",)).status is Status.PASS
