"""Hosts, read-only, by one batch of commands in one round trip. Needs nothing there but a POSIX shell and coreutils.

What is asked (`facts.py`), how it gets there (`transport.py`) and what an answer means (the collectors, one file per
subject) are apart, so that a new transport needs no new collector.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from collectors.host.equivalent import equivalent
from collectors.host.permissions import PERMISSION_FORMATS, least_privilege, named
from collectors.host.replayed import replay
from collectors.host.settings import Member, Settings
from collectors.host.source import Host
from collectors.host.ssh.opening import Networks, open_hosts
from collectors.host.transport import LocalTransport, Transport
from core.plugins import Collector
from core.recording import Clock
from core.source import Source

__all__ = ["PERMISSION_FORMATS", "Settings", "equivalent", "least_privilege", "open_sources", "replay"]


def open_sources(settings: Sequence[Settings], collectors: Sequence[Collector], clock: Clock) -> Iterator[Source]:
    """The configured hosts, each asked once for just what these collectors need."""
    facts = named(fact for collector in collectors for fact in collector.permissions)
    networks = Networks(clock)

    def make(member: Member | Settings, transport: Transport) -> Host:
        sudo, pinned = member.privilege == "sudo", member.privilege == "pinned"
        return Host(member.name, transport, facts, clock=clock, sudo=sudo, pinned=pinned)

    for entry in settings:
        if entry.transport == "local":
            yield make(entry, LocalTransport())
        else:
            yield from open_hosts(entry, networks, make, clock)
