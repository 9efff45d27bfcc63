"""Where the next page is, in the ways that interfaces have in common.

Each takes the answer and its headers, before masking, and gives an address, or parameters that change; `None` at the
end. It raises `ValueError` for what it cannot understand: a page too few must not look like the last one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

LINK = re.compile(r"\s*<([^<>]*)>\s*((?:;\s*[\w*]+\s*(?:=\s*(?:\"[^\"]*\"|[^\s\",;]+))?\s*)*)(?:,|$)")
"""One entry of a Link header (RFC 8288, 3)."""
RELATION = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s\",;]+))", re.IGNORECASE)


def only_page(data: Any, headers: Mapping[str, str]) -> None:
    """For a listing that has one page."""


def next_link(data: Any, headers: Mapping[str, str]) -> str | None:  # noqa: ARG001 - the body does not say
    """The header Link with the relation `next` (RFC 8288): Okta, GitHub."""
    header, at = headers.get("link", ""), 0
    found: list[str] = []
    while at < len(header):
        entry = LINK.match(header, at)
        if entry is None or entry.end() == at:
            raise ValueError("the header Link cannot be read")
        relation = RELATION.search(entry[2])
        if relation and "next" in (relation[1] or relation[2] or "").lower().split():
            found.append(entry[1])
        at = entry.end()
    if len(set(found)) > 1:
        raise ValueError("there are several next pages")
    return found[0] if found else None


def odata_next_link(data: Any, headers: Mapping[str, str]) -> str | None:  # noqa: ARG001 - the headers do not say
    """`@odata.nextLink` (OData 4.01, 11.4.9.1): Microsoft Graph; `nextLink`: Azure Resource Manager."""
    return _text(data, "@odata.nextLink") or _text(data, "nextLink") or None


def page_token(data: Any, headers: Mapping[str, str]) -> dict[str, str] | None:  # noqa: ARG001 - the same
    """`nextPageToken`, to be sent as `pageToken`: Google."""
    token = _text(data, "nextPageToken")
    return {"pageToken": token} if token else None


def by_index(start: str, items: str, total: str) -> Callable[[Any, Mapping[str, str]], dict[str, str] | None]:
    """Pages by the place of their first item, from 1 (SCIM, RFC 7644, 3.4.2.4), for one listing.

    What counts is how many items came: a page may hold fewer than were asked for. An empty page is the last, whatever
    the total says; who reads the listing compares.
    """
    came = 0

    def following(data: Any, headers: Mapping[str, str]) -> dict[str, str] | None:  # noqa: ARG001 - the same
        nonlocal came
        page, said = (data.get(items, []), data.get(total)) if isinstance(data, dict) else (None, None)
        if not isinstance(page, list) or not isinstance(said, int):
            raise ValueError("the page does not say how many there are")  # noqa: TRY004 - of a stranger's JSON
        came += len(page)
        return {start: str(came + 1)} if page and came < said else None

    return following


def _text(data: Any, name: str) -> str:
    value = data.get(name) if isinstance(data, dict) else None
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{name} is no text")
    return value or ""
