"""How nonconformities came along in a period: raised, closed, how long that took, what was late, what came back."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.management.acts import Closed, Reopened
from core.management.events import Event
from core.management.nonconformity import Nonconformity, steps
from core.model import Severity
from evidence_store import records
from evidence_store.questions.events import events
from evidence_store.questions.past import Past
from evidence_store.store import Store
from management.measures.estate import mean, percentile


@dataclass(frozen=True, slots=True, kw_only=True)
class Led:
    """What became of the nonconformities of one severity. The time to close counts from when a record was raised, or
    opened again, until it was closed."""

    severity: Severity
    raised: int
    closed: int
    open: int
    overdue: int
    mean: timedelta | None
    p90: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAt:
    """How many nonconformities were open at a moment, and how many of those overdue."""

    at: datetime
    open: int
    overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueAction:
    """A corrective action that should have been done by the end of the period."""

    nonconformity: str
    number: int
    action: str
    owner: str
    due: str


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """All of it. `recurred` are the records that were seen again in the period, once for each time. `behind` names the
    records that each figure counts."""

    led: tuple[Led, ...]
    series: tuple[OpenAt, ...]
    actions: tuple[OverdueAction, ...]
    recurred: tuple[str, ...]
    open: tuple[Nonconformity, ...]
    behind: Mapping[str, tuple[str, ...]]


class _Course:
    """A record and all it has been."""

    def __init__(self, done: Sequence[Event[Any]]) -> None:
        self.done = done
        self.states = list(steps(done))
        self._moments = [each.at for each in done]

    def at(self, moment: datetime) -> Nonconformity | None:
        place = bisect_right(self._moments, moment)
        return self.states[place - 1] if place else None

    def closures(self) -> Iterator[tuple[datetime, timedelta]]:
        """When it was closed, and how long that had taken."""
        began = self._moments[0]
        for event in self.done:
            if isinstance(event.act, Reopened):
                began = event.at
            elif isinstance(event.act, Closed):
                yield event.at, event.at - began


def people(
    store: Store, connection: Any, past: Past, start: datetime, end: datetime, moments: Sequence[datetime]
) -> People:
    """Every nonconformity, as it was known by then. Raises `BrokenSealError`."""
    found: Mapping[str, list[Event[Any]]] = events(store, connection, records.NONCONFORMITY, past=past)
    courses = [_Course(done) for done in found.values()]
    final = [course.states[-1] for course in courses]
    today = end.date()
    actions = tuple(
        OverdueAction(
            nonconformity=record.id,
            number=number,
            action=action.action,
            owner=action.owner,
            due=f"{action.due}",
        )
        for record in final
        if record.open
        for number, action in enumerate(record.actions, start=1)
        if action.done is None and action.due < today
    )
    recurred = tuple(
        event.record
        for course in courses
        for event in course.done
        if isinstance(event.act, Reopened) and event.act.recurred and start <= event.at <= end
    )
    return People(
        led=tuple(_led(severity, courses, start, end) for severity in Severity),
        series=tuple(_open_at(at, courses) for at in moments),
        actions=actions,
        recurred=recurred,
        open=tuple(record for record in final if record.open),
        behind={
            **dict(_behind("", courses, start, end)),
            "actions_overdue": tuple(each.nonconformity for each in actions),
            "nonconformities_recurred": recurred,
            **{
                name: ids
                for severity in Severity
                for name, ids in _behind(f"_{severity.value}", _of(severity, courses), start, end)
            },
        },
    )


def _of(severity: Severity, courses: Sequence[_Course]) -> list[_Course]:
    return [course for course in courses if course.states[-1].severity is severity]


def _behind(
    suffix: str, courses: Sequence[_Course], start: datetime, end: datetime
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The records that the counts of `_led` are of."""
    final = [course.states[-1] for course in courses]
    raised = [course.states[0] for course in courses if start <= course.states[0].raised <= end]
    closed = [c.states[-1] for c in courses if any(start <= at <= end for at, _ in c.closures())]
    overdue = [record for record in final if record.open and record.overdue(end.date())]
    for name, mine in (
        ("raised", raised),
        ("closed", closed),
        ("open", [each for each in final if each.open]),
        ("overdue", overdue),
    ):
        yield f"nonconformities_{name}{suffix}", tuple(each.id for each in mine)


def _led(severity: Severity, courses: Sequence[_Course], start: datetime, end: datetime) -> Led:
    mine = _of(severity, courses)
    lengths = [length for course in mine for at, length in course.closures() if start <= at <= end]
    open_ones = [course.states[-1] for course in mine if course.states[-1].open]
    return Led(
        severity=severity,
        raised=sum(start <= course.states[0].raised <= end for course in mine),
        closed=len(lengths),
        open=len(open_ones),
        overdue=sum(record.overdue(end.date()) for record in open_ones),
        mean=mean(lengths),
        p90=percentile(lengths, 90),
    )


def _open_at(at: datetime, courses: Sequence[_Course]) -> OpenAt:
    then = [record for course in courses if (record := course.at(at)) and record.open]
    return OpenAt(at=at, open=len(then), overdue=sum(record.overdue(at.date()) for record in then))
