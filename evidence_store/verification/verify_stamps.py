"""Verification of stamps, offline: each proves its checkpoint, and each that a leaf seals is there as it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, select

from core.codec import CodecError, parse
from evidence_store import records
from evidence_store.derived.derive import Sealed
from evidence_store.errors import BrokenSealError
from evidence_store.records import StampSeen
from evidence_store.schema import stamp
from evidence_store.store import Store
from evidence_store.timestamps.stamps import Stamps, clock_said, digest, missing, name, stamps_sealed
from evidence_store.timestamps.timestamp import Authority, StampError


class StampWalk:
    """One walk over the stamps of a store. `clock` names those that disagree with the clock of the machine."""

    def __init__(self, store: Store, connection: Connection, authorities: Sequence[Authority]) -> None:
        self.clock: list[str] = []
        self._connection = connection
        self._stamps = Stamps(store, connection, authorities)
        self._good: Counter[str] = Counter()
        self._without: Counter[str] = Counter()
        self._there: set[StampSeen] = set()

    def problems(self, sealed: Iterable[Sealed], read: Callable[[bytes], bytes]) -> Iterator[str]:
        """What is wrong, stamp by stamp."""
        query = select(stamp).order_by(stamp.c.size, stamp.c.authority, stamp.c.attempt)
        for row in self._connection.execute(query):
            try:
                self._check(row)
            except StampError as error:
                yield f"{name(row)}: {error}"
        named: set[StampSeen] = set()
        for each in sealed:
            for seen in _sealed(each, read):
                if seen not in self._there and seen not in named:
                    named.add(seen)
                    yield missing(each.position, seen)

    def said(self) -> tuple[str, ...]:
        """For each authority, how many stamps hold, and what they were verified with."""
        return tuple(self._said(authority) for authority in sorted({*self._good, *self._without}))

    def _check(self, row: Any) -> None:
        if bool(row.problem) == bool(row.response):
            raise StampError("it was altered: there is either a stamp or the reason why there is none")
        if row.problem:
            self._without[row.authority] += 1
            return
        self._there.add(StampSeen(row.size, row.authority, digest(row)))
        stamped = self._stamps.open(row)
        said = clock_said(row, stamped)
        self._good[row.authority] += 1
        if said:
            self.clock.append(f"{name(row)}: {said}")

    def _said(self, authority: str) -> str:
        without, good = self._without[authority], self._good[authority]
        failed = f", asked in vain: {without}" if without else ""
        against = f", verified with {self._stamps.against(authority)}" if good else ""
        return f"{authority}: checkpoints stamped: {good}{failed}{against}"


def _sealed(leaf: Sealed, read: Callable[[bytes], bytes]) -> tuple[StampSeen, ...]:
    """The stamps a leaf seals; none where the leaf or its body is no longer readable, which is named elsewhere."""
    try:
        content = parse(leaf.data)
        if not isinstance(content, dict) or content.get("type") != records.SCAN_STARTED:
            return ()
        return stamps_sealed(leaf.data, read)
    except (BrokenSealError, CodecError):
        return ()
