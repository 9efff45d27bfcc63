"""From a question to the place in the log that answers it, and to what stood there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from core.codec import timestamp
from core.errors import AnnexaError, did_you_mean
from core.model import DescribedCheck
from evidence_store.leaving.leaves import pinned, scans_of_period
from evidence_store.people.keyring import Keyring
from evidence_store.people.persons import Concealment
from evidence_store.questions.histories import first_moment
from evidence_store.questions.past import Past, leaf_moment
from evidence_store.questions.states import GapState
from evidence_store.store import Store
from exports.bundle.parts import Question, Snapshot
from exports.bundle.people import Names
from exports.bundle.selecting import Selected, select
from runs.as_of import AsOf, as_of, spoken
from runs.configuration import Configuration
from runs.report import FrameworkReport, Report
from runs.selection import matches
from runs.state import report as report_of


def asked(
    store: Store,
    words: tuple[str, str],
    framework: str,
    now: datetime,
    narrowed: tuple[tuple[str, ...], tuple[str, ...]],
) -> Question:
    """The question in words: from and to, either of them empty; the edition; the controls and the sources.

    Raises `AnnexaError`.
    """
    with store.reading() as connection:
        first = first_moment(connection)
        last = pinned(connection, now)
        if first is None or not last.size:
            raise AnnexaError(f"{store.location.name}: no scan has finished yet", "scan with: annexa scan")
        newest = leaf_moment(connection, last.size - 1)
    end = _end(store, words[1], now) if words[1] else newest or now
    start = spoken(words[0], begins=True) if words[0] else min(first, end)
    if start > end:
        raise AnnexaError(
            f"the period from {timestamp(start)} to {timestamp(end)} ends before it begins",
            "give --from the earlier moment" if words[1] else "without --to it ends at the newest checkpoint",
        )
    return Question(framework=framework, start=start, end=end, controls=narrowed[0], sources=narrowed[1])


def _end(store: Store, text: str, now: datetime) -> datetime:
    """The moment that is meant: it may still be to come; or when a scan ended, or a leaf was written.

    Raises `AnnexaError`.
    """
    try:
        return spoken(text)
    except AnnexaError:
        then = as_of(store, text, now)
        assert then is not None  # noqa: S101 - there is a text
        return then.past.moment


def snapshot(configuration: Configuration, store: Store, question: Question, now: datetime) -> Snapshot:
    """What answers a question. With people redacted, nobody may write with the store from here on (`without_names`).

    Raises `AnnexaError`: for a period before the first checkpoint or without any scan, and for what nobody knows.
    """
    with store.reading() as connection:
        found = pinned(connection, question.end)
        if not found.size:
            first = f"the first one is of {timestamp(found.first)}" if found.first else "make one with: annexa scan"
            raise AnnexaError(f"there is no checkpoint at or before {timestamp(question.end)}", first)
        made = leaf_moment(connection, found.size - 1) or question.end
        past = Past(size=found.size, moment=question.end if question.end <= now else made)
        if not scans_of_period(connection, question.start, past):
            raise AnnexaError(
                f"nobody looked at anything between {timestamp(question.start)} and {timestamp(question.end)}: no scan "
                "was made",
                f"the newest checkpoint before its end is of {timestamp(made)}: let the period begin before that",
            )
        known = _known(store) if question.redact_people else None
        store.without_names = question.redact_people
        names = Names(Keyring(store, connection), known)
    whole = report_of(configuration, store, now, then=AsOf(past=past, warnings=_behind(found.ahead)))
    report = names.report(_narrowed(whole, question))
    served = {c for each in report.frameworks[0].controls for o in each.objectives for c in o.checks}
    evidence = select(store, past, sorted(served), report.findings, question.sources)
    if question.controls:
        report = replace(report, gaps=hiding(report.gaps, report.checks, evidence))
    return Snapshot(
        question=question,
        configuration=configuration,
        store=store,
        past=past,
        pinned=made,
        report=report,
        evidence=evidence,
        names=names,
        warnings=report.warnings,
    )


def hiding(gaps: Iterable[GapState], checks: Mapping[str, DescribedCheck], evidence: Selected) -> tuple[GapState, ...]:
    """The gaps that hide something from these checks: what they judge, or what they look at beside it."""
    looked = [each.body for each in evidence.assessments if each.body.check in checks]
    kinds = {check.kind for check in checks.values()}
    kinds |= {at.kind for body in looked for at in (*body.subjects, *body.joins)}
    return tuple(each for each in gaps if not each.kinds or kinds & set(each.kinds))


def _known(store: Store) -> Concealment:
    """Everybody whom the store knows, to find them also where they stand in plain. Raises `AnnexaError`."""
    with store.reading() as connection:
        keyring = Keyring(store, connection)
        if keyring.problem:
            raise AnnexaError(
                f"people cannot be redacted: {keyring.problem}",
                "without names nobody can see where one stands in plain: restore the file from its backup",
            )
        return Concealment(keyring.people.values())


def _behind(ahead: int | None) -> tuple[str, ...]:
    wrong = f"a clock was wrong: leaf {ahead} is dated later than the period; leaves after it are left out"
    return () if ahead is None else (wrong,)


def _narrowed(report: Report, question: Question) -> Report:
    """The report about the edition, controls and sources in question. Raises `AnnexaError` for unknown ones."""
    editions = {each.id: each for each in report.frameworks}
    if question.framework not in editions:
        raise AnnexaError(
            f"there is no framework {question.framework}{did_you_mean(question.framework, editions)}",
            f"there are {', '.join(editions)}",
        )
    edition = _controls(editions[question.framework], question)
    checks = {c for each in edition.controls for o in each.objectives for c in o.checks}
    _refuse_unknown_sources(report, question)
    kinds = {check.kind for name, check in report.checks.items() if name in checks}
    return replace(
        report,
        generated=report.past.moment if report.past else report.generated,
        store=report.seal.origin if report.seal else "",
        frameworks=(edition,),
        checks={name: check for name, check in report.checks.items() if name in checks},
        findings=tuple(each for each in report.findings if each.check in checks and question.asks_for(each.source)),
        gaps=tuple(each for each in report.gaps if question.asks_for(each.source)),
        coverage=tuple(each for each in report.coverage if each.kind in kinds and question.asks_for(each.source)),
        warnings=(*_without_places(report), *_narrow(question)),
    )


def _controls(edition: FrameworkReport, question: Question) -> FrameworkReport:
    known = {result.control.id: result for result in edition.controls}
    names = [name.removeprefix(f"{edition.id}:") for name in question.controls]
    for name in names:
        if name not in known:
            raise AnnexaError(
                f"{edition.name} has no control {name}{did_you_mean(name, known)}", "list them with: annexa controls"
            )
    wanted = [result for result in edition.controls if not names or result.control.id in names]
    return replace(edition, controls=tuple(wanted))


def _refuse_unknown_sources(report: Report, question: Question) -> None:
    known = sorted({each.source for some in (report.coverage, report.gaps, report.findings) for each in some})
    for pattern in question.sources:
        if not any(matches(name, pattern) for name in known):
            raise AnnexaError(
                f"no source matches {pattern}{did_you_mean(pattern, known)}",
                f"what was looked at: {', '.join(known) or 'nothing'}",
            )


def _without_places(report: Report) -> tuple[str, ...]:
    """Warnings for an auditor: where checkpoints are published is a path of somebody's machine."""
    folders = [each.folder for each in report.seal.publications] if report.seal else []
    return tuple(each for each in report.warnings if not any(folder in each for folder in folders))


def _narrow(question: Question) -> tuple[str, ...]:
    if not question.sources:
        return ()
    return (
        f"findings here are of {', '.join(question.sources)} alone; conclusions about controls rest on every source",
    )
