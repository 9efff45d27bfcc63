"""Who administers a tenant: roles that are held, for ever or for a while, and those that may be taken.

https://learn.microsoft.com/graph/api/resources/privilegedidentitymanagementv3-overview. A role is taken by itself, or
by taking a place in a group that has it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Literal, TypeVar

from collectors.entra.group_access import JOINED, MAY_JOIN, may_join, terms, through_group
from collectors.entra.source import Entra, moment_or_none, needs_licence, part_or_none, text_or_none
from collectors.rest import Read, remembered
from collectors.rest_answers import Fields, RestError
from core.plugins import collector
from core.resource import unobserved
from core.resources.entra import EntraRole, GroupTerm
from core.resources.idp import RoleAssignment

DIRECTORY = "/v1.0/roleManagement/directory"
DEFINITIONS = Read(f"{DIRECTORY}/roleDefinitions", needs="RoleManagement.Read.Directory")
MARKS = Read("/beta/roleManagement/directory/roleDefinitions", needs="RoleManagement.Read.Directory")
"""Whether Microsoft counts a role as privileged is told by the beta alone."""
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
EVERYWHERE = "/"
Kind = Literal["user", "group", "application"]
KINDS: Mapping[str, Kind] = {
    "#microsoft.graph.user": "user", "#microsoft.graph.group": "group",
    "#microsoft.graph.servicePrincipal": "application",
}  # fmt: skip
T = TypeVar("T")
Terms = Callable[[], Mapping[str, Fields] | None]


@collector(permissions=(DEFINITIONS, ASSIGNMENTS, HELD, ELIGIBLE, MAY_JOIN, JOINED))
def roles(entra: Entra) -> Iterator[RoleAssignment | GroupTerm]:
    """Roles of people, groups and applications, also those that a place in a group brings, and until when members of
    such groups are in them. Without a licence for more none ends, and none can be taken."""
    definitions = {each.text("id"): each for each in _definitions(entra)}
    held_until = remembered(lambda: _terms(entra))
    given = defaultdict[str, list[Fields]](list)
    failures = list[RestError]()
    for entry in entra.entries(ASSIGNMENTS, expand="principal($select=id)"):
        yield _assignment(entra, entry, definitions, held_until)
        given[entry.text("principalId")].append(entry)
    for entry in _as_licensed(entra.entries(ELIGIBLE, expand="principal($select=id)"), failures):
        if not through_group(entry):
            yield _eligibility(entra, entry, entry, definitions)
            given[entry.text("principalId")].append(entry)
    for group, entries in sorted(given.items()):
        try:
            is_group = any(_kind(each) == "group" for each in entries)
        except RestError as error:
            failures.append(error)
            continue
        if is_group:
            for place in _as_licensed(may_join(entra, group), failures):
                for entry in entries:
                    yield _eligibility(entra, entry, place, definitions)
            yield from _as_licensed(terms(entra, group), failures)
    if failures:
        raise failures[0]


@collector(permissions=(DEFINITIONS, MARKS))
def defined(entra: Entra) -> Iterator[EntraRole]:
    """Every role that can be given, also our own, and whether Microsoft calls it privileged."""
    marks = remembered(lambda: {each.text("id"): each for each in entra.entries(MARKS, select="id,isPrivileged")})
    for entry in _definitions(entra):
        yield EntraRole(
            id=entry.text("id"),
            name=entra.look(lambda: entry.text("displayName")),  # noqa: B023 - now
            built_in=entra.look(lambda: entry.flag("isBuiltIn")),  # noqa: B023 - the same
            marked=entra.look(lambda: _mark(marks(), entry.text("id"))),  # noqa: B023 - the same
        )


def _as_licensed(listing: Iterator[T], failures: list[RestError]) -> Iterator[T]:
    """What is listed. Without a licence for it there is nothing; why there may be more goes to `failures`."""
    try:
        yield from listing
    except RestError as error:
        if not needs_licence(error):
            failures.append(error)


def _mark(marks: Mapping[str, Fields], role: str) -> bool:
    if role not in marks:
        raise RestError("the beta of Graph does not tell of this role")
    return marks[role].flag("isPrivileged")


def _definitions(entra: Entra) -> Iterator[Fields]:
    return entra.entries(DEFINITIONS, select="id,displayName,templateId,isBuiltIn,rolePermissions")


def _terms(entra: Entra) -> dict[str, Fields] | None:
    """Since when and until when each assignment holds; `None` where nothing ends for want of a licence."""
    try:
        return {
            text_or_none(each, "roleAssignmentOriginId"): each
            for each in entra.entries(HELD)
            if not through_group(each)
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

    term = entra.look(since), entra.look(ends)
    return _held(entra, entry, definitions, name=name, term=term, eligible=False, holder=entry)


def _eligibility(entra: Entra, entry: Fields, place: Fields, definitions: Mapping[str, Fields]) -> RoleAssignment:
    """A role that may be taken: by itself, or by taking a place in the group that has it."""
    since: datetime = entra.look(lambda: place.moment("startDateTime"))
    term = since, entra.look(lambda: moment_or_none(place, "endDateTime"))
    name = "/".join(dict.fromkeys(("eligible", entry.text("id"), place.text("id"))))
    return _held(entra, entry, definitions, name=name, term=term, eligible=True, holder=place)


def _held(
    entra: Entra, entry: Fields, definitions: Mapping[str, Fields], *, name: str,
    term: tuple[datetime, datetime | None], eligible: bool, holder: Fields,
) -> RoleAssignment:  # fmt: skip
    """`entry` is what gives the role, `holder` who has it or may take it, `term` since when and until when."""
    look = entra.look
    role = definitions.get(entry.text("roleDefinitionId"))
    unknown = "the role is not among those that are defined"
    return RoleAssignment(
        id=name,
        role=look(lambda: role.text("displayName")) if role else unobserved(unknown),
        privileged=look(lambda: is_privileged(role)) if role else unobserved(unknown),
        scope=look(lambda: _scope(entry)),
        principal=holder.text("principalId"),
        principal_kind=look(lambda: _kind(holder)),
        since=term[0],
        ends=term[1],
        eligible=eligible,
    )


def _term(terms: Mapping[str, Fields], assignment: str) -> Fields:
    if found := terms.get(assignment):
        return found
    raise RestError("Privileged Identity Management does not tell of this assignment")


def is_privileged(role: Fields) -> bool:
    """Whether it is one of those above, or gives roles. Raises `RestError` when that is not told."""
    if role.text("templateId") in ALMIGHTY:
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
