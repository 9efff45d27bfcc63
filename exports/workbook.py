"""A workbook: one sheet for each table, with a frozen head, filters and real dates, written row by row.

The same tables give the same bytes: nothing in it says when or where it was written.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from core.errors import AnnexaError
from exports.tables import Cell, Table
from exports.words import visible

MOST_ROWS = 1_048_575
"""Rows below the head that a sheet can hold."""
MOST_CHARACTERS = 32_767
"""Characters that a cell can hold."""
NAME_LENGTH = 31
"""Characters that the name of a sheet can have."""
EPOCH = datetime(1900, 3, 1, tzinfo=UTC)
"""Dates before this are not the same in all programs for spreadsheets: they are written as text."""
WIDEST, DATE_WIDTH, NUMBER_WIDTH, ROOM_FOR_FILTER = 80, 20, 8, 4
"""Widths, in letters."""
ROWS_MEASURED = 200
"""Rows that the widths of columns follow from."""


def write(tables: Iterable[Table], output: Path, title: str, created: datetime) -> None:
    """Write a workbook to this file. Raises `AnnexaError` where the library for it is not installed.

    `created` is what its properties say: the moment that it tells of.
    """
    try:
        xlsxwriter: Any = importlib.import_module("xlsxwriter")  # an extra, and one without types
    except ModuleNotFoundError as error:
        raise AnnexaError("workbooks need the package xlsxwriter", "pip install 'annexa[xlsx]'") from error
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(output), options) as book:
        book.set_properties({"title": title, "created": _naive(created)})
        for table in tables:
            _Sheets(book, table).fill()


class _Sheets:
    """The sheets of one table: more than one where it has more rows than a sheet can hold."""

    def __init__(self, book: Any, table: Table) -> None:
        self._book = book
        self._table = table
        self._head = book.add_format({"bold": True, "valign": "top", "bg_color": "#e6edf5"})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})

    def fill(self) -> None:
        rows = iter(self._table.rows)
        number, first = 0, next(rows, None)
        while first is not None or number == 0:
            number += 1
            sheet = self._begun(number)
            widths = [len(name) + ROOM_FOR_FILTER for name in self._table.columns]
            written = 0
            while first is not None and written < MOST_ROWS:
                written += 1
                for column, cell in enumerate(first):
                    self._put(sheet, written, column, cell)
                    if written <= ROWS_MEASURED:
                        widths[column] = max(widths[column], _width(cell))
                first = next(rows, None)
            sheet.autofilter(0, 0, written, len(self._table.columns) - 1)
            for column, width in enumerate(widths):
                sheet.set_column(column, column, min(width, WIDEST))

    def _begun(self, number: int) -> Any:
        """A sheet with its head."""
        mark = "" if number == 1 else f" {number}"
        sheet = self._book.add_worksheet(f"{self._table.name[: NAME_LENGTH - len(mark)]}{mark}")
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&RPage &P of &N")
        for column, name in enumerate(self._table.columns):
            sheet.write_string(0, column, name, self._head)
        return sheet

    def _put(self, sheet: Any, row: int, column: int, cell: Cell) -> None:
        match cell:
            case None:
                return
            case bool():
                sheet.write_string(row, column, "true" if cell else "false")  # LibreOffice shows a truth as 1 or 0
            case int() | float():
                sheet.write_number(row, column, cell)
            case datetime() if cell >= EPOCH:
                sheet.write_datetime(row, column, _naive(cell), self._moment)
            case date() if not isinstance(cell, datetime) and cell >= EPOCH.date():
                sheet.write_datetime(row, column, cell, self._day)
            case date():
                sheet.write_string(row, column, cell.isoformat())
            case _:
                sheet.write_string(row, column, _fitting(visible(cell)))


def _width(cell: Cell) -> int:
    """About as many letters as a cell shows."""
    return DATE_WIDTH if isinstance(cell, date) else len(cell) + 1 if isinstance(cell, str) else NUMBER_WIDTH


def _fitting(text: str) -> str:
    """Text that a cell can hold; what is cut off is said to be."""
    if len(text) <= MOST_CHARACTERS:
        return text
    note = f" … ({len(text):,} characters: the rest is in the file of CSV)"
    return text[: MOST_CHARACTERS - len(note)] + note


def _naive(moment: datetime) -> datetime:
    """A moment in UTC as spreadsheets hold moments: without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)
