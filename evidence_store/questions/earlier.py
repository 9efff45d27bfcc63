"""What a population was like before: every look at a kind in a scope, back from the newest, as far as it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from core.codec import moment
from evidence_store.errors import BrokenSealError
from evidence_store.questions.past import Past, written
from evidence_store.records import lines
from evidence_store.retention.tombstones import Tombstones
from evidence_store.schema import coverage
from evidence_store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look: when, whether it saw all, and a sealed line for each resource; people are tokens."""

    at: datetime
    complete: bool
    lines: tuple[bytes, ...]


def looks(
    store: Store, connection: Connection, source: str, scope: str, kind: str, past: Past | None = None
) -> Iterator[Look]:
    """Every look at a kind in a scope, the newest first, down to the first one or to where such evidence was disposed
    of. What did not change from one look to the next is read once. Raises `BrokenSealError`."""
    read = store.read_blob(connection)
    of = (coverage.c.source == source, coverage.c.scope == scope, coverage.c.kind == kind)
    query = select(coverage).where(*of, written(coverage.c.position, past)).order_by(coverage.c.position.desc())
    known, seen = b"", tuple[bytes, ...]()
    for row in connection.execute(query).all():
        if row.population != known:
            try:
                known, seen = row.population, tuple(lines(read(row.population)))
            except BrokenSealError:
                if Tombstones(connection, read).of(row.population, row.position):
                    return
                raise
        yield Look(at=moment(row.collected), complete=row.complete, lines=seen)
