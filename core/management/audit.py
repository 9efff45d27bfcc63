"""Internal audits after clause 9.2: what was planned, looked at and found, by somebody who owns none of it. Pure.

      plan             sample, observe            report             close
    ──────▶ planned ───────────────────▶ under way ──────▶ reported ──────▶ closed
               │        ▲ ... again ▲       │
               └────────┴── cancel ─┴───────┴────▶ cancelled

A report needs something that was sampled and something that was observed, and names the nonconformity for whatever does
not conform. Who closes an audit is none of its auditors: results go to those who answer for what was audited.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from core.management.events import Event, RefusedActError, name_of, refuse_empty, refuse_gap, same_person


class AuditStage(StrEnum):
    """How far an audit has come."""

    PLANNED = "planned"
    UNDER_WAY = "under_way"
    REPORTED = "reported"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Kind(StrEnum):
    """What an observation says."""

    CONFORMS = "conforms"
    OPPORTUNITY = "opportunity"
    NONCONFORMITY = "nonconformity"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditProgramme:
    """The audits of a period: how often, by which methods, who is responsible, and which `areas` (controls, clauses,
    places) are to be looked at before it ends."""

    title: str
    begins: date
    ends: date
    frequency: str
    methods: str
    owner: str
    areas: tuple[str, ...]

    @property
    def wrong(self) -> str:
        """What contradicts itself."""
        if self.ends < self.begins:
            return "the programme ends before it begins"
        missing = [name for name in ("title", "frequency", "methods", "owner") if not getattr(self, name).strip()]
        if missing:
            return f"the programme does not say its {missing[0]}"
        return "" if self.areas else "the programme names nothing to look at"


PROGRAMME_ACTS: Mapping[str, type[AuditProgramme]] = {name_of(AuditProgramme): AuditProgramme}
"""A programme is a statement: each version says all of it anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What is audited (`scope` in words, `areas` as the programme names them), against which criteria, by whom and
    when. `owners` answer for what is audited."""

    programme: str
    title: str
    scope: str
    areas: tuple[str, ...]
    criteria: str
    auditors: tuple[str, ...]
    owners: tuple[str, ...]
    begins: date
    ends: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """What was chosen to look at: of which population, by which method, and which items."""

    population: str
    method: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """One thing that was seen, in which area, and in what: `evidence` are findings, leaves, documents, interviews."""

    kind: Kind
    area: str
    observation: str
    evidence: tuple[str, ...]
    nonconformity: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """The nonconformity that was raised because of an observation, counted from 1."""

    observation: int
    nonconformity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What the auditors conclude, and to whom they report it."""

    conclusion: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """Those who answer for what was audited know the result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """It does not take place."""


Move = Sampled | Observed | Linked | Reported | Closed | Cancelled
Act = Planned | Move
KINDS: tuple[type[Act], ...] = (Planned, Sampled, Observed, Linked, Reported, Closed, Cancelled)
ACTS: Mapping[str, type[Act]] = {name_of(kind): kind for kind in KINDS}

_BEGIN = {AuditStage.PLANNED: AuditStage.UNDER_WAY, AuditStage.UNDER_WAY: AuditStage.UNDER_WAY}
MOVES: Mapping[type[Act], Mapping[AuditStage, AuditStage]] = MappingProxyType(
    {
        Planned: {AuditStage.PLANNED: AuditStage.PLANNED},  # planned anew; the first one begins the record
        Sampled: _BEGIN,
        Observed: _BEGIN,
        Linked: {AuditStage.UNDER_WAY: AuditStage.UNDER_WAY},
        Reported: {AuditStage.UNDER_WAY: AuditStage.REPORTED},
        Closed: {AuditStage.REPORTED: AuditStage.CLOSED},
        Cancelled: {
            AuditStage.PLANNED: AuditStage.CANCELLED,
            AuditStage.UNDER_WAY: AuditStage.CANCELLED,
        },
    }
)
"""For each act the stages it may be done in, and the stage that follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """An audit as its events have made it."""

    id: str
    stage: AuditStage
    plan: Planned
    changed: datetime
    events: int
    leaf: int
    samples: tuple[Sampled, ...] = ()
    observations: tuple[Observed, ...] = ()
    report: Reported | None = None
    reported: datetime | None = None
    reported_by: str = ""
    closed: datetime | None = None
    closed_by: str = ""

    @property
    def open(self) -> bool:
        return self.stage not in (AuditStage.CLOSED, AuditStage.CANCELLED)

    @property
    def nonconformities(self) -> tuple[str, ...]:
        """The records that were raised because of it, each once."""
        return tuple(dict.fromkeys(each.nonconformity for each in self.observations if each.nonconformity))

    def overdue(self, today: date) -> bool:
        """Whether it should have been reported by now."""
        return self.stage in (AuditStage.PLANNED, AuditStage.UNDER_WAY) and self.plan.ends < today


