"""Nonconformities after clause 10.2: their stages, what may be done in each, and by whom. Pure.

        raise          assign           correct            cause            plan
    ──────────▶ raised ──────▶ assigned ───────▶ corrected ──────▶ analysed ──────▶ planned
                                  ▲                  ▲                                │  ▲
                                  │ reopen           │ review: not effective     done │  │ plan: one more action
                                  │                  │                                ▼  │
                      closed ◀─────── reviewed ◀──────────────────────────────── implemented
                               close           review: effective

Whatever is not in `MOVES` is refused, whoever asks. Evidence has a say as well, but not here: see
`management/evidence.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from core.management.acts import (
    Act,
    Amended,
    Analysed,
    Assigned,
    Closed,
    Corrected,
    Grade,
    Implemented,
    Move,
    Observed,
    Planned,
    Raised,
    Reopened,
    Reviewed,
    Similar,
)
from core.management.events import Event, RefusedActError, name_of, refuse_empty, refuse_gap, same_person
from core.management.subject import Subject
from core.model import Severity


class Stage(StrEnum):
    """How far a nonconformity has come."""

    RAISED = "raised"
    ASSIGNED = "assigned"
    CORRECTED = "corrected"
    ANALYSED = "analysed"
    PLANNED = "planned"
    IMPLEMENTED = "implemented"
    REVIEWED = "reviewed"
    CLOSED = "closed"


OPEN = tuple(stage for stage in Stage if stage is not Stage.CLOSED)
_STAY: Mapping[Stage, Stage] = {stage: stage for stage in OPEN}
_FROM_CORRECTED: Mapping[Stage, Stage] = {stage: stage for stage in OPEN[2:]}

MOVES: Mapping[type[Move], Mapping[Stage, Stage]] = MappingProxyType(
    {
        Assigned: {**_STAY, Stage.RAISED: Stage.ASSIGNED},
        Corrected: {Stage.ASSIGNED: Stage.CORRECTED, **_FROM_CORRECTED},
        Analysed: {Stage.CORRECTED: Stage.ANALYSED, Stage.ANALYSED: Stage.ANALYSED},
        Planned: {Stage.ANALYSED: Stage.PLANNED, Stage.PLANNED: Stage.PLANNED, Stage.IMPLEMENTED: Stage.PLANNED},
        Implemented: {Stage.PLANNED: Stage.IMPLEMENTED},  # or it stays planned while another action is not done
        Reviewed: {Stage.IMPLEMENTED: Stage.REVIEWED},  # or back to corrected where it was not effective
        Closed: {Stage.REVIEWED: Stage.CLOSED},
        Reopened: {Stage.REVIEWED: Stage.ASSIGNED, Stage.CLOSED: Stage.ASSIGNED},
        Amended: _STAY,
    }
)
"""For each act the stages it may be done in, and the stage that follows. `Raised` begins a record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A corrective action of a record; `outcome` is empty until it is done."""

    action: str
    owner: str
    due: date
    proportionality: str
    outcome: str = ""
    done: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What somebody judged, and when."""

    reviewer: str
    at: datetime
    effective: bool
    judgement: str
    isms_changes: str
    observed: Observed


@dataclass(frozen=True, slots=True, kw_only=True)
class Nonconformity:
    """A record as its events have made it. Reopening begins another round: what was found and done before it stays in
    the events. `recurrences` counts how often it was seen again after it had been reviewed or closed."""

    id: str
    stage: Stage
    title: str
    statement: str
    grade: Grade
    severity: Severity
    due: date
    subjects: tuple[Subject, ...]
    rule: str
    external: str
    raised: datetime
    raised_by: str
    changed: datetime
    events: int
    leaf: int
    owner: str = ""
    correction: str = ""
    consequences: str = ""
    cause: str = ""
    similar: str = ""
    found: tuple[Similar, ...] = ()
    actions: tuple[Action, ...] = ()
    review: Review | None = None
    closed: datetime | None = None
    closed_by: str = ""
    recurrences: int = 0

    @property
    def open(self) -> bool:
        return self.stage is not Stage.CLOSED

    def overdue(self, today: date) -> bool:
        """Whether it, or one of its actions that is not done, should have been by now."""
        late = self.due < today or any(each.done is None and each.due < today for each in self.actions)
        return self.open and late


def fold(events: Iterable[Event[Act]]) -> Nonconformity | None:
    """The record that these events of one record made; `None` for none. Raises `RefusedActError` for what is no record.

    Who may close it was asked when that was sealed: names may have become others since.
    """
    found: Nonconformity | None = None
    for record in steps(events):
        found = record
    return found


def steps(events: Iterable[Event[Act]]) -> Iterator[Nonconformity]:
    """The record after each of its events. Raises `RefusedActError` for what is no record."""
    found: Nonconformity | None = None
    for event in events:
        found = _applied(found, event)
        yield found


def after(record: Nonconformity | None, event: Event[Act]) -> Nonconformity:
    """The record after one more event. Raises `RefusedActError` for what may not be done to it, or not by them."""
    found = _applied(record, event)
    if isinstance(event.act, Closed):
        _refuse_owner(found, event)
    return found


