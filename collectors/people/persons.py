"""The people of a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from collectors.people.dates import UnreadableDayError, day
from collectors.people.reading import ListError, PeopleList, Row
from collectors.people.source import People
from core.plugins import collector
from core.resource import unobserved
from core.resources.people import Person

READ_FILE = "read the file"
LOGIN_SEPARATOR = ";"
TOLD_FAULTS = 20
"""How many lines a gap names; of the others it gives the number."""
CLOCKS_DIFFER = timedelta(minutes=5)


@collector(permissions=(READ_FILE,))
def persons(people: People) -> Iterator[Person]:
    """Everybody in a list of people, with the logins and the last day that it gives. A line that cannot be read is a
    gap, and so is a list that nobody renewed."""
    listing, now = people.listing()
    faults = list(listing.faults)
    counts = Counter(row.cells["id"] for row in listing.rows)
    for row in listing.rows:
        if not row.cells["id"]:
            faults.append(f"line {row.line} has no id")
        elif counts[row.cells["id"]] > 1:  # of two that differ, nobody knows which is right
            faults.append(f"line {row.line} has the id of another line")
        else:
            try:
                yield _person(row, listing.dates)
            except ListError as error:
                faults.append(str(error))
    _complete(listing, faults, now)


def _person(row: Row, dates: Sequence[str]) -> Person:
    """Raises `ListError` for what is no date."""
    cells = row.cells

    def text(field: str) -> str:
        return cells[field] if field in cells else unobserved(f"the list does not show {field}")

    def since(field: str) -> date | None:
        found = _day(row, field, dates)
        return found if field in cells else unobserved(f"the list does not show {field}")

    return Person(
        id=cells["id"],
        name=text("name"),
        email=text("email"),
        logins=_logins(cells["logins"]) if "logins" in cells else unobserved("the list does not show logins"),
        start=since("start"),
        end=since("end"),
        manager=text("manager"),
        department=text("department"),
        department_since=since("department_since"),
        role=text("role"),
        role_since=since("role_since"),
    )


def _logins(cell: str) -> tuple[str, ...]:
    return tuple(sorted({login for part in cell.split(LOGIN_SEPARATOR) if (login := part.strip())}))


def _day(row: Row, field: str, dates: Sequence[str]) -> date | None:
    """A day in one of the forms that the list uses; `None` for an empty cell. Raises `ListError`."""
    cell = row.cells.get(field, "")
    try:
        return day(cell, dates) if cell else None
    except UnreadableDayError as error:
        raise ListError(
            f"line {row.line}: the {field} is {error}", "say under dates how the list writes days"
        ) from None


def _complete(listing: PeopleList, faults: list[str], now: datetime) -> None:
    """Raises `ListError` unless every line was read, and lately."""
    hint = "correct the lines, or how they are exported"
    if listing.modified > now + CLOCKS_DIFFER:
        faults.insert(0, f"the list says that it is of {listing.modified:%Y-%m-%d}, which is still to come")
    elif listing.due < now:
        faults.insert(
            0, f"the list is of {listing.modified:%Y-%m-%d} and should have been renewed by {listing.due:%Y-%m-%d}"
        )
        hint = "export the list again, and let that happen by itself"
    if not (listing.rows or listing.faults):  # of an export that failed a heading is left
        faults.append("the list names nobody")
        hint = "export the list again, or take it out of the configuration"
    if faults:
        more = f"; and {len(faults) - TOLD_FAULTS} more" if len(faults) > TOLD_FAULTS else ""
        raise ListError("; ".join(faults[:TOLD_FAULTS]) + more, hint)
