"""People, as the organization itself lists them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from core.resource import Resource, missing_fields, resource


@resource("person")
class Person(Resource):
    """Somebody in a list of people: an employee, or whoever else is given access. The id is the list's own."""

    id: str
    name: str
    email: str
    """Empty when the list gives none."""
    logins: tuple[str, ...]
    """What accounts of this person are called, sorted."""
    start: date | None
    """The first day; `None` when the list gives none."""
    end: date | None
    """The last day, which still counts; `None` when there is none. One before `start`: they never came."""
    manager: str
    """Who answers for this person, in the words of the list; empty when it says nobody."""
    department: str
    department_since: date | None
    """The first day in this department; `None` when the list gives none."""
    role: str
    """What this person does, in the words of the list; empty when it does not say."""
    role_since: date | None
    """The first day in this role; `None` when the list gives none."""

    def persons(self) -> Iterator[str]:
        """A number is no name: it would be concealed wherever it is counted, and names nobody without the list."""
        hidden = missing_fields(self)
        single = (getattr(self, field) for field in ("id", "name", "email", "manager") if field not in hidden)
        for text in (*single, *(() if "logins" in hidden else self.logins)):
            if text and not text.isdigit():
                yield text
