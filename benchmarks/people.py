"""What it costs that people can be erased: sealing a population of people, beside the same of things.

Run as `python -m benchmarks.people [--json]`. Each resource has a login and an e-mail address, and each is one of
10,000; a raw answer lists them all. The floor is the same population whose names identify nobody.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from benchmarks.measuring import Figure, report
from benchmarks.population import NOW
from benchmarks.scans import begin
from core.engine import Collected, collect
from core.model import CollectionGap
from core.plugins import collector
from core.recording import record
from core.resource import Resource, resource
from core.source import Source
from evidence_store.location import Location
from evidence_store.people import erasure
from evidence_store.questions.queries import latest_evidence
from evidence_store.store import Store

COUNT = 10_000
ROUNDS = 3


@resource("benchmark.thing")
class Thing(Resource):
    """Something with an owner, who is nobody in particular."""

    id: str
    name: str
    mail: str
    home: str
    active: bool
    seen: datetime


@resource("benchmark.person")
class Human(Resource):
    """The same, but the names are people's."""

    id: str
    name: str
    mail: str
    home: str
    active: bool
    seen: datetime

    def persons(self) -> Iterator[str]:
        yield self.name
        yield self.mail


@dataclass
class Directory(Source):
    """A directory that answers from memory."""

    kind: type[Thing | Human]

    @property
    def id(self) -> str:
        return "idp/example"

    @property
    def principal(self) -> str:
        return "reader"

    def explain(self, _error: Exception) -> CollectionGap | None:
        return None


@collector(permissions=())
def owners(source: Directory) -> Iterator[Thing | Human]:
    """Everybody, once in a raw answer and once as a resource."""
    names = [f"first{number % 97}.last{number}" for number in range(COUNT)]
    answer = "".join(f"{name}:x:{number}:/home/{name}:{name}@example.org\n" for number, name in enumerate(names))
    record("List", {}, answer.encode(), status="200", at=NOW, duration_ms=1)
    for name in names:
        mail = f"{name}@example.org"
        yield source.kind(id=name, name=name, mail=mail, home=f"/home/{name}", active=True, seen=NOW)


def seal(store: Store, number: int, collected: Collected) -> float:
    """Seal one scan, and say how many seconds it took."""
    writer = begin(store, f"scan-{number}", NOW)
    begun = time.perf_counter()
    writer.seal_source(collected.unit.source, [collected], at=NOW)
    taken = time.perf_counter() - begun
    writer.finish([collected.unit.source], [], {}, at=NOW)
    return taken


def once(kind: type[Thing | Human]) -> tuple[float, float, float, float]:
    """Seconds for a first scan, an unchanged second one, reading everything with names, and erasing somebody."""
    collected = collect(owners, Directory(kind), version="", clock=lambda: NOW)
    with tempfile.TemporaryDirectory(prefix="annexa-benchmark-") as folder:
        place = Path(folder)
        with Store.create(Location(place / "store", place / "key.pem")) as store:
            first, second = seal(store, 1, collected), seal(store, 2, collected)
            begun = time.perf_counter()
            with store.reading() as connection:
                latest_evidence(store, connection, {kind.kind: kind})
            read = time.perf_counter() - begun
            begun = time.perf_counter()
            decision = erasure.Decision(reason="measured", login="root", approver="root")
            erasure.erase(store, ["first0.last0"], decision, NOW)
            return first, second, read, time.perf_counter() - begun


def main() -> None:
    """Measure the best of several rounds."""
    things = [once(Thing) for _ in range(ROUNDS)]
    people = [once(Human) for _ in range(ROUNDS)]
    lines = b"".join(
        each for e in collect(owners, Directory(Human), version="", clock=lambda: NOW).evidence for each in e.encoded
    )
    begun = time.perf_counter()
    hashlib.sha256(lines).digest()
    hashed = time.perf_counter() - begun

    def figure(name: str, of: int) -> Figure:
        best, floor = (min(each[of] for each in rounds) for rounds in (people, things))
        return Figure(name, int(COUNT / best), "the same without people", int(COUNT / floor))

    figures = [
        figure("new people, sealed", 0),
        figure("people who are known, sealed unchanged", 1),
        figure("people read with their names", 2),
        Figure("one of them erased", int(COUNT / min(p[3] for p in people)), "hashing them all", int(COUNT / hashed)),
    ]
    report("People", {"people": COUNT, "identifiers": 2 * COUNT}, figures)


if __name__ == "__main__":
    main()
