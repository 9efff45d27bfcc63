"""One question in one format: written whole or not at all, and sealed as something that left before it has its name.

What left without a record would be worse than a record of what never left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO

from core.recording import Clock
from core.redaction import redact_written
from evidence_store.leaving.signing import refuse_without_key
from evidence_store.records import Exported, salt
from evidence_store.store import Store
from exports import ocsf, oscal
from exports.bundle import exporting, forms, paper
from exports.bundle.archive import Archive
from exports.bundle.content import Content
from exports.bundle.parts import File, Snapshot
from exports.bundle.pinning import snapshot
from exports.leaving import Left, Step, Wish, question, sealed, stepping
from exports.writing import Writing
from runs.configuration import Configuration
from runs.login import login

Write = Callable[[Snapshot, IO[bytes], Step], int]
"""Writes what answers a question, and says how many files that is."""


def _pieces(made: Callable[[Snapshot], Iterable[bytes]], per_verdict: int = 0) -> Write:
    """Writes pieces, of which there are so many for each verdict: 0 where it is made whole before the first."""

    def write(found: Snapshot, file: IO[bytes], step: Step) -> int:
        about = per_verdict * len(found.report.findings)
        for piece in stepping(made(found), "writing what stood", about, step):
            file.write(piece)
        return 1

    return write


def _zipped(made: Callable[[Snapshot], Iterator[File]]) -> Write:
    def write(found: Snapshot, file: IO[bytes], step: Step) -> int:
        with Archive(file) as archive:
            for each in made(found):
                archive.add(File(each.path, stepping(each.pieces, f"writing {each.path}", 0, step)))
        return len(archive.written)

    return write


FORMATS: dict[str, Write] = {
    "bundle": exporting.write,
    "oscal": _pieces(oscal.pieces, 2),
    "ocsf": _pieces(ocsf.lines, 1),
    "csv": _zipped(forms.tables_of),
    "xlsx": _pieces(lambda found: forms.workbook_pieces(Content(found))),
    "pdf": _pieces(lambda found: (paper.write(Content(found)),)),
}
"""What writes each format."""


def export(configuration: Configuration, wish: Wish, form: str, output: Path, clock: Clock, step: Step) -> Left:
    """Write what answers a question, in one format, to a file that is not there yet.

    Raises `AnnexaError`; then there is no file.
    """
    with Writing(output) as file:
        step("reading what stood", 0, 1)
        with Store.open(configuration.location) as store:
            refuse_without_key(store)
            found = snapshot(configuration, store, wish.ask(store), clock())
            step(f"writing {form}", 0, 1)
            files = FORMATS[form](found, file.stream, step)
        digest, size = file.finish()
        left = Exported(
            salt=salt(),
            reason=redact_written(wish.reason),
            login=login(),
            form=form,
            question=question(found.question),
            checkpoint=found.past.size,
            digest=digest,
            size=size,
        )
        leaf = sealed(configuration, left, clock)
        file.give_name()
    return Left(
        file=str(output),
        form=form,
        digest=digest,
        size=size,
        files=files,
        findings=len(found.report.findings),
        checkpoint=found.past.size,
        leaf=leaf,
        warnings=found.warnings,
    )
