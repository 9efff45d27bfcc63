"""Verification of packs: those in a bucket lie there as they were put, and, when asked for, every byte can be read."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from evidence_store.backends.s3 import Bucket, ObjectState
from evidence_store.backends.stored import Uploaded
from evidence_store.blobs.packs import SUFFIX
from evidence_store.errors import StoreError
from evidence_store.schema import blob, upload
from evidence_store.store import Store

Say = Callable[[str], None]
"""Hears a sentence as soon as there is one."""

ASKED_AT_ONCE = 16
READ_AT_ONCE = 2**23
ENOUGH_SECONDS = 1.0
"""How long one must have read before it can be said how long all of it will take."""


class PackWalk:
    """Looks at every pack. `said` is what there is to say of them that breaks no seal."""

    def __init__(self, store: Store, connection: Connection) -> None:
        self.said: list[str] = []
        self._store = store
        self._connection = connection

    @cached_property
    def _named(self) -> dict[str, int]:
        """How many bytes of each pack rows name: asked while walking, where an index that cannot be read is named."""
        return _named_bytes(self._connection)

    def carried(self) -> Iterator[str]:
        """What is wrong with packs in the bucket, as it describes them. Raises `StoreError` when it cannot be asked."""
        rows = _uploaded(self._connection)
        for name in sorted(set(rows) - set(self._named)):
            del rows[name]
            self.said.append(
                f"{name}, in the bucket: no blob is in it any more; annexa store check --repair removes it"
            )
        if not rows:
            return
        bucket = self._bucket(next(iter(rows)))
        wrong = 0
        with ThreadPoolExecutor(ASKED_AT_ONCE) as pool:
            for name, state in zip(rows, pool.map(bucket.state, rows), strict=True):
                for problem in _unlike(bucket, name, rows[name], state):
                    wrong += 1
                    yield f"{bucket.where(name)}: {problem}"
        if not wrong:
            self.said.append(f"{bucket.address}: {len(rows)} packs, each there as it was put")

    def every_byte(self, say: Say) -> Iterator[str]:
        """Read all packs from end to end, and say first how much that is and then how long it will take."""
        rows = _uploaded(self._connection)
        files = {
            path.name: path
            for folder in reversed(self._store.pack_folders)
            if folder.is_dir()
            for path in sorted(folder.glob(f"*{SUFFIX}"))
        }
        total = sum(path.stat().st_size for path in files.values())
        total += sum(row.length for name, row in rows.items() if name not in files)
        count, plain = self._connection.execute(select(func.count(), func.sum(blob.c.size)).select_from(blob)).one()
        packs = len({*files, *rows})
        say(f"reading {packs} packs, {total:,} bytes; in them {count} blobs, {plain or 0:,} bytes unpacked")
        meter = Meter(total, "the packs", say)
        for name, path in sorted(files.items()):
            self._say_leftover(f"{path.parent.name}/{name}", name, _read_file(path, meter))
        for name in sorted(set(rows) - set(files)):
            yield from self._read_object(name, rows[name], meter)

    def _read_object(self, name: str, row: Uploaded, meter: Meter) -> Iterator[str]:
        bucket = self._bucket(name)
        found = hashlib.sha256()
        length = 0
        while length < row.length:
            data = bucket.read(name, length, READ_AT_ONCE, row.version)
            if not data:
                break
            found.update(data)
            length += len(data)
            meter.add(len(data))
        if length != row.length:
            yield f"{bucket.where(name)}: it has {length:,} bytes of {row.length:,}"
        elif found.digest() != row.digest:
            yield f"{bucket.where(name)}: its SHA-256 is not that of the pack that was put there"
        self._say_leftover(bucket.where(name), name, length)

    def _say_leftover(self, where: str, name: str, length: int) -> None:
        if (left := length - self._named.get(name, 0)) > 0:
            self.said.append(f"{where}: {left:,} bytes that no row names: a leftover, no evidence")

    def _bucket(self, name: str) -> Bucket:
        if self._store.bucket is None:
            raise StoreError(f"{name} lies in a bucket, but the configuration names none", "name it below store.blobs")
        return self._store.bucket


class Meter:
    """Says once how long all of it will take, when enough has been read to know."""

    def __init__(self, total: int, what: str, say: Say) -> None:
        self._total = total
        self._what = what
        self._say = say
        self._done = 0
        self._begun = time.monotonic()
        self._told = False

    def add(self, length: int) -> None:
        """So much more has been read."""
        self._done += length
        seconds = time.monotonic() - self._begun
        if not self._told and seconds >= ENOUGH_SECONDS and self._done:
            self._told = True
            left = (self._total - self._done) * seconds / self._done
            self._say(f"{self._what}: {self._done / max(self._total, 1):.0%} read, about {_span(left)} to go")


def _span(seconds: float) -> str:
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds, 1):.0f} s"


def packs_named(connection: Connection) -> frozenset[str]:
    """The packs that rows name; none when the index cannot be read, which is named elsewhere."""
    with suppress(DBAPIError):
        return frozenset(connection.execute(select(blob.c.pack).union(select(upload.c.pack))).scalars())
    return frozenset()


def _named_bytes(connection: Connection) -> dict[str, int]:
    """How many bytes of each pack rows name."""
    rows = connection.execute(select(blob.c.pack, func.sum(blob.c.length)).group_by(blob.c.pack))
    return {pack: int(length) for pack, length in rows}


def _uploaded(connection: Connection) -> dict[str, Uploaded]:
    rows: Any = connection.execute(select(upload).order_by(upload.c.pack))
    return {row.pack: Uploaded(row.length, row.digest, row.checksum, row.version) for row in rows}


def _unlike(bucket: Bucket, name: str, row: Uploaded, state: ObjectState | None) -> Iterator[str]:
    """How an object differs from what was put there."""
    if state is None:
        kept = row.version and bucket.state(name, row.version) is not None
        yield "missing" + (f"; but its version {row.version} can be brought back" if kept else "")
        return
    if row.version != state.version:
        yield (
            f"overwritten on {state.modified.astimezone(UTC):%Y-%m-%d %H:%M} UTC: "
            f"its version is {state.version or 'none'}, not {row.version or 'none'}"
        )
        ours = bucket.state(name, row.version) if row.version else None
        if ours is None:
            yield "the version that was put there is gone"
            return
        state = ours
    if state.size != row.length:
        yield f"it has {state.size:,} bytes, not {row.length:,}"
    if state.checksum != row.checksum or state.sha256 != row.digest.hex():
        yield "its checksum is not that of the pack that was put there"


def _read_file(path: Path, meter: Meter) -> int:
    """Raises `StoreError` when the disk does not give it all."""
    length = 0
    try:
        with path.open("rb") as file:
            while data := file.read(READ_AT_ONCE):
                length += len(data)
                meter.add(len(data))
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror}", "mend the disk or restore a backup") from error
    return length
