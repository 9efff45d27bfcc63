"""One service that speaks SCIM 2.0: what collectors ask it, live or as it was recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from collectors.rest import Line, Read, RestSource
from collectors.rest_answers import FORBIDDEN, MORE, NOT_FOUND, UNAUTHORIZED, Fields, RestError, items_of
from collectors.rest_pages import by_index

CONFIGURATION = Read("/ServiceProviderConfig", needs="what the service offers; for everybody who has a token")
TYPES = Read("/ResourceTypes", needs="the same")
SCHEMAS = Read("/Schemas", needs="the same")
RESOURCES, TOTAL = "Resources", "totalResults"
PAGE_ITEMS = "100"
"""How many are asked for at once: services give fewer where they like."""
BEARER = "bearer of the token"
"""Who we are, once we are told of somebody: SCIM has no way of asking that all services know."""
GROWING = "see that nobody changes many entries meanwhile, and scan again"
SHOWN = frozenset({"always", "default"})
"""When an attribute is in an answer without having been asked for (RFC 7643, 7)."""


@dataclass(frozen=True, slots=True)
class Extent:
    """What the configuration says about accounts: patterns of the names of those that belong to programs."""

    services: tuple[str, ...] = ()


@dataclass(slots=True)
class Listing:
    """What a listing showed, and why it is not all, if it is not."""

    items: list[Fields] = field(default_factory=list[Fields])
    failure: RestError | None = None


class Scim(RestSource):
    """A service that speaks SCIM, with the right to read."""

    hints: Mapping[int, str] = {
        UNAUTHORIZED: "see that the token is valid, and renew it if need be",
        FORBIDDEN: "let the token read there: `annexa permissions scim` prints what is asked",
        NOT_FOUND: "see that url is where the paths of SCIM begin, such as https://example.org/scim/v2",
    }

    def __init__(self, name: str, line: Line, extent: Extent | None = None) -> None:
        super().__init__(name, line)
        self._extent = extent

    def extent(self) -> Extent:
        """What the configuration says about what was asked."""
        return self.line.configured(Extent, self._extent)

    def all_of(self, read: Read, attributes: str) -> Iterator[Fields]:
        """Every resource of a listing, once. Raises `RestError` at the end unless these are all of one moment.

        A service counts how many there are on each page; where the counts differ, or another number was shown, entries
        came or went while the pages were turned, and one may have slipped through between two of them.
        """
        totals, seen = set[int](), set[str]()
        following = by_index("startIndex", RESOURCES, TOTAL)
        words = {"startIndex": "1", "count": PAGE_ITEMS, "attributes": attributes}
        for answer in self.pages(read, following, items=RESOURCES, **words):
            self.line.principal = self.line.principal or BEARER
            page, before = Fields(answer.data, f"a page of {read}"), len(seen)
            totals.add(page.number(TOTAL))
            for each in items_of(read, answer.data, RESOURCES) if page.number(TOTAL) or RESOURCES in page else ():
                found = Fields(each, f"an entry of {read}")
                if (name := found.text("id")) not in seen:
                    seen.add(name)
                    yield found
            if answer.following == MORE and len(seen) == before:  # it would go on for as long as it likes
                raise RestError(f"{read}: a page shows nothing but what was on pages before it", GROWING)
        if totals != {len(seen)}:
            said = " and ".join(str(total) for total in sorted(totals))
            raise RestError(
                f"{read}: the service says that there are {said}, and showed {len(seen)}", GROWING, retryable=True
            )

    def schemas(self) -> dict[str, dict[str, Fields]]:
        """The attributes of each schema (RFC 7643, 7); all names are in lower case. Raises `RestError`."""
        return {
            each.text("id").lower(): {one.text("name").lower(): one for one in each.parts("attributes")}
            for each in self._discovered(SCHEMAS)
        }

    def has_type(self, name: str, path: str) -> bool:
        """Whether a type of resource exists (RFC 7643, 6). Raises `RestError`, also when it is kept at another path."""
        for each in self._discovered(TYPES):
            if each.text("name") == name:
                if (where := each.text("endpoint").rstrip("/")).rpartition("/")[2] != path.rpartition("/")[2]:
                    raise RestError(f"the service keeps the type {name} at {where}, which is not asked")
                return True
        return False

    def _discovered(self, read: Read) -> list[Fields]:
        """What the service declares, which has one page (RFC 7644, 4)."""
        answer = self.ask(read)
        page = Fields(answer.data, f"the answer to {read}")
        found = items_of(read, answer.data, RESOURCES)
        if page.number(TOTAL) != len(found):
            raise RestError(f"{read}: the service says that there are {page.number(TOTAL)}, and showed {len(found)}")
        return [Fields(each, f"an entry of {read}") for each in found]


def gathered(entries: Iterator[Fields]) -> Listing:
    """Everything that was shown, and why it is not all."""
    listing = Listing()
    try:
        for each in entries:
            listing.items.append(each)
    except RestError as error:
        listing.failure = error
    return listing
