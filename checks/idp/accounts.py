"""What checks of accounts share: which are judged, and who stands behind a role."""

from __future__ import annotations

from datetime import datetime
from fnmatch import fnmatchcase

from checks.people.accounts import name_of, user_is_closed
from core.population import Population
from core.resource import NotObservedError
from core.resources.idp import Group, RoleAssignment, User


def is_for_emergencies(user: User, emergency_accounts: tuple[str, ...]) -> bool:
    """Such accounts have rules of their own (`checks/idp/emergency.py`). Raises `NotObservedError`."""
    return bool(emergency_accounts) and user.login in emergency_accounts


def no_person_signs_in(user: User, as_of: datetime, emergency_accounts: tuple[str, ...]) -> str:
    """Why rules for people's accounts do not hold for this one; empty when they do."""
    if user.service:
        return f"{name_of(user)} belongs to a program"
    if user_is_closed(user, as_of):
        return f"nobody can sign in to {name_of(user)}"
    if is_for_emergencies(user, emergency_accounts):
        return f"{user.login} is kept for emergencies"
    return ""


def has_ended(assignment: RoleAssignment, as_of: datetime) -> bool:
    """Nobody holds it any more. Raises `NotObservedError`."""
    return assignment.ends is not None and assignment.ends <= as_of


def is_named(name: str, patterns: tuple[str, ...]) -> bool:
    """Whether a name fits one of the patterns of a setting, where `*` stands for anything, in any case."""
    return any(fnmatchcase(name.lower(), pattern.lower()) for pattern in patterns)


def everybody_in(group: str, groups: Population[Group]) -> frozenset[str]:
    """The ids of all in a group of the source that is judged, and in the groups in it, without those groups themselves.

    There may be more in groups that we did not see: whoever says "nobody" calls `groups.here.require_all`. Raises
    `NotObservedError` when the group, or who is in it, was not seen.
    """
    found, asked, waiting = set[str](), set[str](), [group]
    while waiting:
        each = waiting.pop()
        if each in asked:
            continue
        asked.add(each)
        if seen := groups.here.having(each, "id"):
            waiting += seen[0][1].members
        elif each == group:
            raise NotObservedError(f"the group {group} was not seen")
        else:
            found.add(each)
    return frozenset(found)


def holders(
    assignment: RoleAssignment, users: Population[User], groups: Population[Group]
) -> tuple[list[User], NotObservedError | None]:
    """The users who have a role, also through groups, that we saw; and why there may be more."""
    if assignment.principal_kind == "application":
        return [], None
    found, hidden = list[User](), None
    try:
        in_group = assignment.principal_kind == "group"
        ids = everybody_in(assignment.principal, groups) if in_group else {assignment.principal}
    except NotObservedError as missing:
        return [], missing
    for each in sorted(ids):
        try:
            user = users.here.get(each)
            if user is not None:
                found.append(user)
            elif in_group:  # a program, a machine, or a group: of which all were seen
                groups.here.require_all()
            else:
                raise NotObservedError(f"{each}, who has the role {assignment.role}, is none of the users")
        except NotObservedError as missing:
            hidden = missing
    return found, hidden
