"""Who administers a tenant: roles that are held, for ever or for a while, and those that may be taken.

https://learn.microsoft.com/graph/api/resources/privilegedidentitymanagementv3-overview
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Literal

from collectors.entra.source import Entra, moment_or_none, needs_licence, part_or_none, text_or_none
from collectors.rest import Read, remembered
from collectors.rest_answers import Fields, RestError
from core.plugins import collector
from core.resource import unobserved
from core.resources.idp import RoleAssignment

DIRECTORY = "/v1.0/roleManagement/directory"
DEFINITIONS = Read(f"{DIRECTORY}/roleDefinitions", needs="RoleManagement.Read.Directory")
ASSIGNMENTS = Read(f"{DIRECTORY}/roleAssignments", needs="RoleManagement.Read.Directory")
HELD = Read(f"{DIRECTORY}/roleAssignmentScheduleInstances", needs="RoleAssignmentSchedule.Read.Directory")
ELIGIBLE = Read(f"{DIRECTORY}/roleEligibilityScheduleInstances", needs="RoleEligibilitySchedule.Read.Directory")
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
PRIVILEGED_ROLE_ADMINISTRATOR = "e8611ab8-c189-46e8-94e1-60213ab1f814"
PRIVILEGED_AUTHENTICATION_ADMINISTRATOR = "7be44c8a-adaf-4e2a-84d6-ab2649e08a13"
PARTNER_TIER2_SUPPORT = "e00e864a-17c5-4a4b-9c06-f5b95a8d5bd8"
ALMIGHTY = frozenset({
    GLOBAL_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR, PRIVILEGED_AUTHENTICATION_ADMINISTRATOR, PARTNER_TIER2_SUPPORT,
})  # fmt: skip
"""Templates of roles that can do everything, give themselves any role, or take over whoever has one
(https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference)."""
GIVING_ROLES = "microsoft.directory/roleAssignments/"
READING = "read"
"""The last word of an action that changes nothing, such as `allProperties/read` of Global Reader."""
THROUGH_GROUP = "Group"
"""Such an instance repeats, for somebody in a group, what the group has."""
EVERYWHERE = "/"
Kind = Literal["user", "group", "application"]
KINDS: Mapping[str, Kind] = {
    "#microsoft.graph.user": "user", "#microsoft.graph.group": "group",
    "#microsoft.graph.servicePrincipal": "application",
}  # fmt: skip
Terms = Callable[[], Mapping[str, Fields] | None]


@collector(permissions=(DEFINITIONS, ASSIGNMENTS, HELD, ELIGIBLE))
def roles(entra: Entra) -> Iterator[RoleAssignment]:
    """Roles of people, groups and applications. Without a licence for more none ends, and none can be taken."""
    definitions = {each.text("id"): each for each in _definitions(entra)}
    terms = remembered(lambda: _terms(entra))
    for entry in entra.entries(ASSIGNMENTS, expand="principal($select=id)"):
        yield _assignment(entra, entry, definitions, terms)
    try:
        for entry in entra.entries(ELIGIBLE, expand="principal($select=id)"):
            if entry.text("memberType") != THROUGH_GROUP:
                yield _eligibility(entra, entry, definitions)
    except RestError as error:
        if not needs_licence(error):
            raise


def _definitions(entra: Entra) -> Iterator[Fields]:
    return entra.entries(DEFINITIONS, select="id,displayName,templateId,isBuiltIn,rolePermissions")


def _terms(entra: Entra) -> dict[str, Fields] | None:
    """Since when and until when each assignment holds; `None` where nothing ends for want of a licence."""
    try:
        return {
            text_or_none(each, "roleAssignmentOriginId"): each
            for each in entra.entries(HELD)
            if each.text("memberType") != THROUGH_GROUP
        }
    except RestError as error:
        if needs_licence(error):
            return None
        raise


def _assignment(entra: Entra, entry: Fields, definitions: Mapping[str, Fields], terms: Terms) -> RoleAssignment:
    name = entry.text("id")

    def since() -> datetime:
        if (known := terms()) is None:
            raise RestError("without Privileged Identity Management nobody is told since when a role is held")
        return _term(known, name).moment("startDateTime")

    def ends() -> datetime | None:
        known = terms()
        return None if known is None else moment_or_none(_term(known, name), "endDateTime")

    return _held(entra, entry, definitions, name=name, since=entra.look(since), ends=entra.look(ends), eligible=False)


def _eligibility(entra: Entra, entry: Fields, definitions: Mapping[str, Fields]) -> RoleAssignment:
    since: datetime = entra.look(lambda: entry.moment("startDateTime"))
    ends = entra.look(lambda: moment_or_none(entry, "endDateTime"))
    return _held(entra, entry, definitions, name=f"eligible/{entry.text('id')}", since=since, ends=ends, eligible=True)


def _held(
    entra: Entra, entry: Fields, definitions: Mapping[str, Fields], *, name: str, since: datetime,
    ends: datetime | None, eligible: bool,
) -> RoleAssignment:  # fmt: skip
    look = entra.look
    role = definitions.get(entry.text("roleDefinitionId"))
    unknown = "the role is not among those that are defined"
    return RoleAssignment(
        id=name,
        role=look(lambda: role.text("displayName")) if role else unobserved(unknown),
        privileged=look(lambda: is_privileged(role)) if role else unobserved(unknown),
        scope=look(lambda: _scope(entry)),
        principal=entry.text("principalId"),
        principal_kind=look(lambda: _kind(entry)),
        since=since,
        ends=ends,
        eligible=eligible,
    )


def _term(terms: Mapping[str, Fields], assignment: str) -> Fields:
    if found := terms.get(assignment):
        return found
    raise RestError("Privileged Identity Management does not tell of this assignment")


def is_privileged(role: Fields) -> bool:
    """Whether it is one of those above, or gives roles. Raises `RestError` when that is not told."""
    if text_or_none(role, "templateId") in ALMIGHTY:
        return True
    actions = [action for part in role.parts("rolePermissions") for action in part.texts("allowedResourceActions")]
    return any(action.startswith(GIVING_ROLES) and action.rpartition("/")[2] != READING for action in actions)


def _scope(entry: Fields) -> str:
    """Empty for all of the tenant. An assignment for one application has that instead of a place in the directory."""
    directory = text_or_none(entry, "directoryScopeId")
    if not directory:
        directory = entry.text("appScopeId")
    return "" if directory == EVERYWHERE else directory


def _kind(entry: Fields) -> Kind:
    principal = part_or_none(entry, "principal")
    if principal is None:
        raise RestError("whoever has the role is not shown")
    word = principal.text("@odata.type")
    if word not in KINDS:
        raise RestError(f"{word} is not known here as somebody who has a role")
    return KINDS[word]
