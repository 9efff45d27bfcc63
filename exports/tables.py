"""Tables that leave: what a file of CSV and a sheet of a workbook are made of, and how text of strangers stays text.

A table is read once, row by row, so that a hundred thousand rows need no more memory than one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from core import spreadsheets
from exports.words import visible

Cell = str | int | float | bool | datetime | date | None
"""What a cell may hold. `None` is an empty cell: there is nothing to say, which is not the same as 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: `name` is that of its file and its sheet, `about` a sentence that says what one row is."""

    name: str
    about: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def harmless(text: str) -> str:
    """Text that no program for spreadsheets runs: an apostrophe stands before what could be a formula.

    An apostrophe stands before one that was there, too: take one away from each text that begins with one, and you have
    what was there before.
    """
    return spreadsheets.harmless(visible(text))


def spelt(value: Cell) -> str:
    """A cell as CSV holds it: moments in RFC 3339 and UTC, truth as `true` and `false`, numbers as they are."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case str():
            return harmless(value)
        case _:
            return str(value)


def csv_lines(table: Table) -> Iterator[bytes]:
    """The table as CSV (RFC 4180): UTF-8, a line with the names of the columns, lines that end in CR LF."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    for row in _with_head(table):
        writer.writerow([spelt(cell) for cell in row])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()


def _with_head(table: Table) -> Iterator[Sequence[Cell]]:
    yield table.columns
    yield from table.rows
