"""What Annexa's own records say about the clauses of the standard. Nothing recorded is nothing said: people attest it.

A record fails a clause only for what it shows itself: a step that is overdue, a risk that is less treated than planned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.management.applicability import Applicability
from core.management.attestation import JudgedAttestation
from core.management.audit import Audit, AuditStage
from core.management.clauses import RecordSays
from core.management.organization import Organization
from core.management.review import Review, ReviewStage
from core.management.risk import RiskRegister
from core.management.statements import Version
from core.model import Status, Verdict, failed, passed, unknown
from management.risks import RiskState, Treated
from management.soa import Flag
from runs.report import Report

INTERVAL_DAYS = 365
"""How long risks, audits and reviews may rest before nobody can tell whether they are still so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Everything that is recorded, at one moment."""

    at: datetime
    report: Report
    organization: Version[Organization] | None
    applicability: Version[Applicability] | None
    register: Version[RiskRegister] | None
    flags: Sequence[Flag]
    risks: Sequence[RiskState]
    attestations: Sequence[JudgedAttestation]
    audits: Sequence[Audit]
    reviews: Sequence[Review]

    def recent(self, when: datetime) -> bool:
        """Whether something happened within the longest interval."""
        return (self.at - when).days <= INTERVAL_DAYS


def issues(kept: Kept) -> Verdict | None:
    """Clause 4.1."""
    said = kept.organization
    if not said or not said.said.issues:
        return None
    return passed(f"{_count(len(said.said.issues), 'issue')} stated on {said.at:%Y-%m-%d}, version {said.events}")


def interested_parties(kept: Kept) -> Verdict | None:
    """Clause 4.2."""
    said = kept.organization
    if not said or not said.said.interested_parties:
        return None
    named = ", ".join(each.name for each in said.said.interested_parties)
    return passed(f"needs of {named} stated on {said.at:%Y-%m-%d}, version {said.events}")


def scope(kept: Kept) -> Verdict | None:
    """Clause 4.3."""
    said = kept.organization
    if not said or not said.said.scope_statement:
        return None
    return passed(f"the scope was stated on {said.at:%Y-%m-%d}, version {said.events}")


def owners(kept: Kept) -> Verdict | None:
    """Clause 5.3: who answers for each applicable control."""
    said = kept.organization.said if kept.organization else None
    rows = kept.applicability.said.rows if kept.applicability else ()
    if not rows and not (said and said.control_owners):
        return None
    named = {row.control: row.owner for row in rows if row.applicable}
    controls = list(named) or [result.control.id for result in kept.report.frameworks[0].controls]
    nobody = [each for each in controls if not (named.get(each) or (said and said.owner_of_control(each)))]
    if nobody:
        return failed(f"nobody answers for {_some(nobody)} of {_count(len(controls), 'control')}")
    return passed(f"somebody answers for each of {_count(len(controls), 'control')}")


def risk_assessment(kept: Kept) -> Verdict | None:
    """Clauses 6.1.2 and 8.2."""
    if not kept.register:
        return None
    said = kept.register
    sentence = (
        f"{_count(len(said.said.risks), 'risk')} assessed by {said.said.method.formula.value} of likelihood and impact"
    )
    stated = f"stated on {said.at:%Y-%m-%d}, version {said.events}"
    if not said.said.risks:
        return unknown(f"the register names no risk; {stated}")
    if not kept.recent(said.at):
        return unknown(f"{sentence}, and nobody has looked at them since: {stated}")
    return passed(f"{sentence}, {stated}")


def risk_treatment(kept: Kept) -> Verdict | None:
    """Clauses 6.1.3 and 8.3."""
    if not kept.register:
        return None
    less = [each.risk.id for each in kept.risks if each.treated is Treated.LESS_THAN_PLANNED]
    owed = [f"{each.risk.id}: {owed}" for each in kept.risks for owed in each.owed]
    if less or owed:
        found = [f"less treated than the plan says: {_some(less)}"] if less else []
        return failed("; ".join(found + owed[:3] + ([f"and {len(owed) - 3} more"] if len(owed) > 3 else [])))  # noqa: PLR2004 - as many as a sentence bears
    hidden = [each.risk.id for each in kept.risks if each.treated is Treated.NOT_SHOWN]
    if hidden:
        return unknown(f"evidence does not show that these are treated as planned: {_some(hidden)}")
    return passed(f"{_count(len(kept.risks), 'risk')} treated as planned, by evidence")


def statement_of_applicability(kept: Kept) -> Verdict | None:
    """Clause 6.1.3 d."""
    if not kept.applicability:
        return None
    said = kept.applicability
    stated = f"stated on {said.at:%Y-%m-%d}, version {said.events}"
    if kept.flags:
        controls = list(dict.fromkeys(flag.control for flag in kept.flags))
        return failed(f"does not agree with evidence or risks about {_some(controls)}; {stated}")
    return passed(f"{_count(len(said.said.rows), 'control')}, {stated}, and nothing contradicts it")


def objectives(kept: Kept) -> Verdict | None:
    """Clause 6.2. Whether they are reached is for `annexa measures`."""
    said = kept.organization
    if not said or not said.said.objectives:
        return None
    late = [each.id for each in said.said.objectives if each.due and each.due < kept.at.date()]
    stated = f"stated on {said.at:%Y-%m-%d}, version {said.events}"
    if late:
        return unknown(f"the day of {_some(late)} has passed: are they reached? {stated}")
    return passed(f"{_count(len(said.said.objectives), 'objective')} with owners and targets, {stated}")


def documents(kept: Kept) -> Verdict | None:
    """Clause 7.5: the documents that people vouch for."""
    wrong = [each.attestation.id for each in kept.attestations if not each.holds]
    if wrong:
        return failed(f"not current, not reviewed, or reviewed by their authors: {_some(wrong)}")
    if not kept.attestations:
        return None
    return passed(f"{_count(len(kept.attestations), 'attestation')}, all current and reviewed by somebody else")


def scans(kept: Kept) -> Verdict | None:
    """Clause 9.1."""
    scan = kept.report.scan
    sentence = f"scan {scan.id} of {scan.started:%Y-%m-%d}: {_count(len(kept.report.findings), 'verdict')}"
    blind = [each for each in kept.report.findings if each.status in (Status.UNKNOWN, Status.ERROR)]
    if kept.report.gaps or blind:
        return unknown(f"{sentence}, {_count(len(kept.report.gaps), 'gap')}, {len(blind)} that could not be judged")
    return passed(f"{sentence}, no gaps")


def audits(kept: Kept) -> Verdict | None:
    """Clause 9.2."""
    if not kept.audits:
        return None
    late = [each.id for each in kept.audits if each.overdue(kept.at.date())]
    if late:
        return failed(f"should have been reported by now: {_some(late)}")
    done = [each for each in kept.audits if each.reported and each.stage is not AuditStage.CANCELLED]
    newest = max((each.reported for each in done if each.reported), default=None)
    if newest is None or not kept.recent(newest):
        when = f"the last was reported on {newest:%Y-%m-%d}" if newest else "none was reported yet"
        return unknown(f"{_count(len(kept.audits), 'audit')}; {when}")
    return passed(f"{_count(len(done), 'audit')} reported, the last on {newest:%Y-%m-%d}")


def management_reviews(kept: Kept) -> Verdict | None:
    """Clause 9.3."""
    if not kept.reviews:
        return None
    late = [f"decision {each.number} of {one.id}" for one in kept.reviews for each in one.overdue(kept.at.date())]
    if late:
        return failed(f"should have been carried out by now: {_some(late)}")
    done = [each for each in kept.reviews if each.stage in (ReviewStage.CONCLUDED, ReviewStage.FOLLOWED_UP)]
    newest = max((each.ends for each in done), default=None)
    if newest is None or (kept.at.date() - newest).days > INTERVAL_DAYS:
        when = f"the last is about the time until {newest}" if newest else "none was concluded yet"
        return unknown(f"{_count(len(kept.reviews), 'review')}; {when}")
    return passed(f"{_count(len(done), 'review')} concluded, the last about the time until {newest}")


def nonconformities(kept: Kept) -> Verdict | None:
    """Clause 10.2."""
    known = kept.report.answers
    if known.overdue:
        return failed(f"overdue: {_some([each.id for each in known.overdue])}")
    failing = sum(each.status is Status.FAIL for each in kept.report.findings)
    if not known.nonconformities:
        return (
            unknown(f"{_count(failing, 'finding')} failing, and nobody has raised a nonconformity") if failing else None
        )
    closed = len(known.nonconformities) - len(known.open)
    return passed(f"{len(known.open)} open, {closed} closed, none overdue")


RECORDS: Mapping[str, tuple[Callable[[Kept], Verdict | None], str]] = {
    "issues": (issues, "annexa scope show"),
    "interested-parties": (interested_parties, "annexa scope show"),
    "scope": (scope, "annexa scope show"),
    "owners": (owners, "annexa scope show"),
    "risk-assessment": (risk_assessment, "annexa risks list"),
    "risk-treatment": (risk_treatment, "annexa risks list"),
    "statement-of-applicability": (statement_of_applicability, "annexa soa check"),
    "objectives": (objectives, "annexa measures"),
    "documents": (documents, "annexa attest list"),
    "scans": (scans, "annexa status"),
    "audits": (audits, "annexa audit list"),
    "management-reviews": (management_reviews, "annexa review list"),
    "nonconformities": (nonconformities, "annexa nonconformities list"),
}
"""What each record says, and the command that shows it. `mappings/clauses.yaml` names them."""


def say(kept: Kept) -> dict[str, RecordSays]:
    """What every record says that says something, by name."""
    return {
        name: RecordSays(record=name, verdict=verdict, command=command)
        for name, (judge, command) in RECORDS.items()
        if (verdict := judge(kept))
    }


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _some(names: Sequence[str]) -> str:
    shown = 5
    return ", ".join(names[:shown]) + (f" and {len(names) - shown} more" if len(names) > shown else "")
