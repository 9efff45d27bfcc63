"""The clock: which daemon keeps it, whether it is synchronised, and to what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from collectors.host.facts import Fact
from collectors.host.source import FactError, Host
from collectors.host.system import CONTAINMENT, PROCESSES, container, files, print_lines, running
from core.plugins import collector
from core.resources.host.clock import ClockSettings

DAEMONS = {
    "chronyd": "chronyd",
    "systemd-timesyn": "systemd-timesyncd",
    "ntpd": "ntpd",
    "ntpsec-ntpd": "ntpd",
    "openntpd": "openntpd",
}
CLOCK_TIMEDATE = Fact("clock_timedate", "timedatectl show --property=NTPSynchronized")
CLOCK_CHRONY = Fact("clock_chrony", "chronyc -n tracking")
CLOCK_NTPQ = Fact("clock_ntpq", "ntpq -c 'rv 0 leap'")
CLOCK_TIMESYNC = Fact("clock_timesync", "timedatectl show-timesync")
CLOCK_FILES = Fact(
    "clock_files",
    print_lines(
        "/etc/chrony/chrony.conf",
        "/etc/chrony/conf.d/*.conf",
        "/etc/chrony/sources.d/*.sources",
        "/run/chrony-dhcp/*.sources",
        "/etc/chrony.conf",
        "/etc/chrony.d/*.conf",
        "/etc/chrony.d/*.sources",
        "/run/chrony.d/*.conf",
        "/run/chrony.d/*.sources",
        "/etc/ntp.conf",
        "/etc/ntpsec/ntp.conf",
        "/etc/ntpsec/ntp.d/*.conf",
        "/etc/openntpd/ntpd.conf",
        unless="*crypto*|*password*",  # ntp.conf may hold the password of a key
    ),
)
LOOKED_AT = frozenset({
    "/etc/chrony/conf.d", "/etc/chrony/conf.d/*.conf", "/etc/chrony/sources.d", "/run/chrony-dhcp", "/etc/chrony.d",
    "/etc/chrony.d/*.conf", "/etc/chrony.d/*.sources", "/run/chrony.d", "/run/chrony.d/*.conf",
    "/run/chrony.d/*.sources", "/etc/ntpsec/ntp.d",
})  # fmt: skip
"""What a file may name for more sources, so that nothing is left out."""
HYPERVISOR_CLOCKS = Fact(
    "hypervisor_clocks",
    "cat /sys/devices/system/clocksource/clocksource0/current_clocksource || exit 1\n"
    'for f in /sys/class/ptp/*/clock_name; do [ -e "$f" ] && cat "$f"; done\n:',
)
FROM_HYPERVISOR = re.compile(r"kvm|hyperv|hyper-v|xen|vmware|ec2|ena|virtual", re.IGNORECASE)


@collector(
    permissions=(
        CONTAINMENT,
        PROCESSES,
        CLOCK_TIMEDATE,
        CLOCK_CHRONY,
        CLOCK_NTPQ,
        CLOCK_TIMESYNC,
        CLOCK_FILES,
        HYPERVISOR_CLOCKS,
    )
)
def clock(host: Host) -> Iterator[ClockSettings]:
    """The time daemons that run, what they take the time from, and whether the clock is synchronised."""
    daemons = running(host, DAEMONS)
    said = host.look(lambda: _synchronized(host, daemons))
    synchronized, by = said if isinstance(said, tuple) else (said, said)
    yield ClockSettings(
        id=host.name,
        container=container(host),
        daemons=daemons,
        synchronized=synchronized,
        synchronized_says=by,
        sources=host.look(lambda: _sources(host, daemons)),
        hypervisor_clocks=host.look(lambda: parse_hypervisor_clocks(host.text(HYPERVISOR_CLOCKS))),
    )


def _synchronized(host: Host, daemons: tuple[str, ...]) -> tuple[bool, str]:
    """The daemon's own word first: systemd repeats what the kernel was told by whatever ran last."""
    asked = [
        ("chronyd", CLOCK_CHRONY, parse_tracking, "chronyc tracking"),
        ("ntpd", CLOCK_NTPQ, parse_leap, "ntpq"),
        ("", CLOCK_TIMEDATE, parse_timedate, "timedatectl"),
    ]
    errors: list[str] = []
    for daemon, fact, parse, name in asked:
        if not daemon or daemon in daemons:
            try:
                return parse(host.text(fact)), name
            except FactError as error:
                errors.append(str(error))
    raise FactError(CLOCK_TIMEDATE, "; ".join(errors))


