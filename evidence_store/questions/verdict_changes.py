"""Which verdicts differ between two places in the log, and of which only the evidence grew older.

Facts only: what they mean is said by `monitoring/drift.py`. A few questions to the database, however many verdicts
stand: those that stood at both places are counted, and looked at one by one only where a look met a gap.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select

from core.codec import canonical, parse
from core.model import Severity, Status
from evidence_store.derived.endings import CHECK_RETIRED, OUT_OF_SCOPE
from evidence_store.people.keyring import Keyring
from evidence_store.questions.assessments import Assessments, Saying
from evidence_store.questions.window import (
    Key,
    Window,
    came,
    endings_before,
    last_endings,
    rows_by_key,
    stood_throughout,
    went,
)
from evidence_store.schema import coverage, finding
from evidence_store.store import Store

KEY = ("check", "source", "scope", "resource")
WELL = (Status.PASS.value, Status.NOT_APPLICABLE.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """A verdict at one of the two places: what it said, how old the evidence below it is, and who said it last.

    `first` is the leaf since which it is so, `leaf` that of the assessment.
    """

    status: Status
    reason: str
    first: int
    leaf: int
    collected_at: datetime
    severity: Severity
    check_digest: str
    settings: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictChange:
    """One verdict that another took the place of since the start; at the end it may say the same again.

    `missing` says why there is none on one side: `vanished` (the resource was not there), `out_of_scope` (nobody looked
    at the place), `check_retired` (the check was not made), `blind` (a look met a gap) or, where it was on both sides,
    nothing. `failed_before` says that it had failed before the start, and no longer failed there; `well_between` that
    it fails at the end, and did not fail for a while since the start.
    """

    id: str
    check: str
    source: str
    scope: str
    resource: str
    before: Stood | None
    after: Stood | None
    missing: str = ""
    failed_before: bool = False
    well_between: bool = False


VANISHED, BLIND = "vanished", "blind"


@dataclass(frozen=True, slots=True, kw_only=True)
class Throughout:
    """So many verdicts of one check in one place that were the same at both: only their evidence may have aged.

    `seen_before` and `seen_after` are when the oldest evidence below them was collected, as known at either place.
    """

    check: str
    source: str
    scope: str
    status: Status
    count: int
    seen_before: datetime
    seen_after: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgingChange:
    """What a check was made with became another: its `check_digest`, its `severity` or one of its `settings`."""

    check: str
    what: str
    before: object
    after: object


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictChanges:
    """All of it, and which checks were made otherwise at the end: their `check_digest`, `settings` or `severity`."""

    changes: tuple[VerdictChange, ...]
    throughout: tuple[Throughout, ...]
    judging: tuple[JudgingChange, ...]


def verdict_changes(store: Store, connection: Connection, window: Window, names: Keyring) -> VerdictChanges:
    """What differs. Raises `BrokenSealError`."""
    read = store.read_blob(connection)
    before, after = (Assessments(connection, read, past) for past in (window.start, window.end))
    compared = _Compared(connection, window, names, before, after)
    return VerdictChanges(
        changes=tuple(compared.changes()),
        throughout=tuple(_throughout(connection, window, before, after)),
        judging=tuple(_judging(before.newest(), after.newest(), names)),
    )


class _Compared:
    """What went and what came, side by side."""

    def __init__(
        self, connection: Connection, window: Window, names: Keyring, before: Assessments, after: Assessments
    ) -> None:
        self._connection = connection
        self._window = window
        self._names = names
        self._said = before, after
        self._unsaid: dict[tuple[str, str, str, bool], str] = {}
        self._went = rows_by_key(connection, finding, went(finding, window))
        self._came = rows_by_key(connection, finding, came(finding, window))
        self._endings = last_endings(connection, finding, window)
        self._had_gone = endings_before(connection, finding, window, self._came.keys() - self._went.keys())
        self._failed = _failed_before(connection, window)
        self._well = _well_between(connection, window)

    def changes(self) -> Iterator[VerdictChange]:
        for key in sorted(self._went.keys() | self._came.keys()):
            old, new = self._went.get(key), self._came.get(key)
            row: Any = new or old
            yield VerdictChange(
                id=row.id,
                check=row.check,
                source=row.source,
                scope=row.scope,
                resource=self._names.text(row.resource),
                before=self._stood(old, self._said[0]) if old else None,
                after=self._stood(new, self._said[1]) if new else None,
                missing=self._why_missing(key, old, new),
                failed_before=key in self._failed,
                well_between=key in self._well,
            )

    def _stood(self, row: Any, said: Assessments) -> Stood:
        saying = said.last_to_say(row)
        return Stood(
            status=Status(row.status),
            reason=self._names.text(row.reason),
            first=row.first,
            leaf=saying.position,
            collected_at=saying.basis(row.source, row.scope)[0],
            severity=saying.body.severity,
            check_digest=saying.body.check_digest,
            settings=row.settings,
        )

    def _why_missing(self, key: Key, old: Any, new: Any) -> str:
        if old and new:
            return ""
        if old:
            return str(self._endings[key])
        gone = self._had_gone.get(key, "")
        if gone in (OUT_OF_SCOPE, CHECK_RETIRED):
            return gone
        check, source, scope, resource = key
        asked = (check, source, scope, scope == "" and resource == source)
        if asked not in self._unsaid:
            self._unsaid[asked] = self._why_unsaid(*asked)
        return self._unsaid[asked]

    def _why_unsaid(self, check: str, source: str, scope: str, whole_source: bool) -> str:
        """Why a check had said nothing about something in a place at the start."""
        said = self._said[0]
        if not said.made(check):
            return CHECK_RETIRED
        if not self._was_looked_at(source, scope):
            return OUT_OF_SCOPE
        looked = said.last_look(check, source, scope)
        if looked is None:
            return CHECK_RETIRED  # it was made elsewhere, and never there
        return VANISHED if looked.saw_all(source, scope, whole_source=whole_source) else BLIND

    def _was_looked_at(self, source: str, scope: str) -> bool:
        """Whether anybody had looked there at all by the start: else no assessment need be read to know."""
        there = and_(coverage.c.source == source, coverage.c.position < self._window.start.size)
        if scope:
            there = and_(there, coverage.c.scope == scope)
        return self._connection.execute(select(coverage.c.position).where(there).limit(1)).first() is not None


def _judging(before: Mapping[str, Saying], after: Mapping[str, Saying], names: Keyring) -> Iterator[JudgingChange]:
    for check in sorted(before.keys() & after.keys()):
        old, new = before[check].body, after[check].body
        for what in ("check_digest", "settings", "severity"):
            was, became = getattr(old, what), getattr(new, what)
            if was != became:
                was, became = (parse(names.reveal(canonical(value))) for value in (was, became))
                yield JudgingChange(check=check, what=what, before=was, after=became)


def _failed_before(connection: Connection, window: Window) -> set[Key]:
    """What fails now, and had failed before the start but not there."""
    earlier, fresh, same = _earlier_and_fresh()
    query = select(*(fresh.c[name] for name in KEY)).join(earlier, same)
    query = query.where(
        came(fresh, window),
        fresh.c.status == Status.FAIL.value,
        earlier.c.status == Status.FAIL.value,
        earlier.c.end < window.start.size,
    )
    return {tuple(row) for row in connection.execute(query)}


def _well_between(connection: Connection, window: Window) -> set[Key]:
    """What fails now, and did not for a while since the start."""
    earlier, fresh, same = _earlier_and_fresh()
    query = select(*(fresh.c[name] for name in KEY)).join(earlier, same)
    query = query.where(
        came(fresh, window),
        fresh.c.status == Status.FAIL.value,
        earlier.c.status.in_(WELL),
        earlier.c.first >= window.start.size,
        earlier.c.end <= fresh.c.first,
    )
    return {tuple(row) for row in connection.execute(query)}


def _earlier_and_fresh() -> tuple[Any, Any, Any]:
    earlier, fresh = finding.alias("earlier"), finding.alias("fresh")
    return earlier, fresh, and_(*(earlier.c[name] == fresh.c[name] for name in KEY))


def _throughout(
    connection: Connection, window: Window, before: Assessments, after: Assessments
) -> Iterator[Throughout]:
    groups = (finding.c.check, finding.c.source, finding.c.scope, finding.c.status)
    query = select(*groups, func.count().label("number")).where(stood_throughout(finding, window)).group_by(*groups)
    for row in connection.execute(query.order_by(*groups)).all():
        looks = before.whole_look(*row[:3]), after.whole_look(*row[:3])
        if looks[0] and looks[1]:
            seen = looks[0].basis(row.source, row.scope)[0], looks[1].basis(row.source, row.scope)[0]
            counts = Counter({seen: row.number})
        else:
            counts = _one_by_one(connection, window, row, before, after)
        for (seen_before, seen_after), count in sorted(counts.items()):
            yield Throughout(
                check=row.check,
                source=row.source,
                scope=row.scope,
                status=Status(row.status),
                count=count,
                seen_before=seen_before,
                seen_after=seen_after,
            )


def _one_by_one(
    connection: Connection, window: Window, group: Any, before: Assessments, after: Assessments
) -> Counter[tuple[datetime, datetime]]:
    """Where not all of a place was seen, each verdict rests on the assessment that could still say it."""
    same = and_(*(finding.c[name] == getattr(group, name) for name in ("check", "source", "scope", "status")))
    rows = connection.execute(select(finding).where(same, stood_throughout(finding, window)))
    return Counter(
        (
            before.last_to_say(row).basis(row.source, row.scope)[0],
            after.last_to_say(row).basis(row.source, row.scope)[0],
        )
        for row in rows
    )
