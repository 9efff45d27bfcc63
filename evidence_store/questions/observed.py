"""What evidence says of some subjects since a moment: for how long, and in how many looks, none of them failed.

Time counts only while they were in sight. Where nobody looked, a look met a gap, or evidence had grown too old, we were
blind; that counts for nothing, and neither does a place that nobody looks at any more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from core.codec import decode
from core.management.subject import Subject
from core.model import Status
from evidence_store.derived.endings import CHECK_RETIRED, OUT_OF_SCOPE
from evidence_store.people.keyring import Keyring
from evidence_store.questions.assessments import Saying, VerdictLists
from evidence_store.questions.check_history import CheckHistory, Period
from evidence_store.questions.histories import About, findings_about, histories, kept_since
from evidence_store.questions.past import leaf_moments
from evidence_store.questions.periods import Span, State, together
from evidence_store.records import Assessed
from evidence_store.schema import assessment
from evidence_store.store import Store

Key = tuple[str, str, str, str]
"""Check, source, scope and resource."""

LEFT = (OUT_OF_SCOPE, CHECK_RETIRED)
CLEAN = (State.PASS, State.NOT_APPLICABLE, State.ABSENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What was seen of some subjects. `clean_since` is when the last failure ended, or when watching began.

    `looks` and `clean` count since then: looks that found nothing failing in the place where that is fewest, and the
    time in sight. `blind` is the time out of sight. `failed` are the places where one of them ever failed, and
    `left` those of them that nobody looks at any more. `known` says whether anything was ever judged, `in_sight`
    whether all of it can be seen in the end, and does not fail.
    """

    clean_since: datetime
    looks: int
    clean: timedelta
    blind: timedelta
    failed: tuple[tuple[str, str], ...]
    left: tuple[tuple[str, str], ...]
    known: bool
    in_sight: bool


def watched(store: Store, connection: Connection, subjects: Sequence[Subject], asked: Period) -> Watched:
    """What was seen of these subjects in a period, or in that part of it whose verdicts are all kept.

    Raises `BrokenSealError`.
    """
    checks = sorted({subject.check for subject in subjects})
    kept = kept_since(connection, checks)
    period = replace(asked, start=min(max(asked.start, kept[0] if kept else asked.start), asked.end))
    intervals = _intervals(store, connection, subjects, checks)
    gone = {key for key, rows in intervals.items() if rows[-1].ended in LEFT}
    failed = {key for key, rows in intervals.items() if any(row.status == Status.FAIL for row in rows)}
    rows = [row for key, found in intervals.items() if key not in gone for row in found]
    members = [each.timeline.spans for check in _histories(store, connection, rows, period) for each in check.findings]
    spans = together(members, period.start, period.end) if members else []
    since = max((span.end for span in spans if span.state is State.FAIL), default=period.start)
    seen = [span for span in spans if span.start >= since]
    in_sight = [span for span in seen if span.state in CLEAN and not span.blind]
    clean = sum((span.length for span in in_sight), timedelta())
    return Watched(
        clean_since=since,
        looks=_looks(store, connection, failed - gone, in_sight, period.start),
        clean=clean,
        blind=sum((span.length for span in seen), timedelta()) - clean,
        failed=_places(failed),
        left=tuple(place for place in _places(failed) if place not in _places(intervals.keys() - gone)),
        known=bool(intervals),
        in_sight=bool(in_sight) and in_sight[-1].end == period.end,
    )


def _intervals(
    store: Store, connection: Connection, subjects: Sequence[Subject], checks: Sequence[str]
) -> dict[Key, list[Any]]:
    """The intervals of each finding that is of these subjects, in the order of the log."""
    names = Keyring(store, connection)
    found: dict[Key, list[Any]] = defaultdict(list)
    for row in findings_about(store, connection, About(checks=tuple(checks))) if checks else ():
        judged = Subject(check=row.check, source=row.source, scope=row.scope, resource=names.text(row.resource))
        if any(subject.covers(judged) for subject in subjects):
            found[row.check, row.source, row.scope, row.resource].append(row)
    return found


def _places(keys: Iterable[Key]) -> tuple[tuple[str, str], ...]:
    """Source and scope of these findings."""
    return tuple(sorted({(source, scope) for _, source, scope, _ in keys}))


def _histories(store: Store, connection: Connection, rows: Sequence[Any], period: Period) -> list[CheckHistory]:
    return histories(store, connection, rows, (), period) if rows and period.start < period.end else []


def _looks(
    store: Store, connection: Connection, keys: Collection[Key], in_sight: Sequence[Span], start: datetime
) -> int:
    """How many times the place that was looked at least often was looked at, since a moment, while all was clean.

    Making a check again over evidence that was there before is no look.
    """
    read = store.read_blob(connection)
    lists = VerdictLists(read)
    looks: dict[Key, set[datetime]] = {(*key[:3], ""): set() for key in keys}
    query = select(assessment.c.position, assessment.c.body).where(assessment.c.check.in_({key[0] for key in keys}))
    rows = connection.execute(query.order_by(assessment.c.position)).all()
    moments = leaf_moments(connection, {row.position for row in rows})
    for row in rows:
        if not any(span.start <= moments[row.position] < span.end for span in in_sight):
            continue
        saying = Saying.of(row.position, decode(Assessed, read(row.body)))
        for check, source, scope, resource in keys:
            collected, _ = saying.basis(source, scope)
            if check == saying.body.check and collected >= start and lists.says(saying, (source, scope, resource)):
                looks[check, source, scope, ""].add(_looked_at(saying, source, scope))
    return min(map(len, looks.values()), default=0)


def _looked_at(saying: Saying, source: str, scope: str) -> datetime:
    """When the place itself was looked at: what a check looks up elsewhere may be older, and is no look at it."""
    mine = (each for each in saying.body.subjects if each.source == source and scope in ("", each.scope))
    return min((each.collected_at for each in mine), default=saying.body.as_of)
