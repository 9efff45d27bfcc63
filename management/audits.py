"""Internal audits (clause 9.2): programme, plan, samples, observations, report, and who took note of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from core.errors import AnnexaError, did_you_mean
from core.management.audit import (
    Act,
    Audit,
    AuditProgramme,
    Cancelled,
    Closed,
    Linked,
    Observed,
    Planned,
    Reported,
    Sampled,
)
from core.management.statements import Version
from evidence_store import records
from evidence_store.questions.events import (
    audit_programme,
    audits,
    nonconformities,
    organization,
)
from management.looking import Step, steps
from management.sealing import By, Desk, Draft
from mappings.loader import clauses, framework, frameworks

_NUMBER = re.compile(r"(A\.)?\d+(\.\d+)*")
"""Of a control or a clause, or of a group of them. Anything else is a source."""
PROGRAMME = "AUDIT-PROGRAMME"
"""The one record of the programme: each version of it says all of it anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """An area of the programme: which audits looked at it and were reported, at which parts, and when the last was."""

    name: str
    audits: tuple[str, ...]
    looked_at: tuple[str, ...]
    last: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Audits:
    """The programme in force, all audits, the oldest first, and how far the programme has come."""

    programme: Version[AuditProgramme] | None
    audits: Mapping[str, Audit]
    areas: tuple[Area, ...]


def look(desk: Desk) -> Audits:
    """All audits as they stand. Raises `AnnexaError`."""
    with desk.store.reading() as connection:
        programme = audit_programme(desk.store, connection)
        found = audits(desk.store, connection)
    return Audits(programme=programme, audits=found, areas=tuple(areas(programme, found.values())))


def areas(programme: Version[AuditProgramme] | None, found: Iterable[Audit]) -> list[Area]:
    """The areas of a programme, with the audits of its time that looked at them: `A.8.5` is a part of `A.8`."""
    if programme is None:
        return []
    said = programme.said
    done = [each for each in found if each.reported and said.begins <= each.reported.date() <= said.ends]
    answer = []
    for name in said.areas:
        mine = [each for each in done if any(_within(area, name) for area in each.plan.areas)]
        last = max((each.reported for each in mine if each.reported), default=None)
        parts = dict.fromkeys(area for each in mine for area in each.plan.areas if _within(area, name))
        answer.append(Area(name=name, audits=tuple(each.id for each in mine), looked_at=tuple(parts), last=last))
    return answer


def _within(area: str, of: str) -> bool:
    return area == of or area.startswith((f"{of}.", f"{of}/"))


def one(desk: Desk, name: str) -> Audit:
    """The audit of this id. Raises `AnnexaError`."""
    found = look(desk).audits
    if name.upper() not in found:
        raise AnnexaError(f"there is no audit {name}{did_you_mean(name.upper(), found)}", "annexa audit list")
    return found[name.upper()]


def history(desk: Desk, name: str) -> tuple[Step, ...]:
    """Everything that was done to an audit, signatures verified."""
    return steps(desk, records.AUDIT, name)


