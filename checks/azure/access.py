"""Checks of who may do what in subscriptions: owners, roles of our own making, guests, and the root of the tenant."""

from __future__ import annotations

from checks.azure.scopes import is_whole_subscription
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resources.azure.access import CustomRole, RoleAssignment
from core.resources.azure.survey import Subscription
from core.resources.idp import User

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


@check(objective="permissions-are-least", severity=Severity.HIGH)
def custom_role_is_no_owner(role: CustomRole) -> Verdict:
    """A role of our own making does not allow everything.

    It is an owner under another name, whom nobody finds among the owners.

    Remediation: Name the actions that are needed instead of `*` (*Subscription*, *Access control*, *Roles*;
    `az role definition update`; `permissions` of `azurerm_role_definition`), or assign Owner to the few who need it.
    """
    wide = sorted({each for each in role.scopes if is_whole_subscription(each)})
    if "*" not in role.actions:
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
    held = {each.principal for each in assignments if each.scope == "/" and each.role == USER_ACCESS_ADMINISTRATOR}
    if held:
        return failed(f"User Access Administrator at / is held by {', '.join(sorted(held))}")
    return passed(f"of {len(assignments)} assignments none is of User Access Administrator at /")


@check(objective="outside-access-is-approved", severity=Severity.HIGH)
def guests_hold_no_privileged_role(
    assignments: Population[RoleAssignment], users: Population[User], *, approved: tuple[str, ...] = ()
) -> Verdict:
    """No guest may change everything, or who may do what.

    Who leaves the other company keeps the account here until somebody thinks of it. Name guests who may in `approved`,
    by id or login. Which accounts are guests stands in the directory: it must be a source as well (`entra`).

    Remediation: *Access control (IAM)*, *Role assignments*: give the guest a role for the task
    (`az role assignment delete --assignee …`), or approve.
    """
    held: dict[str, set[str]] = {}
    for each in assignments:
        if each.role in PRIVILEGED and each.principal_type == "User":
            held.setdefault(each.principal, set()).add(PRIVILEGED[each.role])
    known = {principal: users.get(principal) for principal in sorted(held)}
    guests = [
        f"{user.login} ({', '.join(sorted(held[principal]))})"
        for principal, user in known.items()
        if user is not None and user.guest and not {user.id, user.login} & set(approved)
    ]
    if guests:
        return failed(f"guests hold privileged roles: {', '.join(guests)}")
    return passed(f"none of {len(held)} people with a privileged role is a guest that is not approved")
