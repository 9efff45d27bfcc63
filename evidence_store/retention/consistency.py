"""A quick look at whether the files of a store are those that its index speaks of. It reads and hashes no evidence.

`verify` proves; this finds in a moment what a full disk, a killed scan or a careless copy leaves behind.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, func, select

from evidence_store.blobs.compaction import finished
from evidence_store.blobs.uploads import waiting_packs
from evidence_store.database import DATABASE
from evidence_store.errors import StoreError
from evidence_store.log.append import log_size
from evidence_store.retention.statistics import pack_files
from evidence_store.running import dead_scans
from evidence_store.schema import blob, checkpoint
from evidence_store.store import Store
from evidence_store.verification.verify_packs import PackWalk

RESTORE = "see what it costs: annexa verify; then restore a backup of it"


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that was looked at: `good`, `warning` (untidy, or not for long), or `bad` (evidence is missing)."""

    subject: str
    state: Literal["good", "warning", "bad"]
    finding: str
    remedy: str = ""


def conditions(store: Store) -> list[Condition]:
    """Look at everything in turn. Raises `StoreError` when the database cannot be read."""
    dead = dead_scans(store)
    with store.reading() as connection:
        found = [
            *_packs(store, connection),
            *_bucket(store, connection),
            *_bases(connection),
            *_pending(connection),
        ]
    found += _died(dead)
    found += _permissions(store)
    return found


def _packs(store: Store, connection: Connection) -> Iterator[Condition]:
    """Each pack that rows name is there and long enough, and no row names what else is there."""
    files = pack_files(store)
    rows = _by_pack(connection)
    whole = 0
    for name, row in sorted(rows.items()):
        if name not in files:
            if store.has_elsewhere(name):
                whole += 1
                continue
            yield Condition("packs", "bad", f"{name} is missing, with {row.blobs} blobs in it", RESTORE)
        elif (size := files[name].stat().st_size) < row.end:
            short = f"{name} has {size} bytes, and blobs in it end at {row.end}"
            yield Condition("packs", "bad", short, RESTORE)
        else:
            whole += 1
    yield Condition("packs", "good", f"{whole} of {len(rows)} are there and as long as they must be")
    for name, path in sorted(files.items()):
        named = rows[name].named if name in rows else 0
        if path.stat().st_size > named and not _in_use(path):
            left = (
                f"{path.stat().st_size - named} bytes of {name} are named by nothing: what was killed, or thrown away"
            )
            yield Condition("packs", "warning", left, "annexa store check --repair")


def _bucket(store: Store, connection: Connection) -> Iterator[Condition]:
    """Each pack that was carried to a bucket is there as it was put; the bucket is asked, and nothing is read."""
    if waiting := waiting_packs(store):
        yield Condition(
            "bucket", "warning", f"packs that wait to be carried there: {len(waiting)}", "annexa store upload"
        )
    walk = PackWalk(store, connection)
    try:
        for problem in walk.carried():
            yield Condition("bucket", "bad", problem, RESTORE)
    except StoreError as error:
        yield Condition("bucket", "bad", f"nobody could look: {error}", error.hint)
    for said in walk.said:
        yield Condition("bucket", "good", said)


def _by_pack(connection: Connection) -> dict[str, Any]:
    query = select(
        blob.c.pack,
        func.count().label("blobs"),
        func.sum(blob.c.length).label("named"),
        func.max(blob.c.offset + blob.c.length).label("end"),
    ).group_by(blob.c.pack)
    return {row.pack: row for row in connection.execute(query)}


def _in_use(path: Path) -> bool:
    """Whether a scan still writes to it: what lies at its end may be named in a moment."""
    try:
        with finished(path) as descriptor:
            return descriptor is None
    except OSError:
        return False


def _bases(connection: Connection) -> Iterator[Condition]:
    """Each difference leans on a blob that is there."""
    bases = select(blob.c.digest)
    query = select(func.count()).select_from(blob).where(blob.c.base.is_not(None), blob.c.base.not_in(bases))
    if missing := connection.execute(query).scalar_one():
        yield Condition("blobs", "bad", f"{missing} are differences to blobs that are not there", RESTORE)


def _pending(connection: Connection) -> Iterator[Condition]:
    signed = connection.execute(select(func.max(checkpoint.c.size))).scalar() or 0
    if waiting := log_size(connection) - signed:
        yield Condition("log", "warning", f"{waiting} leaves await a checkpoint", "the next scan signs them")
    else:
        yield Condition("log", "good", f"all of {signed} leaves are covered by a checkpoint")


def _died(dead: tuple[str, ...]) -> Iterator[Condition]:
    for scan in dead:
        yield Condition("scans", "warning", f"{scan} died before its end", "the next scan puts that on record")


def _permissions(store: Store) -> Iterator[Condition]:
    """Whoever scans can write everywhere, and strangers cannot read evidence."""
    folders = [path for path in (store.folder, *store.pack_folders) if path.is_dir()]
    for path in (*folders, *(each for each in [store.folder / DATABASE] if each.exists())):
        if not os.access(path, os.R_OK | os.W_OK):
            yield Condition(
                "permissions", "bad", f"{path} cannot be read and written", "give the user both permissions"
            )
    if stat.S_IMODE(store.folder.stat().st_mode) & stat.S_IRWXO:
        yield Condition("permissions", "warning", f"{store.folder} is open to every user", f"chmod o= {store.folder}")
