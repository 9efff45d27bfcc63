"""Risk acceptances to look at: whether they count, what they cover says now, and what is like it elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.management.acceptance import AcceptedFinding, RiskAcceptance, Standing
from core.model import Status
from evidence_store import records
from evidence_store.questions.events import acceptances, events
from evidence_store.questions.past import Past
from evidence_store.questions.states import FindingState
from management.acceptances import chosen
from management.evidence import standing
from management.looking import Step, step
from management.sealing import Desk
from runs.as_of import as_of as place

GONE = "not there any more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An acceptance in a list: its `state` in a word, and how many of its findings fail now."""

    acceptance: RiskAcceptance
    state: str
    failing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """A finding that is covered: its status and reason `now`, and whether it says something else by now."""

    finding: AcceptedFinding
    now: str
    said: str
    changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldAcceptance:
    """An acceptance with all there is to say about it. `elsewhere` counts failures of its checks that nobody accepts
    with it."""

    acceptance: RiskAcceptance
    state: str
    findings: tuple[Covered, ...]
    elsewhere: int
    events: tuple[Step, ...]


def state(acceptance: RiskAcceptance, at: datetime) -> str:
    """`in force`, `expired` or `withdrawn`, by the clock as well."""
    return "expired" if acceptance.over(at) else acceptance.standing.replace("_", " ")


def listed(desk: Desk, as_of: str = "", *, ended: bool = False) -> tuple[list[Row], Past | None]:
    """Acceptances that count or, with `ended`, all; those that end first on top. Raises `AnnexaError`."""
    now = desk.clock()
    then = place(desk.store, as_of, now)
    past = then.past if then else None
    at = past.moment if past else now
    with desk.store.reading() as connection:
        found = acceptances(desk.store, connection, past)
        findings = standing(desk.configuration, desk.store, connection, at, past) if found else []
    failing = {_key(each) for each in findings if each.status is Status.FAIL}
    rows = [
        Row(acceptance=each, state=state(each, at), failing=sum(_key(finding) in failing for finding in each.findings))
        for each in found.values()
        if ended or each.standing is Standing.IN_FORCE
    ]
    return sorted(rows, key=lambda row: (row.acceptance.expires, row.acceptance.id)), past


def look(desk: Desk, name: str) -> ToldAcceptance:
    """One acceptance. Raises `AnnexaError`."""
    acceptance = chosen(desk, [name])[0]
    at = desk.clock()
    with desk.store.reading() as connection:
        findings = standing(desk.configuration, desk.store, connection, at)
        found = events(desk.store, connection, records.ACCEPTANCE, record=acceptance.id)[acceptance.id]
    by_key = {_key(each): each for each in findings}
    mine = {_key(each) for each in acceptance.findings}
    checks = {each.check for each in acceptance.findings}
    return ToldAcceptance(
        acceptance=acceptance,
        state=state(acceptance, at),
        findings=tuple(_covered(each, by_key.get(_key(each))) for each in acceptance.findings),
        elsewhere=sum(f.check in checks and f.status is Status.FAIL and _key(f) not in mine for f in findings),
        events=tuple(step(desk, each) for each in found),
    )


def _covered(finding: AcceptedFinding, now: FindingState | None) -> Covered:
    if now is None:
        return Covered(finding=finding, now=GONE, said=finding.reason, changed=False)
    changed = now.reason != finding.reason
    return Covered(finding=finding, now=now.status.replace("_", " "), said=now.reason, changed=changed)


def _key(verdict: FindingState | AcceptedFinding) -> Sequence[str]:
    return verdict.check, verdict.source, verdict.scope, verdict.resource
