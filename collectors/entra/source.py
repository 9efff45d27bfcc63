"""One tenant of Entra ID: what collectors ask Microsoft Graph, live or as it was recorded.

Shapes and permissions are those of the reference of v1.0: https://learn.microsoft.com/graph/api/overview
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from collectors.rest import Line, Read, RestSource
from collectors.rest_answers import FORBIDDEN, UNAUTHORIZED, Fields, RestError
from collectors.rest_pace import Rate
from collectors.rest_pages import odata_next_link
from core.model import CollectionGap

REPORTS, SIGN_INS, PROTECTION, CONDITIONAL, KEYS = (
    "reports", "sign-ins", "identity protection", "conditional access", "keys",
)  # fmt: skip
RATES: Mapping[str, Rate] = {
    REPORTS: Rate(5, 10), SIGN_INS: Rate(10, 60), PROTECTION: Rate(1, 1), CONDITIONAL: Rate(1, 1), KEYS: Rate(150, 60),
}  # fmt: skip
"""https://learn.microsoft.com/graph/throttling-limits and the page of `List applications`, by the limit of a `Read`."""
OPTIONS = frozenset({"select", "expand", "filter", "orderby", "top"})
"""OData's own parameters, which are sent with a dollar sign."""
ITEMS, MOST = "value", "999"
AZURE = "management.azure.com"
"""Azure Resource Manager, which takes tokens of its own: stands for its address in all clouds."""
LICENCE_CODES = frozenset({"Authentication_RequestFromNonPremiumTenantOrB2CTenant", "AadPremiumLicenseRequired"})
LICENCE_HINT = "the tenant has no licence for this; without one nobody can tell, and nothing is assumed"
NEVER = datetime(2, 1, 1, tzinfo=UTC)
"""Times before this one stand for none: 0001-01-01."""


@dataclass(frozen=True, slots=True)
class Extent:
    """What the configuration says about accounts: patterns of the logins of those that belong to programs."""

    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Questions:
    """What the configuration says about questions that cost much, or need a right that Graph has not."""

    per_user_mfa: bool = True
    diagnostic_settings: bool = False


class Entra(RestSource):
    """A tenant, with the right to read. `azure` is Azure Resource Manager, which knows where logs are sent."""

    hints: Mapping[int, str] = {
        UNAUTHORIZED: "see that the application is still there, and that its secret or certificate is valid",
        FORBIDDEN: "grant what `annexa permissions entra` prints, and let an administrator consent",
    }  # fmt: skip

    def __init__(
        self,
        name: str,
        line: Line,
        extent: Extent | None = None,
        bearer: Callable[[], str] = str,
        *,
        questions: Questions | None = None,
        azure: Line | None = None,
    ) -> None:
        super().__init__(name, line)
        self._extent = extent
        self._bearer = bearer
        self._questions = questions
        self._azure = azure

    @property
    def azure(self) -> RestSource:
        return RestSource(self.id, self._azure or self.line)

    def extent(self) -> Extent:
        """What the configuration says about what was asked."""
        return self.line.configured(Extent, self._extent)

    def questions(self) -> Questions:
        """What the configuration says about what to ask."""
        return self.line.configured(Questions, self._questions)

    def entries(self, read: Read, **words: str) -> Iterator[Fields]:
        """Every entry of a listing, page by page. Raises `RestError` at the end when that is not all.

        `words` are names in braces of the path, and OData's options without their dollar sign.
        """
        seen = set[str]()
        for each in self.listing(read, odata_next_link, items=ITEMS, **_spelt(words)):
            self._answered()
            found = Fields(each, f"an entry of {read}")
            if (name := found.text("id")) not in seen:  # else it moved to a later page while pages were turned
                seen.add(name)
                yield found

    def one(self, read: Read, **words: str) -> Fields:
        """One answer that is an object. Raises `RestError`."""
        found = Fields(self.ask(read, **_spelt(words)).data, f"the answer to {read}")
        self._answered()
        return found

    def close(self) -> None:
        super().close()
        self.azure.close()

    def explain(self, error: Exception) -> CollectionGap | None:
        if isinstance(error, RestError) and needs_licence(error):
            return CollectionGap(str(error), LICENCE_HINT)
        return super().explain(error)

    def _answered(self) -> None:
        self.line.principal = self.line.principal or self._bearer()


def needs_licence(error: RestError) -> bool:
    """Whether Graph refuses because the tenant has not paid for what is asked."""
    return error.code in LICENCE_CODES or "licens" in error.message.lower()


def texts_of(entry: Fields, name: str) -> tuple[str, ...]:
    """A list of texts; empty where Graph says null. Raises `RestError` where there is none."""
    return () if entry.is_null(name) else entry.texts(name)


def texts_or_none(entry: Fields, name: str) -> tuple[str, ...]:
    """A list of texts; empty where Graph says null or leaves it out, as it does with what was never set."""
    return texts_of(entry, name) if name in entry else ()


def text_or_none(entry: Fields, name: str) -> str:
    """A text; empty where Graph says null or leaves it out, as it does with what was never set."""
    return "" if name not in entry or entry.is_null(name) else entry.text(name)


def part_or_none(entry: Fields, name: str) -> Fields | None:
    """A part; `None` where Graph says null or leaves it out, as it does with what was never set."""
    return None if name not in entry or entry.is_null(name) else entry.part(name)


def moment_or_none(entry: Fields, name: str) -> datetime | None:
    """A time; `None` where Graph says null, leaves it out, or says the year 1. Raises `RestError` for no time."""
    if name not in entry or entry.is_null(name):
        return None
    found = entry.moment(name)
    return found if found >= NEVER else None


def _spelt(words: Mapping[str, str]) -> dict[str, str]:
    return {f"${name}" if name in OPTIONS else name: value for name, value in words.items()}
