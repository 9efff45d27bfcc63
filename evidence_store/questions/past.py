"""A moment of the past as a place in the log: what the store said there, and nothing that was written later.

Derived tables hold intervals between positions of the log, so what stood when the log had n leaves is one condition on
rows. Clocks only lead to the position.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, and_, or_, select, true

from core.codec import CodecError, moment, parse, timestamp
from core.errors import AnnexaError
from evidence_store.derived.cuts import VERDICTS, disposed_before
from evidence_store.errors import BrokenSealError
from evidence_store.schema import checkpoint, leaf

MOST_AT_ONCE = 500
"""Values in one question: SQLite takes only so many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The log when it had `size` leaves, seen by somebody whose clock said `moment`."""

    size: int
    moment: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedBy:
    """The last checkpoint there was at a moment: its size (0: none), and what is to be said about clocks.

    `first` is when the very first checkpoint was made. `ahead` is the position of a leaf with a later date which keeps
    a checkpoint after it, dated before the moment, from counting.
    """

    size: int
    first: datetime | None = None
    ahead: int | None = None


def sealed_by(connection: Connection, at: datetime) -> SealedBy:
    """The last checkpoint at or before a moment. Raises `BrokenSealError` where a leaf has no moment.

    A checkpoint counts when no leaf that ends it, or one before it, is dated later: a clock that was behind must not
    show anybody what was not yet known.
    """
    size = 0
    first = latest = ahead = None
    dated_by = -1
    for covered, each in _checkpoints(connection):
        first = first or each
        if latest is None or each > latest:
            latest, dated_by = each, covered - 1
        if latest <= at:
            size = covered
        elif each <= at:
            ahead = dated_by
    return SealedBy(size=size, first=first, ahead=ahead)


def unsigned_by(connection: Connection, size: int, at: datetime) -> int | None:
    """The last of the leaves after the first `size` that had been written by then; `None` when there was none."""
    query = select(leaf.c.position, leaf.c.data).where(leaf.c.position >= size).order_by(leaf.c.position)
    last: int | None = None
    for position, data in connection.execute(query):
        if moment_of(position, data) > at:
            break
        last = position
    return last


def leaf_moment(connection: Connection, position: int) -> datetime | None:
    """When a leaf was written, by the clock of its machine; `None` when there is no such leaf."""
    data = connection.execute(select(leaf.c.data).where(leaf.c.position == position)).scalar()
    return None if data is None else moment_of(position, data)


def leaf_moments(connection: Connection, positions: Collection[int]) -> dict[int, datetime]:
    """When these leaves were written."""
    wanted = sorted(positions)
    moments: dict[int, datetime] = {}
    for start in range(0, len(wanted), MOST_AT_ONCE):
        query = select(leaf.c.position, leaf.c.data).where(leaf.c.position.in_(wanted[start : start + MOST_AT_ONCE]))
        moments |= {position: moment_of(position, data) for position, data in connection.execute(query)}
    return moments


def moment_of(position: int, data: bytes) -> datetime:
    """When a leaf was written. Raises `BrokenSealError`."""
    try:
        return moment(parse(data)["at"])
    except (CodecError, KeyError, TypeError) as error:
        raise BrokenSealError(f"leaf {position} is not a leaf: it was altered", "run `annexa verify`") from error


def refuse_disposed(connection: Connection, past: Past, since: int | None) -> None:
    """Raise `AnnexaError` where verdicts that stood then, or changed `since` a position, may have been thrown away."""
    found = disposed_before(connection, VERDICTS, past.size if since is None else since + 1)
    if found:
        kept = timestamp(leaf_moments(connection, [found.before])[found.before])
        raise AnnexaError(
            f"what stood then was disposed of: verdicts of {found.name} sealed before leaf {found.before} "
            f"(leaf {found.leaf}, {found.at})",
            f"ask about a scan that began later than leaf {found.before}, which is of {kept}",
        )


def stood(table: Table, past: Past | None) -> ColumnElement[bool]:
    """The intervals that are open, or were open then."""
    if past is None:
        return table.c.end.is_(None)
    began = table.c.first if "first" in table.c else table.c.position
    return and_(began < past.size, or_(table.c.end.is_(None), table.c.end >= past.size))


def written(column: ColumnElement[int], past: Past | None) -> ColumnElement[bool]:
    """What was in the log by then, by the column that holds a position."""
    return true() if past is None else column < past.size


def _checkpoints(connection: Connection) -> Iterable[tuple[int, datetime]]:
    """The size of each checkpoint, and when its last leaf was written: both in one transaction."""
    query = select(checkpoint.c.size, leaf.c.data).join(leaf, leaf.c.position == checkpoint.c.size - 1)
    for size, data in connection.execute(query.order_by(checkpoint.c.size)):
        yield size, moment_of(size - 1, data)
