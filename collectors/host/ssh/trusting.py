"""First contact: what a host shows when nobody knows it yet, and the line that says from now on that it is the one."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from collectors.host.inventory.fleet import Fleet
from collectors.host.inventory.listing import InventoryError
from collectors.host.settings import Member, Settings
from collectors.host.source import Host
from collectors.host.ssh.errors import SshError, UnknownHostError
from collectors.host.ssh.hops import Hop, way
from collectors.host.ssh.keys import fingerprint
from collectors.host.ssh.known_hosts import AUTHORITY, KnownHosts, Line, read_known_hosts, written
from collectors.host.ssh.opening import MakeHost, Networks, open_hosts
from collectors.host.ssh.source import Reach
from collectors.host.ssh.transport import Network
from collectors.host.ssh.ways import own_known_hosts
from collectors.host.transport import Transport
from core.model import Evidence
from core.recording import Clock
from core.source import Source


@dataclass(frozen=True, slots=True)
class Listed:
    """A host that can be asked over SSH, or an inventory that cannot be read: what is `known` of its key, from which
    lines, and what the `problem` is.
    """

    name: str
    way: str
    known: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a host shows: its key, and where the line goes that trusts it. `known` says which line does already."""

    name: str
    way: str
    host: str
    type: str
    key: bytes
    fingerprint: str
    file: str
    known: str


def every_host(settings: Sequence[Settings], seen: Sequence[Evidence], clock: Clock) -> Iterator[Listed]:
    """Every host over SSH that these settings lead to. Reads files, and asks nobody. `seen` are instances of clouds."""
    for source in _ways(settings, seen, clock):
        if isinstance(source, Listed):
            yield source
            continue
        hop, problem = source.transport.hops[-1], source.transport.problem
        try:
            lines = _about(hop)
        except SshError as error:
            lines, problem = [], problem or str(error)
        yield Listed(
            name=source.name,
            way=way(source.transport.hops),
            known=tuple(
                dict.fromkeys(f"{'CA ' if line.marker == AUTHORITY else ''}{line.fingerprint}" for line in lines)
            ),
            places=tuple(dict.fromkeys(line.place for line in lines)),
            problem=problem or ("" if lines else "nobody has said yet which key it has"),
        )


def look_at(name: str, settings: Sequence[Settings], seen: Sequence[Evidence], clock: Clock) -> Shown:
    """What the host of this name shows, or the host of this address on the way to others.

    Raises `SshError`: `UnknownHostError` when there is none of this name, `ChangedKeyError` when it shows another key
    than the one that is known.
    """
    hops, network = _find(name, settings, seen, clock)
    try:
        blob = network().look(hops)
    finally:
        network.close()
    hop, known = hops[-1], ""
    with suppress(UnknownHostError):
        known = _read(hop).vouch(hop.host_name, hop.port_name, blob, clock()).place
    length = int.from_bytes(blob[:4])
    return Shown(
        name=name,
        way=way(hops),
        host=written(hop.host_name, hop.port_name),
        type=blob[4 : 4 + length].decode(),
        key=blob,
        fingerprint=fingerprint(blob),
        file=str(Path(own_known_hosts(os.environ)).expanduser()),
        known=known,
    )


def trust(shown: Shown, who: str, at: datetime) -> str:
    """Write down that this is the host's key; the line. Raises `SshError` when the file cannot be written."""
    comment = f"{shown.name} trusted by {who} on {at:%Y-%m-%d}"
    line = f"{shown.host} {shown.type} {base64.b64encode(shown.key).decode()} {comment}\n"
    file = Path(shown.file)
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with file.open("a+b") as opened:
            opened.seek(0)
            before = opened.read()
            opened.write((b"\n" if before and not before.endswith(b"\n") else b"") + line.encode())
            opened.flush()
            os.fsync(opened.fileno())
    except OSError as error:
        raise SshError(f"{file} cannot be written: {error.strerror}", "give our user the right to write it") from error
    return line


def _ways(settings: Sequence[Settings], seen: Sequence[Evidence], clock: Clock) -> Iterator[Reach | Listed]:
    networks = Networks(clock)
    for entry in settings:
        if entry.transport != "ssh":
            continue
        for source in open_hosts(entry, networks, _silent(clock), clock):
            source.tell(seen)
            yield from _below(source)


def _below(source: Source) -> Iterator[Reach | Listed]:
    if isinstance(source, Reach):
        yield source
    elif isinstance(source, Fleet):
        try:
            yield from (each for each in source.every() if isinstance(each, Reach))
        except InventoryError as error:
            yield Listed(source.id.removeprefix("host/"), "", problem=f"its inventory cannot be used: {error}")


def _silent(clock: Clock) -> MakeHost:
    """Hosts that are asked nothing."""

    def make(member: Member, transport: Transport) -> Host:
        return Host(member.name, transport, (), clock=clock)

    return make


def _find(
    name: str, settings: Sequence[Settings], seen: Sequence[Evidence], clock: Clock
) -> tuple[tuple[Hop, ...], Network]:
    wanted = name.removeprefix("host/")
    known: list[str] = []
    for source in _ways(settings, seen, clock):
        if isinstance(source, Listed):
            known.append(f"those of {source.name}, but {source.problem}")
            continue
        hops = source.transport.hops
        known.append(source.name)
        if source.name == wanted:
            if source.transport.problem:
                raise SshError(source.transport.problem, "mend what the configuration says of it")
            return hops, source.transport.network
        for number, hop in enumerate(hops[:-1], 1):
            if wanted in (hop.address, hop.host_name):
                return hops[:number], source.transport.network
    raise SshError(f"no host over SSH is called {name}", f"there are {', '.join(known[:20]) or 'none'}")


def _read(hop: Hop) -> KnownHosts:
    return read_known_hosts([Path(file).expanduser() for file in hop.known_hosts])


def _about(hop: Hop) -> list[Line]:
    return [line for line in _read(hop).about(hop.host_name, hop.port_name) if line.marker in ("", AUTHORITY)]
