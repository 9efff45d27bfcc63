"""Writing packs: one process appends to one file of its own, and holds a lock on it for as long as it may append.

What a killed writer left behind is a tail that no row names. A pack that nobody holds is finished: it may be carried
to a bucket, or written anew without what was thrown away.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

from sqlalchemy import Connection, delete, insert, select

from core.errors import AnnexaError
from evidence_store.blobs.frames import smallest, stand_alone
from evidence_store.blobs.reader import Place
from evidence_store.errors import StoreError
from evidence_store.schema import blob

SUFFIX = ".zst"

LONGEST_CHAIN = 100
"""Differences, one upon the other, before a blob stands for itself again. Measured by `benchmarks/growth.py`."""

MOST_AT_ONCE = 500
"""Values in one question: SQLite takes only so many."""


class Index(Protocol):
    """What a store has, as a writer of packs asks for it."""

    @property
    def connection(self) -> Connection: ...

    def known(self, digests: Iterable[bytes]) -> set[bytes]: ...

    def find(self, digest: bytes) -> Place | None: ...

    def read(self, digest: bytes) -> bytes: ...


OpenIndex = Callable[[], AbstractContextManager[Index]]

Base = Callable[[Index], bytes | None]
"""Which blob a new one probably differs little from; asked only when it is new."""


@dataclass(frozen=True, slots=True)
class _Put:
    data: bytes
    base: Base | None


class PackWriter:
    """Gathers blobs, appends the new ones to a pack of its own, and names them in the transaction that needs them."""

    def __init__(self, folder: Path, name: str, open_index: OpenIndex) -> None:
        self._path = folder / name
        self._open_index = open_index
        self._pending: dict[bytes, _Put] = {}
        self._flushed: dict[bytes, _Put] = {}
        self._places: dict[bytes, Place] = {}
        self._depths: dict[bytes, int] = {}
        self._offset = 0
        self._descriptor = -1

    def put(self, data: bytes, base: Base | None = None) -> bytes:
        """Take a blob and return its digest. Bytes that the store holds already are not kept again."""
        digest = hashlib.sha256(data).digest()
        self._pending.setdefault(digest, _Put(data, base))
        return digest

    def flush(self) -> None:
        """Append what is new to the pack and make it durable. It counts when `index` has named it.

        Raises `StoreError`; then nothing will be named, and what was pending is forgotten like the leaf that named it.
        """
        self._flushed, self._pending, self._places = self._pending, {}, {}
        if not self._flushed:
            return
        frames: dict[bytes, tuple[bytes, bytes | None]] = {}
        with self._open_index() as index:
            known = index.known(self._flushed)
            for digest, put in self._flushed.items():
                if digest not in known:
                    self._depths[digest] = 0
                    frames[digest] = self._frame(index, digest, put)
        self._places = self._append(frames)

    def flushed(self) -> dict[bytes, bytes]:
        """What was flushed and is not indexed yet, by digest: whoever needs it now need not read it back."""
        return {digest: put.data for digest, put in self._flushed.items()}

    def index(self, connection: Connection) -> None:
        """Name what was flushed. Another writer may have kept the same bytes meanwhile: its copy stays the one we know.

        What we relied on may have been thrown away meanwhile: then the blob is written anew, standing for itself.
        """
        bases = {place.base for place in self._places.values() if place.base is not None}
        known = known_blobs(connection, {*self._flushed, *bases})
        there = known | set(self._places)
        lost = [
            digest
            for digest in self._flushed
            if digest not in there
            or (digest in self._places and (base := self._places[digest].base) is not None and base not in there)
        ]
        if lost:
            self._places |= self._append({digest: (stand_alone(self._flushed[digest].data), None) for digest in lost})
        add_rows(connection, {digest: place for digest, place in self._places.items() if digest not in known})
        self._flushed, self._places, self._depths = {}, {}, {}  # the index knows them from now on

    def replace(self, connection: Connection, blobs: Mapping[bytes, bytes]) -> None:
        """Write blobs of the store anew, standing for themselves, and have the index name the new frames."""
        self._flushed = {digest: _Put(data, None) for digest, data in blobs.items()}
        places = self._append({digest: (stand_alone(data), None) for digest, data in blobs.items()})
        for digest in blobs:
            connection.execute(delete(blob).where(blob.c.digest == digest))
        add_rows(connection, places)
        self._flushed = {}

    def close(self) -> None:
        """Let go of the pack: nothing will be appended to it any more."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _frame(self, index: Index, digest: bytes, put: _Put) -> tuple[bytes, bytes | None]:
        base = put.base(index) if put.base else None
        if base is None or base == digest:
            return stand_alone(put.data), None
        try:
            depth = self._depth(index, base) + 1
            if depth > LONGEST_CHAIN:
                return stand_alone(put.data), None
            near = self._flushed[base].data if base in self._flushed else index.read(base)
        except AnnexaError:  # a base that cannot be read is for verification to name; the new blob needs it not
            return stand_alone(put.data), None
        frame, used = smallest(put.data, base, near)
        if used:
            self._depths[digest] = depth
        return frame, used

    def _depth(self, index: Index, digest: bytes) -> int:
        """How many bases lie below a blob."""
        below = 0
        at: bytes | None = digest
        while at is not None and below <= LONGEST_CHAIN:
            if at in self._depths:
                return self._depths[at] + below
            place = index.find(at)
            at = place.base if place else None
            below += at is not None
        return below

    def _append(self, frames: Mapping[bytes, tuple[bytes, bytes | None]]) -> dict[bytes, Place]:
        """Raises `StoreError`."""
        places: dict[bytes, Place] = {}
        offset = self._offset
        for digest, (frame, base) in frames.items():
            places[digest] = Place(self._path.name, offset, len(frame), len(self._flushed[digest].data), base)
            offset += len(frame)
        if frames:
            try:
                self._write(b"".join(frame for frame, _ in frames.values()))
            except OSError as error:
                self._flushed = {}
                raise StoreError(
                    f"{self._path}: cannot be written: {error.strerror}",
                    "make room or mend the permissions, then scan again: everything sealed before is whole",
                ) from error
        self._offset = offset
        return places

    def _write(self, data: bytes) -> None:
        """Append durably. Raises `OSError`; the tail that may then be there is cut off by the next append."""
        first = self._descriptor < 0
        if first:
            self._descriptor = self._begin()
        os.ftruncate(self._descriptor, self._offset)
        written = 0
        while written < len(data):
            written += os.pwrite(self._descriptor, data[written:], self._offset + written)
        os.fsync(self._descriptor)
        if self._offset == 0:
            make_durable(self._path.parent)

    def _begin(self) -> int:
        """Make the pack and hold it. Who tidies up may take the empty file before we hold it: then make another."""
        while True:
            # A pack that is there before our first write is another's, and nobody may cut that one off.
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if os.fstat(descriptor).st_nlink:
                return descriptor
            os.close(descriptor)


def make_durable(folder: Path) -> None:
    """The name of a new file is durable only with its folder. Raises `OSError`."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def known_blobs(connection: Connection, digests: Iterable[bytes]) -> set[bytes]:
    """Those of these blobs that have a place already: asked many at a time, as the caller may hold the write lock."""
    asked = list(digests)
    known: set[bytes] = set()
    for start in range(0, len(asked), MOST_AT_ONCE):
        query = select(blob.c.digest).where(blob.c.digest.in_(asked[start : start + MOST_AT_ONCE]))
        known.update(connection.execute(query).scalars())
    return known


def add_rows(connection: Connection, places: Mapping[bytes, Place]) -> None:
    """Name new blobs."""
    rows = [
        {"digest": d, "pack": p.pack, "offset": p.offset, "length": p.length, "size": p.size, "base": p.base}
        for d, p in places.items()
    ]
    if rows:
        connection.execute(insert(blob), rows)