def _sources(host: Host, daemons: tuple[str, ...]) -> tuple[str, ...]:
    found: set[str] = set()
    texts = files(host, CLOCK_FILES)
    for daemon, word in (("chronyd", "chrony"), ("ntpd", "/ntp"), ("openntpd", "openntpd")):
        if daemon in daemons:
            found |= set(parse_sources(text for path, text in texts.items() if word in path))
    if "systemd-timesyncd" in daemons:
        found |= set(parse_timesync(host.text(CLOCK_TIMESYNC)))
    return tuple(sorted(found))


def parse_timedate(text: str) -> bool:
    """`NTPSynchronized=yes`. Raises `FactError` for anything that is neither yes nor no."""
    found = re.fullmatch(r"NTPSynchronized=(yes|no)", text.strip())
    if not found:
        raise FactError(CLOCK_TIMEDATE, f"{CLOCK_TIMEDATE.name}: it does not tell NTPSynchronized")
    return found[1] == "yes"


def parse_tracking(text: str) -> bool:
    """The leap status of chronyc(1): `Not synchronised`, or normal or a leap second. Raises `FactError`."""
    found = re.search(r"^Leap status\s*:\s*(.+?)\s*$", text, re.MULTILINE)
    if not found:
        raise FactError(CLOCK_CHRONY, f"{CLOCK_CHRONY.name}: it does not tell the leap status")
    return found[1] != "Not synchronised"


def parse_leap(text: str) -> bool:
    """The leap indicator of ntpq(8): 3 or 11 is the alarm "not synchronised". Raises `FactError`."""
    found = re.search(r"\bleap=(\d+)", text)
    if not found:
        raise FactError(CLOCK_NTPQ, f"{CLOCK_NTPQ.name}: it does not tell the leap indicator")
    return found[1] not in ("3", "11")


def parse_sources(texts: Iterable[str]) -> Iterator[str]:
    """Servers, pools, peers and reference clocks of chrony.conf(5), ntp.conf(5) and ntpd.conf(5).

    Raises `FactError` for a place with more of them that is not looked at.
    """
    for text in texts:
        for words in (line.split() for line in text.splitlines()):
            match [word.lower() for word in words[:1]] + words[1:]:
                case ["server" | "servers" | "pool" | "peer" | "sensor", *rest] if rest:
                    yield next((word for word in rest if not word.startswith("-")), rest[0])
                case ["refclock", driver, place, *_]:
                    yield f"refclock {driver} {place}"
                case ["include" | "includefile" | "confdir" | "sourcedir" as word, *places] if _elsewhere(places):
                    raise FactError(CLOCK_FILES, f"{word} {' '.join(places)}: not all of it is looked at")


def _elsewhere(places: Iterable[str]) -> bool:
    return any(place.rstrip("/") not in LOOKED_AT for place in places)


def parse_timesync(text: str) -> Iterator[str]:
    """The servers that systemd-timesyncd uses: configured, from DHCP, and only without both the fallback ones."""
    values = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    names = [values.get(name, "") for name in ("LinkNTPServers", "SystemNTPServers", "RuntimeNTPServers")]
    chosen = " ".join(names).split() or values.get("FallbackNTPServers", "").split()
    yield from chosen


def parse_hypervisor_clocks(text: str) -> tuple[str, ...]:
    """Those clocks of the kernel that a hypervisor offers."""
    return tuple(sorted({line.strip() for line in text.splitlines() if FROM_HYPERVISOR.search(line)}))
