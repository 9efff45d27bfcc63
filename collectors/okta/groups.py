"""The groups of an organization at Okta, and the roles that administer it: of users, of groups and of applications."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from collectors.okta.applications import APPS, client_of, is_service
from collectors.okta.applications import MOST as MOST_APPS
from collectors.okta.source import Okta, is_active, linked_next
from collectors.rest import Read, counted, side_by_side
from collectors.rest_answers import Fields, RestError
from core.plugins import collector
from core.resource import unobserved
from core.resources.idp import Group, RoleAssignment

GROUPS = Read("/api/v1/groups", needs="okta.groups.read", limit="/api/v1/groups")
MEMBERS = Read("/api/v1/groups/{group}/users", needs="okta.groups.read", limit="/api/v1/groups/{group}/users")
ASSIGNEES = Read("/api/v1/iam/assignees/users", needs="okta.roles.read", limit="/api/v1/iam")
ROLES_OF_USER = Read("/api/v1/users/{user}/roles", needs="okta.roles.read", limit="/api/v1/users/{user}/roles")
ROLES_OF_GROUP = Read("/api/v1/groups/{group}/roles", needs="okta.roles.read", limit="/api/v1/groups/{group}/roles")
ROLES_OF_CLIENT = Read("/oauth2/v1/clients/{client}/roles", needs="okta.roles.read", limit="/oauth2/v1/clients")
MOST = "1000"
ALMIGHTY, CUSTOM = "SUPER_ADMIN", "CUSTOM"
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

    (found,) = counted(okta.entries(GROUPS, limit=MOST))
    yield from side_by_side(look, found)


@collector(permissions=(ASSIGNEES, ROLES_OF_USER, GROUPS, ROLES_OF_GROUP, APPS, ROLES_OF_CLIENT), slow=True)
def roles(okta: Okta) -> Iterator[RoleAssignment]:
    """Who administers the organization: by one question for each user who has a role, each group, and each
    application that signs in by itself."""
    failure: RestError | None = None
    listed = okta.listing(ASSIGNEES, linked_next, items="value", limit="100")
    users, groups, clients = counted(
        (Fields(each, "somebody with a role") for each in listed),
        okta.entries(GROUPS, limit=MOST),
        (each for each in okta.entries(APPS, limit=MOST_APPS) if is_service(each)),
    )
    of_users = side_by_side(lambda user: _of_user(okta, user.text("id")), users)
    of_groups = side_by_side(lambda group: _of_group(okta, group.text("id")), groups)
    of_clients = side_by_side(lambda client: _of_client(okta, client), clients)
    for several in (of_users, of_groups, of_clients):
        try:
            for found in several:
                yield from found
        except RestError as error:  # what others have is seen without what these have
            failure = failure or error
    if failure:
        raise failure


def _of_user(okta: Okta, user: str) -> list[RoleAssignment]:
    """Roles of the user alone: those that a group brings are told of the group."""
    own = (each for each in okta.entries(ROLES_OF_USER, user=user) if _is_own(each))
    return [assignment for each in own for assignment in _assigned(okta, each, user, "user")]


def _is_own(role: Fields) -> bool:
    if (said := role.text("assignmentType")) not in ("USER", "GROUP"):
        raise RestError(f"{said} is not known here as by what somebody has a role")
    return said == "USER"


def _of_group(okta: Okta, group: str) -> list[RoleAssignment]:
    found = okta.entries(ROLES_OF_GROUP, group=group)
    return [assignment for each in found for assignment in _assigned(okta, each, group, "group")]


def _of_client(okta: Okta, app: Fields) -> list[RoleAssignment]:
    found = okta.entries(ROLES_OF_CLIENT, client=client_of(app).text("client_id"))
    return [assignment for each in found for assignment in _assigned(okta, each, app.text("id"), "application")]


def _assigned(
    okta: Okta, entry: Fields, principal: str, kind: Literal["user", "group", "application"]
) -> Iterator[RoleAssignment]:
    if not is_active(entry):
        return
    word = entry.text("type")
    unknown = unobserved(f"Okta's role {word} is not known here")
    known = word in STANDARD or word in (ALMIGHTY, CUSTOM)
    yield RoleAssignment(
        id=f"{principal}/{entry.text('id')}",
        role=okta.look(lambda: entry.text("label") if word == CUSTOM else word),
        privileged=word == ALMIGHTY if known else unknown,
        scope="" if word in EVERYWHERE else SOMEWHERE if known else unknown,
        principal=principal,
        principal_kind=kind,
        since=okta.look(lambda: entry.moment("created")),
        ends=None,
        eligible=False,
    )
