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
from evidence_store.leaving.signing import refuse_without_key
from evidence_store.questions.periods import State
from evidence_store.records import Exported, salt
from evidence_store.store import Store
from exports import request_list, words
from exports.bundle.archive import Archive
from exports.bundle.content import Content
from exports.bundle.parts import File, Snapshot
from exports.bundle.pinning import asked as asked_of
from exports.bundle.pinning import snapshot
from exports.leaving import sealed
from exports.request_list import Request
from exports.tables import Table, csv_lines
from exports.words import visible
from exports.writing import Writing
from mappings.loader import framework, frameworks
from runs.configuration import Configuration
from runs.login import login
from runs.plugins import all_checks
from runs.selection import matches

CONTROL = re.compile(r"(?:([a-z][a-z0-9_]*):)?(A\.\d+(?:\.\d+)*)(?![\d.]*\d)", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]{5,}")
SHOWN = ("about", "controls", "period_controls", "findings", "gaps", "populations", "period_checks", "period_changes")
COLUMNS = ("request", "asked", "period", "answered", "folder", "what_could_not_be_answered")
LIKELY = 3


@dataclass(frozen=True, slots=True)
class Meant:
    """What a request names: controls of one edition, or checks."""

    framework: str
    controls: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()


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


def export(configuration: Configuration, listed: Path, edition: str, output: Path, reason: str, clock: Clock) -> Left:
    """Answer the requests of a file in one ZIP file, which is not there yet. Raises `AnnexaError`."""
    requests = request_list.read(listed)
    if edition not in frameworks():
        raise AnnexaError(f"there is no framework {edition}", f"there are {', '.join(frameworks())}")
    with Writing(output) as file:
        with Store.open(configuration.location) as store, Archive(file.stream) as archive:
            refuse_without_key(store)
            answers = [_answered(configuration, store, each, edition, archive, clock()) for each in requests]
            archive.add(File("requests.csv", csv_lines(_table(answers))))
        digest, size = file.finish()
        left = Exported(
            salt=salt(),
            reason=reason,
            login=login(),
            form="request",
            question={"framework": edition, "requests": [_sealed_words(each) for each in answers]},
            checkpoint=max(each.checkpoint for each in answers),
            digest=digest,
            size=size,
        )
        leaf = sealed(configuration, left, clock)
        file.give_name()
    return Left(file=str(output), digest=digest, size=size, leaf=leaf, answers=tuple(answers))


def _sealed_words(answer: Answer) -> dict[str, object]:
    return {"id": answer.request.id, "period": answer.request.period, "answered": answer.answered}


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
    configuration: Configuration, store: Store, request: Request, edition: str, archive: Archive, now: datetime
) -> Answer:
    folder = _folder(request, archive)
    try:
        meant = _meant(request, edition)
        found = _snapshot(configuration, store, request, meant, now)
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


def _meant(request: Request, edition: str) -> Meant:
    """What a request names. Raises `AnnexaError` where nobody can tell."""
    if request.problem:
        raise AnnexaError(request.problem)
    named = CONTROL.findall(request.asked)
    editions = {name.casefold() or edition for name, _ in named}
    if len(editions) > 1:
        raise AnnexaError(
            f"it names controls of several editions: {', '.join(sorted(editions))}", "make it two requests"
        )
    if named:
        (mine,) = editions
        if mine not in frameworks():
            raise AnnexaError(f"there is no framework {mine}", f"there are {', '.join(frameworks())}")
        return Meant(mine, controls=tuple(dict.fromkeys(number.upper() for _, number in named)))
    checks = [name for name in all_checks() if any(matches(name, each) for each in request.asked.split())]
    if checks:
        return Meant(edition, checks=tuple(checks))
    raise AnnexaError(
        "it names no control and no check, so what would answer it is for a person to say", _likely(request, edition)
    )


def _likely(request: Request, edition: str) -> str:
    """Controls whose titles share words with a question in free text."""
    mine = {word.casefold() for word in WORD.findall(request.asked)}
    scored = [
        (-len(mine & {word.casefold() for word in WORD.findall(control.title)}), number, control)
        for number, control in enumerate(framework(edition).controls)
    ]
    likely = [
        f"{control.id} {control.title}" for score, _, control in sorted(scored, key=lambda s: s[:2])[:LIKELY] if score
    ]
    return f"perhaps one of these is meant: {', '.join(likely)}" if likely else "name a control, such as A.8.5"


def _snapshot(configuration: Configuration, store: Store, request: Request, meant: Meant, now: datetime) -> Snapshot:
    question = asked_of(store, ("", ""), meant.framework, now, (meant.controls, ()))
    start, end = request.start or question.start, request.end or question.end
    found = snapshot(configuration, store, replace(question, start=start, end=end), now)
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
            gaps=tuple(each for each in report.gaps if kinds & set(each.kinds)),
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
