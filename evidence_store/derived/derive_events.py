"""Derived rows of what people did to the records they answer for.

An act that the record does not take is refused here: whoever seals one learns it before anything counts, and a log that
holds one, because somebody with the key wrote past our commands, has no derived tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from core.codec import decode, moment
from core.management import (
    acceptance,
    access_review,
    acts,
    applicability,
    attestation,
    audit,
    nonconformity,
    organization,
    review,
    risk,
    sample,
    statements,
)
from core.management.events import Event, RefusedActError, name_of, read
from evidence_store import records
from evidence_store.records import EventSealed
from evidence_store.schema import event


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record: the acts there are, and the functions that make it of its events."""

    acts: Mapping[str, type[Any]]
    fold: Any
    after: Any


KINDS: Mapping[str, Kind] = {
    records.NONCONFORMITY: Kind(acts.ACTS, nonconformity.fold, nonconformity.after),
    records.ACCEPTANCE: Kind(acceptance.ACTS, acceptance.fold, acceptance.after),
    records.ORGANIZATION: Kind(organization.ACTS, statements.fold, statements.after),
    records.APPLICABILITY: Kind(applicability.ACTS, statements.fold, statements.after),
    records.RISKS: Kind(risk.ACTS, statements.fold, statements.after),
    records.ATTESTATION: Kind(attestation.ACTS, attestation.fold, attestation.after),
    records.AUDIT_PROGRAMME: Kind(audit.PROGRAMME_ACTS, statements.fold, statements.after),
    records.AUDIT: Kind(audit.ACTS, audit.fold, audit.after),
    records.REVIEW: Kind(review.ACTS, review.fold, review.after),
    records.SAMPLE: Kind(sample.ACTS, sample.fold, sample.after),
    records.ACCESS_REVIEW: Kind(access_review.ACTS, access_review.fold, access_review.after),
}
"""By type of leaf."""


def event_of(kind: str, position: int, at: str, body: bytes) -> Event[Any]:
    """What the leaf at `position` seals. Raises `CodecError`."""
    sealed = decode(EventSealed, body)
    return Event(
        record=sealed.record,
        number=sealed.number,
        at=moment(at),
        login=sealed.login,
        author=sealed.author,
        reason=sealed.reason,
        act=read(KINDS[kind].acts, sealed.act, sealed.content),
        signature=sealed.signature,
        leaf=position,
    )


def apply_event(connection: Connection, position: int, kind: str, at: str, body: bytes) -> None:
    """Add an event to its record. Raises `RefusedActError` when the record does not take it, and `CodecError`."""
    new = event_of(kind, position, at, body)
    known = select(event).where(event.c.type == kind, event.c.record == new.record).order_by(event.c.number)
    before = [event_of(kind, row.position, row.at, row.body) for row in connection.execute(known)]
    if before and new.at < before[-1].at:
        raise RefusedActError(
            f"{new.record}: its last event is dated later than this one: a clock was wrong",
            "set the clock of this machine, then try again",
        )
    KINDS[kind].after(KINDS[kind].fold(before), new)
    connection.execute(
        insert(event).values(
            position=position,
            type=kind,
            record=new.record,
            number=new.number,
            act=name_of(type(new.act)),
            at=at,
            body=body,
        )
    )
