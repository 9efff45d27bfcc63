"""Blobs: bytes named by their SHA-256, compressed, in one pack file per writer.

A pack is a plain series of zstd frames (RFC 8878), so `zstd -dc PACK` prints all of it, and each frame alone is one
blob. Packs are only ever appended to, by the one process that made them: what a killed writer left behind is a tail
that no index names. Where a blob lies is in the database, but the pack proves itself: a frame's name is its digest.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import zstandard

from evidence_store.errors import BrokenSealError, StoreError

LEVEL = 3
LARGEST = 2**31
MOST_OPEN = 64
"""Packs that a reader holds open at once: a store has one for each scan, and a process may open about a thousand."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a blob lies: `length` bytes at `offset` of a pack hold `size` plain bytes."""

    pack: str
    offset: int
    length: int
    size: int


Find = Callable[[bytes], Place | None]
"""Where the blob with this digest lies, or `None`."""


class BlobReader:
    """Reads blobs from the packs of a store, and believes none of them unchecked."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, int] = {}

    def read(self, digest: bytes, place: Place) -> bytes:
        """The plain bytes. Raises `BrokenSealError` that names blob and pack when they are missing or altered."""
        where = f"blob {digest.hex()} in packs/{place.pack}"
        try:
            if Path(place.pack).name != place.pack:
                raise ValueError("not the name of a pack")
            frame = os.pread(self._descriptor(place.pack), min(place.length, LARGEST), place.offset)
        except (OSError, OverflowError, TypeError, ValueError) as error:
            raise BrokenSealError(f"{where}: cannot be read: {error}") from error
        try:
            # The frame says how much memory it wants: believe it only when the index says the same.
            if len(frame) != place.length or zstandard.frame_content_size(frame) != place.size:
                raise ValueError("another length than the index says")
            data = zstandard.ZstdDecompressor().decompress(frame, allow_extra_data=False)
        except (zstandard.ZstdError, MemoryError, OverflowError, ValueError) as error:
            raise BrokenSealError(f"{where}: altered or damaged: {error}") from error
        if hashlib.sha256(data).digest() != digest:
            raise BrokenSealError(f"{where}: altered: its content has another digest")
        return data

    def close(self) -> None:
        while self._open:
            os.close(self._open.popitem()[1])

    def _descriptor(self, pack: str) -> int:
        if pack not in self._open:
            if len(self._open) >= MOST_OPEN:
                os.close(self._open.pop(next(iter(self._open))))
            self._open[pack] = os.open(self._folder / pack, os.O_RDONLY | os.O_CLOEXEC)
        return self._open[pack]


class PackWriter:
    """Gathers new blobs and appends them to a pack of its own. Nothing counts before `flush` has returned."""

    def __init__(self, folder: Path, name: str, find: Find) -> None:
        self._folder = folder
        self._name = name
        self._find = find
        self._compress = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True, write_content_size=True).compress
        self._pending: dict[bytes, bytes] = {}
        self._offset = 0
        self._made = False

    def put(self, data: bytes) -> bytes:
        """Take a blob and return its digest. Bytes that the store holds already are not kept again."""
        digest = hashlib.sha256(data).digest()
        if digest not in self._pending and self._find(digest) is None:
            self._pending[digest] = data
        return digest

    def flush(self) -> dict[bytes, Place]:
        """Append what is pending to the pack and make it durable.

        Raises `StoreError`; then nothing is indexed, and what was pending is forgotten like the leaf that named it.
        """
        if not self._pending:
            return {}
        places: dict[bytes, Place] = {}
        frames: list[bytes] = []
        offset = self._offset
        pending, self._pending = self._pending, {}
        for digest, data in pending.items():
            frame = self._compress(data)
            places[digest] = Place(self._name, offset, len(frame), len(data))
            frames.append(frame)
            offset += len(frame)
        try:
            self._append(frames)
        except OSError as error:
            raise StoreError(
                f"{self._folder / self._name}: cannot be written: {error.strerror}",
                "make room or mend the permissions, then scan again: everything sealed before is whole",
            ) from error
        self._offset = offset
        return places

    def _append(self, frames: Iterable[bytes]) -> None:
        path = self._folder / self._name
        # A failed flush may have left a tail: cut it off, so that the next one starts where the index says.
        # A pack that is there before our first write is another scan's, and nobody may cut that one off.
        how = os.O_RDWR | os.O_CLOEXEC | (0 if self._made else os.O_CREAT | os.O_EXCL)
        with os.fdopen(os.open(path, how, 0o640), "r+b") as file:
            self._made = True
            file.truncate(self._offset)
            file.seek(self._offset)
            file.writelines(frames)
            file.flush()
            os.fsync(file.fileno())
        if self._offset == 0:
            descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(descriptor)  # the name of a new file is durable only with its folder
            finally:
                os.close(descriptor)
