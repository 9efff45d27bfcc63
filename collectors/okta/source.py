"""One organization at Okta: what collectors ask it, live or as it was recorded.

The shapes are those of Okta's own reference: https://developer.okta.com/docs/api/openapi/okta-management/guides/overview/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from collectors.rest import Line, Read, RestSource
from collectors.rest_answers import FORBIDDEN, UNAUTHORIZED, Fields, RestError
from collectors.rest_pages import next_link

PIPELINE = Read("/.well-known/okta-organization", limit="/.well-known/okta-organization")
Pipeline = Literal["idx", "v1"]
TOKEN_HINT = "see that the token is valid, and that its owner may see this: `annexa permissions okta`"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Extent:
    """What the configuration says about accounts: patterns of the logins of those that belong to programs."""

    services: tuple[str, ...] = ()


class Okta(RestSource):
    """An organization, with the right to read."""

    hints: Mapping[int, str] = {
        UNAUTHORIZED: TOKEN_HINT,
        FORBIDDEN: "grant what `annexa permissions okta` prints",
    }

    def __init__(self, name: str, line: Line, extent: Extent | None = None, bearer: str = "") -> None:
        super().__init__(name, line)
        self._extent = extent
        self._bearer = bearer

    def extent(self) -> Extent:
        """What the configuration says about what was asked."""
        return self.line.configured(Extent, self._extent)

    def entries(self, read: Read, **parameters: str) -> Iterator[Fields]:
        """Every entry of a listing, page by page (header Link). Raises `RestError` at the end when that is not all."""
        seen = set[str]()
        for each in self.listing(read, next_link, **parameters):
            self.line.principal = self.line.principal or self._bearer
            found = Fields(each, f"an entry of {read}")
            if (name := found.text("id")) in seen:
                continue  # an entry that moved to a later page while pages were turned
            seen.add(name)
            yield found

    def one(self, read: Read, **parameters: str) -> Fields:
        """One answer that is an object. Raises `RestError`."""
        return Fields(self.ask(read, **parameters).data, f"the answer to {read}")

    def pipeline(self) -> Pipeline:
        """Which engine signs people in: `idx`, the Identity Engine, or `v1`, the classic one. Raises `RestError`."""
        said = self.one(PIPELINE).text("pipeline")
        if said not in ("idx", "v1"):
            raise RestError(f"the organization says that it runs on {said!r}, which is not known here")
        return cast("Pipeline", said)


def is_active(entry: Fields, *others: str) -> bool:
    """Whether something is switched on. Raises `RestError` for a status that is neither `ACTIVE` nor one of the others:
    what nobody here knows may well hold."""
    status = entry.text("status")
    if status not in ("ACTIVE", "INACTIVE", *others):
        raise RestError(f"{status} is not known here as a status")
    return status == "ACTIVE"


def linked_next(data: Any, headers: Mapping[str, str]) -> str | None:
    """Pages whose way on stands in the body, `_links.next.href`, as those of roles have it."""
    if link := next_link(data, headers):
        return link
    links = data.get("_links") if isinstance(data, dict) else None
    onward = links.get("next") if isinstance(links, dict) else None
    if onward is None:
        return None
    if not isinstance(onward, dict) or not isinstance(onward.get("href"), str):
        raise ValueError("the way to the next page cannot be read")  # noqa: TRY004 - of a stranger's JSON
    address: str = onward["href"]
    return address


def named(entry: Fields, *way: str) -> tuple[str, ...]:
    """The texts at the end of a way through conditions; none where a part of the way is not there.

    A condition that is not there, or is null, restricts nothing (Policy API, Conditions). Raises `RestError`.
    """
    here = entry
    for step in way[:-1]:
        if step not in here or here.is_null(step):
            return ()
        here = here.part(step)
    return () if way[-1] not in here or here.is_null(way[-1]) else here.texts(way[-1])


def last_part(address: str) -> str:
    """The id at the end of an address."""
    return address.rstrip("/").rpartition("/")[2]
