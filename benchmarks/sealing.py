"""Sealing: resources a second encoded, hashed and stored. Floor: SHA-256 alone over the same bytes.

Run as `python -m benchmarks.sealing [--json]`. The store is a real one in a temporary folder, with its durable writes.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.measuring import Figure, report
from benchmarks.population import NOW, Account, accounts
from benchmarks.scans import begin
from core.engine import collect
from core.model import CollectionGap
from core.plugins import collector
from core.source import Source
from evidence_store.location import Location
from evidence_store.store import Store

COUNT = 100_000
ROUNDS = 3
AIM = 50_000
CHANGED_EVERY = 100


class Directory(Source):
    """An identity provider that answers from memory."""

    def __init__(self, people: list[Account]) -> None:
        self.people = people

    @property
    def id(self) -> str:
        return "idp/example"

    @property
    def principal(self) -> str:
        return "reader"

    def explain(self, _error: Exception) -> CollectionGap | None:
        return None


@collector(permissions=())
def people(source: Directory) -> Iterator[Account]:
    """Every account."""
    yield from source.people


def scan(store: Store, number: int, source: Directory) -> tuple[float, float, float]:
    """Seal one scan: seconds it took to encode, to hash and store, and to close with a signed checkpoint."""
    writer = begin(store, f"scan-{number}", NOW)
    begun = time.perf_counter()
    collected = collect(people, source, version="", clock=lambda: NOW)
    encoded = time.perf_counter()
    writer.seal_source(source.id, [collected], at=NOW)
    sealed = time.perf_counter()
    writer.finish([source.id], [], {}, at=NOW)
    return encoded - begun, sealed - encoded, time.perf_counter() - sealed


def series(resources: list[Account]) -> list[tuple[float, float, float]]:
    """Three scans into a fresh store: everything is new, nothing changed, one in a hundred changed."""
    changed = [
        replace(each, second_factor=not each.second_factor, last_sign_in=None) if n % CHANGED_EVERY == 0 else each
        for n, each in enumerate(resources)
    ]
    with tempfile.TemporaryDirectory(prefix="annexa-benchmark-") as folder:
        place = Path(folder)
        with Store.create(Location(place / "store", place / "key.pem")) as store:
            return [scan(store, n, Directory(seen)) for n, seen in enumerate((resources, resources, changed))]


def main() -> None:
    """Measure, take the best of several rounds of each scan, and compare with hashing alone."""
    resources = accounts(COUNT)
    encoded = [
        b for e in collect(people, Directory(resources), version="", clock=lambda: NOW).evidence for b in e.encoded
    ]
    rounds = [series(resources) for _ in range(ROUNDS)]
    floors = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        for line in encoded:
            hashlib.sha256(line).digest()
        floors.append(time.perf_counter() - begun)
    floor = int(COUNT / min(floors))

    def figure(name: str, seconds: float, aim: int = 0) -> Figure:
        return Figure(name, int(COUNT / seconds), "SHA-256 alone over the same bytes", floor, aim)

    def best(of: int, first: int, last: int) -> float:
        return min(sum(each[of][first:last]) for each in rounds)

    figures = [
        figure("new: encoded, hashed and stored", best(0, 0, 2), AIM),
        figure("unchanged: the same", best(1, 0, 2)),
        figure("one in a hundred changed: the same", best(2, 0, 2)),
        figure("encoding alone", min(best(n, 0, 1) for n in range(3))),
        figure("new: hashing and storing alone", best(0, 1, 2)),
        figure("unchanged: hashing and storing alone", best(1, 1, 2)),
    ]
    about = {"resources": COUNT, "bytes": f"{sum(map(len, encoded)):,} as canonical JSON"}
    report("Sealing", about, figures)


if __name__ == "__main__":
    main()
