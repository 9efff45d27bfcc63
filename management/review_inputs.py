"""All that clause 9.3 asks management to consider about a period, gathered from what is sealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.errors import AnnexaError
from core.management.acceptance import RiskAcceptance
from core.management.audit import Audit, Kind
from core.management.nonconformity import Nonconformity
from core.management.organization import Organization
from core.management.review import (
    Decision,
    Note,
    Review,
    Topic,
)
from core.management.risk import RiskRegister
from core.management.statements import Version
from evidence_store.questions.events import (
    acceptances,
    audit_programme,
    audits,
    nonconformities,
    organization,
    reviews,
    risks,
)
from evidence_store.questions.past import Past
from management.audits import Area, areas
from management.measures.measures import Measures, measures
from management.risks import RiskState
from management.risks import states as risk_states
from management.sealing import Desk
from runs.as_of import as_of as place


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something the organization says of itself that was otherwise when the period began: what is new and what went."""

    added: tuple[str, ...]
    gone: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Followup:
    """A decision of an earlier review, and whether it should have been carried out by the end of the period."""

    review: str
    decision: Decision
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """All that clause 9.3.2 asks to be considered. What nobody recorded is none, or empty, and said to be so.

    `review` is the record of the review of this very period, where one is being prepared or was held.
    """

    measures: Measures
    review: Review | None
    previous: tuple[Followup, ...]
    issues: Change
    parties: Change
    changed_statements: bool
    closed: tuple[Nonconformity, ...]
    open: tuple[Nonconformity, ...]
    programme: tuple[Area, ...] | None
    audits: tuple[Audit, ...]
    risk_register: Version[RiskRegister] | None
    risks: tuple[RiskState, ...]
    accepted: tuple[RiskAcceptance, ...]

    def notes(self, *topics: Topic) -> tuple[Note, ...]:
        """What people brought about these topics."""
        return tuple(each for each in (self.review.notes if self.review else ()) if each.noted.topic in topics)

    @property
    def opportunities(self) -> tuple[tuple[str, str], ...]:
        """What auditors saw that could be better, with the audit that did."""
        return tuple(
            (audit.id, each.observation)
            for audit in self.audits
            for each in audit.observations
            if each.kind is Kind.OPPORTUNITY
        )


def inputs(desk: Desk, *, start: str = "", end: str = "", framework: str = "") -> Inputs:
    """Everything about a period that management is to consider. Raises `AnnexaError`."""
    found = measures(desk.configuration, desk.store, desk.clock(), start=start, end=end, framework=framework)
    then = _then(desk, found)
    past = found.past
    today = found.end.date()
    with desk.store.reading() as connection:
        all_reviews = reviews(desk.store, connection, past)
        before = organization(desk.store, connection, then) if then else None
        ncs = nonconformities(desk.store, connection, past)
        programme = audit_programme(desk.store, connection, past)
        all_audits = audits(desk.store, connection, past)
        register = risks(desk.store, connection, past)
        accepted = acceptances(desk.store, connection, past)
    this = next((r for r in all_reviews.values() if (r.begins, r.ends) == (found.start.date(), today)), None)
    now, was = (each.said if each else None for each in (found.organization, before))
    return Inputs(
        measures=found,
        review=this,
        previous=tuple(_previous(all_reviews, this, found.start, today)),
        issues=_change(was.issues if was else (), now.issues if now else ()),
        parties=_change(_parties(was), _parties(now)),
        changed_statements=bool(found.organization and found.organization != before),
        closed=tuple(r for r in ncs.values() if r.closed and found.start <= r.closed <= found.end),
        open=tuple(r for r in ncs.values() if r.open),
        programme=tuple(areas(programme, all_audits.values())) if programme else None,
        audits=tuple(a for a in all_audits.values() if a.open or found.start <= a.changed <= found.end),
        risk_register=register,
        risks=_risks(register.said, found, today) if register else (),
        accepted=tuple(each for each in accepted.values() if each.in_force(found.end)),
    )


def _then(desk: Desk, found: Measures) -> Past | None:
    """The log when the period began; none where there was nothing in it yet."""
    try:
        then = place(desk.store, f"{found.start:%Y-%m-%dT%H:%M:%SZ}", found.end)
    except AnnexaError:
        return None
    return then.past if then else None


def _previous(found: Mapping[str, Review], this: Review | None, start: datetime, today: date) -> list[Followup]:
    """Decisions of earlier reviews that were open when the period began, or were made or ended since."""
    return [
        Followup(review=review.id, decision=decision, overdue=decision.overdue(today))
        for review in found.values()
        if this is None or review.id != this.id
        for decision in review.decisions
        if decision.ended is None or decision.ended >= start
    ]


def _parties(said: Organization | None) -> tuple[str, ...]:
    return tuple(f"{each.name}: {each.needs}" for each in said.interested_parties) if said else ()


def _change(was: Sequence[str], now: Sequence[str]) -> Change:
    return Change(
        added=tuple(each for each in now if each not in was), gone=tuple(each for each in was if each not in now)
    )


def _risks(register: RiskRegister, found: Measures, today: date) -> tuple[RiskState, ...]:
    """The risks, the gravest first, with what evidence says of their treatment."""
    said = {each.control: (each.conclusion, each.sentence) for each in found.controls}
    return risk_states(register, said if register.edition == found.framework else {}, today)
