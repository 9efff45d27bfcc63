"""Verification of blobs: each that a leaf, a unit or an assessment names is there and has its digest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from sqlalchemy import Connection, func, select

from core.errors import AnnexaError
from evidence_store.blobs.read_ahead import ReadAhead
from evidence_store.derived.cuts import EXCHANGES
from evidence_store.derived.derive import Sealed
from evidence_store.errors import BrokenSealError, StoreError
from evidence_store.namings import Naming, namings
from evidence_store.people.keyring import Keyring
from evidence_store.people.persons import subjects
from evidence_store.retention.tombstones import TombstoneWalk
from evidence_store.schema import blob
from evidence_store.store import Store, find
from evidence_store.verification.verify_packs import Meter, Say

PROGRESS_EVERY = 100

Progress = Callable[[int, int], None]
"""Called with leaves done and leaves in all."""


class BlobWalk:
    """Reads what the log names, and remembers in `seen` what was there and had its digest; `people` are
    the subjects that it names.

    Raw answers that lie in a bucket are passed over unless the walk is `deep`: nothing is derived from them, and the
    bucket is asked for each pack. What was passed over is `not_read`: how many, and their bytes in packs.
    """

    def __init__(self, store: Store, connection: Connection, deep: Say | None = None) -> None:
        self.seen: set[bytes] = set()
        self.disposals: tuple[str, ...] = ()
        self.people: set[bytes] = set()
        self._passed_over: dict[bytes, int] = {}
        self._deep = deep
        self._meter: Meter | None = None
        self._ahead: ReadAhead | None = None
        self._store = store
        self._connection = connection
        self._read = store.read_blob(connection)

    @property
    def not_read(self) -> tuple[int, int]:
        left = [length for digest, length in self._passed_over.items() if digest not in self.seen]
        return len(left), sum(left)

    def read(self, digest: bytes) -> bytes:
        """A blob, checked against its digest. Raises `BrokenSealError`."""
        data = self._ahead.take(digest) if self._ahead else None
        if data is None:
            data = self._read(digest)
        self._note(digest, len(data), subjects(data) if digest not in self.seen else ())
        return data

    def read_ahead(self) -> None:
        """Read all blobs in a thread, until `close`. From a bucket nothing is fetched that nobody asked for."""
        if self._store.bucket is None:
            self._ahead = ReadAhead(self._store)

    def close(self) -> None:
        if self._ahead:
            self._ahead.close()
            self._ahead = None

    def _note(self, digest: bytes, size: int, people: Iterable[bytes]) -> None:
        self.people.update(people)
        self.seen.add(digest)
        if self._meter:
            self._meter.add(size)

    def _known(self, digest: bytes) -> bool:
        if digest not in self.seen and self._ahead and (found := self._ahead.seen(digest)):
            self._note(digest, found.size, found.people)
        return digest in self.seen

    def problems(self, sealed: Sequence[Sealed], progress: Progress) -> Iterator[str]:
        """What is wrong with the blobs that these leaves lead to; then `disposals` says what was thrown away."""
        tombstones = TombstoneWalk(sealed, self._read)
        if self._deep:
            plain = self._connection.execute(select(func.sum(blob.c.size))).scalar() or 0
            self._meter = Meter(plain, "the blobs", self._deep)
        for done, each in enumerate(sealed):
            try:
                for naming in namings(each, self.read):
                    tombstones.named(naming.digest, each.position)
                    known = self._known(naming.digest) or self._thrown_away(naming, tombstones)
                    if not known and not self._pass_over(naming):
                        try:
                            self.read(naming.digest)
                        except BrokenSealError as error:
                            yield f"leaf {each.position}: {naming.what}: {error}"
            except StoreError:
                raise  # we could not look, for a reason outside the store
            except (AnnexaError, KeyError, TypeError, ValueError) as error:
                yield f"leaf {each.position}: {error}"
            if done % PROGRESS_EVERY == 0:
                progress(done, len(sealed))
        self._meter = None
        names = Keyring(self._store, self._connection)
        self.disposals = tuple(map(names.text, tombstones.said(self.seen | set(self._passed_over))))

    def unnamed(self) -> Iterator[str]:
        """The first blob of the index that nothing which is sealed names."""
        unnamed = set(self._connection.execute(select(blob.c.digest)).scalars()) - self.seen - set(self._passed_over)
        for digest in sorted(unnamed)[:1]:
            yield f"table blob: {digest.hex()} is named by nothing that is sealed"

    def _pass_over(self, naming: Naming) -> bool:
        if self._deep or self._store.bucket is None or naming.thing is None or naming.thing[0] != EXCHANGES:
            return False
        place = find(self._connection, naming.digest)
        if place is None or self._store.is_here(place.pack):
            return False
        self._passed_over[naming.digest] = place.length
        return True

    def _thrown_away(self, naming: Naming, tombstones: TombstoneWalk) -> bool:
        """Only what a disposal may take can be missing, and only when the index does not know it either."""
        return (
            naming.thing is not None
            and tombstones.excuses(naming.digest, naming.position)
            and find(self._connection, naming.digest) is None
        )
