"""A list of evidence requests, as auditors send them: a file of CSV with an id, what is asked, and a period."""

from __future__ import annotations

import csv
import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from core.errors import AnnexaError
from runs.as_of import spoken

NAMES = {
    "id": ("request id", "request", "id", "ref", "reference", "no", "number"),
    "asked": ("control or question", "control", "question", "asked", "evidence", "request text", "description"),
    "period": ("period", "dates", "audit period"),
}
"""What columns may be called, whatever the case."""
RANGE = re.compile(r"\s*(?:/|\bto\b|\s-\s|–|\.\.)\s*")  # noqa: RUF001 - a dash, meant as one
QUARTER, MONTH, YEAR = re.compile(r"(\d{4})-?[Qq]([1-4])"), re.compile(r"(\d{4})-(\d\d)"), re.compile(r"\d{4}")
MOST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request. `start` and `end` are `None` where no period is named; `problem` says why it cannot be read."""

    line: int
    id: str
    asked: str
    period: str
    start: datetime | None = None
    end: datetime | None = None
    problem: str = ""


def read(path: Path) -> list[Request]:
    """The requests of a file. What is wrong with one of them is said there.

    Raises `AnnexaError` for a file that is no such list.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise AnnexaError(f"{path}: {error.strerror}", "name a file of CSV") from error
    except UnicodeDecodeError as error:
        raise AnnexaError(f"{path}: is not in UTF-8", "save it as CSV in UTF-8") from error
    first, _, _ = text.partition("\n")
    separator = ";" if first.count(";") > first.count(",") else ","
    rows = csv.reader(text.splitlines(keepends=True), delimiter=separator, strict=True)
    try:
        columns = _columns(path, next(rows, []))
        found = [_request(number, row, columns) for number, row in enumerate(rows, start=2) if any(map(str.strip, row))]
    except csv.Error as error:
        raise AnnexaError(f"{path}: line {rows.line_num}: {error}", "is it a file of CSV?") from error
    if not found or len(found) > MOST:
        raise AnnexaError(f"{path}: has {len(found)} requests", f"a list has 1 to {MOST}, each on a line")
    return list(_named_once(found))


def _columns(path: Path, head: list[str]) -> Mapping[str, int]:
    names = [" ".join(each.replace("_", " ").casefold().split()) for each in head]
    found = {what: names.index(name) for what, known in NAMES.items() for name in reversed(known) if name in names}
    if missing := [what for what in ("id", "asked") if what not in found]:
        raise AnnexaError(
            f"{path}: line 1: no column is called {' or '.join(NAMES[missing[0]][:3])}",
            "the first line names the columns: request id,control or question,period",
        )
    return found


def _request(line: int, row: list[str], columns: Mapping[str, int]) -> Request:
    cells = {what: row[place].strip() if place < len(row) else "" for what, place in columns.items()}
    id_, asked, text = cells["id"], cells["asked"], cells.get("period", "")
    try:
        start, end = period(text)
    except AnnexaError as error:
        return Request(line=line, id=id_, asked=asked, period=text, problem=f"{error}; {error.hint}")
    problem = "" if id_ and asked else f"line {line} has no {'question' if id_ else 'id'}"
    return Request(line=line, id=id_ or f"line {line}", asked=asked, period=text, start=start, end=end, problem=problem)


def _named_once(found: list[Request]) -> Iterator[Request]:
    seen: set[str] = set()
    for each in found:
        if each.id.casefold() in seen:
            yield Request(
                line=each.line, id=f"{each.id} (line {each.line})", asked=each.asked, period=each.period,
                start=each.start, end=each.end, problem=each.problem,
            )  # fmt: skip
        else:
            yield each
        seen.add(each.id.casefold())


def period(text: str) -> tuple[datetime | None, datetime | None]:
    """`2026-01-01/2026-03-31`, `2026-01-01 to 2026-03-31`, `2026-Q1`, `2026-03`, `2026`; a day is itself; or none.

    Raises `AnnexaError`.
    """
    if not text:
        return None, None
    parts = RANGE.split(text)
    if len(parts) == 2 and all(parts):  # noqa: PLR2004 - from and to
        start, end = _edge(parts[0], begins=True), _edge(parts[1], begins=False)
    else:
        start, end = _edge(text, begins=True), _edge(text, begins=False)
    if start > end:
        raise AnnexaError(f"{text} ends before it begins", "write it as 2026-01-01/2026-03-31")
    return start, end


def _edge(text: str, *, begins: bool) -> datetime:
    months = None
    if found := QUARTER.fullmatch(text):
        months = int(found[1]), 3 * int(found[2]) - 2, 3 * int(found[2])
    elif (found := MONTH.fullmatch(text)) and 1 <= int(found[2]) <= 12:  # noqa: PLR2004 - months of a year
        months = int(found[1]), int(found[2]), int(found[2])
    elif YEAR.fullmatch(text):
        months = int(text), 1, 12
    if months is None:
        return spoken(text, begins=begins)
    year, first, last = months
    if begins:
        return datetime.combine(date(year, first, 1), time.min, UTC)
    return datetime.combine(date(year, last, monthrange(year, last)[1]), time.max, UTC)
