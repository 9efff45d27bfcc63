"""Where each field stands in a heading: below the name that the configuration gives, or below one of those that systems
for personnel give to their columns.

The other names count only where a field has the name that it has by itself: who names a column means that one.
Sources: the names of fields in the exports of BambooHR (https://documentation.bamboohr.com/docs/list-of-field-names),
Personio (https://support.personio.de) and Workday (reports about workers).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

FIELDS = (
    *("id", "name", "email", "logins", "start", "end", "manager"),
    *("department", "department_since", "role", "role_since"),
)
REQUIRED = frozenset({"id", "end"})
"""Without these nobody can be told from another, or a leaver from who stays."""
OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("employee id", "employee #", "employee number", "worker id", "personnel number"),
    "name": ("full name", "display name", "employee name", "legal name", "worker"),
    "email": ("work email", "primary work email", "email - primary work", "e-mail", "email address"),
    "logins": ("login", "user name", "username"),
    "start": ("hire date", "start date", "original hire date"),
    "end": ("termination date", "end date", "last day of work", "contract end date"),
    "manager": ("supervisor", "reporting to", "reports to", "manager name"),
    "department": ("organization", "supervisory organization"),
    "department_since": ("department effective date",),
    "role": ("job title", "position", "job profile", "business title"),
    "role_since": ("job title effective date", "position start date", "effective date"),
}
PARTS_OF_A_NAME = ("first name", "last name")
"""Two columns that are a name together."""


class HeadingError(ValueError):
    """A heading does not say where a field stands."""


def places(heading: Sequence[str], columns: Mapping[str, str]) -> dict[str, tuple[int, ...]]:
    """The columns of each field that the heading has, counted from 0; several are read as one text.

    `columns` says what they are called. Raises `HeadingError`.
    """
    return dict(_each(heading, {field: name.strip().casefold() for field, name in columns.items()}))


def _each(heading: Sequence[str], columns: Mapping[str, str]) -> Iterator[tuple[str, tuple[int, ...]]]:
    named = set(columns.values())
    for field, name in columns.items():
        names = [name] if name in heading else []
        if not names and name == field:
            names = [other for other in OTHER_NAMES[field] if other in heading and other not in named]
        if len(names) > 1:
            raise HeadingError(f"the heading names several columns that can be {field}: {', '.join(names)}")
        if names:
            if heading.count(names[0]) > 1:
                raise HeadingError(f"the heading names the column {names[0]} twice")
            yield field, (heading.index(names[0]),)
        elif field == name == "name" and all(heading.count(part) == 1 for part in PARTS_OF_A_NAME):
            yield field, tuple(map(heading.index, PARTS_OF_A_NAME))
        elif field in REQUIRED:
            raise HeadingError(f"the heading names no column {name}")
