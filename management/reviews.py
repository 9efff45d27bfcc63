"""Management reviews (clause 9.3): prepared, held, decided, and followed up until no decision is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from core.errors import AnnexaError, did_you_mean
from core.management.review import (
    Act,
    Concluded,
    Decided,
    Fate,
    Followed,
    Held,
    Noted,
    Prepared,
    Review,
    Topic,
)
from evidence_store import records
from evidence_store.questions.events import (
    reviews,
)
from management.looking import Step, steps
from management.sealing import By, Desk, Draft


def known(desk: Desk) -> dict[str, Review]:
    """All reviews by id, the oldest first. Raises `AnnexaError`, as all of these do."""
    with desk.store.reading() as connection:
        return reviews(desk.store, connection)


def one(desk: Desk, name: str) -> Review:
    """The review of this id."""
    found = known(desk)
    if name.upper() not in found:
        raise AnnexaError(f"there is no review {name}{did_you_mean(name.upper(), found)}", "annexa review list")
    return found[name.upper()]


def history(desk: Desk, name: str) -> tuple[Step, ...]:
    """Everything that was done to a review, signatures verified."""
    return steps(desk, records.REVIEW, name)


def prepare(desk: Desk, begins: date, ends: date, by: By) -> Review:
    """Begin to prepare a review of the time between two days, both included."""
    for each in known(desk).values():
        if (each.begins, each.ends) == (begins, ends):
            raise AnnexaError(f"{each.id} is of the same period", f"annexa review show {each.id}")
    (name,) = desk.begin(records.REVIEW, [[Prepared(begins=begins, ends=ends)]], by)
    return one(desk, name)


def note(desk: Desk, name: str, topic: Topic, text: str, by: By) -> Review:
    """Bring something that is to be considered."""
    return _move(desk, name, Noted(topic=topic, text=text), by)


def hold(desk: Desk, name: str, on: date, attended: Sequence[str], data: Path, by: By) -> Review:
    """Say that management met, who was there, and which data was laid before it."""
    if on > (desk.clock() + timedelta(hours=14)).date():  # the day begins that much earlier where it begins first
        raise AnnexaError(f"{on} has not been yet", "say that management met when it has: --on DAY")
    try:
        digest = sha256(data.read_bytes()).hexdigest()
    except OSError as error:
        raise AnnexaError(
            f"{data}: cannot be read: {error.strerror}", "annexa review --output DIR writes it"
        ) from error
    return _move(desk, name, Held(on=on, attended=tuple(attended), digest=digest), by)


def decide(desk: Desk, name: str, decided: Decided, by: By) -> Review:
    """Record a decision."""
    return _move(desk, name, decided, by)


def conclude(desk: Desk, name: str, conclusion: str, by: By) -> Review:
    """Record what management concludes; after it, decisions are followed up."""
    return _move(desk, name, Concluded(conclusion=conclusion), by)


def follow(desk: Desk, name: str, decision: int, outcome: str, by: By, *, dropped: bool = False) -> Review:
    """Say what came of a decision, counted from 1."""
    fate = Fate.DROPPED if dropped else Fate.DONE
    return _move(desk, name, Followed(decision=decision, fate=fate, outcome=outcome), by)


def _move(desk: Desk, name: str, act: Act, by: By) -> Review:
    record = one(desk, name)
    folded: dict[str, Any] = {record.id: record}
    desk.submit(records.REVIEW, [Draft(record=record.id, events=record.events, act=act)], by, folded)
    return one(desk, record.id)
