"""Tables: CSV that any reader reads back and no spreadsheet runs, workbooks with real dates and filters."""

from __future__ import annotations

import csv
import fcntl
import io
import os
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from openpyxl import load_workbook
from rich.progress import Progress, TaskID

from commands.progress import showing_steps
from core.errors import AnnexaError
from exports import workbook
from exports.leaving import AT_ONCE, stepping
from exports.tables import Table, csv_lines, harmless, spelt
from exports.words import length, share, visible
from exports.writing import PREFIX, Writing

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
EVIL = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "|calc", "%x", "'quoted")  # noqa: RUF001 - as evil is


def table(*rows: tuple[object, ...], name: str = "verdicts", columns: tuple[str, ...] = ("a", "b")) -> Table:
    return Table(name=name, about="A row.", columns=columns, rows=rows)  # type: ignore[arg-type]  # cells of all kinds


def read_back(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))


@given(some.lists(some.tuples(some.text(), some.text()), max_size=5))
def test_whatever_text_it_is_a_reader_reads_it_back_and_nothing_runs(rows: list[tuple[str, str]]) -> None:
    data = b"".join(csv_lines(table(*rows)))
    head, *found = read_back(data)
    assert head == ["a", "b"]
    assert [[visible(cell) for cell in row] for row in rows] == [
        [cell.removeprefix("'") for cell in row] for row in found
    ]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝")) for row in found for cell in row)  # noqa: RUF001 - full width
    assert data.endswith(b"\r\n")
    assert data.count(b"\n") == data.count(b"\r\n") == len(rows) + 1


@pytest.mark.parametrize("text", EVIL)
def test_a_formula_is_text(text: str) -> None:
    assert harmless(text) == (f"'{visible(text)}" if not text.startswith(("\t", "\r")) else visible(text))


def test_what_an_export_left_that_was_killed_is_cleared_by_the_next(tmp_path: Path) -> None:
    dead, held, new = (tmp_path / f"{PREFIX}{name}" for name in ("dead", "held", "new"))
    for path in (dead, held, new):
        path.write_bytes(b"half a bundle")
    for path in (dead, held):
        os.utime(path, (0, 0))
    with held.open("rb") as owner:
        fcntl.flock(owner, fcntl.LOCK_EX)
        with Writing(tmp_path / "bundle.zip") as file:
            assert not dead.exists()
            assert held.exists()
            assert new.exists()
            file.stream.write(b"whole")
            file.finish()
            file.give_name()
    assert {path.name for path in tmp_path.iterdir()} == {"bundle.zip", held.name, new.name}


def test_cells_are_spelt_as_strangers_read_them() -> None:
    east = NOON.astimezone(timezone(timedelta(hours=9)))
    cells = (None, True, 0, -1, 1.5, east, date(2026, 1, 31), '花, "x"')
    assert [spelt(cell) for cell in cells] == [
        "", "true", "0", "-1", "1.5", "2026-01-31T12:00:00Z", "2026-01-31", '花, "x"',
    ]  # fmt: skip


def test_a_workbook_has_frozen_heads_filters_and_real_dates(tmp_path: Path) -> None:
    rows = [(text, NOON) for text in EVIL[:4]]
    ancient = datetime(1899, 1, 1, tzinfo=UTC)
    tables = [
        table(*rows),
        table(
            (date(2026, 1, 31), ancient), (None, date(1800, 1, 1)), (True, 7), ("x" * 40_000, "Ωμέγα 花"), name="other"
        ),
        table(name="empty" * 10),
    ]
    paths = [tmp_path / "one.xlsx", tmp_path / "two.xlsx"]
    for path in paths:
        workbook.write(tables, path, "Evidence", NOON)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    book = load_workbook(paths[0])
    assert book.sheetnames == ["verdicts", "other", ("empty" * 10)[:31]]
    first, other, empty = book.worksheets
    assert (first.freeze_panes, first.auto_filter.ref, empty.auto_filter.ref) == ("A2", "A1:B5", "A1:B1")
    assert [[cell.value for cell in row] for row in first.iter_rows(min_row=2)] == [
        [text, NOON.replace(tzinfo=None)] for text, _ in rows
    ]
    assert {cell.data_type for row in first.iter_rows(min_row=2) for cell in row} == {"s", "d"}  # never f, a formula
    assert (other["A2"].value, other["B2"].value) == (datetime(2026, 1, 31), ancient.isoformat())  # noqa: DTZ001 - as sheets hold days
    assert (other["A3"].value, other["B3"].value) == (None, "1800-01-01")
    assert (other["A4"].value, other["B4"].value, other["B5"].value) == ("true", 7, "Ωμέγα 花")
    assert str(other["A5"].value).endswith("(40,000 characters: the rest is in the file of CSV)")
    assert len(str(other["A5"].value)) == workbook.MOST_CHARACTERS
    assert book.properties.created == NOON.replace(tzinfo=None)


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 2)
    workbook.write([table(*((n, "x") for n in range(5)))], tmp_path / "book.xlsx", "Evidence", NOON)
    book = load_workbook(tmp_path / "book.xlsx")
    assert book.sheetnames == ["verdicts", "verdicts 2", "verdicts 3"]
    assert [[row[0].value for row in sheet.iter_rows(min_row=2)] for sheet in book] == [[0, 1], [2, 3], [4]]


def test_without_the_extra_it_says_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "xlsxwriter", None)
    with pytest.raises(AnnexaError, match="need the package xlsxwriter") as refused:
        workbook.write([], tmp_path / "book.xlsx", "Evidence", NOON)
    assert refused.value.hint == "pip install 'annexa[xlsx]'"


@given(some.integers(1, 10**12), some.integers(0, 10**12))
def test_a_share_never_rounds_something_to_nothing_nor_to_all(whole: int, part: int) -> None:
    part = min(part, whole)
    said = share(timedelta(microseconds=part), timedelta(microseconds=whole))
    assert (said == "0.0 %") is (part == 0)
    assert (said == "100.0 %") is (part == whole)


def test_a_share_of_no_time_is_none() -> None:
    assert share(timedelta(), timedelta()) == "\N{EN DASH}"
    assert share(timedelta(days=9999), timedelta(days=10000)) == ">99.9 %"
    assert length(timedelta(days=3, hours=4, minutes=5)) == "3 d 4 h"


def test_somebody_at_a_terminal_sees_it_move(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, float, float | None]] = []
    update = Progress.update

    def watched(self: Progress, task: TaskID, **changes: Any) -> None:
        update(self, task, **changes)
        seen.append((self.tasks[0].description, self.tasks[0].completed, self.tasks[0].total))

    monkeypatch.setattr(Progress, "update", watched)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with showing_steps(quiet=False) as step:
        assert len(list(stepping([b"x"] * (2 * AT_ONCE), "writing", 3 * AT_ONCE, step))) == 2 * AT_ONCE
        step("laying out", 0, 0)
    assert [each[:2] for each in seen] == [
        ("writing", 0), ("writing", AT_ONCE), ("writing", 2 * AT_ONCE), ("laying out", 0),
    ]  # fmt: skip
