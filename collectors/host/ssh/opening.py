"""The sources of hosts over SSH: one way for each host of the configuration, all of which share what can be shared."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from collectors.host.inventory.fleet import Fleet
from collectors.host.settings import Member, Settings
from collectors.host.source import Host
from collectors.host.ssh.hops import Hop, Login, Patience
from collectors.host.ssh.source import Reach
from collectors.host.ssh.transport import SshTransport
from collectors.host.ssh.ways import hops
from collectors.host.transport import Transport
from core.plugins import PluginError
from core.recording import Clock
from core.source import Survey

if TYPE_CHECKING:
    from collectors.host.ssh._dialing import Dialer

MakeHost = Callable[[Member, Transport], Host]
"""Makes the host of a member that a transport leads to."""


class Network:
    """What the connections of several hosts share, made when the first is needed and again after it was closed."""

    def __init__(self, clock: Clock, connect: timedelta) -> None:
        self._clock = clock
        self._patience = Patience(connect=connect)
        self._dialer: Dialer | None = None

    def __call__(self) -> Dialer:
        if self._dialer is None:
            # Paramiko costs a fifth of a second: only who has a host to ask over SSH pays for it.
            from collectors.host.ssh._dialing import Dialer  # noqa: PLC0415
            from collectors.host.ssh.connecting import Connector  # noqa: PLC0415

            seconds = self._patience.connect.total_seconds()
            connector = Connector(connect=seconds, greet=seconds)
            self._dialer = Dialer(self._clock, self._patience, connector, os.environ)
        return self._dialer

    def close(self) -> None:
        """Let go of connections that are shared, or that nobody has used."""
        dialer, self._dialer = self._dialer, None
        if dialer:
            dialer.close()


class Networks:
    """One network for all entries that wait equally long for connections."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._by_patience: dict[timedelta, Network] = {}

    def of(self, settings: Settings) -> Network:
        return self._by_patience.setdefault(settings.connect_timeout, Network(self._clock, settings.connect_timeout))


def open_hosts(settings: Settings, networks: Networks, make: MakeHost, clock: Clock) -> Iterator[Survey]:
    """The ways to the hosts that an entry lists, or the inventory that does. Raises `PluginError` without paramiko."""
    _require_paramiko()
    network = networks.of(settings)

    def way(member: Member, name: str, problem: str = "") -> Reach:
        named = member.model_copy(update={"name": name})
        return Reach(name, _transport(named, member.name, network, problem), lambda given: make(named, given), clock)

    if settings.inventory:
        yield Fleet(settings, settings.inventory, way, clock)
        return
    for member in settings.members:
        yield way(member, member.name)


def _transport(named: Member, host: str, network: Network, problem: str) -> SshTransport:
    """Leads to a host, which is at the address of its own name where no other is given."""
    try:
        there = hops(named.model_copy(update={"address": named.address or host}), os.environ)
    except ValueError as error:
        there, problem = (Hop(host, Login("")),), str(error)
    return SshTransport(there, network, name=named.name, problem=problem)


def _require_paramiko() -> None:
    from importlib.util import find_spec  # noqa: PLC0415 - as above

    if find_spec("paramiko") is None:
        raise PluginError("hosts over SSH need paramiko, which is not installed", "pip install 'annexa[ssh]'")