def _applied(record: Nonconformity | None, event: Event[Act]) -> Nonconformity:
    refuse_gap(event.record, event, record.events if record else 0)
    refuse_empty(event.record, reason=event.reason, author=event.author)
    if isinstance(event.act, Raised):
        if record is not None:
            raise RefusedActError(f"{record.id}: was raised already", "a record is raised once")
        return _raised(event, event.act)
    if record is None:
        raise RefusedActError(f"{event.record}: there is no such nonconformity", "annexa nonconformities list")
    moves = MOVES[type(event.act)]
    if record.stage not in moves:
        known = ", ".join(stage.value for stage in Stage if stage in moves)
        raise RefusedActError(
            f"{record.id}: is {record.stage}, and can be {name_of(type(event.act))} only while it is {known}",
            f"see what comes next: annexa nonconformities show {record.id}",
        )
    changed = replace(record, stage=moves[record.stage], changed=event.at, events=event.number, leaf=event.leaf)
    return _done(changed, event, event.act)


def _raised(event: Event[Act], act: Raised) -> Nonconformity:
    refuse_empty(event.record, title=act.title, statement=act.statement)
    return Nonconformity(
        id=event.record,
        stage=Stage.RAISED,
        title=act.title,
        statement=act.statement,
        grade=act.grade,
        severity=act.severity,
        due=act.due,
        subjects=act.subjects,
        rule=act.rule,
        external=act.external,
        raised=event.at,
        raised_by=event.author,
        changed=event.at,
        events=event.number,
        leaf=event.leaf,
    )


def _done(record: Nonconformity, event: Event[Act], act: Move) -> Nonconformity:
    """What the act says is taken over."""
    match act:
        case Assigned():
            refuse_empty(record.id, owner=act.owner)
            return replace(record, owner=act.owner, due=act.due)
        case Corrected():
            refuse_empty(record.id, correction=act.correction, consequences=act.consequences)
            return replace(record, correction=act.correction, consequences=act.consequences)
        case Analysed():
            return _analysed(record, act)
        case Planned():
            texts = {"action": act.action, "owner": act.owner, "proportionality": act.proportionality}
            refuse_empty(record.id, **texts)
            planned = Action(action=act.action, owner=act.owner, due=act.due, proportionality=act.proportionality)
            return replace(record, actions=(*record.actions, planned))
        case Implemented():
            return _implemented(record, event, act)
        case Reviewed():
            return _reviewed(record, event, act)
        case Closed():
            return replace(record, closed=event.at, closed_by=event.author)
        case Amended():
            refuse_empty(record.id, title=act.title, statement=act.statement)
            title, statement = act.title, act.statement
            return replace(record, title=title, statement=statement, grade=act.grade, severity=act.severity)
    return _another_round(record, act)


def _analysed(record: Nonconformity, act: Analysed) -> Nonconformity:
    refuse_empty(record.id, cause=act.cause, similar_cases=act.similar)
    more = tuple(each for each in act.included if each not in record.subjects)
    subjects = (*record.subjects, *more)
    return replace(record, cause=act.cause, similar=act.similar, found=act.found, subjects=subjects)


def _implemented(record: Nonconformity, event: Event[Act], act: Implemented) -> Nonconformity:
    refuse_empty(record.id, outcome=act.outcome)
    if not 1 <= act.action <= len(record.actions) or record.actions[act.action - 1].done:
        raise RefusedActError(
            f"{record.id}: has no action {act.action} that is still to do",
            f"its actions are listed by: annexa nonconformities show {record.id}",
        )
    actions = tuple(
        replace(each, outcome=act.outcome, done=event.at) if number == act.action else each
        for number, each in enumerate(record.actions, start=1)
    )
    waiting = any(each.done is None for each in actions)
    return replace(record, actions=actions, stage=Stage.PLANNED if waiting else record.stage)


def _reviewed(record: Nonconformity, event: Event[Act], act: Reviewed) -> Nonconformity:
    refuse_empty(record.id, judgement=act.judgement, changes_to_the_ISMS=act.isms_changes)
    review = Review(
        reviewer=event.author,
        at=event.at,
        effective=act.effective,
        judgement=act.judgement,
        isms_changes=act.isms_changes,
        observed=act.observed,
    )
    if act.effective:
        return replace(record, review=review)
    # What was taken for the cause was not it, or not all of it.
    return replace(record, stage=Stage.CORRECTED, review=review, cause="", similar="", found=(), actions=())


def _refuse_owner(record: Nonconformity, event: Event[Act]) -> None:
    """Who owns an action does not judge that nothing is left to do."""
    for action in record.actions:
        if any(same_person(action.owner, name) for name in (event.author, event.login)):
            raise RefusedActError(
                f"{record.id}: {event.author} owns one of its actions, and cannot close it",
                "have somebody else look at it and close it",
            )


def _another_round(record: Nonconformity, act: Reopened) -> Nonconformity:
    return replace(
        record,
        due=act.due,
        correction="",
        consequences="",
        cause="",
        similar="",
        found=(),
        actions=(),
        review=None,
        closed=None,
        closed_by="",
        recurrences=record.recurrences + act.recurred,
    )
