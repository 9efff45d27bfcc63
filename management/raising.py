"""Raising nonconformities: about findings that a person names, or about what somebody saw elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.errors import AnnexaError, did_you_mean
from core.management.acts import Grade, Raised
from core.management.nonconformity import Nonconformity
from core.management.subject import Subject
from core.model import Severity
from evidence_store import records
from evidence_store.questions.events import nonconformities
from evidence_store.questions.states import FindingState
from management.evidence import standing
from management.nonconformities import chosen, due_by, known
from management.sealing import By, Desk
from runs.configuration import Configuration
from runs.rules import installed

SENTENCES = 5
"""Findings that a statement names; the record follows all of them."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What a person says of a new record; what is left empty follows from the findings."""

    title: str = ""
    statement: str = ""
    grade: str = ""
    severity: str = ""
    due: date | None = None
    external: str = ""


def checked(wording: Wording) -> Wording:
    """The same. Raises `AnnexaError` for a grade or a severity that there is not."""
    for given, words, what in (
        (wording.grade, [each.value for each in Grade], "grade"),
        (wording.severity, [each.value for each in Severity], "severity"),
    ):
        if given and given not in words:
            raise AnnexaError(f"there is no {what} {given}{did_you_mean(given, words)}", f"say {', '.join(words)}")
    return wording


def raise_about(
    desk: Desk, names: Sequence[str], wording: Wording, by: By, *, exactly: bool = False, anyway: bool = False
) -> list[Nonconformity]:
    """Raise one record about these findings, by the beginning of their ids, or about none.

    The record is about the checks of these findings in their sources, and follows them; `exactly`: about these findings
    alone. What an open record is about already is raised again only `anyway`: two records of one thing would be closed
    apart. Raises `AnnexaError`.
    """
    at = desk.clock()
    with desk.store.reading() as connection:
        findings = standing(desk.configuration, desk.store, connection, at)
    meant = [finding_named(findings, name) for name in names]
    if exactly:
        subjects = [Subject(check=f.check, source=f.source, scope=f.scope, resource=f.resource) for f in meant]
    else:
        subjects = [Subject(check=f.check, source=f.source) for f in meant]
    raised = worded(desk.configuration, tuple(dict.fromkeys(subjects)), meant, wording, at)

    def within(connection: Any) -> None:
        if not anyway:
            _refuse_twice(raised, nonconformities(desk.store, connection).values())

    return raise_all(desk, [raised], by, within=within)


def _refuse_twice(raised: Raised, known: Iterable[Nonconformity]) -> None:
    """Raise `AnnexaError` where open records are about some of it, all of it included."""
    found = {
        record.id: str(mine)
        for record in known
        if record.open
        for mine in raised.subjects
        if any(subject.covers(mine) for subject in record.subjects)
    }
    if found:
        said = "; ".join(f"{name} is open about {about}" for name, about in found.items())
        remedy = f"lead that one: annexa nonconformities show {next(iter(found))}; or raise another one --anyway"
        raise AnnexaError(said, remedy)


def worded(
    configuration: Configuration,
    subjects: tuple[Subject, ...],
    findings: Sequence[FindingState],
    wording: Wording,
    at: datetime,
) -> Raised:
    """What a new record says: as a person words it, else as findings do. Raises `AnnexaError` where neither does."""
    checks = installed(configuration, switched_off=True).checks
    titles = dict.fromkeys(checks[f.check].title if f.check in checks else f.check for f in findings)
    title = wording.title or (f"Not so: {next(iter(titles)).rstrip('.')}" if titles else "")
    sentences = [f"{f.resource} in {f.source}: {f.reason}" for f in findings[:SENTENCES]]
    if len(findings) > SENTENCES:
        sentences.append(f"and {len(findings) - SENTENCES} more")
    statement = wording.statement or "; ".join(sentences)
    if not title or not statement:
        raise AnnexaError("nothing says what does not conform", "say --title and --statement, or name findings")
    gravest = max((f.severity for f in findings), key=list(Severity).index, default=Severity.MEDIUM)
    severity = Severity(wording.severity) if wording.severity else gravest
    return Raised(
        title=title,
        statement=statement,
        grade=Grade(wording.grade) if wording.grade else Grade.MINOR,
        severity=severity,
        due=wording.due or due_by(configuration, severity, at),
        subjects=subjects,
        external=wording.external,
    )


def finding_named(findings: Sequence[FindingState], name: str) -> FindingState:
    """The one finding whose id begins so. Raises `AnnexaError`."""
    found = [each for each in findings if name and each.id.startswith(name)]
    if len(found) != 1:
        problem = f"{len(found)} findings begin with {name}" if found else f"no finding is called {name}"
        raise AnnexaError(problem, "ids of findings are listed by: annexa status --all")
    return found[0]


def also_about(desk: Desk, record: Nonconformity) -> list[str]:
    """The ids of other open records about something that this one is about."""
    mine = set(record.subjects)
    return [
        each.id for each in known(desk).values() if each.open and each.id != record.id and mine & set(each.subjects)
    ]


def raise_all(
    desk: Desk,
    raised: Sequence[Raised],
    by: By,
    reasons: Sequence[str] = (),
    *,
    within: Callable[[Any], None] = lambda _: None,
) -> list[Nonconformity]:
    """Raise records, all or none, under the next numbers. `within` runs in the transaction that seals.

    Raises `AnnexaError`.
    """
    acts = [[each] for each in raised]
    names = desk.begin(records.NONCONFORMITY, acts, by, reasons, within=within) if raised else []
    return chosen(known(desk), names)
