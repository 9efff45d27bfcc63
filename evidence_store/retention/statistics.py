"""What a store holds, and how fast it grows: counted from log and index, without reading what is in the packs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, select, text

from core.codec import moment, parse
from evidence_store.database import DATABASE
from evidence_store.derived.cuts import RESOURCES
from evidence_store.namings import each_leaf, namings
from evidence_store.schema import blob, metadata
from evidence_store.store import Store

BODIES = "bodies"
"""What leaves and units say themselves; with what else is never thrown away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept of one kind of evidence: blobs, their bytes as stored and as they are plain, and since when.

    `name` tells resources of one kind from those of another. A blob counts where the log names it first.
    """

    what: str
    name: str
    blobs: int
    stored: int
    plain: int
    since: datetime

    @property
    def ratio(self) -> float:
        """How many plain bytes one stored byte stands for."""
        return self.plain / self.stored


@dataclass(frozen=True, slots=True)
class Month:
    """What one month (`2026-01`) brought: blobs, their stored bytes, and leaves."""

    month: str
    blobs: int
    stored: int
    leaves: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PacksKept:
    """Packs on this machine: how many, their bytes, and how many of these no row names. `elsewhere` are other packs."""

    count: int
    size: int
    unnamed: int
    elsewhere: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What a store holds: evidence by kind, rows of each table, bytes of the database, packs, and growth."""

    leaves: int
    kept: tuple[Kept, ...]
    tables: tuple[tuple[str, int], ...]
    database_size: int
    packs: PacksKept
    months: tuple[Month, ...]


def count(store: Store, connection: Connection) -> Statistics:
    """Count everything. Raises `BrokenSealError` for a leaf that cannot be read."""
    sizes = {row.digest: (row.length, row.size) for row in connection.execute(select(blob))}
    read = store.read_blob(connection)
    groups: dict[tuple[str, str], list[tuple[bytes, datetime]]] = {}
    leaves: Counter[str] = Counter()
    blobs: Counter[str] = Counter()
    stored: Counter[str] = Counter()
    counted: set[bytes] = set()
    for sealed in each_leaf(connection):
        content = parse(sealed.data)
        at = moment(content["at"])
        leaves[f"{at:%Y-%m}"] += 1
        named = [((BODIES, ""), bytes.fromhex(content["body"]))]
        named += [((BODIES, ""), bytes.fromhex(parse(item)["body"])) for item in sealed.entries]
        for each in namings(sealed, read):
            what, name, _ = each.thing or (BODIES, "", "")
            named.append(((what, name if what == RESOURCES else ""), each.digest))
        for group, digest in named:
            if digest in sizes and digest not in counted:
                counted.add(digest)
                groups.setdefault(group, []).append((digest, at))
                blobs[f"{at:%Y-%m}"] += 1
                stored[f"{at:%Y-%m}"] += sizes[digest][0]
    return Statistics(
        leaves=sum(leaves.values()),
        kept=tuple(
            Kept(
                what=what,
                name=name,
                blobs=len(found),
                stored=sum(sizes[digest][0] for digest, _ in found),
                plain=sum(sizes[digest][1] for digest, _ in found),
                since=min(at for _, at in found),
            )
            for (what, name), found in sorted(groups.items())
        ),
        tables=tuple(_tables(connection)),
        database_size=_database_size(store, connection),
        packs=_packs(store, connection),
        months=tuple(Month(month, blobs[month], stored[month], leaves[month]) for month in sorted(leaves)),
    )


def pack_files(store: Store) -> dict[str, Path]:
    """The packs on this machine by name."""
    return {path.name: path for folder in store.pack_folders if folder.is_dir() for path in sorted(folder.iterdir())}


def _tables(connection: Connection) -> Iterator[tuple[str, int]]:
    for table in metadata.sorted_tables:
        yield table.name, connection.execute(select(func.count()).select_from(table)).scalar_one()


def _database_size(store: Store, connection: Connection) -> int:
    if connection.dialect.name == "postgresql":
        return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    return (store.folder / DATABASE).stat().st_size


def _packs(store: Store, connection: Connection) -> PacksKept:
    files = pack_files(store)
    query = select(blob.c.pack, func.sum(blob.c.length).label("named")).group_by(blob.c.pack)
    named: dict[str, int] = {row.pack: int(row.named) for row in connection.execute(query)}
    sizes = {name: path.stat().st_size for name, path in files.items()}
    return PacksKept(
        count=len(files),
        size=sum(sizes.values()),
        unnamed=sum(size - named.get(name, 0) for name, size in sizes.items()),
        elsewhere=len(named.keys() - files.keys()),
    )
