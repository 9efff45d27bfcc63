"""Reading ahead: all blobs of a store in the order in which they lie in packs, decoded and hashed in other threads.

Reading, decompression and SHA-256 run outside the interpreter's lock, so that whoever looks at what is in the blobs
works at the same time. They are two threads, because each waits for that lock after every blob.

Nothing depends on it: what was not read ahead is read when it is asked for.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from queue import Queue
from typing import Any

from sqlalchemy import Connection, Row, select

from core.errors import AnnexaError
from evidence_store.blobs.reader import Place
from evidence_store.people.persons import subjects
from evidence_store.schema import blob
from evidence_store.store import Store, find, place_in

AHEAD = 2**25
"""Bytes that are read further than somebody asks for."""

HELD = 2**26
"""Bytes of large blobs, and of small ones, that are kept for whoever asks; and that somebody waits for at most."""

SMALL = 2**15
"""Bytes of what is no large blob. Bodies are small, and are asked for again and again."""

DECODED = 8
"""Blobs that wait to be hashed."""

ROWS_AT_ONCE = 1000

_NOBODY: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True)
class Seen:
    """A blob that has its digest: how many bytes it has, and the subjects of the people in it.

    `end` says how many bytes had been read when it was.
    """

    size: int
    people: frozenset[bytes]
    end: int


class _Held:
    """The blobs that were read last."""

    def __init__(self) -> None:
        self.blobs: OrderedDict[bytes, bytes] = OrderedDict()
        self._size = 0

    def add(self, digest: bytes, data: bytes) -> None:
        self.blobs[digest] = data
        self._size += len(data)
        while self._size > HELD:
            self._size -= len(self.blobs.popitem(last=False)[1])


class ReadAhead:
    """Reads ahead from its making until `close`. What cannot be read is left to whoever asks for it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._changed = threading.Condition()
        self._large, self._small = _Held(), _Held()
        self._seen: dict[bytes, Seen] = {}
        self._read = 0
        self._asked = 0
        self._patience: int | None = None
        self._over = False
        self._decoded: Queue[tuple[bytes, bytes] | None] = Queue(DECODED)
        self._threads = [threading.Thread(target=each, daemon=True) for each in (self._decode, self._hash)]
        for thread in self._threads:
            thread.start()

    def take(self, digest: bytes) -> bytes | None:
        """The plain bytes of a blob that has its digest, or `None`: then it must be read."""
        with self._changed:
            self._wait(digest)
            return self._small.blobs.get(digest) or self._large.blobs.get(digest)

    def seen(self, digest: bytes) -> Seen | None:
        """What is known of a blob that has its digest, or `None`: then it must be read."""
        with self._changed:
            return self._wait(digest)

    def close(self) -> None:
        """Stop reading."""
        self._stop()
        for thread in self._threads:
            thread.join()

    def _wait(self, digest: bytes) -> Seen | None:
        """Until this blob was read, but not for ever: it may be one that cannot be."""
        if digest not in self._seen:
            self._patience = self._read + HELD
            self._changed.notify_all()
            self._changed.wait_for(lambda: digest in self._seen or self._over or self._read > (self._patience or 0))
            self._patience = None
        found = self._seen.get(digest)
        if found and found.end > self._asked:
            self._asked = found.end
            self._changed.notify_all()
        return found

    def _decode(self) -> None:
        # Whatever is wrong with the database or the packs is found by those who ask, who can name it.
        with suppress(Exception):
            self._decode_all()
        self._decoded.put(None)

    def _decode_all(self) -> None:
        everything = select(blob).order_by(blob.c.pack, blob.c.offset).execution_options(yield_per=ROWS_AT_ONCE)
        with closing(self._store.reader(checked=False)) as reader, self._store.reading() as connection:
            for row in connection.execute(everything):
                if self._over:
                    return
                with suppress(AnnexaError):
                    self._decoded.put((row.digest, reader.read(row.digest, partial(_place, connection, row))))

    def _hash(self) -> None:
        for digest, data in iter(self._decoded.get, None):  # to the last, for whoever decodes may wait for room
            with suppress(Exception):
                if self._over or hashlib.sha256(data).digest() != digest or self._keep(digest, data):
                    continue
            self._stop()
        self._stop()

    def _stop(self) -> None:
        """Have nobody wait any more."""
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def _keep(self, digest: bytes, data: bytes) -> bool:
        """Hold a blob, and wait while that is more than anybody will soon ask for. False when nobody will any more."""
        people = frozenset(subjects(data)) or _NOBODY
        with self._changed:
            self._read += len(data)
            self._seen[digest] = Seen(len(data), people, self._read)
            (self._small if len(data) <= SMALL else self._large).add(digest, data)
            self._changed.notify_all()
            self._changed.wait_for(
                lambda: self._over or self._patience is not None or self._read - self._asked <= AHEAD
            )
            return not self._over


def _place(connection: Connection, row: Row[Any], digest: bytes) -> Place | None:
    """Where a blob lies: the one of this row, or another that it is the difference to."""
    return place_in(row) if digest == row.digest else find(connection, digest)
