"""What a CSV file of people says: the columns that were asked for, line by line, and what is wrong with the others."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from io import StringIO

from collectors.people.dates import PLAIN
from collectors.people.headings import HeadingError, places
from core.scalars import LATER


class ListError(Exception):
    """A list could not be read, or not all of it."""

    def __init__(self, reason: str, hint: str, *, retryable: bool = False) -> None:
        super().__init__(reason)
        self.hint = hint
        self.retryable = retryable


@dataclass(frozen=True, slots=True)
class Row:
    """One person's line, by field. A field without a column is not in it."""

    line: int
    """Where it ends; text in quotes may span several lines."""
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class PeopleList:
    """What is kept of a file: not one cell of a column that nobody asked for."""

    digest: str
    """SHA-256 of the whole file."""
    modified: datetime
    due: datetime
    """When it should have been written again."""
    missing: tuple[str, ...]
    """Columns that it does not have."""
    rows: tuple[Row, ...]
    faults: tuple[str, ...]
    """Lines that are no rows. Their words are not repeated: nobody knows what stands there."""
    dates: tuple[str, ...] = field(default=(PLAIN,), metadata={LATER: True})
    """The forms in which it writes days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a list is written: what the column of each field is called, what stands between cells, and how days look."""

    columns: Mapping[str, str]
    separator: str
    dates: tuple[str, ...]


def read(data: bytes, layout: Layout, modified: datetime, due: datetime) -> PeopleList:
    """The list in these bytes. Raises `ListError` when there is no beginning to make sense of."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ListError(f"line {line} is not UTF-8", "export the list as CSV in UTF-8") from None
    reader = csv.reader(StringIO(text, newline=""), delimiter=layout.separator, strict=True)
    try:
        heading = [cell.strip().casefold() for cell in next(reader, [])]
    except csv.Error:
        raise ListError("line 1: the quotes do not match", "export the list as CSV in UTF-8") from None
    try:
        found = places(heading, layout.columns)
    except HeadingError as error:
        raise ListError(str(error), "say under columns and separator how the list is written") from None
    rows, faults = list[Row](), list[str]()
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(heading):
                faults.append(f"line {reader.line_num} has {len(cells)} cells where the heading has {len(heading)}")
            else:
                rows.append(Row(reader.line_num, {name: _text(cells, at) for name, at in found.items()}))
    except csv.Error:
        faults.append(f"line {reader.line_num}: the quotes do not match, and nothing behind it could be read")
    missing = tuple(sorted(layout.columns.keys() - found.keys()))
    return PeopleList(sha256(data).hexdigest(), modified, due, missing, tuple(rows), tuple(faults), tuple(layout.dates))


def _text(cells: Sequence[str], at: Sequence[int]) -> str:
    return " ".join(filter(None, (cells[place].strip() for place in at)))
