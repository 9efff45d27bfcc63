"""From one place in the log to a later one: which intervals stood at only one of them, and what came between.

Derived tables hold intervals between positions, so what changed is a condition on where they begin and end. Whatever
stood at both places is not looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Table, and_, or_, select

from evidence_store.derived.endings import CHANGED, SETTINGS_CHANGED
from evidence_store.log.append import log_size
from evidence_store.questions.past import Past, leaf_moments
from evidence_store.questions.queries import last_ends


@dataclass(frozen=True, slots=True)
class Window:
    """Two places in the log, the earlier first; they may be the same place at two moments."""

    start: Past
    end: Past


def end_of_log(connection: Connection, now: datetime) -> Past:
    """The log as it is now."""
    return Past(size=log_size(connection), moment=now)


def scan_before_last(connection: Connection, last: Past) -> Past | None:
    """Where the scan before the last one by then had ended; `None` where there were not two."""
    ends = last_ends(connection, last, newest=2)
    if len(ends) < 2:  # noqa: PLR2004 - the last, and the one before
        return None
    return Past(size=ends[1] + 1, moment=leaf_moments(connection, ends)[ends[1]])


def went(table: FromClause, window: Window) -> ColumnElement[bool]:
    """What stood at the start and not at the end any more."""
    began_before = table.c.first < window.start.size
    return and_(began_before, table.c.end >= window.start.size, table.c.end < window.end.size)


def came(table: FromClause, window: Window) -> ColumnElement[bool]:
    """What stood at the end and not yet at the start."""
    still = or_(table.c.end.is_(None), table.c.end >= window.end.size)
    return and_(table.c.first >= window.start.size, table.c.first < window.end.size, still)


def stood_throughout(table: Table, window: Window) -> ColumnElement[bool]:
    """What stood at both places without having changed."""
    return and_(table.c.first < window.start.size, or_(table.c.end.is_(None), table.c.end >= window.end.size))


Key = tuple[str, str, str, str]
"""What tells one interval of a table from all others that stand with it: its first four columns."""


def rows_by_key(connection: Connection, table: Table, where: ColumnElement[bool]) -> dict[Key, Any]:
    """The intervals that fulfil a condition, of which there is at most one for each key."""
    return {row[:4]: row for row in connection.execute(select(table).where(where))}


def last_endings(connection: Connection, table: Table, window: Window) -> dict[Key, str]:
    """Why the last interval of each key that ended between the two places was not followed by another at once."""
    between = and_(table.c.end >= window.start.size, table.c.end < window.end.size)
    return dict(_endings(connection, table, between))


def endings_before(connection: Connection, table: Table, window: Window, keys: Collection[Key]) -> dict[Key, str]:
    """Why these had gone before the start, where they had been there at all."""
    before = _endings(connection, table, table.c.end < window.start.size) if keys else ()
    return {key: ended for key, ended in before if key in keys}


def _endings(connection: Connection, table: Table, where: ColumnElement[bool]) -> Iterator[tuple[Key, str]]:
    """The endings that nothing followed at once, in the order of the log."""
    final = table.c.ended.not_in((CHANGED, SETTINGS_CHANGED))
    query = select(*list(table.c)[:4], table.c.ended).where(where, final).order_by(table.c.end)
    for row in connection.execute(query):
        yield row[:4], row.ended
