"""Answers to a list of evidence requests: a folder for each, and a table that says what could not be answered."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from core.codec import timestamp
from core.errors import AnnexaError
from core.model import Conclusion
from core.recording import Clock
from core.redaction import redact_written
from evidence_store.leaving.signing import refuse_without_key
from evidence_store.questions.periods import State
from evidence_store.records import Exported, salt
from evidence_store.store import Store
from exports import request_list, words
from exports.bundle.archive import Archive
from exports.bundle.content import Content
from exports.bundle.parts import File, Snapshot
from exports.bundle.pinning import asked as asked_of
from exports.bundle.pinning import hiding, snapshot
from exports.leaving import Step, sealed
from exports.request_list import Request
from exports.request_meaning import Meant, meaning
from exports.tables import Table, csv_lines
from exports.words import visible
from exports.writing import Writing
from mappings.loader import frameworks
from runs.configuration import Configuration
from runs.login import login

SHOWN = ("about", "controls", "period_controls", "findings", "gaps", "populations", "period_checks", "period_changes")
COLUMNS = ("request", "asked", "period", "answered", "folder", "what_could_not_be_answered")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A file with requests, the edition they mean where they name none, and why they are answered; with people as
    pseudonyms, or with their names. What a request itself says stays as whoever asks wrote it."""

    listed: Path
    edition: str
    reason: str = ""
    redact_people: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request; `missing` are sentences about what could not be answered, `checkpoint` the size of the
    log that answers (0: nothing does)."""

    request: Request
    folder: str
    missing: tuple[str, ...]
    checkpoint: int = 0

    @property
    def answered(self) -> str:
        """`yes`, `in part` or `no`."""
        return "no" if not self.checkpoint else "in part" if self.missing else "yes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A file with answers, and the leaf of the log that says that it left."""

    file: str
    digest: str
    size: int
    leaf: int
    answers: tuple[Answer, ...] = field(default=())


def export(configuration: Configuration, asked: Asked, output: Path, clock: Clock, step: Step) -> Left:
    """Answer the requests of a file in one ZIP file, which is not there yet. Raises `AnnexaError`."""
    requests = request_list.read(asked.listed)
    if asked.edition not in frameworks():
        raise AnnexaError(f"there is no framework {asked.edition}", f"there are {', '.join(frameworks())}")
    with Writing(output) as file:
        with Store.open(configuration.location) as store, Archive(file.stream) as archive:
            refuse_without_key(store)
            answers = []
            for number, each in enumerate(requests):
                step("answering requests", number, len(requests))
                answers.append(_answered(configuration, store, each, asked, archive, clock()))
            archive.add(File("requests.csv", csv_lines(_table(answers))))
        digest, size = file.finish()
        left = Exported(
            salt=salt(),
            reason=redact_written(asked.reason),
            login=login(),
            form="request",
            question={
                "framework": asked.edition,
                "requests": [_sealed_words(each) for each in answers],
                "redact_people": asked.redact_people,
            },
            checkpoint=max(each.checkpoint for each in answers),
            digest=digest,
            size=size,
        )
        leaf = sealed(configuration, left, clock)
        file.give_name()
    return Left(file=str(output), digest=digest, size=size, leaf=leaf, answers=tuple(answers))


def _sealed_words(answer: Answer) -> dict[str, object]:
    asked = answer.request
    return {"id": redact_written(asked.id), "period": redact_written(asked.period), "answered": answer.answered}


def _table(answers: Sequence[Answer]) -> Table:
    return Table(
        name="requests",
        about="A request, whether it was answered, and what is missing.",
        columns=COLUMNS,
        rows=(
            (a.request.id, a.request.asked, a.request.period, a.answered, a.folder, "; ".join(a.missing))
            for a in answers
        ),
    )


def _answered(
    configuration: Configuration, store: Store, request: Request, asked: Asked, archive: Archive, now: datetime
) -> Answer:
    folder = _folder(request, archive)
    try:
        meant = meaning(request, asked.edition)
        found = _snapshot(configuration, store, request, meant, now, redact_people=asked.redact_people)
    except AnnexaError as error:
        answer = Answer(request, folder, (f"{error}; {error.hint}" if error.hint else str(error),))
        archive.add(File(f"{folder}/answer.md", _page(answer, None).encode()))
        return answer
    content = Content(found)
    answer = Answer(request, folder, tuple(_missing(request, content)), found.past.size)
    archive.add(File(f"{folder}/answer.md", _page(answer, content).encode()))
    for table in content.tables():
        if table.name in SHOWN:
            archive.add(File(f"{folder}/{table.name}.csv", csv_lines(table)))
    return answer


