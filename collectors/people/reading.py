"""What a CSV file of people says: the columns that were asked for, line by line, and what is wrong with the others."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import StringIO

REQUIRED = frozenset({"id", "end"})
"""Without these nobody can be told from another, or a leaver from who stays."""


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


def read(data: bytes, columns: Mapping[str, str], separator: str, modified: datetime, due: datetime) -> PeopleList:
    """The list in these bytes. `columns` gives the name of the column for each field. Raises `ListError` when there is
    no beginning to make sense of."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ListError(f"line {line} is not UTF-8", "export the list as CSV in UTF-8") from None
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        heading = [cell.strip().casefold() for cell in next(reader, [])]
    except csv.Error:
        raise ListError("line 1: the quotes do not match", "export the list as CSV in UTF-8") from None
    places = _places(heading, columns)
    rows, faults = list[Row](), list[str]()
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(heading):
                faults.append(f"line {reader.line_num} has {len(cells)} cells where the heading has {len(heading)}")
            else:
                rows.append(Row(reader.line_num, {field: cells[at].strip() for field, at in places.items()}))
    except csv.Error:
        faults.append(f"line {reader.line_num}: the quotes do not match, and nothing behind it could be read")
    missing = tuple(sorted(columns.keys() - places.keys()))
    return PeopleList(sha256(data).hexdigest(), modified, due, missing, tuple(rows), tuple(faults))


def _places(heading: list[str], columns: Mapping[str, str]) -> dict[str, int]:
    """Where each field stands. Raises `ListError`."""
    return dict(_each_place(heading, columns))


def _each_place(heading: list[str], columns: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    for field, column in columns.items():
        name = column.strip().casefold()
        if heading.count(name) > 1:
            raise ListError(f"the heading names the column {column} twice", "give each column a name of its own")
        if name in heading:
            yield field, heading.index(name)
        elif field in REQUIRED:
            raise ListError(
                f"the heading names no column {column}", "say under columns and separator how the list is written"
            )
