"""Checks of who may do what in subscriptions: owners, roles of our own making, guests, and the root of the tenant."""

from __future__ import annotations

from typing import TypeGuard

from checks.azure.scopes import is_whole_subscription
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resource import NotObservedError
from core.resources.azure.access import CustomRole, RoleAssignment
from core.resources.azure.survey import Subscription
from core.resources.idp import Group, User

OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
USER_ACCESS_ADMINISTRATOR = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"
ROLE_BASED_ACCESS_CONTROL_ADMINISTRATOR = "f58310d9-a9f6-439a-9e8d-f62e7b41a168"
PRIVILEGED = {
    OWNER: "Owner",
    CONTRIBUTOR: "Contributor",
    USER_ACCESS_ADMINISTRATOR: "User Access Administrator",
    ROLE_BASED_ACCESS_CONTROL_ADMINISTRATOR: "Role Based Access Control Administrator",
}
"""The roles that Azure itself calls privileged, by the ids that they have in all tenants."""
HAND_OUT_ACCESS = PRIVILEGED.keys() - {CONTRIBUTOR}


@check(objective="permissions-are-least", severity=Severity.HIGH)
def custom_role_is_no_owner(role: CustomRole) -> Verdict:
    """A role of our own making does not allow everything.

    It is an owner under another name, whom nobody finds among the owners.

    Remediation: Name the actions that are needed instead of `*` (*Subscription*, *Access control*, *Roles*;
    `az role definition update`; `permissions` of `azurerm_role_definition`), or assign Owner to the few who need it.
    """
    wide = sorted({each for each in role.scopes if is_whole_subscription(each)})
    if not any(not each.strip("*/") for each in role.actions):  # `*/*` is `*` as well
        return passed(f"{role.name} allows {len(role.actions)} named actions")
    if not wide:
        return passed(f"{role.name} allows everything, and only in {', '.join(role.scopes)}")
    but = f" but {', '.join(role.not_actions)}" if role.not_actions else ""
    return failed(f"{role.name} allows everything{but}, and can be assigned at {', '.join(wide)}")


@check(objective="privileged-access-is-rare", severity=Severity.HIGH)
def owners_are_few(subscription: Subscription, assignments: Population[RoleAssignment], *, most: int = 3) -> Verdict:
    """Few own a subscription.

    An owner may do everything and let others do so; each is one more account that must never be taken over. Those who
    own it from a management group or the root count, and a group counts as one. `most` says how many there may be.

    Remediation: *Subscription*, *Access control (IAM)*, *Role assignments*: give the others what they need
    (`az role assignment delete`; `azurerm_role_assignment`), or let them own for hours only, by Privileged Identity
    Management.
    """
    if not subscription.looked_at:
        return not_applicable(f"{subscription.id} is left out: {subscription.left_out}")
    seen = assignments.having(subscription.id, by="subscription")
    owners = {each.principal for _, each in seen if each.role == OWNER and is_whole_subscription(each.scope)}
    if len(owners) > most:
        return failed(f"{subscription.name} has {len(owners)} owners; at most {most} are wanted")
    assignments.here.require_all("subscription")
    if not owners:
        return failed(f"{subscription.name} has no owner: nobody answers for it")
    return passed(f"{subscription.name} has {len(owners)} owners")


@check(objective="privileged-access-is-rare", severity=Severity.HIGH)
def nobody_rules_access_at_the_root(assignments: Population[RoleAssignment]) -> Verdict:
    """Nobody may hand out access to the whole tenant.

    It is what a Global Administrator gives himself to repair something, and forgets; who has it owns every subscription
    there is and will be.

    Remediation: *Microsoft Entra ID*, *Properties*, *Access management for Azure resources*: No; or
    `az role assignment delete --role "User Access Administrator" --scope /`.
    """
    held = {
        f"{each.principal} ({PRIVILEGED[each.role]})"
        for each in assignments
        if each.scope == "/" and each.role in HAND_OUT_ACCESS
    }
    if held:
        return failed(f"access to the whole tenant can be handed out by {', '.join(sorted(held))}")
    return passed(f"of {len(assignments)} assignments none at / is of a role that hands out access")


@check(objective="outside-access-is-approved", severity=Severity.HIGH)
def guests_hold_no_privileged_role(
    assignments: Population[RoleAssignment],
    users: Population[User],
    groups: Population[Group],
    *,
    approved: tuple[str, ...] = (),
) -> Verdict:
    """No guest may change everything, or who may do what.

    Who leaves the other company keeps the account here until somebody thinks of it. Name guests who may in `approved`,
    by id or login. Which accounts are guests, and who is in a group that holds such a role, stands in the directory: it
    must be a source as well (`entra`).

    Remediation: *Access control (IAM)*, *Role assignments*: give the guest a role for the task
    (`az role assignment delete --assignee …`), or approve.
    """
    held: dict[str, set[str]] = {}
    by_groups: dict[str, set[str]] = {}
    for each in assignments:
        if each.role in PRIVILEGED and each.principal_type in ("User", "Group"):
            holders = held if each.principal_type == "User" else by_groups
            holders.setdefault(each.principal, set()).add(PRIVILEGED[each.role])
    known = {principal: users.get(principal) for principal in sorted(held)}
    if known and not any(known.values()):
        return unknown(f"none of {len(held)} people with a privileged role is in a directory that we look at")
    guests = {each.login: held[principal] for principal, each in known.items() if _is_guest(each, approved)}
    for group, roles in sorted(by_groups.items()) if not guests else ():
        people = {member: users.get(member) for member in _members(group, groups)}
        guests.update({each.login: roles for each in people.values() if _is_guest(each, approved)})
        known |= people
    if guests:
        told = (f"{login} ({', '.join(sorted(roles))})" for login, roles in sorted(guests.items()))
        return failed(f"guests hold privileged roles: {', '.join(told)}")
    return passed(f"none of {len(known)} accounts with a privileged role is a guest that is not approved")


def _is_guest(user: User | None, approved: tuple[str, ...]) -> TypeGuard[User]:
    """Whether somebody is a guest who may not. Who is in no directory any more cannot sign in either."""
    return user is not None and user.guest and not {user.id, user.login} & set(approved)


def _members(group: str, groups: Population[Group]) -> set[str]:
    """Who is in a group, and in those in it. Raises `NotObservedError` for one that is not shown."""
    found, seen, waiting = set[str](), {group}, [group]
    while waiting:
        name = waiting.pop()
        below = groups.get(name)
        if below is not None:
            waiting += [each for each in below.members if each not in seen]
            seen.update(below.members)
        elif name == group:
            raise NotObservedError(f"the group {group} is in no directory that we look at")
        else:
            found.add(name)
    return found
