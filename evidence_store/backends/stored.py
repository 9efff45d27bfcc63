"""Packs where they are: in the folders of this machine first, then in the bucket that they were carried to."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from evidence_store.backends.local import LocalPacks
from evidence_store.backends.s3 import Bucket
from evidence_store.errors import StoreError, UnreachableError

CHUNK = 4 * 2**20
"""Bytes that are fetched at a time, at such a multiple: the pack of a usual day is one call."""

KEPT_CHUNKS = 32
"""How many of them are remembered."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What is known of a pack since it was carried to a bucket: its bytes in all, their SHA-256, the checksum that the
    bucket stated then, and the version that it gave them (empty in a bucket that keeps none)."""

    length: int
    digest: bytes
    checksum: str
    version: str


class StoredPacks:
    """Reads packs of this machine and of a bucket. `uploaded` says what is known of one that was carried there."""

    def __init__(self, local: LocalPacks, bucket: Bucket | None, uploaded: Callable[[str], Uploaded | None]) -> None:
        self.local = local
        self.bucket = bucket
        self._uploaded = uploaded
        self._known: dict[str, Uploaded] = {}
        self._chunks: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._away: StoreError | None = None

    def where(self, pack: str) -> str:
        if self.bucket is not None and not self.local.has(pack):
            return self.bucket.where(str(pack))
        return self.local.where(pack)

    def read(self, pack: str, offset: int, length: int) -> bytes:
        """Raises `OSError` or `ValueError` when there is no such pack, `StoreError` when we could not look.

        A bucket that was away once is not asked again: to find that out takes a minute, and many packs lie there.
        """
        try:
            return self.local.read(pack, offset, length)
        except FileNotFoundError:
            uploaded = self._known.get(pack) or self._uploaded(pack)
            if uploaded is None:
                raise
            self._known[pack] = uploaded
        if self.bucket is None:
            raise StoreError(f"{pack} lies in a bucket, but the configuration names none", "name it below store.blobs")
        if offset < 0 or length < 1 or offset + length > uploaded.length:
            raise ValueError("another length than the index says")
        first, last = offset // CHUNK, (offset + length - 1) // CHUNK
        data = b"".join(self._chunk(self.bucket, pack, number, uploaded.version) for number in range(first, last + 1))
        return data[offset - first * CHUNK :][:length]

    def close(self) -> None:
        self._chunks.clear()
        self._known.clear()
        self._away = None
        self.local.close()

    def _chunk(self, bucket: Bucket, pack: str, number: int, version: str) -> bytes:
        key = (pack, number)
        if key in self._chunks:
            self._chunks.move_to_end(key)
            return self._chunks[key]
        if self._away:
            raise UnreachableError(str(self._away), self._away.hint)
        try:
            data = bucket.read(pack, number * CHUNK, CHUNK, version)
        except StoreError as error:
            self._away = error
            raise UnreachableError(str(error), error.hint) from error
        if data is None:
            raise FileNotFoundError("it is not in the bucket")
        self._chunks[key] = data
        if len(self._chunks) > KEPT_CHUNKS:
            self._chunks.popitem(last=False)
        return data
