"""Who administers a customer, and with which role."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from collectors.google_workspace.source import DIRECTORY, SCOPES, Workspace
from collectors.rest import Read
from collectors.rest_answers import Fields, RestError
from core.plugins import collector
from core.resource import unobserved
from core.resources.idp import RoleAssignment

NEEDS = f"{SCOPES}admin.directory.rolemanagement.readonly"
ROLES = Read("/admin/directory/v1/customer/my_customer/roles", needs=NEEDS, service=DIRECTORY, limit=DIRECTORY)
ASSIGNMENTS = Read(
    "/admin/directory/v1/customer/my_customer/roleassignments", needs=NEEDS, service=DIRECTORY, limit=DIRECTORY
)
MARK = "isSuperAdminRole"
EVERYWHERE, SOMEWHERE = "CUSTOMER", "ORG_UNIT"


@collector(permissions=(ROLES, ASSIGNMENTS))
def roles(workspace: Workspace) -> Iterator[RoleAssignment]:
    """Roles as they were given, to users and to groups."""
    listed = workspace.entries(
        ROLES, "items", "admin#directory#roles",
        maxResults="100", fields="kind,nextPageToken,items(roleId,roleName,isSuperAdminRole)",
    )  # fmt: skip
    known = {each.text("roleId"): each for each in listed}
    assigned = workspace.entries(
        ASSIGNMENTS, "items", "admin#directory#roleAssignments", never_empty=True, maxResults="200"
    )
    for entry in assigned:
        yield _assignment(workspace, entry, known)


def _assignment(workspace: Workspace, entry: Fields, known: dict[str, Fields]) -> RoleAssignment:
    look = workspace.look
    return RoleAssignment(
        id=entry.text("roleAssignmentId"),
        role=look(lambda: _role(entry, known).text("roleName")),
        privileged=look(lambda: _is_super(_role(entry, known), known.values())),
        scope=look(lambda: _scope(entry)),
        principal=look(lambda: entry.text("assignedTo")),
        principal_kind=look(lambda: _kind(entry)),
        since=unobserved("Google does not tell since when a role is held"),
        ends=None,
        eligible=False,
    )


def _role(entry: Fields, known: dict[str, Fields]) -> Fields:
    if (role := known.get(entry.text("roleId"))) is None:
        raise RestError("the role that was given is not among those that are shown to us")
    return role


def _is_super(role: Fields, others: Iterable[Fields]) -> bool:
    """Whether a role may do everything. Google leaves the mark out where it is not set, as its guide to roles shows:
    that counts when another role has it, so that marks are shown to us. Raises `RestError`."""
    if MARK not in role and any(MARK in each and each.flag(MARK) for each in others):
        return False
    return role.flag(MARK)


def _scope(entry: Fields) -> str:
    if (kind := entry.text("scopeType")) == EVERYWHERE:
        return ""
    if kind != SOMEWHERE:
        raise RestError(f"{kind} is not known here as a scope of roles")
    return f"orgUnits/{entry.text('orgUnitId')}"


def _kind(entry: Fields) -> Literal["user", "group"]:
    match kind := entry.text("assigneeType").lower():
        case "user" | "group":
            return kind
        case _:
            raise RestError(f"{kind} is not known here as who can have a role")
