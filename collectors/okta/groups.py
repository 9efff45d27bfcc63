"""The groups of an organization at Okta, and the roles that administer it, of users and of groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from collectors.okta.source import Okta, linked_next
from collectors.rest import Read, side_by_side
from collectors.rest_answers import Fields
from core.plugins import collector
from core.resource import unobserved
from core.resources.idp import Group, RoleAssignment

GROUPS = Read("/api/v1/groups", needs="okta.groups.read", limit="/api/v1/groups")
MEMBERS = Read("/api/v1/groups/{group}/users", needs="okta.groups.read", limit="/api/v1/groups/{group}/users")
ASSIGNEES = Read("/api/v1/iam/assignees/users", needs="okta.roles.read", limit="/api/v1/iam")
ROLES_OF_USER = Read("/api/v1/users/{user}/roles", needs="okta.roles.read", limit="/api/v1/users/{user}/roles")
ROLES_OF_GROUP = Read("/api/v1/groups/{group}/roles", needs="okta.roles.read", limit="/api/v1/groups/{group}/roles")
MOST = "1000"
ALMIGHTY, CUSTOM, ACTIVE = "SUPER_ADMIN", "CUSTOM", "ACTIVE"
STANDARD = frozenset({
    "ORG_ADMIN", "APP_ADMIN", "USER_ADMIN", "HELP_DESK_ADMIN", "GROUP_MEMBERSHIP_ADMIN", "READ_ONLY_ADMIN",
    "REPORT_ADMIN", "MOBILE_ADMIN", "API_ACCESS_MANAGEMENT_ADMIN", "API_ADMIN", "ACCESS_CERTIFICATIONS_ADMIN",
    "ACCESS_REQUESTS_ADMIN", "WORKFLOWS_ADMIN",
})  # fmt: skip
"""Okta's other roles. None of them, and no custom one, may give roles or change those who have all rights."""
EVERYWHERE, SOMEWHERE = frozenset({ALMIGHTY, "ORG_ADMIN", "READ_ONLY_ADMIN", "REPORT_ADMIN"}), "its targets"


@collector(permissions=(GROUPS, MEMBERS), slow=True)
def groups(okta: Okta) -> Iterator[Group]:
    """Groups, and who is in them, by one question or more for each group."""

    def look(entry: Fields) -> Group:
        name = entry.text("id")
        return Group(
            id=name,
            name=okta.look(lambda: entry.part("profile").text("name")),
            members=okta.look(
                lambda: tuple(sorted(each.text("id") for each in okta.entries(MEMBERS, group=name, limit=MOST)))
            ),
        )

    yield from side_by_side(look, okta.entries(GROUPS, limit=MOST))


@collector(permissions=(ASSIGNEES, ROLES_OF_USER, GROUPS, ROLES_OF_GROUP), slow=True)
def roles(okta: Okta) -> Iterator[RoleAssignment]:
    """Who administers the organization: by one question for each user who has a role, and one for each group."""
    for page in okta.listing(ASSIGNEES, linked_next, items="value", limit="100"):
        user = Fields(page, "somebody with a role").text("id")
        for entry in okta.entries(ROLES_OF_USER, user=user):
            if entry.text("assignmentType") == "USER":  # the others are told of the group
                yield from _assigned(okta, entry, user, "user")
    pairs = side_by_side(lambda group: _roles_of(okta, group), okta.entries(GROUPS, limit=MOST))
    for group, found in pairs:
        for entry in found:
            yield from _assigned(okta, entry, group, "group")


def _roles_of(okta: Okta, group: Fields) -> tuple[str, list[Fields]]:
    name = group.text("id")
    return name, list(okta.entries(ROLES_OF_GROUP, group=name))


def _assigned(okta: Okta, entry: Fields, principal: str, kind: Literal["user", "group"]) -> Iterator[RoleAssignment]:
    if entry.text("status") != ACTIVE:
        return
    word = entry.text("type")
    yield RoleAssignment(
        id=f"{principal}/{entry.text('id')}",
        role=okta.look(lambda: entry.text("label") if word == CUSTOM else word),
        privileged=word == ALMIGHTY
        if word in STANDARD or word in (ALMIGHTY, CUSTOM)
        else unobserved(f"Okta's role {word} is not known here"),
        scope="" if word in EVERYWHERE else SOMEWHERE,
        principal=principal,
        principal_kind=kind,
        since=okta.look(lambda: entry.moment("created")),
        ends=None,
        eligible=False,
    )
