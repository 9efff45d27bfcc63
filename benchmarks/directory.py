"""A directory of 50,000 people: how long it takes to look at, in how many questions, and what it holds in memory.

Run as `python -m benchmarks.directory [--json]`. A real slapd on loopback, asked over TLS; a third of the people has
never signed in, and five hundred groups have a hundred members each. The floor is the same search by the library alone,
which keeps nothing. Memory is what the process grew by at most, raw answers, records and sealed bytes included.
"""

from __future__ import annotations

import os
import ssl
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import Any

from ldap3 import NONE, SAFE_SYNC, Connection, Server, Tls

from benchmarks.measuring import Figure, report
from benchmarks.population import NOW
from collectors.ldap import Settings, open_sources
from collectors.ldap.groups import groups
from collectors.ldap.users import CREATED, OPTIONAL, users
from core.engine import Collected, collect
from core.plugins import Collector
from core.source import Source
from tests.slapd import BASE, PASSWORD, READER, Layout, Slapd, person, slapd

SMALL, COUNT = 5_000, 50_000
GROUPS, MEMBERS = 500, 100
ROOM = f"""\
olcLastBind: TRUE
olcDbMaxSize: 2147483648
olcLimits: dn.exact="{READER}" size.pr=unlimited size.prtotal=unlimited"""
VARIABLE = "ANNEXA_BENCHMARK_LDAP"


@contextmanager
def directory(count: int) -> Iterator[Slapd]:
    """A server with so many people."""
    people = [person(f"p{number}", **_signed_in(number)) for number in range(count)]
    teams = [_group(number, count) for number in range(GROUPS * count // COUNT)]
    layout = Layout(entries=[*people, *teams], database=ROOM)
    with tempfile.TemporaryDirectory() as folder, slapd(Path(folder) / "slapd", layout) as running:
        yield running


def _signed_in(number: int) -> dict[str, str]:
    return {"pwdLastSuccess": f"2026{1 + number % 9:02}01080000Z"} if number % 3 else {}


def _group(number: int, count: int) -> str:
    members = (f"member: uid=p{(number * MEMBERS + each) % count},ou=people,{BASE}" for each in range(MEMBERS))
    return "\n".join(
        [f"dn: cn=g{number},ou=groups,{BASE}", "objectClass: groupOfNames", f"cn: g{number}", *members, ""]
    )


def source(server: Slapd) -> Source:
    """A way to it, as the configuration opens it."""
    os.environ[VARIABLE] = PASSWORD
    settings = Settings.model_validate({
        "name": "corp", "url": server.secure, "bind_dn": READER, "password": {"env": VARIABLE},
        "authority": str(server.authority),
    })  # fmt: skip
    (found,) = open_sources([settings], [], lambda: NOW)
    return found


def looked(collector: Collector, server: Slapd) -> tuple[float, float, Collected]:
    """Seconds, megabytes that the process grew by at most, and what was seen."""
    place = source(server)
    before, begun = _megabytes(), time.perf_counter()
    found = collect(collector, place, version="1", clock=lambda: NOW)
    seconds = time.perf_counter() - begun
    place.close()
    if found.unit.gaps:
        raise RuntimeError(found.unit.gaps[0].reason)
    return seconds, _megabytes() - before, found


def alone(server: Slapd) -> float:
    """Seconds that the library alone takes for the accounts."""
    tls = Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=str(server.authority))
    place = Server(server.secure, use_ssl=True, tls=tls, get_info=NONE)
    connection: Any = Connection(place, READER, PASSWORD, client_strategy=SAFE_SYNC, auto_bind=True)
    begun = time.perf_counter()
    found = connection.extend.standard.paged_search(
        BASE, "(objectClass=person)", attributes=[CREATED, *OPTIONAL], paged_size=500, generator=True
    )
    if sum(1 for _ in found) < SMALL:
        raise RuntimeError("the library alone sees too few")
    return time.perf_counter() - begun


def _megabytes() -> float:
    """The most that this process has held so far."""
    return getrusage(RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    about: dict[str, object] = {}
    figures = list[Figure]()
    for count in (SMALL, COUNT):
        with directory(count) as server:
            floor = alone(server)
            for collector in (users, groups):
                seconds, grown, found = looked(collector, server)
                name = collector.id.rpartition(".")[2]
                calls = len(found.unit.exchanges)
                about[f"{name} of a directory of {count:,}"] = f"{seconds:.1f} s, {calls} questions, {grown:.0f} MB"
                if count == COUNT and collector is users:
                    figures.append(
                        Figure("accounts looked at", int(count / seconds), "the same search alone", int(count / floor))
                    )
    report("a directory", about, figures)


if __name__ == "__main__":
    main()
