"""The groups of a service that speaks SCIM."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.rest import Read
from collectors.rest_answers import Fields
from collectors.scim.source import TYPES, Scim, gathered
from core.plugins import collector
from core.resource import unobserved
from core.resources.idp import Group

GROUPS = Read("/Groups", needs="read groups and their members")


@collector(permissions=(GROUPS, TYPES))
def groups(service: Scim) -> Iterator[Group]:
    """Groups, and who is in them."""
    if not service.has_type("Group", GROUPS.path):
        return
    listing = gathered(service.all_of(GROUPS, "displayName,members"))
    shows_members = any("members" in each for each in listing.items)
    for each in listing.items:
        yield _group(service, each, shows_members=shows_members)
    if listing.failure:
        raise listing.failure


def _group(service: Scim, entry: Fields, *, shows_members: bool) -> Group:
    def members() -> tuple[str, ...]:
        if "members" in entry:
            return tuple(sorted({each.text("value") for each in entry.parts("members")}))
        if shows_members:
            return ()
        unseen: tuple[str, ...] = unobserved("the service shows members of no group")
        return unseen

    return Group(
        id=entry.text("id"),
        name=service.look(lambda: entry.text("displayName")),
        members=service.look(members),
    )
