"""Questions for measuring over time: at many moments, how much of the estate was seen whole, and by fresh evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from core.codec import moment
from core.model import Severity
from evidence_store.questions.past import Past, leaf_moments
from evidence_store.schema import assessment, coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesSeen:
    """Of the `places` known at a moment (a kind of resource in a scope of a source): how many had been seen whole and
    lately, how many not whole when somebody last looked, and of how many the last look was too long ago."""

    at: datetime
    places: int
    fresh: int
    incomplete: int
    stale: int


@dataclass(frozen=True, slots=True)
class _Look:
    collected: datetime
    complete: bool
    left: datetime | None


def places_seen(
    connection: Connection, moments: Sequence[datetime], past: Past, stale_after: timedelta
) -> list[PlacesSeen]:
    """The places at each of these moments, which are in order. One pass over all that was looked at by then."""
    columns = (coverage.c[name] for name in ("source", "scope", "kind", "position", "collected", "complete", "end"))
    query = select(*columns).where(coverage.c.position < past.size).order_by(coverage.c.position)
    rows = connection.execute(query).all()
    ends = {row.end for row in rows if row.end is not None and row.end < past.size}
    dated = leaf_moments(connection, {row.position for row in rows} | ends)
    newest: dict[tuple[str, str, str], _Look] = {}
    found = []
    waiting = iter(rows)
    row = next(waiting, None)
    for at in moments:
        while row is not None and dated[row.position] <= at:
            left = dated[row.end] if row.end in ends else None
            newest[row.source, row.scope, row.kind] = _Look(moment(row.collected), row.complete, left)
            row = next(waiting, None)
        found.append(
            _counted(at, [look for look in newest.values() if not (look.left and look.left <= at)], stale_after)
        )
    return found


def _counted(at: datetime, looks: Sequence[_Look], stale_after: timedelta) -> PlacesSeen:
    old = [abs(at - look.collected) > stale_after for look in looks]
    return PlacesSeen(
        at=at,
        places=len(looks),
        fresh=sum(look.complete and not stale for look, stale in zip(looks, old, strict=True)),
        incomplete=sum(not look.complete for look in looks),
        stale=sum(old),
    )


def severities(connection: Connection, past: Past) -> dict[str, Severity]:
    """How severe each check was, as it was made last by then."""
    query = select(assessment.c.check, assessment.c.severity).where(assessment.c.position < past.size)
    return {row.check: Severity(row.severity) for row in connection.execute(query.order_by(assessment.c.position))}
