"""The clock, from answers written after chronyc(1), ntpq(8) and timedatectl(1)."""

from __future__ import annotations

from typing import Any

import pytest

from collectors.host.clock import (
    CLOCK_CHRONY,
    CLOCK_FILES,
    CLOCK_NTPQ,
    CLOCK_TIMEDATE,
    CLOCK_TIMESYNC,
    HYPERVISOR_CLOCKS,
    clock,
    parse_hypervisor_clocks,
    parse_leap,
    parse_sources,
    parse_timedate,
    parse_timesync,
    parse_tracking,
)
from collectors.host.facts import Answer
from collectors.host.source import FactError
from collectors.host.system import CONTAINMENT, PROCESSES
from core.resource import missing_fields
from core.resources.host.clock import ClockSettings
from tests.twins import MISSING, RecordedHost

BASE = {CONTAINMENT: "pid:[4026531836]\nuts:[4026531838]\n", HYPERVISOR_CLOCKS: "kvm-clock\nKVM virtual PTP\n"}
NO_BUS = Answer(b"", "Failed to connect to bus: Host is down", 1)
TRACKING = "Reference ID    : A29FC801 (162.159.200.1)\nStratum         : 4\nLeap status     : Normal\n"
CHRONY = b"/etc/chrony/chrony.conf\0# server no.example\npool 2.debian.pool.ntp.org iburst\nrefclock PHC /dev/ptp0 poll 3\n\0"


def test_chrony() -> None:
    host = RecordedHost({**BASE, PROCESSES: "chronyd\nchronyd\n", CLOCK_CHRONY: TRACKING, CLOCK_FILES: CHRONY})
    (seen,) = clock(host)
    assert isinstance(seen, ClockSettings)
    assert (seen.daemons, seen.synchronized, seen.synchronized_says) == (("chronyd",), True, "chronyc tracking")
    assert seen.sources == ("2.debian.pool.ntp.org", "refclock PHC /dev/ptp0")
    assert seen.hypervisor_clocks == ("KVM virtual PTP", "kvm-clock")


def test_timesyncd() -> None:
    host = RecordedHost(
        {
            **BASE,
            PROCESSES: "systemd-timesyn\n",
            CLOCK_TIMEDATE: "NTPSynchronized=no\n",
            CLOCK_FILES: b"",
            CLOCK_TIMESYNC: "LinkNTPServers=10.0.0.1\nSystemNTPServers=\nFallbackNTPServers=0.debian.pool.ntp.org\n",
        }
    )
    (seen,) = clock(host)
    assert isinstance(seen, ClockSettings)
    assert (seen.synchronized, seen.synchronized_says, seen.sources) == (False, "timedatectl", ("10.0.0.1",))


def test_ntpd_falls_back_on_the_kernels_word() -> None:
    host = RecordedHost(
        {
            **BASE,
            PROCESSES: "ntpd\n",
            CLOCK_NTPQ: MISSING,
            CLOCK_TIMEDATE: "NTPSynchronized=yes\n",
            CLOCK_FILES: b"/etc/ntpsec/ntp.conf\0server -4 a.example iburst\n\0",
        }
    )
    (seen,) = clock(host)
    assert isinstance(seen, ClockSettings)
    assert (seen.synchronized_says, seen.sources) == ("timedatectl", ("a.example",))


def test_nobody_can_tell() -> None:
    (seen,) = clock(RecordedHost({**BASE, PROCESSES: "sh\n", CLOCK_TIMEDATE: NO_BUS, CLOCK_FILES: b""}))
    assert isinstance(seen, ClockSettings)
    assert seen.daemons == ()
    assert set(missing_fields(seen)) == {"synchronized", "synchronized_says"}
    assert "Host is down" in missing_fields(seen)["synchronized"]


@pytest.mark.parametrize(
    ("parse", "good", "bad", "strange"),
    [
        (parse_timedate, "NTPSynchronized=yes", "NTPSynchronized=no", "NTPSynchronized=perhaps"),
        (parse_tracking, TRACKING, "Leap status     : Not synchronised\n", "506 Cannot talk to daemon"),
        (parse_leap, "leap=0", "leap=11", "timed out"),
    ],
)
def test_answers(parse: Any, good: Any, bad: Any, strange: str) -> None:
    assert parse(good) is True
    assert parse(bad) is False
    with pytest.raises(FactError):
        parse(strange)


@pytest.mark.parametrize("line", ["sourcedir /etc/chrony/mine.d", "confdir /etc/chrony/conf.d /srv", "include /srv/x"])
def test_sources_in_a_place_we_do_not_look_at_are_not_left_out(line: str) -> None:
    text = f"/etc/chrony/chrony.conf\0server a.example\n{line}\n\0".encode()
    (seen,) = clock(RecordedHost({**BASE, PROCESSES: "chronyd\n", CLOCK_CHRONY: TRACKING, CLOCK_FILES: text}))
    assert list(missing_fields(seen)) == ["sources"]


def test_sources() -> None:
    assert list(parse_sources(["servers pool.ntp.org\nserver\n\nconstraint from x\npeer b.example\n"])) == [
        "pool.ntp.org",
        "b.example",
    ]
    told = "sourcedir /run/chrony-dhcp\nconfdir /etc/chrony/conf.d/\ninclude /etc/chrony.d/*.conf\nServer a.example\n"
    assert list(parse_sources([told])) == ["a.example"]
    assert list(parse_timesync("FallbackNTPServers=a b\n")) == ["a", "b"]
    assert parse_hypervisor_clocks("tsc\n") == ()
