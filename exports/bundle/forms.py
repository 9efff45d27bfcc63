"""The formats that auditors and their tools read: OSCAL, OCSF, a workbook, paper; and samples and the period."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from core.errors import AnnexaError
from evidence_store.errors import BrokenSealError
from exports import ocsf, oscal, workbook
from exports.bundle import drawn, paper, periods
from exports.bundle.content import Content
from exports.bundle.parts import File, Snapshot
from exports.tables import csv_lines

BYTES_AT_ONCE = 2**20


def files(snapshot: Snapshot) -> Iterator[File]:
    """All of them. Figures are made once."""
    content = Content(snapshot)
    yield File("about.csv", csv_lines(content.about()))
    yield File("oscal/assessment-results.json", oscal.pieces(snapshot))
    yield File("ocsf/findings.jsonl", ocsf.lines(snapshot))
    for table in periods.tables(content.period):
        yield File(f"period/{table.name.removeprefix('period_')}.csv", csv_lines(table))
    yield File("samples.csv", csv_lines(drawn.table(content.samples)))
    yield from drawn.files(snapshot, content.samples)
    for path, made in (("workbook.xlsx", workbook_pieces), ("report.pdf", _paper)):
        pieces = made(content)
        try:
            first = next(pieces)
        except BrokenSealError:
            raise
        except AnnexaError as error:  # an extra is not installed: the bundle says what it therefore lacks
            snapshot.stated[path] = f"not made: {error}; {error.hint}"
        else:
            yield File(path, chain((first,), pieces))


def workbook_pieces(content: Content) -> Iterator[bytes]:
    """The workbook, from a file of its own: it is made whole before it can be read."""
    title = f"{content.snapshot.conclusions.name}: evidence"
    with tempfile.TemporaryDirectory(prefix="annexa-") as folder:
        output = Path(folder, "workbook.xlsx")
        workbook.write(content.tables(), output, title, content.snapshot.past.moment)
        with output.open("rb") as file:
            while piece := file.read(BYTES_AT_ONCE):
                yield piece


def _paper(content: Content) -> Iterator[bytes]:
    yield paper.write(content)


def tables_of(snapshot: Snapshot) -> Iterator[File]:
    """Each table as a file of CSV."""
    for table in Content(snapshot).tables():
        yield File(f"{table.name}.csv", csv_lines(table))
