"""A list of people that a service gives over SCIM (RFC 7643): the same fields, read from its users.

SCIM knows no last day. Of who is not active any more it is taken to be the day on which the entry was last changed,
which is the day of leaving or a later one; of who is active there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from fnmatch import fnmatchcase

from collectors.people.reading import PeopleList, Row
from collectors.people.source import People
from collectors.rest_answers import RestError
from collectors.scim.source import Scim
from collectors.scim.users import Account, accounts
from core.model import CollectionGap

TOLD: dict[str, Callable[[Account], str]] = {
    "id": lambda account: account.id,
    "name": lambda account: account.name,
    "email": lambda account: account.email,
    "logins": lambda account: account.login,
    "end": lambda account: "" if account.active else f"{account.entry.part('meta').moment('lastModified').date()}",
    "manager": lambda account: account.of_enterprise("manager"),
    "department": lambda account: account.of_enterprise("department"),
    "role": lambda account: account.text("title"),
}
"""What each field is. The others, such as the first day, SCIM does not have."""


class PeopleService(People):
    """A service that speaks SCIM and has everybody among its users."""

    def __init__(self, service: Scim, now: Callable[[], datetime]) -> None:
        self._service = service
        self._now = now

    @property
    def id(self) -> str:
        return self._service.id

    @property
    def principal(self) -> str:
        return self._service.principal

    def listing(self) -> tuple[PeopleList, datetime]:
        now, programs = self._now(), self._service.extent().services
        rows, faults = list[Row](), list[str]()
        try:
            for number, account in enumerate(accounts(self._service), start=1):
                cells = dict(_cells(account))
                if not any(fnmatchcase(cells.get("logins", ""), each) for each in programs):
                    rows.append(Row(number, cells))
        except RestError as error:
            faults.append(str(error))
        return PeopleList("", now, now, (), tuple(rows), tuple(faults)), now

    def explain(self, error: Exception) -> CollectionGap | None:
        return super().explain(error) or self._service.explain(error)

    def close(self) -> None:
        self._service.close()


def _cells(account: Account) -> Iterator[tuple[str, str]]:
    """What the service shows; a field that it does not show is not among them."""
    for field, read in TOLD.items():
        try:
            yield field, read(account).strip()
        except RestError:
            continue