def _folder(request: Request, archive: Archive) -> str:
    """A folder of its own, called as the request is, as far as every file system takes that."""
    name = re.sub(r"[^\w-]+", "_", request.id).strip("_")[:60] or f"line_{request.line}"
    taken = {path.partition("/")[0].casefold() for path in archive.written}
    return f"{name}_line_{request.line}" if name.casefold() in taken else name


def _snapshot(
    configuration: Configuration, store: Store, request: Request, meant: Meant, now: datetime, *, redact_people: bool
) -> Snapshot:
    question = asked_of(store, ("", ""), meant.framework, now, (meant.controls, ()))
    start, end = request.start or question.start, request.end or question.end
    question = replace(question, start=start, end=end, redact_people=redact_people)
    found = snapshot(configuration, store, question, now)
    return _about(found, set(meant.checks)) if meant.checks else found


def _about(found: Snapshot, checks: set[str]) -> Snapshot:
    """The same about some checks alone."""
    report, edition = found.report, found.conclusions
    served = tuple(
        result
        for result in edition.controls
        if checks & {check for objective in result.objectives for check in objective.checks}
    )
    known = {name: check for name, check in report.checks.items() if name in checks}
    kinds = {check.kind for check in known.values()}
    return replace(
        found,
        report=replace(
            report,
            checks=known,
            frameworks=(replace(edition, controls=served),),
            findings=tuple(each for each in report.findings if each.check in known),
            coverage=tuple(each for each in report.coverage if each.kind in kinds),
            gaps=hiding(report.gaps, known, found.evidence),
        ),
    )


def _missing(request: Request, content: Content) -> Iterator[str]:
    """What evidence does not say, in sentences."""
    snapshot = content.snapshot
    if request.end and request.end > snapshot.pinned and snapshot.past.moment < request.end:
        yield f"the period ends after {timestamp(snapshot.past.moment)}, and nothing is known of what comes then"
    for result in snapshot.conclusions.controls:
        if not result.covered:
            yield f"{result.control.id}: {_untold(result.control.potential)}"
        elif result.conclusion in (Conclusion.NO_EVIDENCE, Conclusion.UNDETERMINED):
            yield f"{result.control.id}: {result.sentence}"
    for each in content.period.controls:
        blind = each.timeline.totals.get(State.BLIND)
        if each.checks and blind:
            share = words.share(blind, each.timeline.length)
            yield f"{each.control.id}: for {share} of the period nobody could tell ({words.length(blind)})"
    for gap in snapshot.report.gaps:
        yield f"{words.place(gap.source, gap.scope)}: {', '.join(gap.kinds)} could not be seen: {gap.reason}"


def _untold(potential: str) -> str:
    told = words.POTENTIALS.get(potential, "")
    return f"no check speaks to it. {told}".strip()


def _page(answer: Answer, content: Content | None) -> str:
    """The answer in words."""
    request = answer.request
    asked = request.asked or "nothing"
    said = [
        f"# {visible(request.id)}",
        "",
        f"Asked: {visible(asked)}",
        f"Period: {visible(request.period) or 'all there is'}",
        "",
    ]
    said.append(f"Answered: {answer.answered}.")
    if content:
        snapshot = content.snapshot
        said += [
            "",
            f"From {words.moment(snapshot.question.start)} to {words.moment(snapshot.past.moment)}, by the first",
            f"{snapshot.past.size} leaves of the log {snapshot.report.seal.origin if snapshot.report.seal else ''}.",
            "",
            *(f"* {each.control.id} {each.control.title}: {each.sentence}" for each in snapshot.conclusions.controls),
            "",
            f"{words.several(len(snapshot.report.findings), 'verdict')}: `findings.csv`. How what was judged was made",
            "whole: `populations.csv`. For how long it was so: `period_controls.csv`.",
        ]
    if answer.missing:
        said += ["", "## What could not be answered", "", *(f"* {visible(each)}" for each in answer.missing)]
    return "\n".join(said) + "\n"
