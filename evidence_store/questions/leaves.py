"""The log itself, leaf by leaf, for whoever wants to see all that was sealed in a period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from core.codec import parse
from evidence_store.questions.past import Past, moment_of, written
from evidence_store.schema import leaf


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafOfPeriod:
    """A leaf: what it seals, by its digest, and the hash that the tree is made of."""

    position: int
    at: datetime
    type: str
    scan: str
    body: str
    hash: str


def leaves_of_period(connection: Connection, start: datetime, past: Past) -> Iterator[LeafOfPeriod]:
    """The leaves written since a moment, in the order of the log. Raises `BrokenSealError`."""
    query = select(leaf).where(written(leaf.c.position, past)).order_by(leaf.c.position)
    for row in connection.execute(query):
        at = moment_of(row.position, row.data)
        if at >= start:
            said = parse(row.data)
            yield LeafOfPeriod(
                position=row.position,
                at=at,
                type=said["type"],
                scan=said["scan"],
                body=said["body"],
                hash=row.hash.hex(),
            )
