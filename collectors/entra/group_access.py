"""Who may become a member of a group for a while, and until when members are: PIM for Groups.

https://learn.microsoft.com/graph/api/resources/privilegedidentitymanagement-for-groups-api-overview: it is asked group
by group, whether a group was ever managed there or not.
"""

from __future__ import annotations

from collections.abc import Iterator

from collectors.entra.source import Entra, moment_or_none
from collectors.rest import Read
from collectors.rest_answers import Fields, RestError
from core.resources.entra import GroupTerm

ACCESS = "/v1.0/identityGovernance/privilegedAccess/group"
MAY_JOIN = Read(f"{ACCESS}/eligibilityScheduleInstances", needs="PrivilegedEligibilitySchedule.Read.AzureADGroup")
JOINED = Read(f"{ACCESS}/assignmentScheduleInstances", needs="PrivilegedAssignmentSchedule.Read.AzureADGroup")
THROUGH_GROUP, BY_ITSELF = "group", ("direct", "inherited")
"""An instance of the first repeats, for somebody in a group, what the group has."""
"""Such an instance repeats, for somebody in another group, what that group has. In examples it has a capital."""
MEMBER = "member"


def may_join(entra: Entra, group: str) -> Iterator[Fields]:
    """Who may take a place in a group. Whoever may take its owner's place can make oneself a member."""
    for each in entra.entries(MAY_JOIN, filter=f"groupId eq '{group}'", expand="principal($select=id)"):
        if not through_group(each):
            yield each


def through_group(entry: Fields) -> bool:
    """Whether somebody has it by a group alone, of which more is told elsewhere. Raises `RestError`."""
    said = entry.text("memberType").lower()
    if said != THROUGH_GROUP and said not in BY_ITSELF:
        raise RestError(f"{said} is not known here as how somebody has a role or a place")
    return said == THROUGH_GROUP


def terms(entra: Entra, group: str) -> Iterator[GroupTerm]:
    """Until when each member is one, whose place was given there."""
    for each in entra.entries(JOINED, filter=f"groupId eq '{group}'"):
        if each.text("accessId").lower() == MEMBER:
            yield GroupTerm(
                id=each.text("id"),
                group=group,
                principal=each.text("principalId"),
                ends=entra.look(lambda: moment_or_none(each, "endDateTime")),  # noqa: B023 - now
            )
