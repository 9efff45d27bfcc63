"""Blobs: bytes named by their SHA-256, each a frame in some pack.

A pack is a series of frames (`frames.py`), written by one process (`packs.py`), and lies in a folder or in a bucket
(`backends/`). Where a blob lies is in the database, but a blob proves itself: its name is its digest.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import zstandard

from evidence_store.blobs.frames import restore
from evidence_store.errors import BrokenSealError

LARGEST = 2**31
MOST_BASES = 1000
"""Bases upon one another that a reader follows: writers make far fewer, so more is a circle that somebody made."""

KEPT_DECODED = 2**25
"""Bytes of blobs that a reader remembers, so that a chain is not followed anew for each of its members."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a blob lies: `length` bytes at `offset` of a pack hold `size` plain bytes, as the difference to the blob
    with the digest `base` unless that is `None`."""

    pack: str
    offset: int
    length: int
    size: int
    base: bytes | None = None


Find = Callable[[bytes], Place | None]
"""Where the blob with this digest lies, or `None`."""


KEPT_BY_ALL = 2**27
"""The same for whoever reads all blobs of a store, in the order in which they lie in packs."""


class Packs(Protocol):
    """Where packs are."""

    def where(self, pack: str) -> str:
        """What to call a pack in a sentence."""
        ...

    def read(self, pack: str, offset: int, length: int) -> bytes:
        """As many of these bytes as there are. Raises `OSError`, `OverflowError`, `TypeError` or `ValueError` when
        there is no such pack, and `StoreError` when we could not look."""
        ...

    def close(self) -> None: ...


class BlobReader:
    """Reads blobs from the packs of a store, and believes none of them unchecked.

    Unless it is not `checked`: then whoever reads all blobs holds each against its digest, and so the bases of each.
    """

    def __init__(self, packs: Packs, *, checked: bool = True) -> None:
        self.packs = packs
        self._checked = checked
        self._decoded: OrderedDict[bytes, bytes] = OrderedDict()
        self._remembered = 0

    def read(self, digest: bytes, find: Find) -> bytes:
        """The plain bytes. Raises `BrokenSealError` that names blob and pack when they are missing or altered, and
        `StoreError` when the place where they are cannot be reached."""
        chain: list[tuple[bytes, Place]] = []
        data, wanted = b"", digest
        while True:
            if (known := self._decoded.get(wanted)) is not None:
                self._decoded.move_to_end(wanted)
                data = known
                break
            place = find(wanted)
            if place is None:
                what = "" if not chain else f", the base of blob {chain[-1][0].hex()},"
                raise BrokenSealError(f"blob {wanted.hex()}{what} is not in the store")
            chain.append((wanted, place))
            if place.base is None:
                break
            if not isinstance(place.base, bytes) or len(chain) > MOST_BASES:
                raise BrokenSealError(f"blob {wanted.hex()}: its base is none, or leads in a circle")
            wanted = place.base
        for name, place in reversed(chain):
            data = self._decode(name, place, data)
            self._remember(name, data)
        return data

    def frame(self, digest: bytes, place: Place) -> bytes:
        """The bytes of a blob as they lie in a pack. Raises as `read` does."""
        try:
            return self.packs.read(place.pack, place.offset, min(place.length, LARGEST))
        except (OSError, OverflowError, TypeError, ValueError) as error:
            raise BrokenSealError(f"{self._where(digest, place)}: cannot be read: {error}") from error

    def forget(self) -> None:
        """Let go of what is remembered, before blobs that have nothing to do with it."""
        self._decoded.clear()
        self._remembered = 0

    def close(self) -> None:
        self.forget()
        self.packs.close()

    def _decode(self, digest: bytes, place: Place, base: bytes) -> bytes:
        frame = self.frame(digest, place)
        try:
            if len(frame) != place.length:
                raise ValueError("another length than the index says")
            data = restore(frame, place.size, place.base, base)
        except (zstandard.ZstdError, MemoryError, OverflowError, TypeError, ValueError) as error:
            raise BrokenSealError(f"{self._where(digest, place)}: altered or damaged: {error}") from error
        if self._checked and hashlib.sha256(data).digest() != digest:
            raise BrokenSealError(f"{self._where(digest, place)}: altered: its content has another digest")
        return data

    def _where(self, digest: bytes, place: Place) -> str:
        return f"blob {digest.hex()} in {self.packs.where(place.pack)}"

    def _remember(self, digest: bytes, data: bytes) -> None:
        self._decoded[digest] = data
        self._remembered += len(data)
        while self._remembered > (KEPT_DECODED if self._checked else KEPT_BY_ALL):
            self._remembered -= len(self._decoded.popitem(last=False)[1])