def fold(events: Iterable[Event[Act]]) -> Audit | None:
    """The audit that these events of one make; `None` for none. Raises `RefusedActError`.

    Who may act was asked when that was sealed: names may have become others since.
    """
    found: Audit | None = None
    for event in events:
        found = _applied(found, event)
    return found


def after(record: Audit | None, event: Event[Act]) -> Audit:
    """The audit after one more event. Raises `RefusedActError` for what may not be done to it, or not by them."""
    found = _applied(record, event)
    _refuse_partial(found, event)
    return found


def _applied(record: Audit | None, event: Event[Act]) -> Audit:
    refuse_gap(event.record, event, record.events if record else 0)
    refuse_empty(event.record, reason=event.reason, author=event.author)
    if record is None:
        if not isinstance(event.act, Planned):
            raise RefusedActError(f"{event.record}: there is no such audit", "annexa audit list")
        return Audit(
            id=event.record,
            stage=AuditStage.PLANNED,
            plan=_whole(event.record, event.act),
            changed=event.at,
            events=event.number,
            leaf=event.leaf,
        )
    moves = MOVES[type(event.act)]
    if record.stage not in moves:
        known = " or ".join(stage.replace("_", " ") for stage in AuditStage if stage in moves)
        raise RefusedActError(
            f"{record.id}: is {record.stage.replace('_', ' ')}; that is done while it is {known}",
            f"see what was done: annexa audit show {record.id}",
        )
    changed = replace(record, stage=moves[record.stage], changed=event.at, events=event.number, leaf=event.leaf)
    return _done(changed, event, event.act)


def _done(record: Audit, event: Event[Act], act: Act) -> Audit:
    """What the act says is taken over."""
    match act:
        case Planned():
            return replace(record, plan=_whole(record.id, act))
        case Sampled():
            refuse_empty(record.id, population=act.population, method=act.method, items="".join(act.items))
            return replace(record, samples=(*record.samples, act))
        case Observed():
            refuse_empty(record.id, observation=act.observation, area=act.area, evidence="".join(act.evidence))
            return replace(record, observations=(*record.observations, act))
        case Linked():
            return _linked(record, act)
        case Reported():
            return _reported(record, event, act)
        case Closed():
            return replace(record, closed=event.at, closed_by=event.author)
    return record


def _whole(name: str, act: Planned) -> Planned:
    """The same plan. Raises `RefusedActError` where it does not say what a plan must."""
    refuse_empty(name, programme=act.programme, title=act.title, scope=act.scope, criteria=act.criteria)
    if not act.auditors or not all(each.strip() for each in act.auditors):
        raise RefusedActError(f"{name}: nobody audits", "name who does: --auditor")
    if act.ends < act.begins:
        raise RefusedActError(f"{name}: ends before it begins", "say from when until when it takes place")
    return act


def _linked(record: Audit, act: Linked) -> Audit:
    refuse_empty(record.id, nonconformity=act.nonconformity)
    if not 1 <= act.observation <= len(record.observations):
        raise RefusedActError(
            f"{record.id}: has no observation {act.observation}", f"they are listed by: annexa audit show {record.id}"
        )
    observations = tuple(
        replace(each, nonconformity=act.nonconformity) if number == act.observation else each
        for number, each in enumerate(record.observations, start=1)
    )
    return replace(record, observations=observations)


def _reported(record: Audit, event: Event[Act], act: Reported) -> Audit:
    refuse_empty(record.id, conclusion=act.conclusion, recipients="".join(act.recipients))
    if not record.samples or not record.observations:
        raise RefusedActError(
            f"{record.id}: nothing was {'observed' if record.samples else 'sampled'} that one could conclude from",
            f"annexa audit sample {record.id}, then annexa audit observe {record.id}",
        )
    for number, each in enumerate(record.observations, start=1):
        if each.kind is Kind.NONCONFORMITY and not each.nonconformity:
            raise RefusedActError(
                f"{record.id}: observation {number} does not conform, and no nonconformity was raised for it",
                f"annexa nonconformities raise, then annexa audit link {record.id}",
            )
    return replace(record, report=act, reported=event.at, reported_by=event.author)


def _refuse_partial(record: Audit, event: Event[Act]) -> None:
    """Nobody audits what they answer for, auditors say what they saw, and others say that they know."""
    auditors, owners = record.plan.auditors, record.plan.owners
    for auditor in auditors:
        if any(same_person(auditor, owner) for owner in owners):
            raise RefusedActError(
                f"{record.id}: {auditor} answers for what is audited, and cannot audit it", "have somebody else do it"
            )
    audits = any(same_person(event.author, auditor) for auditor in auditors)
    if isinstance(event.act, Sampled | Observed | Reported) and not audits:
        raise RefusedActError(
            f"{record.id}: {event.author} is none of its auditors", f"they are {', '.join(auditors)}: say --by NAME"
        )
    closes = isinstance(event.act, Closed)
    if closes and (audits or any(same_person(event.login, auditor) for auditor in auditors)):
        raise RefusedActError(
            f"{record.id}: {event.author} audits, and cannot take note of the result as well",
            "have somebody who answers for what was audited close it",
        )
