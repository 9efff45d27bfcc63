"""What follows from a scan by itself: what comes back is reopened, what is accepted no longer and what rules ask for is
raised. Nothing is ever closed here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.codec import timestamp
from core.management.acceptance import Expired, RiskAcceptance
from core.management.acts import Raised, Reopened
from core.management.nonconformity import Nonconformity
from core.management.subject import Subject
from core.model import Status
from evidence_store import records
from evidence_store.questions.events import acceptances, nonconformities
from evidence_store.questions.states import FindingState
from management.evidence import standing
from management.nonconformities import due_by
from management.raising import Wording, raise_all, worded
from management.rules import due, recurred
from management.sealing import MACHINE, By, Desk, Draft
from management.stating import seal_changes
from runs.answers import Answers, answered
from runs.rules import installed


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What was done: records that were reopened and raised, and acceptances whose time was over. `stated` says which
    statements were sealed, and which could not be."""

    stated: tuple[str, ...] = ()
    reopened: tuple[Nonconformity, ...] = ()
    raised: tuple[Nonconformity, ...] = ()
    expired: tuple[RiskAcceptance, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """One line for each, the gravest first."""
        ends = {each.id: ", ".join(each.nonconformities) or "nothing of it fails" for each in self.expired}
        return (
            *self.stated,
            *(f"the risk acceptance {name} expired: {what}" for name, what in ends.items()),
            *(f"{each.id} was seen again, time {each.recurrences}: {each.title}" for each in self.reopened),
            *(f"{each.id} was raised ({each.grade}, due {each.due}): {each.title}" for each in self.raised),
        )


@dataclass(frozen=True, slots=True)
class _Seen:
    """What there is to follow, at one moment."""

    at: datetime
    findings: Sequence[FindingState]
    records: dict[str, Nonconformity]
    acceptances: dict[str, RiskAcceptance]


def follow(desk: Desk) -> Followed:
    """Do what follows from what is known now. Raises `AnnexaError`."""
    stated = seal_changes(desk)
    before = _look(desk)
    if not (before.records or before.acceptances or desk.configuration.management.rules):
        return Followed(stated=stated)
    with desk.store.database.exclusive():  # of two scans that end at once, one raises, and the other sees it
        return replace(_follow(desk, _look(desk)), stated=stated)


def _follow(desk: Desk, before: _Seen) -> Followed:
    reopened = _reopen(desk, before)
    over = [each.id for each in before.acceptances.values() if each.over(before.at)]
    raised = _expire(desk, over)
    raised += _by_rule(desk, _look(desk) if reopened or over else before)
    with desk.store.reading() as connection:
        found, accepted = nonconformities(desk.store, connection), acceptances(desk.store, connection)
    return Followed(
        reopened=tuple(found[name] for name in reopened),
        raised=tuple(found[name] for name in raised),
        expired=tuple(accepted[name] for name in over),
    )


def _look(desk: Desk) -> _Seen:
    at = desk.clock()
    with desk.store.reading() as connection:
        found = nonconformities(desk.store, connection)
        accepted = acceptances(desk.store, connection)
        asked = found or accepted or desk.configuration.management.rules
        findings = standing(desk.configuration, desk.store, connection, at) if asked else []
    known = Answers(at=at, nonconformities=tuple(found.values()), acceptances=tuple(accepted.values()))
    return _Seen(at, answered(findings, known), found, accepted)


def _reopen(desk: Desk, seen: _Seen) -> list[str]:
    """What fails again, reopened; each record says in a sentence of its own what it was."""
    drafts = []
    for name, finding in recurred(seen.records.values(), seen.findings):
        again = f"{finding.check} on {finding.resource} in {finding.source} fails again"
        reason = f"{again} since {timestamp(finding.since)}: {finding.reason}"
        record = seen.records[name]
        act = Reopened(recurred=True, due=due_by(desk.configuration, record.severity, seen.at))
        drafts.append(Draft(record=name, events=record.events, act=act, reason=reason))
    if drafts:
        desk.submit(records.NONCONFORMITY, drafts, By(name=MACHINE, reason="seen again"), seen.records)
    return [draft.record for draft in drafts]


def _expire(desk: Desk, names: Sequence[str]) -> list[str]:
    """Say that the time of these acceptances is over, and raise a nonconformity about each check that still fails."""
    raised: list[str] = []
    for name in names:
        seen = _look(desk)
        acceptance = seen.acceptances[name]
        reason = f"{name} expired at {timestamp(acceptance.expires)}"
        known, missing = _about(desk, acceptance, seen)
        new = [each.id for each in raise_all(desk, missing, By(name=MACHINE, reason=reason))]
        act = Expired(nonconformities=(*known, *new))
        draft = Draft(record=name, events=acceptance.events, act=act)
        desk.submit(records.ACCEPTANCE, [draft], By(name=MACHINE, reason=reason), seen.acceptances)
        raised += new
    return raised


def _about(desk: Desk, acceptance: RiskAcceptance, seen: _Seen) -> tuple[list[str], list[Raised]]:
    """The open records that are about what was accepted and still fails, and what is to be raised about the rest."""
    known: dict[str, None] = {}
    rest: dict[str, list[FindingState]] = defaultdict(list)
    for finding in seen.findings:
        if finding.status is Status.FAIL and any(each.covers(finding) for each in acceptance.findings):
            known.update(dict.fromkeys(finding.nonconformities))
            if not finding.nonconformities:
                rest[finding.check].append(finding)
    missing = []
    for group in rest.values():
        subjects = tuple(Subject(check=f.check, source=f.source, scope=f.scope, resource=f.resource) for f in group)
        missing.append(worded(desk.configuration, subjects, group, Wording(), seen.at))
    return list(known), missing


def _by_rule(desk: Desk, seen: _Seen) -> list[str]:
    """Raise what the rules ask for, all at once."""
    rules = desk.configuration.management.rules
    checks = installed(desk.configuration, switched_off=True).checks if rules else {}
    acts, reasons = [], []
    for asked in due(rules, seen.findings, checks, seen.records.values(), seen.at):
        wording = Wording(grade=asked.rule.grade)
        raised = worded(desk.configuration, (asked.subject,), asked.findings, wording, seen.at)
        acts.append(replace(raised, rule=asked.rule.name))
        first = timestamp(min(each.since for each in asked.findings))
        reasons.append(f"rule {asked.rule.name}: {len(asked.findings)} failing, the first since {first}")
    return [each.id for each in raise_all(desk, acts, By(name=MACHINE, reason="rules"), reasons)]
