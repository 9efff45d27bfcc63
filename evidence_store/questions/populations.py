"""Whole populations as they were sealed: each with the unit that brought it home, and its lines as they stand there.

What people draw samples from, and count. Nothing is decoded into types: what an old agent sealed is read as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection

from core.codec import moment
from core.errors import AnnexaError
from core.model import Unit
from evidence_store.errors import BrokenSealError
from evidence_store.questions.past import Past
from evidence_store.questions.queries import newest_coverage, sealed_unit
from evidence_store.records import lines
from evidence_store.retention.tombstones import Tombstones
from evidence_store.store import Store, find

MOST_UNITS = 64
"""Units that are remembered: neighbouring populations come of the same ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """All of one kind in one scope of a source, as it was seen last. `complete`: nothing kept us from seeing all.

    `lines` is the SHA-256 of the blob with one resource on each line; `leaf` and `ordinal` name the unit that the log
    seals.
    """

    kind: str
    source: str
    scope: str
    collected_at: datetime
    count: int
    complete: bool
    lines: str
    leaf: int
    ordinal: int


class Populations:
    """The populations that were known at a place in the log, or are now; `reveal` gives them with names."""

    def __init__(
        self, store: Store, connection: Connection, reveal: Callable[[bytes], bytes], past: Past | None = None
    ) -> None:
        self._store = store
        self._connection = connection
        self._past = past
        self._read = store.read_blob(connection)
        self._reveal = reveal
        self._unit: Callable[[int, int], Unit] = lru_cache(MOST_UNITS)(self._read_unit)

    def all(self, kinds: Collection[str] | None = None) -> Iterator[Population]:
        """Those of these kinds, or every one, by source, scope and kind."""
        for row in newest_coverage(self._connection, kinds, self._past):
            yield Population(
                kind=row.kind,
                source=row.source,
                scope=row.scope,
                collected_at=moment(row.collected),
                count=row.items,
                complete=row.complete,
                lines=row.population.hex(),
                leaf=row.position,
                ordinal=row.ordinal,
            )

    def sealed_lines(self, population: Population) -> list[bytes]:
        """Its resources, a line of canonical JSON for each, as they were sealed: people are tokens.

        Raises `AnnexaError` where it was disposed of, and `BrokenSealError`.
        """
        digest = bytes.fromhex(population.lines)
        try:
            return lines(self._read(digest))
        except BrokenSealError:
            if stone := Tombstones(self._connection, self._read).of(digest, population.leaf):
                raise AnnexaError(
                    f"{population.kind} of {population.source} as of leaf {population.leaf}: {stone}"
                ) from None
            raise

    def revealed(self, line: bytes) -> bytes:
        """A sealed line with the names of people, as far as they may be said."""
        return self._reveal(line)

    def answer(self, digest: str) -> bytes | None:
        """The recorded answer of this SHA-256; `None` where it is not kept any more. Raises `BrokenSealError`."""
        if find(self._connection, bytes.fromhex(digest)) is None:
            return None
        return self._read(bytes.fromhex(digest))

    def unit(self, population: Population) -> Unit:
        """Who looked, when, what was asked and what could not be seen. Raises `BrokenSealError`."""
        return self._unit(population.leaf, population.ordinal)

    def _read_unit(self, leaf: int, ordinal: int) -> Unit:
        return sealed_unit(self._connection, leaf, ordinal, lambda digest: self._reveal(self._read(digest))).unit
