"""The groups of a tenant, and who is in them."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.entra.source import MOST, Entra, text_or_none
from collectors.rest import Read, counted, side_by_side
from collectors.rest_answers import Fields, RestError
from core.plugins import collector
from core.resources.idp import Group

GROUPS = Read("/v1.0/groups", needs="GroupMember.Read.All")
MEMBERS = Read("/v1.0/groups/{group}/members", needs="GroupMember.Read.All")
HIDDEN = "HiddenMembership"
"""Members of such groups are shown to those alone who have a right of its own."""


@collector(permissions=(GROUPS, MEMBERS), slow=True)
def groups(entra: Entra) -> Iterator[Group]:
    """Groups, and who is directly in them, by one question or more for each group."""

    def look(entry: Fields) -> Group:
        return Group(
            id=entry.text("id"),
            name=entra.look(lambda: entry.text("displayName")),
            members=entra.look(lambda: _members(entra, entry)),
        )

    (found,) = counted(entra.entries(GROUPS, select="id,displayName,visibility", top=MOST))
    yield from side_by_side(look, found)


def _members(entra: Entra, group: Fields) -> tuple[str, ...]:
    if text_or_none(group, "visibility") == HIDDEN:
        raise RestError("who is in this group is hidden")
    return tuple(
        sorted(each.text("id") for each in entra.entries(MEMBERS, group=group.text("id"), select="id", top=MOST))
    )
