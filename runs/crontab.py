"""Times as crontab(5) writes them, read strictly: what is refused here would have meant something else to somebody."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")

LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

FIELDS = (
    ("the minute", 0, 59, ()),
    ("the hour", 0, 23, ()),
    ("the day of the month", 1, 31, ()),
    ("the month", 1, 12, MONTHS),
    ("the day of the week", 0, 7, WEEKDAYS),
)

PART = re.compile(r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>\d{1,2}))?")


@dataclass(frozen=True, slots=True)
class Crontab:
    """The values of each field, as numbers; a weekday is 0 (Sunday) to 6. `every_hour` when no hour is left out."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises `ValueError` with a sentence."""
        fields = text.lower().split()
        if len(fields) != len(FIELDS):
            raise ValueError(f"expected five fields, such as 30 2 * * *; found {len(fields)}")
        if fields[2] != "*" and fields[4] != "*":
            raise ValueError("cron takes a day of the month and one of the week for either of them: give only one")
        minutes, hours, days, months, weekdays = (
            _values(field, *meaning) for field, meaning in zip(fields, FIELDS, strict=True)
        )
        if all(days[0] > LONGEST_MONTHS[month - 1] for month in months):
            raise ValueError("no such month has that day: this would never come")
        return cls(minutes, hours, days, months, tuple(sorted({each % len(WEEKDAYS) for each in weekdays})))

    @property
    def every_hour(self) -> bool:
        """Whether it means hours that pass rather than times of the day."""
        return len(self.hours) == FIELDS[1][2] + 1


def _values(field: str, what: str, low: int, high: int, names: tuple[str, ...]) -> tuple[int, ...]:
    found: set[int] = set()
    for part in field.split(","):
        match = PART.fullmatch(part)
        if match is None:
            raise ValueError(f"{what} is none: {part}")
        first, last, step = match["first"], match["last"], int(match["step"] or 1)
        begin = low if first is None else _number(first, what, low, high, names)
        end = high if first is None or (match["step"] and last is None) else begin
        end = end if last is None else _number(last, what, low, high, names)
        if end < begin or not step:
            raise ValueError(f"{what} is none: {part}")
        found.update(range(begin, end + 1, step))
    return tuple(sorted(found))


def _number(text: str, what: str, low: int, high: int, names: tuple[str, ...]) -> int:
    if text in names:
        return names.index(text) + low
    if not text.isdecimal() or not low <= int(text) <= high:
        raise ValueError(f"{what} is none: {text}")
    return int(text)
