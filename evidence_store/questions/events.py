"""The records that people answer for, folded from their events: as they are, or as they were at a place in the log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, func, select

from core.codec import CodecError, decode
from core.management import acceptance, access_review, attestation, audit, nonconformity, review, sample, statements
from core.management.acceptance import RiskAcceptance
from core.management.access_review import AccessReview
from core.management.applicability import Applicability
from core.management.attestation import Attestation
from core.management.audit import Audit, AuditProgramme
from core.management.events import Event, RefusedActError
from core.management.nonconformity import Nonconformity
from core.management.organization import Organization
from core.management.review import Review
from core.management.risk import RiskRegister
from core.management.sample import Sample
from core.management.statements import Version
from evidence_store import records
from evidence_store.derived.derive_events import event_of
from evidence_store.errors import BrokenSealError
from evidence_store.people.keyring import Keyring
from evidence_store.questions.past import Past, written
from evidence_store.records import EventSealed
from evidence_store.schema import event
from evidence_store.store import Store

Record = TypeVar("Record", Nonconformity, RiskAcceptance, Attestation, Audit, Review, Sample, AccessReview)


def events(
    store: Store, connection: Connection, kind: str, *, record: str = "", past: Past | None = None
) -> dict[str, list[Event[Any]]]:
    """The events of each record of a kind, or of one, in the order of the log; with names where keys are.

    Raises `BrokenSealError`.
    """
    names = Keyring(store, connection)
    query = select(event).where(event.c.type == kind, written(event.c.position, past)).order_by(event.c.position)
    if record:
        query = query.where(event.c.record == record)
    found: dict[str, list[Event[Any]]] = defaultdict(list)
    try:
        for row in connection.execute(query):
            found[row.record].append(event_of(kind, row.position, row.at, names.reveal(row.body)))
    except CodecError as error:
        raise BrokenSealError(f"table event: {error}", "run `annexa verify`") from error
    return found


def nonconformities(store: Store, connection: Connection, past: Past | None = None) -> dict[str, Nonconformity]:
    """Every nonconformity by id, the oldest first. Raises `BrokenSealError`."""
    return _folded(events(store, connection, records.NONCONFORMITY, past=past), nonconformity.fold)


def acceptances(store: Store, connection: Connection, past: Past | None = None) -> dict[str, RiskAcceptance]:
    """Every risk acceptance by id, the oldest first. Raises `BrokenSealError`."""
    return _folded(events(store, connection, records.ACCEPTANCE, past=past), acceptance.fold)


def attestations(store: Store, connection: Connection, past: Past | None = None) -> dict[str, Attestation]:
    """Every attestation by id, the oldest first. Raises `BrokenSealError`."""
    return _folded(events(store, connection, records.ATTESTATION, past=past), attestation.fold)


def organization(store: Store, connection: Connection, past: Past | None = None) -> Version[Organization] | None:
    """What the organization says of itself; `None` where it never said anything. Raises `BrokenSealError`."""
    return _newest(store, connection, records.ORGANIZATION, past)


def applicability(store: Store, connection: Connection, past: Past | None = None) -> Version[Applicability] | None:
    """The Statement of Applicability in force; `None` where there was none. Raises `BrokenSealError`."""
    return _newest(store, connection, records.APPLICABILITY, past)


def risks(store: Store, connection: Connection, past: Past | None = None) -> Version[RiskRegister] | None:
    """The risks in force; `None` where nobody stated any. Raises `BrokenSealError`."""
    return _newest(store, connection, records.RISKS, past)


def audit_programme(store: Store, connection: Connection, past: Past | None = None) -> Version[AuditProgramme] | None:
    """The audit programme in force; `None` where there was none. Raises `BrokenSealError`."""
    return _newest(store, connection, records.AUDIT_PROGRAMME, past)


def audits(store: Store, connection: Connection, past: Past | None = None) -> dict[str, Audit]:
    """Every internal audit by id, the oldest first. Raises `BrokenSealError`."""
    return _folded(events(store, connection, records.AUDIT, past=past), audit.fold)


def reviews(store: Store, connection: Connection, past: Past | None = None) -> dict[str, Review]:
    """Every management review by id, the oldest first. Raises `BrokenSealError`."""
    return _folded(events(store, connection, records.REVIEW, past=past), review.fold)


def samples(store: Store, connection: Connection, past: Past | None = None) -> dict[str, Sample]:
    """Every sample that was ever drawn by id, the oldest first. Raises `BrokenSealError`."""
    return _folded(events(store, connection, records.SAMPLE, past=past), sample.fold)


def access_reviews(store: Store, connection: Connection, past: Past | None = None) -> dict[str, AccessReview]:
    """Every access review that was ever asked for by id, the oldest first. Raises `BrokenSealError`."""
    return _folded(events(store, connection, records.ACCESS_REVIEW, past=past), access_review.fold)


def _newest(store: Store, connection: Connection, kind: str, past: Past | None) -> Version[Any] | None:
    """The newest version of the one statement of a kind; those before it need not be read."""
    query = select(event).where(event.c.type == kind, written(event.c.position, past))
    row = connection.execute(query.order_by(event.c.position.desc()).limit(1)).first()
    if row is None:
        return None
    try:
        newest = event_of(kind, row.position, row.at, Keyring(store, connection).reveal(row.body))
    except CodecError as error:
        raise BrokenSealError(f"table event: {error}", "run `annexa verify`") from error
    return statements.version(newest)


def sealed_event(connection: Connection, position: int) -> EventSealed:
    """The body of the event that this leaf seals, people concealed."""
    body = connection.execute(select(event.c.body).where(event.c.position == position)).scalar_one()
    return decode(EventSealed, body)


def how_many(connection: Connection, kind: str) -> int:
    """How many records of a kind there are."""
    query = select(func.count()).select_from(event).where(event.c.type == kind, event.c.number == 1)
    return connection.execute(query).scalar_one()


def _folded(
    found: Mapping[str, Sequence[Event[Any]]], fold: Callable[[Sequence[Event[Any]]], Record | None]
) -> dict[str, Record]:
    try:
        folded = {record: fold(done) for record, done in found.items()}
    except (RefusedActError, KeyError) as error:  # each was tried when it was sealed
        raise BrokenSealError(f"table event: what was done makes no record: {error}", "run `annexa verify`") from error
    return {record: each for record, each in folded.items() if each is not None}
