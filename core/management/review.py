"""Management reviews after clause 9.3: what was laid before management, what it decided, and what came of that. Pure.

  prepare            hold            conclude              follow
─────────▶ prepared ─────▶ held ─────────────▶ concluded ────────▶ followed up
              note   note, decide                 (until no decision is open)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from core.management.events import Event, RefusedActError, name_of, refuse_empty, refuse_gap

_DIGEST = re.compile("[0-9a-f]{64}")


class ReviewStage(StrEnum):
    """How far a review has come."""

    PREPARED = "prepared"
    HELD = "held"
    CONCLUDED = "concluded"
    FOLLOWED_UP = "followed_up"


class Topic(StrEnum):
    """What only people can lay before management, and what a decision may be about."""

    CONTEXT = "context"
    PARTIES = "parties"
    FEEDBACK = "feedback"
    OPPORTUNITIES = "opportunities"
    PERFORMANCE = "performance"
    RISKS = "risks"
    RESOURCES = "resources"


class Fate(StrEnum):
    """What became of a decision."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A review of the time between two days, both included, is being prepared."""

    begins: date
    ends: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """Something that is to be considered."""

    topic: Topic
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Management met. `digest` is the SHA-256 of the data (JSON) that was laid before it."""

    on: date
    attended: tuple[str, ...]
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One decision: what, about what, who sees to it, and by when."""

    topic: Topic
    decision: str
    owner: str
    due: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Concluded:
    """What management concludes about whether the management system is suitable, adequate and effective."""

    conclusion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What came of a decision, counted from 1: it is done, or it was dropped."""

    decision: int
    fate: Fate
    outcome: str


Move = Noted | Held | Decided | Concluded | Followed
Act = Prepared | Move
KINDS: tuple[type[Act], ...] = (Prepared, Noted, Held, Decided, Concluded, Followed)
ACTS: Mapping[str, type[Act]] = {name_of(kind): kind for kind in KINDS}

MOVES: Mapping[type[Move], Mapping[ReviewStage, ReviewStage]] = MappingProxyType(
    {
        Noted: {ReviewStage.PREPARED: ReviewStage.PREPARED, ReviewStage.HELD: ReviewStage.HELD},
        Held: {ReviewStage.PREPARED: ReviewStage.HELD},
        Decided: {ReviewStage.HELD: ReviewStage.HELD},
        Concluded: {ReviewStage.HELD: ReviewStage.CONCLUDED},
        Followed: {ReviewStage.CONCLUDED: ReviewStage.CONCLUDED},  # or followed up, when it was the last open one
    }
)
"""For each act the stages it may be done in, and the stage that follows. `Prepared` begins a record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A decision and what came of it."""

    number: int
    decided: Decided
    fate: Fate = Fate.OPEN
    outcome: str = ""
    ended: datetime | None = None

    def overdue(self, today: date) -> bool:
        """Whether it should have been carried out by now."""
        return self.fate is Fate.OPEN and self.decided.due < today


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something to consider, with who brought it and when."""

    noted: Noted
    author: str
    at: datetime
    leaf: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A management review as its events have made it."""

    id: str
    stage: ReviewStage
    begins: date
    ends: date
    prepared_by: str
    changed: datetime
    events: int
    leaf: int
    notes: tuple[Note, ...] = ()
    held: Held | None = None
    decisions: tuple[Decision, ...] = ()
    conclusion: str = ""
    concluded_by: str = ""

    def overdue(self, today: date) -> tuple[Decision, ...]:
        """Decisions that should have been carried out by now."""
        return tuple(each for each in self.decisions if each.overdue(today))


def fold(events: Iterable[Event[Act]]) -> Review | None:
    """The review that these events of one make; `None` for none. Raises `RefusedActError`."""
    found: Review | None = None
    for event in events:
        found = after(found, event)
    return found


def after(record: Review | None, event: Event[Act]) -> Review:
    """The review after one more event. Raises `RefusedActError` for what may not be done to it."""
    refuse_gap(event.record, event, record.events if record else 0)
    refuse_empty(event.record, reason=event.reason, author=event.author)
    if isinstance(event.act, Prepared):
        return _prepared(record, event, event.act)
    if record is None:
        raise RefusedActError(f"{event.record}: there is no such review", "annexa review list")
    moves = MOVES[type(event.act)]
    if record.stage not in moves:
        known = " or ".join(stage.replace("_", " ") for stage in ReviewStage if stage in moves)
        raise RefusedActError(
            f"{record.id}: is {record.stage.replace('_', ' ')}; that is done while it is {known}",
            f"see what was done: annexa review show {record.id}",
        )
    changed = replace(record, stage=moves[record.stage], changed=event.at, events=event.number, leaf=event.leaf)
    return _done(changed, event, event.act)


def _prepared(record: Review | None, event: Event[Act], act: Prepared) -> Review:
    if record is not None:
        raise RefusedActError(f"{record.id}: was prepared already", "prepare another one")
    if act.ends < act.begins:
        raise RefusedActError(f"{event.record}: the period ends before it begins", "give the earlier day first")
    return Review(
        id=event.record,
        stage=ReviewStage.PREPARED,
        begins=act.begins,
        ends=act.ends,
        prepared_by=event.author,
        changed=event.at,
        events=event.number,
        leaf=event.leaf,
    )


def _done(record: Review, event: Event[Act], act: Move) -> Review:
    """What the act says is taken over."""
    match act:
        case Noted():
            refuse_empty(record.id, text=act.text)
            note = Note(noted=act, author=event.author, at=event.at, leaf=event.leaf)
            return replace(record, notes=(*record.notes, note))
        case Held():
            refuse_empty(record.id, attended="".join(act.attended))
            if not _DIGEST.fullmatch(act.digest):
                raise RefusedActError(f"{record.id}: what was laid before management is not named", "say --data FILE")
            return replace(record, held=act)
        case Decided():
            refuse_empty(record.id, decision=act.decision, owner=act.owner)
            decision = Decision(number=len(record.decisions) + 1, decided=act)
            return replace(record, decisions=(*record.decisions, decision))
        case Concluded():
            refuse_empty(record.id, conclusion=act.conclusion)
            stage = record.stage if record.decisions else ReviewStage.FOLLOWED_UP
            return replace(record, stage=stage, conclusion=act.conclusion, concluded_by=event.author)
    return _followed(record, event, act)


def _followed(record: Review, event: Event[Act], act: Followed) -> Review:
    refuse_empty(record.id, outcome=act.outcome)
    open_ones = {each.number for each in record.decisions if each.fate is Fate.OPEN}
    if act.decision not in open_ones or act.fate is Fate.OPEN:
        raise RefusedActError(
            f"{record.id}: has no open decision {act.decision} to end", f"see: annexa review show {record.id}"
        )
    decisions = tuple(
        replace(each, fate=act.fate, outcome=act.outcome, ended=event.at) if each.number == act.decision else each
        for each in record.decisions
    )
    stage = record.stage if open_ones - {act.decision} else ReviewStage.FOLLOWED_UP
    return replace(record, decisions=decisions, stage=stage)
