"""The whole standard on one page: what evidence and records say about every clause and control, and what people owe."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from core.conclusions import ControlResult
from core.errors import AnnexaError
from core.management.access_review import AccessReview
from core.management.applicability import Applicability
from core.management.attestation import JudgedAttestation, judged
from core.management.clauses import ClauseResult, conclude
from core.management.risk import RiskRegister
from core.management.statements import Version
from core.model import Conclusion
from evidence_store import records
from evidence_store.questions import events as questions
from evidence_store.questions.past import Past
from management.assets import Inventory, Known, inventory
from management.own_records import Kept, say
from management.risks import RiskState, states
from management.sealing import Desk
from management.soa import Flag, flags, rows
from management.stating import changed, newest, past_of
from mappings.loader import clauses
from runs.report import FrameworkReport, Report
from runs.selection import DEFAULT_FRAMEWORK
from runs.state import report


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """Something that people still owe: about what, since when it is due where there is a day, by whom where that is
    known, and the command to go on with."""

    about: str
    sentence: str
    owner: str = ""
    due: date | None = None
    command: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """Everything there is to say, at one moment. `edition` is the framework that the page is about. There is no
    inventory of a moment in the past: assets are shown as they were seen last."""

    at: datetime
    report: Report
    edition: FrameworkReport
    applicability: Version[Applicability] | None
    register: Version[RiskRegister] | None
    clauses: tuple[ClauseResult, ...]
    flags: tuple[Flag, ...]
    risks: tuple[RiskState, ...]
    attestations: tuple[JudgedAttestation, ...]
    assets: Inventory | None
    owed: tuple[Owed, ...]


def standard(desk: Desk, as_of: str = "") -> Standard:
    """The whole standard as it stands, or stood. Raises `AnnexaError`, also when there is no scan yet."""
    found = report(desk.configuration, desk.store, desk.clock(), as_of=as_of)
    past = past_of(desk, as_of)
    at = past.moment if past else desk.clock()
    with desk.store.reading() as connection:
        applicability = questions.applicability(desk.store, connection, past)
        attested = judged(questions.attestations(desk.store, connection, past).values(), at)
        audits = tuple(questions.audits(desk.store, connection, past).values())
        reviews = tuple(questions.reviews(desk.store, connection, past).values())
        asked = [each for each in questions.access_reviews(desk.store, connection, past).values() if each.is_asked_for]
    register = found.answers.risks
    edition = edition_of(found, applicability.said.edition if applicability else DEFAULT_FRAMEWORK)
    flagged = flags(applicability.said, edition.controls, register.said if register else None) if applicability else ()
    treated = risk_states(found, register.said, at) if register else ()
    kept = Kept(
        at=at,
        report=found,
        organization=found.answers.organization,
        applicability=applicability,
        register=register,
        flags=flagged,
        risks=treated,
        attestations=attested,
        audits=audits,
        reviews=reviews,
    )
    says = say(kept)
    concluded = tuple(conclude(clause, says, attested) for clause in clauses())
    assets = None if past else inventory(desk)
    return Standard(
        at=at,
        report=found,
        edition=edition,
        applicability=applicability,
        register=register,
        clauses=concluded,
        flags=flagged,
        risks=treated,
        attestations=attested,
        assets=assets,
        owed=tuple(_owed(kept, concluded, edition, assets, asked)),
    )


def checked(desk: Desk, said: Applicability, as_of: str = "") -> tuple[Flag, ...]:
    """What a Statement of Applicability and the evidence do not agree about, whether or not it is sealed. Raises
    `AnnexaError`."""
    found = report(desk.configuration, desk.store, desk.clock(), as_of=as_of)
    register = found.answers.risks
    return flags(said, edition_of(found, said.edition).controls, register.said if register else None)


def stated_rows(desk: Desk, as_of: str = "") -> tuple[Version[Applicability], list[dict[str, str]], Past | None]:
    """The Statement of Applicability in force, and its rows with what evidence says. Raises `AnnexaError`."""
    past = past_of(desk, as_of)
    version = newest(desk, records.APPLICABILITY, past)
    if version is None:
        raise AnnexaError(
            "no Statement of Applicability is sealed",
            "begin one with: annexa soa init; name it in management.applicability, and scan",
        )
    found = report(desk.configuration, desk.store, desk.clock(), as_of=as_of)
    return version, rows(version.said, edition_of(found, version.said.edition).controls), past


def treated_risks(desk: Desk, as_of: str = "") -> tuple[Version[RiskRegister], tuple[RiskState, ...], Past | None]:
    """The risks in force with what evidence says of their treatment. Raises `AnnexaError`."""
    past = past_of(desk, as_of)
    found = report(desk.configuration, desk.store, desk.clock(), as_of=as_of)
    register = found.answers.risks
    if register is None:
        raise AnnexaError("no risks are sealed", "name the file in management.risks, then scan: docs/risks.md")
    return register, risk_states(found, register.said, past.moment if past else desk.clock()), past


def checked_risks(desk: Desk) -> tuple[Version[RiskRegister] | None, bool, tuple[RiskState, ...]]:
    """The version in force, whether the file says something else, and what evidence says of what the file says.

    Raises `AnnexaError`.
    """
    draft, version = changed(desk, records.RISKS)
    said = draft or (version.said if version else None)
    if said is None:
        raise AnnexaError("there are no risks", "name the file in management.risks: docs/risks.md")
    found = report(desk.configuration, desk.store, desk.clock())
    return version, draft is not None, risk_states(found, said, desk.clock())


def edition_of(found: Report, name: str) -> FrameworkReport:
    """One edition of a report; the first where it has no such."""
    return next((each for each in found.frameworks if each.id == name), found.frameworks[0])


def risk_states(found: Report, register: RiskRegister, at: datetime) -> tuple[RiskState, ...]:
    """Every risk with what the conclusions of a report say of its treatment."""
    controls = edition_of(found, register.edition).controls
    conclusions = {each.control.id: (each.conclusion, each.sentence) for each in controls}
    return states(register, conclusions, at.date())


def _owed(
    kept: Kept,
    concluded: tuple[ClauseResult, ...],
    edition: FrameworkReport,
    assets: Inventory | None,
    asked: Iterable[AccessReview],
) -> list[Owed]:
    found = [
        Owed(
            about=each.id,
            sentence=f"{each.title} ({each.stage.value})",
            owner=each.owner,
            due=each.due,
            command=f"annexa nonconformities show {each.id}",
        )
        for each in kept.report.answers.open
    ]
    found += [
        Owed(
            about=each.id,
            sentence=f"{each.title}: not decided",
            owner=each.asked.owner,
            due=each.asked.due,
            command=f"annexa access-review show {each.id}",
        )
        for each in asked
    ]
    for state in kept.risks:
        name, command = state.risk.id, f"annexa risks show {state.risk.id}"
        found += [
            Owed(about=name, sentence=heading(step.action), owner=step.owner, due=step.due, command=command)
            for step in state.overdue
        ]
        if state.unapproved:
            found.append(Owed(about=name, sentence=heading(state.unapproved), owner=state.risk.owner, command=command))
    for each in kept.attestations:
        if not each.holds:
            said = each.attestation.said
            command = f"annexa attest renew {each.attestation.id}"
            found.append(
                Owed(
                    about=each.attestation.id,
                    sentence=each.sentence,
                    owner=said.owner,
                    due=said.valid_until,
                    command=command,
                )
            )
    stated = kept.organization.said if kept.organization else None
    owners = {
        result.control.id: (result.stated.owner if result.stated else "")
        or (stated.owner_of_control(result.control.id) if stated else "")
        for result in edition.controls
    }
    found += [
        Owed(about=flag.control, sentence=heading(flag.problem), owner=owners[flag.control], command=flag.remedy)
        for flag in kept.flags
    ]
    flagged = {flag.control for flag in kept.flags}
    found += [
        Owed(
            about=result.control.id,
            sentence=_nothing_shows(result),
            owner=owners[result.control.id],
            command=f"annexa attest add --control {result.control.id}",
        )
        for result in edition.controls
        if result.conclusion is Conclusion.NO_EVIDENCE and result.control.id not in flagged
    ]
    found += [
        Owed(
            about=each.clause.id,
            sentence=f"{each.clause.title}: nobody attests it",
            command=f"annexa attest add --control {each.clause.id}",
        )
        for each in concluded
        if each.conclusion is Conclusion.NO_EVIDENCE
    ]
    for what in ("owner", "classification"):
        missing = assets.count(what, Known.MISSING) if assets else 0
        if missing:
            sentence = f"{missing} assets without {'an owner' if what == 'owner' else 'a classification'}"
            found.append(Owed(about="assets", sentence=sentence, command=f"annexa assets list --without {what}"))
    return sorted(found, key=lambda each: (each.due is None, each.due or date.max))


def _nothing_shows(result: ControlResult) -> str:
    if result.covered:
        return f"{result.control.title}: checks look at it, and found nothing to judge"
    return f"{result.control.title}: neither a check nor an attestation covers it"


def heading(text: str) -> str:
    """`text` with a capital first letter; the rest stays as it is."""
    return text[:1].upper() + text[1:]
