"""Verifying: half a year of daily scans of 10,000 resources, one in a hundred changed a day. Floor: SHA-256 alone.

Run as `python -m benchmarks.verifying [--json]`. The store is that of `benchmarks.growth`: whole populations, the
answers they were read from, and verdicts, all as differences. The floor hashes the same plain bytes, already in memory.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import select

from benchmarks.growth import Estate, scan
from benchmarks.measuring import Figure, report
from evidence_store.location import Location
from evidence_store.schema import blob
from evidence_store.store import Store
from evidence_store.verification.verify import verify
from runs.memory import collect_seldom

DAYS = 180
ROUNDS = 3
SHARE = 0.5
"""Of the speed of SHA-256, what verification aims at."""


def build(store: Store) -> None:
    """Scan day by day."""
    estate = Estate()
    for day in range(DAYS):
        if day:
            estate.change()
        scan(store, estate)
        if sys.stderr.isatty():
            sys.stderr.write(f"\rday {day + 1} of {DAYS} ")
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")


def plain(store: Store) -> list[bytes]:
    """Every blob, decoded."""
    with store.reading() as connection:
        read = store.read_blob(connection)
        digests = connection.execute(select(blob.c.digest).order_by(blob.c.pack, blob.c.offset)).scalars().all()
        return [read(digest) for digest in digests]


def hashing(blobs: list[bytes]) -> float:
    """Seconds that SHA-256 alone takes."""
    begun = time.perf_counter()
    for each in blobs:
        hashlib.sha256(each).digest()
    return time.perf_counter() - begun


def verifying(location: Location) -> float:
    """Seconds that verification takes, with a store that was just opened."""
    with Store.open(location) as store:
        begun = time.perf_counter()
        found = verify(store)
        seconds = time.perf_counter() - begun
    if found.problems:
        raise SystemExit(f"error: {found.problems[0]}")
    return seconds


def main() -> None:
    """Measure both in turn, and take the best of each."""
    collect_seldom()  # as `annexa verify` does
    with tempfile.TemporaryDirectory(prefix="annexa-benchmark-") as folder:
        location = Location(Path(folder) / "store", Path(folder) / "key.pem")
        with Store.create(location) as store:
            build(store)
            blobs = plain(store)
        size = sum(map(len, blobs))
        rounds = [(verifying(location), hashing(blobs)) for _ in range(ROUNDS)]
        stored = sum(file.stat().st_size for file in location.folder.rglob("*") if file.is_file())
    seconds, floor = min(each[0] for each in rounds), min(each[1] for each in rounds)
    about = {"scans": DAYS, "bytes": f"{size:,} plain, {stored:,} stored with the database", "blobs": f"{len(blobs):,}"}
    figure = Figure(
        "bytes verified",
        int(size / seconds),
        "SHA-256 alone over the same bytes",
        int(size / floor),
        int(SHARE * size / floor),
    )
    report("Verifying", about, [figure])


if __name__ == "__main__":
    main()
