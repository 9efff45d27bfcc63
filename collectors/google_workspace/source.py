"""One customer of Google Workspace: what collectors ask Google of it, live or as it was recorded.

The shapes are those of Google's own reference: https://developers.google.com/workspace/admin/directory/reference/rest
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from collectors.rest import Line, Read, RestSource, Turning
from collectors.rest_answers import FORBIDDEN, Answer, Fields, RestError, items_of
from collectors.rest_pages import page_token
from core.model import CollectionGap
from core.recording import Clock

T = TypeVar("T")
DIRECTORY, SETTINGS, ALERTS, IDENTITY = (
    "admin.googleapis.com", "www.googleapis.com", "alertcenter.googleapis.com", "cloudidentity.googleapis.com",
)  # fmt: skip
SERVICES = (DIRECTORY, SETTINGS, ALERTS, IDENTITY)
SCOPES = "https://www.googleapis.com/auth/"
"""What every scope begins with."""
NO_TOKEN = "credentials"  # noqa: S105 - the kind of an error
DELEGATION_HINT = (
    "see that the key is valid or may be done without, that the subject is an administrator, and that the scope is "
    "delegated: `annexa permissions google_workspace`"
)


@dataclass(frozen=True, slots=True)
class Extent:
    """What the configuration says about accounts: patterns of the logins of those that belong to programs."""

    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Begun:
    """When a unit was begun that asks for what was told by days."""

    at: datetime


class LinePerScope(Line):
    """Asks each question with a token for its scope alone.

    Google refuses a token for several scopes when one of them is not delegated: one that was left out would blind all.
    """

    def __init__(self, lines: Mapping[str, Line]) -> None:
        self._lines = lines

    def ask(self, read: Read, parameters: Mapping[str, str], turning: Turning) -> Answer:
        return self._lines[read.needs].ask(read, parameters, turning)

    def configured(self, kind: type[T], said: T | None) -> T:
        return next(iter(self._lines.values())).configured(kind, said)

    def close(self) -> None:
        for each in self._lines.values():
            each.close()


class Workspace(RestSource):
    """A customer of Google Workspace, with the right to read."""

    hints: Mapping[int, str] = {
        FORBIDDEN: "switch the interface on in the project of the service account, and give the subject the privileges "
        "that `annexa permissions google_workspace` names",
    }

    def __init__(
        self, name: str, line: Line, extent: Extent | None = None, bearer: str = "", clock: Clock | None = None
    ) -> None:
        super().__init__(name, line)
        self._extent = extent
        self._bearer = bearer
        self._clock = clock

    def extent(self) -> Extent:
        """What the configuration says about what was asked."""
        return self.line.configured(Extent, self._extent)

    def today(self) -> date:
        """The day, recorded like the extent, so that a replay asks for the same. A unit asks for one of the two."""
        return self.line.configured(Begun, Begun(self._clock()) if self._clock else None).at.date()

    def entries(
        self, read: Read, items: str, kind: str = "", *, never_empty: bool = False, **parameters: str
    ) -> Iterator[Fields]:
        """Every entry of a listing, page by page. Raises `RestError` at the end when that is not all.

        Google leaves out a list that is empty. An answer without it is a page only when it says that it is one, by its
        `kind`; the newer interfaces give no kind, and `{}` is their word for nothing. Of what every customer has
        (`never_empty`), nothing at all is no answer.
        """
        empty = True
        for answer in self.pages(read, page_token, items=items, **parameters):
            self.line.principal = self.line.principal or self._bearer
            page = Fields(answer.data, f"the answer to {read}")
            if kind and page.text("kind") != kind:
                raise RestError(f"the answer to {read} is not of the kind {kind}")
            if items in page:
                for each in items_of(read, answer.data, items):
                    empty = False
                    yield Fields(each, f"an entry of {read}")
        if empty and never_empty:
            raise RestError(f"the answer to {read} shows none, and every customer has some")

    def one(self, read: Read, **parameters: str) -> Fields:
        """One answer that is an object. Raises `RestError`."""
        answer = self.ask(read, **parameters)
        self.line.principal = self.line.principal or self._bearer
        return Fields(answer.data, f"the answer to {read}")

    def explain(self, error: Exception) -> CollectionGap | None:
        gap = super().explain(error)
        if gap is not None and isinstance(error, RestError) and error.kind == NO_TOKEN:
            return CollectionGap(gap.reason, DELEGATION_HINT, retryable=gap.retryable)
        return gap
