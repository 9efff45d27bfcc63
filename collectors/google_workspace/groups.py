"""The groups of a customer: who is in them, who from outside, and who may join and read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from collectors.google_workspace.domains import DOMAINS, names_of_domains
from collectors.google_workspace.source import DIRECTORY, SCOPES, SETTINGS, Workspace
from collectors.rest import Read, counted, remembered, side_by_side
from collectors.rest_answers import Fields, RestError
from core.plugins import collector
from core.resources.google_workspace import WorkspaceGroup
from core.resources.idp import Group

GROUPS = Read(
    "/admin/directory/v1/groups", needs=f"{SCOPES}admin.directory.group.readonly", service=DIRECTORY, limit=DIRECTORY
)
MEMBERS = Read(
    "/admin/directory/v1/groups/{group}/members",
    needs=f"{SCOPES}admin.directory.group.member.readonly", service=DIRECTORY, limit=DIRECTORY,
)  # fmt: skip
GROUP_SETTINGS = Read("/groups/v1/groups/{email}", needs=f"{SCOPES}apps.groups.settings", service=SETTINGS)
EVERYBODY = "CUSTOMER"
"""The type of a member that stands for all accounts of a customer, which is us."""
ADDRESSED = frozenset({"USER", "GROUP", "EXTERNAL"})


@collector(permissions=(GROUPS, MEMBERS, GROUP_SETTINGS, DOMAINS), slow=True)
def groups(workspace: Workspace) -> Iterator[Group | WorkspaceGroup]:
    """Groups, by two questions or more for each."""
    domains = remembered(lambda: names_of_domains(workspace))
    listed = workspace.entries(
        GROUPS, "groups", "admin#directory#groups",
        customer="my_customer", maxResults="200", fields="kind,nextPageToken,groups(id,email,name)",
    )  # fmt: skip
    (found,) = counted(listed, questions=2)
    for group, own in side_by_side(lambda entry: _group(workspace, entry, domains), found):
        yield group
        yield own


def _group(workspace: Workspace, entry: Fields, domains: Callable[[], frozenset[str]]) -> tuple[Group, WorkspaceGroup]:
    look, name = workspace.look, entry.text("id")
    members = remembered(lambda: list(_members(workspace, name)))
    settings = remembered(
        lambda: workspace.one(
            GROUP_SETTINGS,
            email=entry.text("email"),
            alt="json",
            fields="kind,email,whoCanJoin,allowExternalMembers,whoCanViewGroup",
        )
    )
    return Group(
        id=name,
        name=look(lambda: entry.text("name")),
        members=look(lambda: tuple(sorted(each.text("id") for each in members()))),
    ), WorkspaceGroup(
        id=name,
        email=look(lambda: entry.text("email")),
        may_join=look(lambda: settings().text("whoCanJoin")),
        admits_outsiders=look(lambda: _truth(settings(), "allowExternalMembers")),
        may_read=look(lambda: settings().text("whoCanViewGroup")),
        outsiders=look(lambda: _outsiders(members(), domains())),
    )


def _truth(settings: Fields, name: str) -> bool:
    """Yes and no are texts in the settings of groups. Raises `RestError`."""
    if (said := settings.text(name)) not in ("true", "false"):
        raise RestError(f"{said!r} is not known here as {name} of a group")
    return said == "true"


def _members(workspace: Workspace, group: str) -> Iterator[Fields]:
    return workspace.entries(
        MEMBERS, "members", "admin#directory#members",
        group=group, maxResults="200", fields="kind,nextPageToken,members(id,email,type)",
    )  # fmt: skip


def _outsiders(members: list[Fields], domains: frozenset[str]) -> tuple[str, ...]:
    """Addresses of members in none of these domains. Raises `RestError` for a member of a type that is not known."""
    found = set[str]()
    for each in members:
        if (kind := each.text("type")) == EVERYBODY:
            continue
        if kind not in ADDRESSED:
            raise RestError(f"{kind} is not known here as a type of members")
        address = each.text("email").lower()
        if address.rpartition("@")[2] not in domains:
            found.add(address)
    return tuple(sorted(found))