def set_programme(desk: Desk, programme: AuditProgramme, by: By) -> Version[AuditProgramme]:
    """Seal a programme, in place of the one before. Raises `AnnexaError`."""
    _refuse_unknown(programme.areas)
    known = look(desk).programme
    draft = Draft(record=PROGRAMME, events=known.events if known else 0, act=programme)
    desk.submit(records.AUDIT_PROGRAMME, [draft], by, {PROGRAMME: known} if known else {})
    found = look(desk).programme
    assert found  # noqa: S101 - it was sealed
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a person says of an audit to come. `owners` are those who answer for what is audited, beside those whom the
    organization names for its areas."""

    title: str
    scope: str
    areas: tuple[str, ...]
    criteria: str
    auditors: tuple[str, ...]
    begins: date
    ends: date
    owners: tuple[str, ...] = ()


def plan(desk: Desk, wanted: Plan, by: By, name: str = "") -> Audit:
    """Plan an audit, or, by its id, plan it anew. Raises `AnnexaError`."""
    _refuse_unknown(wanted.areas)
    programme = look(desk).programme
    if programme is None:
        raise AnnexaError("there is no audit programme to plan by", "say what it is: annexa audit programme")
    act = Planned(
        programme=f"{programme.said.title} (leaf {programme.leaf})",
        title=wanted.title,
        scope=wanted.scope,
        areas=wanted.areas,
        criteria=wanted.criteria,
        auditors=wanted.auditors,
        owners=tuple(dict.fromkeys((*_owners(desk, wanted.areas), *wanted.owners))),
        begins=wanted.begins,
        ends=wanted.ends,
    )
    if name:
        return _move(desk, name, act, by)
    (begun,) = desk.begin(records.AUDIT, [[act]], by)
    return one(desk, begun)


def _owners(desk: Desk, wanted: Sequence[str]) -> list[str]:
    """Who answers for these areas (controls or sources), for what they are parts of, and for parts of them."""
    with desk.store.reading() as connection:
        said = organization(desk.store, connection)
    if said is None:
        return []
    found = [owner for area in wanted for owner in (said.said.owner_of_control(area), said.said.owner_of_source(area))]
    parts = [
        each.owner
        for each in (*said.said.control_owners, *said.said.source_owners)
        if any(_within(each.name, area) for area in wanted)
    ]
    return [owner for owner in (*found, *parts) if owner]


def _refuse_unknown(wanted: Sequence[str]) -> None:
    """Of a control that there is not nobody is the owner, so anybody could audit it."""
    known = [each.id for each in clauses()] + [each.id for name in frameworks() for each in framework(name).controls]
    for area in wanted:
        if _NUMBER.fullmatch(area) and not any(_within(each, area) for each in known):
            near = did_you_mean(area, known)
            raise AnnexaError(f"there is no control or clause {area}{near}", "list them with: annexa standard")


def sample(desk: Desk, name: str, sampled: Sampled, by: By) -> Audit:
    """Record what was chosen to look at. Raises `AnnexaError`."""
    return _move(desk, name, sampled, by)


def observe(desk: Desk, name: str, observed: Observed, by: By) -> Audit:
    """Record something that was seen. Raises `AnnexaError`."""
    if observed.nonconformity:
        observed = replace(observed, nonconformity=_nonconformity(desk, observed.nonconformity))
    return _move(desk, name, observed, by)


def link(desk: Desk, name: str, observation: int, nonconformity: str, by: By) -> Audit:
    """Say which nonconformity was raised because of an observation, counted from 1. Raises `AnnexaError`."""
    return _move(desk, name, Linked(observation=observation, nonconformity=_nonconformity(desk, nonconformity)), by)


def report(desk: Desk, name: str, conclusion: str, recipients: Sequence[str], by: By) -> Audit:
    """Say what the auditors conclude. Raises `AnnexaError`."""
    return _move(desk, name, Reported(conclusion=conclusion, recipients=tuple(recipients)), by)


def close(desk: Desk, name: str, by: By) -> Audit:
    """Take note of the report, as somebody who did not audit. Raises `AnnexaError`."""
    return _move(desk, name, Closed(), by)


def cancel(desk: Desk, name: str, by: By) -> Audit:
    """Say that it does not take place. Raises `AnnexaError`."""
    return _move(desk, name, Cancelled(), by)


def outstanding(found: Iterable[Audit], today: date) -> list[Audit]:
    """Audits that should have been reported by now."""
    return [each for each in found if each.overdue(today)]


def _nonconformity(desk: Desk, name: str) -> str:
    with desk.store.reading() as connection:
        found = nonconformities(desk.store, connection)
    if name.upper() not in found:
        near = did_you_mean(name.upper(), found)
        raise AnnexaError(f"there is no nonconformity {name}{near}", "annexa nonconformities list --all")
    return name.upper()


def _move(desk: Desk, name: str, act: Act, by: By) -> Audit:
    record = one(desk, name)
    known: dict[str, Any] = {record.id: record}
    desk.submit(records.AUDIT, [Draft(record=record.id, events=record.events, act=act)], by, known)
    return one(desk, record.id)
