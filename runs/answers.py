"""What people answer for, beside what evidence says: the organization, its risks, nonconformities, and failures that
somebody accepts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.conclusions import AcceptedFailures, ControlResult
from core.management.acceptance import RiskAcceptance
from core.management.nonconformity import Nonconformity
from core.management.organization import Organization
from core.management.risk import Risk, RiskRegister
from core.management.statements import Version
from core.management.subject import Subject
from core.model import Status
from evidence_store.questions.states import FindingState


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """All nonconformities and acceptances, the oldest first, as they stand at a moment; and the newest version of what
    the organization says of itself and of its risks, where it ever did."""

    at: datetime | None = None
    nonconformities: tuple[Nonconformity, ...] = ()
    acceptances: tuple[RiskAcceptance, ...] = ()
    organization: Version[Organization] | None = None
    risks: Version[RiskRegister] | None = None

    @property
    def open(self) -> tuple[Nonconformity, ...]:
        """Nonconformities that nobody has closed."""
        return tuple(each for each in self.nonconformities if each.open)

    @property
    def overdue(self) -> tuple[Nonconformity, ...]:
        """Open ones of which something should have been done by now."""
        return tuple(each for each in self.open if self.at and each.overdue(self.at.date()))

    @property
    def in_force(self) -> tuple[RiskAcceptance, ...]:
        """Acceptances that count."""
        return tuple(each for each in self.acceptances if self.at and each.in_force(self.at))

    def about(self, result: ControlResult) -> tuple[Nonconformity, ...]:
        """Open nonconformities about checks that speak to a control."""
        checks = {check for objective in result.objectives for check in objective.checks}
        return tuple(each for each in self.open if checks & {subject.check for subject in each.subjects})

    def risks_of(self, edition: str, result: ControlResult) -> tuple[Risk, ...]:
        """The risks that a control is to treat."""
        if self.risks is None or self.risks.said.edition != edition:
            return ()
        return tuple(each for each in self.risks.said.risks if result.control.id in each.controls)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Acceptances whose time is over, and that nobody has followed up."""
        return tuple(
            f"the risk acceptance {each.id} expired at {each.expires:%Y-%m-%d %H:%M} UTC: "
            "what it covered counts like any failure"
            for each in self.acceptances
            if self.at and each.over(self.at)
        )


def answered(findings: Iterable[FindingState], known: Answers) -> list[FindingState]:
    """Findings with the acceptance that covers each failure, and the open nonconformities that are about it."""
    accepted = _accepted(known.in_force)
    subjects: dict[str, list[tuple[Subject, str]]] = defaultdict(list)
    for record in known.open:
        for subject in record.subjects:
            subjects[subject.check].append((subject, record.id))
    found = []
    for each in findings:
        mine = tuple(dict.fromkeys(name for subject, name in subjects.get(each.check, ()) if subject.covers(each)))
        acceptance = accepted.get((each.check, each.source, each.scope, each.resource))
        if acceptance and each.status is Status.FAIL:
            found.append(replace(each, nonconformities=mine, accepted=acceptance.id, accepted_until=acceptance.expires))
        else:
            found.append(replace(each, nonconformities=mine) if mine else each)
    return found


def accepted_failures(findings: Iterable[FindingState]) -> dict[str, AcceptedFailures]:
    """By check, how many of its failures are accepted, and until when at least."""
    until: dict[str, list[datetime]] = defaultdict(list)
    for each in findings:
        if each.accepted_until:
            until[each.check].append(each.accepted_until)
    return {check: AcceptedFailures(len(days), min(days)) for check, days in until.items()}


def covering(findings: Iterable[FindingState], subjects: Collection[Subject]) -> Iterator[FindingState]:
    """The findings that are of some of these subjects."""
    by_check: dict[str, list[Subject]] = defaultdict(list)
    for subject in subjects:
        by_check[subject.check].append(subject)
    for each in findings:
        if any(subject.covers(each) for subject in by_check.get(each.check, ())):
            yield each


def _accepted(in_force: Sequence[RiskAcceptance]) -> dict[tuple[str, str, str, str], RiskAcceptance]:
    """The acceptance of each finding: that which lasts longest."""
    return {
        (each.check, each.source, each.scope, each.resource): acceptance
        for acceptance in sorted(in_force, key=lambda found: found.expires)
        for each in acceptance.findings
    }
