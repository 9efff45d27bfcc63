"""Appending: a scan of 100,000 units into SQLite. Floor: SHA-256 alone over the bytes that it seals.

Run as `python -m benchmarks.appending [--json]`. 100 accounts in 17 regions with 59 collectors each: in four of five
regions there is nothing of a kind, as in most accounts, and every unit says so in an exchange and a population.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from benchmarks.measuring import machine
from benchmarks.population import NOW, Account, accounts
from benchmarks.scans import begin
from core.codec import encode
from core.engine import Collected
from core.model import Evidence, Exchange, Unit
from evidence_store.location import Location
from evidence_store.store import Store
from runs.memory import collect_seldom

SOURCES, REGIONS, COLLECTORS = 100, 17, 59
INHABITED_EVERY = 5
AIM = 10.0
EMPTY = b'{"items":[],"next":null}'


@dataclass(frozen=True, slots=True)
class Scan:
    """Seconds that sealing all sources took, and the floor beside it."""

    name: str
    seconds: float
    floor: float


def units(source: int, people: list[Account], day: int) -> list[Collected]:
    """What all collectors saw in all regions of one account; on another day at another time."""
    return [
        _unit(
            f"cloud/{source:012}",
            f"region-{region:02}",
            f"service.kind_{number:02}",
            people,
            source + region + number,
            day,
        )
        for region in range(REGIONS)
        for number in range(COLLECTORS)
    ]


def _unit(source: str, scope: str, kind: str, people: list[Account], number: int, day: int) -> Collected:
    at = NOW + timedelta(days=day, milliseconds=number)
    seen = [people[number % len(people)]] if number % INHABITED_EVERY == 0 else []
    lines = tuple(map(encode, seen))
    answer = b'{"items":[' + b",".join(lines) + b'],"next":null}' if seen else EMPTY
    digest = hashlib.sha256(answer).hexdigest()
    asked = Exchange(
        operation=f"List{kind}",
        parameters={"region": scope, "page_size": "100"},
        response=digest,
        size=len(answer),
        status="200",
        at=at,
        duration_ms=40,
        request_id=hashlib.sha256(f"{source}{scope}{kind}{day}".encode()).hexdigest()[:32],
    )
    unit = Unit(
        collector=f"{kind}.look",
        version="1",
        source=source,
        scope=scope,
        principal="arn:role/annexa",
        started=at,
        finished=at,
        exchanges=(asked,),
        gaps=(),
    )
    found = Evidence(kind=kind, source=source, scope=scope, collected_at=at, resources=tuple(seen), encoded=lines)
    return Collected(unit=unit, evidence=(found,), bodies={digest: answer})


def scan(store: Store, day: int, people: list[Account]) -> Scan:
    """Seal one scan. What was collected is made beforehand, source by source, and not measured."""
    writer = begin(store, f"scan-{day}", NOW)
    seconds = floor = 0.0
    for source in range(SOURCES):
        collected = units(source, people, day)
        begun = time.perf_counter()
        writer.seal_source(f"cloud/{source:012}", collected, at=NOW)
        seconds += time.perf_counter() - begun
        sealed = [encode(each.unit) for each in collected] + [b for each in collected for b in each.bodies.values()]
        begun = time.perf_counter()
        for data in sealed:
            hashlib.sha256(data).digest()
        floor += time.perf_counter() - begun
    begun = time.perf_counter()
    writer.finish([f"cloud/{source:012}" for source in range(SOURCES)], [], {}, at=NOW)
    return Scan("first" if day == 0 else "second", seconds + time.perf_counter() - begun, floor)


def main() -> None:
    """Measure a first scan, and a second of the same places."""
    collect_seldom()  # as a scan does
    people = accounts(100)
    with tempfile.TemporaryDirectory(prefix="annexa-benchmark-") as folder:
        place = Path(folder)
        with Store.create(Location(place / "store", place / "key.pem")) as store:
            scans = [scan(store, day, people) for day in range(2)]
        stored = sum(file.stat().st_size for file in (place / "store").rglob("*") if file.is_file())
    count = SOURCES * REGIONS * COLLECTORS
    if "--json" in sys.argv[1:]:
        figures = [
            {"name": each.name, "seconds": round(each.seconds, 2), "times_floor": round(each.seconds / each.floor, 1)}
            for each in scans
        ]
        print(
            json.dumps({"benchmark": "Appending", "machine": machine(), "units": count, "figures": figures}, indent=2)
        )
        return
    print("Appending")
    for name, value in {**machine(), "units": f"{count:,}", "stored": f"{stored:,} bytes"}.items():
        print(f"  {name}: {value}")
    for each in scans:
        print(f"{each.name} scan: {each.seconds:.1f} s  (aim: {AIM:.0f} s)")
        print(
            f"  {each.seconds / each.floor:.0f} times the floor, SHA-256 alone over the same bytes: {each.floor:.2f} s"
        )


if __name__ == "__main__":
    main()
