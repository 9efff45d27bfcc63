"""Nonconformities to look at: lists, and one record with its evidence, similar cases and everything that was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.errors import AnnexaError
from core.management.acts import Similar
from core.management.events import Event, same_person, written
from core.management.nonconformity import Nonconformity
from evidence_store import events as sealing
from evidence_store import records
from evidence_store.people.keyring import ERASED, HIDDEN
from evidence_store.questions.events import events, nonconformities, sealed_event
from evidence_store.questions.past import Past
from management.evidence import Evidence, by_check, evidence, standing, tally
from management.nonconformities import chosen, proposed
from management.sealing import Desk
from management.signatures import verify
from runs.as_of import as_of as place
from runs.selection import matches


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which records are asked for."""

    closed: bool = False
    overdue: bool = False
    owner: str = ""
    check: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A record in a list."""

    record: Nonconformity
    evidence: Evidence
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The records that are asked for, the most urgent first."""

    rows: tuple[Row, ...]
    past: Past | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One event as a reader sees it. `who` says what the author claimed, who was logged in, what a signature adds."""

    event: Event[Any]
    act: str
    content: Mapping[str, Any]
    who: str
    verified: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A record with all there is to say about it. In the past there is no search for similar cases."""

    record: Nonconformity
    evidence: Evidence
    similar: tuple[Similar, ...]
    events: tuple[Step, ...]
    past: Past | None


def listed(desk: Desk, wanted: Filter, as_of: str = "") -> Listed:
    """The records that are asked for, as they stand or stood. Raises `AnnexaError`."""
    now = desk.clock()
    then = place(desk.store, as_of, now)
    past = then.past if then else None
    at = past.moment if past else now
    with desk.store.reading() as connection:
        found = nonconformities(desk.store, connection, past)
        findings = by_check(standing(desk.configuration, desk.store, connection, at, past) if found else ())
    rows = [
        Row(record=each, evidence=tally(each, findings), overdue=each.overdue(at.date()))
        for each in found.values()
        if (each.open or wanted.closed) and _is_meant(each, wanted)
    ]
    rows = [each for each in rows if each.overdue or not wanted.overdue]
    rows.sort(key=lambda each: (not each.record.open, each.record.due, each.record.id))
    return Listed(rows=tuple(rows), past=past)


def look(desk: Desk, name: str, as_of: str = "") -> Told:
    """One record, as it stands or stood. Raises `AnnexaError`."""
    now = desk.clock()
    then = place(desk.store, as_of, now)
    past = then.past if then else None
    at = past.moment if past else now
    with desk.store.reading() as connection:
        record = chosen(nonconformities(desk.store, connection, past), [name])[0]
        findings = by_check(standing(desk.configuration, desk.store, connection, at, past))
        said = (
            tally(record, findings)
            if past
            else evidence(desk.configuration, desk.store, connection, record, at, findings)
        )
        found = events(desk.store, connection, records.NONCONFORMITY, record=record.id, past=past)[record.id]
    return Told(
        record=record,
        evidence=said,
        similar=() if past or not record.open else tuple(proposed(desk, record)),
        events=tuple(step(desk, each) for each in found),
        past=past,
    )


def all_events(desk: Desk) -> dict[str, list[Event[Any]]]:
    """Everything that was done to each nonconformity."""
    with desk.store.reading() as connection:
        return events(desk.store, connection, records.NONCONFORMITY)


def steps(desk: Desk, kind: str, name: str) -> tuple[Step, ...]:
    """Everything that was done to a record of a kind, signatures verified."""
    with desk.store.reading() as connection:
        found: list[Event[Any]] = events(desk.store, connection, kind, record=name)[name]
    return tuple(step(desk, each) for each in found)


def step(desk: Desk, event: Event[Any]) -> Step:
    """An event as a reader sees it, its signature verified."""
    act, content = written(event.act)
    verified, said = _signature(desk, event)
    login = "" if event.author == event.login else f", logged in as {event.login or 'nobody'}"
    return Step(event=event, act=act, content=content, who=f"{event.author}{login}, {said}", verified=verified)


def _signature(desk: Desk, event: Event[Any]) -> tuple[bool | None, str]:
    """Whether a signature holds, and in words; `None` where there is none, or nobody says whose keys count."""
    if not event.signature:
        return None, "asserted"
    if event.author.startswith((ERASED, HIDDEN)):
        return None, "signed; nobody can tell any more by whom"
    allowed = desk.configuration.management.signatures.allowed_signers
    if not allowed:
        return None, "signed; nobody says whose keys count"
    with desk.store.reading() as connection:
        origin = desk.store.verifier(connection).name
        body = sealed_event(connection, event.leaf)
    statement = sealing.statement(origin, replace(body, signature=""))
    try:
        answer = verify(statement, event.signature, event.author, Path(allowed).expanduser(), event.at)
    except AnnexaError as error:
        return None, f"signed; {error}"
    return answer.verified, answer.said if answer.verified else f"THE SIGNATURE DOES NOT HOLD: {answer.said}"


def _is_meant(record: Nonconformity, wanted: Filter) -> bool:
    owners: Sequence[str] = (record.owner, *(each.owner for each in record.actions))
    return (not wanted.owner or any(same_person(wanted.owner, each) for each in owners)) and (
        not wanted.check or any(matches(each.check, wanted.check) for each in record.subjects)
    )
