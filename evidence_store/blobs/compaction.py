"""Throwing bytes away: what leans on a blob that goes is written anew, and packs lose what no row names any more.

The order that survives being killed: in one transaction `rebase`, then the rows go; after it `compact`, as often as it
takes. Until a row has gone its bytes are there; once it has gone they are a leftover, which any later `compact` takes.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from evidence_store.backends.s3 import Bucket
from evidence_store.blobs.packs import MOST_AT_ONCE, SUFFIX, make_durable
from evidence_store.errors import StoreError
from evidence_store.schema import blob, upload
from evidence_store.store import Store

MOST_IN_MEMORY = 2**26
"""Bytes of blobs that are written anew at a time."""


@dataclass(frozen=True, slots=True)
class Compacted:
    """What came of it: packs that are gone, packs that were written anew under another name, the bytes that this
    freed, packs that are still being written to, which were left alone, and packs in a bucket that nobody may remove
    before a moment, until when their bytes remain."""

    removed: tuple[str, ...]
    rewritten: tuple[str, ...]
    freed: int
    busy: tuple[str, ...] = ()
    locked: tuple[tuple[str, datetime], ...] = ()


def dependents(connection: Connection, going: Collection[bytes]) -> list[bytes]:
    """The blobs that stay and are differences to one that goes."""
    gone, asked = set(going), sorted(going)
    found: list[bytes] = []
    for start in range(0, len(asked), MOST_AT_ONCE):
        query = select(blob.c.digest).where(blob.c.base.in_(asked[start : start + MOST_AT_ONCE]))
        found += [digest for digest in connection.execute(query).scalars() if digest not in gone]
    return found


def rebase(store: Store, connection: Connection, going: Collection[bytes]) -> int:
    """Write every blob that leans on one that goes anew, so that it stands for itself; how many these were.

    To be called in the transaction that removes the rows, before it does. Raises `BrokenSealError` when one cannot be
    read, `StoreError` when there is no room.
    """
    leaning = dependents(connection, going)
    read = store.read_blob(connection)
    with store.pack(f"rebased-{secrets.token_hex(8)}") as pack:
        some: dict[bytes, bytes] = {}
        for digest in leaning:
            some[digest] = read(digest)
            if sum(map(len, some.values())) >= MOST_IN_MEMORY:
                pack.replace(connection, some)
                some = {}
        pack.replace(connection, some)
    return len(leaning)


def compact(store: Store, at: datetime) -> Compacted:
    """Remove from packs every byte that no row names: whole packs, tails, and what lies between.

    In a bucket only what no lock holds at the moment `at`: what is left is taken by a later one. Raises `StoreError`
    when a pack cannot be read or written.
    """
    removed: list[str] = []
    rewritten: list[str] = []
    busy: list[str] = []
    freed = 0
    for path in sorted(each for folder in store.pack_folders if folder.is_dir() for each in folder.glob(f"*{SUFFIX}")):
        try:
            with finished(path) as descriptor:
                if descriptor is None:
                    busy.append(path.name)
                    continue
                size = os.fstat(descriptor).st_size
                kept = _rewrite(store, path, descriptor, size)
        except OSError as error:
            raise StoreError(f"{path}: cannot be compacted: {error.strerror}", "mend the permissions") from error
        freed += size - kept
        if kept == 0:
            removed.append(path.name)
        elif kept < size:
            rewritten.append(path.name)
    locked: list[tuple[str, datetime]] = []
    if store.bucket is not None:
        for name, length in _wasteful(store):
            kept, until = _rewrite_carried(store, store.bucket, name, at)
            if until is not None:
                locked.append((name, until))
                continue
            freed += length - kept
            (rewritten if kept else removed).append(name)
    return Compacted(tuple(removed), tuple(rewritten), freed, tuple(busy), tuple(locked))


@contextmanager
def finished(path: Path) -> Iterator[int | None]:
    """A pack that nobody appends to any more, held so that nobody else carries it away; `None` when it is in use."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        yield None
        return
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        yield descriptor if path.exists() else None
    finally:
        os.close(descriptor)


def _rewrite(store: Store, path: Path, descriptor: int, size: int) -> int:
    """Bring a pack to what rows name of it, and return the bytes that are left."""
    with store.writing() as connection:
        rows = _rows(connection, path.name)
        live: int = sum(row.length for row in rows)
        if live >= size:
            return size
        if rows and rows[-1].offset + rows[-1].length == live:
            os.ftruncate(descriptor, live)  # only a tail is left over
            return live
        if rows:
            _move(connection, rows, _anew(path), lambda row: os.pread(descriptor, row.length, row.offset))
    path.unlink()
    return live


def _wasteful(store: Store) -> list[tuple[str, int]]:
    """The packs in the bucket that have more bytes than rows name, with their lengths."""
    named = select(blob.c.pack, func.sum(blob.c.length).label("live")).group_by(blob.c.pack).subquery()
    query = select(upload.c.pack, upload.c.length).outerjoin(named, named.c.pack == upload.c.pack)
    with store.reading() as connection:
        rows = connection.execute(query.where(func.coalesce(named.c.live, 0) < upload.c.length).order_by(upload.c.pack))
        return [(row.pack, row.length) for row in rows]


def _rewrite_carried(store: Store, bucket: Bucket, name: str, at: datetime) -> tuple[int, datetime | None]:
    """Bring what rows name of a pack in the bucket to a new one here, which is carried there in its turn, and remove
    the old one. The bytes that are left, and until when a lock forbids it."""
    with store.reading() as connection:
        version = connection.execute(select(upload.c.version).where(upload.c.pack == name)).scalar_one()
    state = bucket.state(name, version)
    if state is not None and state.locked_until is not None and state.locked_until > at:
        return 0, state.locked_until
    with store.writing() as connection:
        rows = _rows(connection, name)
        if rows:
            packs = store.blobs.packs
            _move(
                connection,
                rows,
                _anew(store.pack_folders[0] / name),
                lambda row: packs.read(name, row.offset, row.length),
            )
    if state is not None:
        bucket.remove(name, version)
    with store.writing() as connection:  # last, so that nothing is left in the bucket that nobody knows of
        connection.execute(delete(upload).where(upload.c.pack == name))
    return sum(row.length for row in rows), None


def _anew(path: Path) -> Path:
    return path.with_name(f"{path.stem.partition('+')[0]}+{secrets.token_hex(4)}{SUFFIX}")


def _move(connection: Connection, rows: Collection[Any], to: Path, read: Callable[[Any], bytes]) -> None:
    """Copy frames to a new pack and have the index name them there. Raises `OSError`."""
    with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640), "wb") as file:
        offset = 0
        for row in rows:
            if file.write(read(row)) != row.length:
                raise OSError(errno.EIO, "it is shorter than the index says: see what is wrong with annexa verify")
            connection.execute(update(blob).where(blob.c.digest == row.digest).values(pack=to.name, offset=offset))
            offset += row.length
        file.flush()
        os.fsync(file.fileno())
    make_durable(to.parent)


def _rows(connection: Connection, pack: str) -> list[Any]:
    query = select(blob.c.digest, blob.c.offset, blob.c.length).where(blob.c.pack == pack).order_by(blob.c.offset)
    return list(connection.execute(query))
