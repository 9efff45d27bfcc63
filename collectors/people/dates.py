"""Days as lists of people write them: only in the forms that somebody has said a list uses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Literal, get_args

Form = Literal["YYYY-MM-DD", "YYYY/MM/DD", "DD.MM.YYYY", "DD/MM/YYYY", "MM/DD/YYYY", "DD-MM-YYYY", "DD MMM YYYY"]
FORMS: tuple[Form, ...] = get_args(Form)
EXAMPLE = date(2026, 12, 31)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
PLAIN: Form = "YYYY-MM-DD"
"""ISO 8601 with dashes: the one form that always has two digits for month and day."""


class UnreadableDayError(ValueError):
    """What stands there is no day in the forms that a list uses, or could be two."""


def day(cell: str, forms: Sequence[str]) -> date:
    """The day that a cell names in one of these forms. Raises `UnreadableDayError`, which does not repeat the cell."""
    found = {read: form for form in forms if (read := _read(cell, form)) is not None}
    if len(found) == 1:
        return next(iter(found))
    if found:
        raise UnreadableDayError(f"another day as {' than as '.join(found.values())}")
    raise UnreadableDayError(f"no date such as {' or '.join(written(EXAMPLE, form) for form in forms)}")


def written(moment: date, form: str) -> str:
    """A day in one of the forms."""
    text = form.replace("YYYY", f"{moment.year:04}").replace("MMM", MONTHS[moment.month - 1].title())
    return text.replace("MM", f"{moment.month:02}").replace("DD", f"{moment.day:02}")


def _read(cell: str, form: str) -> date | None:
    parts = _pattern(form).fullmatch(cell)
    if parts is None:
        return None
    month = parts["month"].casefold()
    try:
        return date(int(parts["year"]), MONTHS.index(month) + 1 if month in MONTHS else int(month), int(parts["day"]))
    except ValueError:
        return None  # there is no such day, or no such month


@cache
def _pattern(form: str) -> re.Pattern[str]:
    number = r"\d\d" if form == PLAIN else r"\d{1,2}"
    text = re.escape(form).replace("YYYY", r"(?P<year>\d{4})").replace("MMM", r"(?P<month>[A-Za-z]{3})")
    return re.compile(text.replace("MM", f"(?P<month>{number})").replace("DD", f"(?P<day>{number})"), re.ASCII)
