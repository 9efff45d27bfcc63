"""Carrying packs to a bucket: finished ones, each whole, verified there before it leaves this machine.

What was cut off is gone on with the next time: an upload in parts from the part it had come to; one that was complete
but of which nobody took note is looked at again, and believed only when it is what we have here.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import insert, select

from evidence_store.backends import s3
from evidence_store.backends.s3 import Bucket, ObjectState, encoded
from evidence_store.blobs.compaction import finished
from evidence_store.blobs.packs import SUFFIX, make_durable
from evidence_store.errors import StoreError
from evidence_store.schema import upload as uploaded
from evidence_store.store import Store

READ_BACK = 2**24
"""Bytes at a time, of a pack that the bucket gives no checksum for."""


@dataclass(frozen=True, slots=True)
class Uploads:
    """What came of it: the packs that were brought, how many still wait on this machine, and why (a sentence with a
    remedy, or empty). `busy` of those that wait belong to scans that are not over."""

    sent: tuple[str, ...] = ()
    waiting: int = 0
    busy: int = 0
    problem: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class _Pack:
    """A finished pack: its SHA-256, and those of its parts when it has more than one."""

    descriptor: int
    name: str
    length: int
    digest: bytes
    parts: Sequence[bytes] = field(default=())

    def read(self, number: int) -> bytes:
        return os.pread(self.descriptor, s3.PART, number * s3.PART)

    @property
    def sizes(self) -> list[int]:
        return [min(s3.PART, self.length - start) for start in range(0, self.length, s3.PART)]

    @property
    def checksums(self) -> set[str]:
        """How a store may state what it holds: over the bytes, or over the checksums of the parts."""
        over_parts = encoded(hashlib.sha256(b"".join(self.parts)).digest())
        return {encoded(self.digest), over_parts, f"{over_parts}-{len(self.parts)}"}


def waiting_packs(store: Store) -> list[Path]:
    """The packs on this machine that are to be carried to the bucket."""
    folder = store.pack_folders[0]
    return sorted(folder.glob(f"*{SUFFIX}")) if store.bucket and folder.is_dir() else []


def upload(store: Store, at: datetime, *, everything: bool = False) -> Uploads:
    """Bring the packs that wait; with `everything` also those from before there was a bucket.

    The first problem ends it: what holds for one pack usually holds for all. Raises `StoreError` when the database
    cannot be written, and never for what a bucket does.
    """
    if store.bucket is None:
        return Uploads()
    paths = waiting_packs(store)
    if everything and store.pack_folders[1].is_dir():
        paths += sorted(store.pack_folders[1].glob(f"*{SUFFIX}"))
    sent: list[str] = []
    busy = 0
    for path in paths:
        with finished(path) as descriptor:
            if descriptor is None:
                busy += path.exists()
                continue
            try:
                pack = _measured(descriptor, path.name)
                if pack.length == 0:  # begun and never written to: by who was killed, or by who will begin anew
                    path.unlink()
                    continue
                state = _bring(store.bucket, pack, at)
            except StoreError as error:
                return Uploads(tuple(sent), len(paths) - len(sent), busy, str(error), error.hint)
            except OSError as error:
                why = f"{path}: cannot be read: {error.strerror}"
                return Uploads(tuple(sent), len(paths) - len(sent), busy, why, "mend the permissions or the disk")
            _take_note(store, pack, state)
            path.unlink()
            make_durable(path.parent)
            sent.append(path.name)
    return Uploads(tuple(sent), busy, busy)


def _measured(descriptor: int, name: str) -> _Pack:
    """Raises `OSError`."""
    length = os.fstat(descriptor).st_size
    whole = hashlib.sha256()
    parts: list[bytes] = []
    for start in range(0, length, s3.PART):
        data = os.pread(descriptor, s3.PART, start)
        whole.update(data)
        parts.append(hashlib.sha256(data).digest())
    return _Pack(descriptor, name, length, whole.digest(), parts)


def _bring(bucket: Bucket, pack: _Pack, at: datetime) -> ObjectState:
    """Put a pack and see that it is there as it is here. Raises `StoreError`."""
    lock = bucket.address.lock
    until = at + lock.span if lock else None
    state = bucket.state(pack.name)
    if state is None:
        if len(pack.parts) > 1:
            bucket.put_in_parts(pack.name, pack.digest.hex(), pack.sizes, pack.read, until)
        else:
            bucket.put(pack.name, pack.read(0), until)
        state = bucket.state(pack.name)
    if state is None:
        raise StoreError(f"{bucket.where(pack.name)}: it was put there and is not there", "see who removes it")
    if state.size != pack.length or not _same(bucket, pack, state):
        raise StoreError(
            f"{bucket.where(pack.name)}: another pack of this name is there already",
            "give this store a prefix of its own in store.blobs",
        )
    if until is not None and state.locked_until is None:
        bucket.lock(pack.name, state.version, until)
    return state


def _same(bucket: Bucket, pack: _Pack, state: ObjectState) -> bool:
    """Whether the bucket holds these bytes, and says so. Where it states no checksum of its own they are read again."""
    if state.sha256 != pack.digest.hex():
        return False
    if state.checksum:
        return state.checksum in pack.checksums
    found = hashlib.sha256()
    for start in range(0, state.size, READ_BACK):
        found.update(bucket.read(pack.name, start, min(READ_BACK, state.size - start), state.version) or b"")
    return found.digest() == pack.digest


def _take_note(store: Store, pack: _Pack, state: ObjectState) -> None:
    with store.writing() as connection:
        if connection.execute(select(uploaded.c.pack).where(uploaded.c.pack == pack.name)).first() is None:
            row = {
                "pack": pack.name,
                "length": pack.length,
                "digest": pack.digest,
                "checksum": state.checksum,
                "version": state.version,
            }
            connection.execute(insert(uploaded), row)
