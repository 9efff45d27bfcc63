"""Checks of who administers a tenant of Entra ID, and for how long."""

from __future__ import annotations

from datetime import datetime

from checks.host.fleet import listed
from checks.idp.accounts import holders, is_for_emergencies, is_named
from checks.people.accounts import name_of, user_is_closed
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resource import NotObservedError
from core.resources.entra import EntraTenant
from core.resources.idp import Group, RoleAssignment, User


@check(objective="privileged-access-is-temporary", severity=Severity.MEDIUM)
def privileged_roles_are_taken_for_a_while(
    tenant: EntraTenant,
    assignments: Population[RoleAssignment],
    users: Population[User],
    groups: Population[Group],
    *,
    emergency_accounts: tuple[str, ...] = (),
    approved: tuple[str, ...] = (),
) -> Verdict:
    """Nobody has a privileged role for ever: it is taken when it is needed, and ends by itself.

    Whoever steals an account that may take a role still has to take it, with a second factor and in sight of others.
    Groups count as whom they hold. Name in `approved` what has to keep one, by login, id, or name of the group.

    Remediation: In Privileged Identity Management make the assignment eligible, or give it an end.
    """
    lasting, hidden = dict[str, str](), None
    for each in assignments.here:
        try:
            if each.privileged and not each.eligible and each.ends is None and not is_named(each.principal, approved):
                lasting |= _who(each, users, groups, (*emergency_accounts, *approved))
        except NotObservedError as missing:
            hidden = missing
    if lasting:
        return failed(f"{tenant.id}: {listed(sorted(f'{who} has {role}' for who, role in lasting.items()))} for ever")
    if hidden:
        raise hidden
    return passed(f"{tenant.id}: nobody has a privileged role for ever but who is kept for emergencies or approved")


@check(objective="privilege-cannot-be-escalated", severity=Severity.HIGH)
def administrators_are_kept_here(
    tenant: EntraTenant,
    assignments: Population[RoleAssignment],
    users: Population[User],
    groups: Population[Group],
    *,
    as_of: datetime,
) -> Verdict:
    """Whoever has a privileged role, or may take one, has an account that no other directory keeps.

    Who rules the directory on premises sets the password of what comes from there, and with it rules the tenant.

    Remediation: Give administrators accounts that are made in Entra ID, and take the roles of the others away.
    """
    foreign, found, hidden = set[str](), 0, None
    for each in assignments.here:
        try:
            if not each.privileged:
                continue
            holding, missing_some = holders(each, users, groups)
            hidden = hidden or missing_some
            for user in holding:
                if user_is_closed(user, as_of):
                    continue
                found += 1
                if user.synchronised_from:
                    foreign.add(f"{name_of(user)} ({user.synchronised_from})")
        except NotObservedError as missing:
            hidden = missing
    if foreign:
        return failed(f"{tenant.id}: another directory keeps {listed(sorted(foreign))}")
    if hidden:
        raise hidden
    if not found:
        return not_applicable(f"{tenant.id}: no account that can sign in has a privileged role")
    return passed(f"{tenant.id}: no other directory keeps an account with a privileged role")


def _who(
    assignment: RoleAssignment, users: Population[User], groups: Population[Group], named: tuple[str, ...]
) -> dict[str, str]:
    """Who has a role through an assignment and is not named, with the role. Raises `NotObservedError`."""
    if assignment.principal_kind == "application":
        return {f"the application {assignment.principal}": assignment.role}
    seen = groups.here.having(assignment.principal, "id") if assignment.principal_kind == "group" else ()
    if seen and is_named(seen[0][1].name, named):
        return {}
    found, hidden = holders(assignment, users, groups)
    others = {name_of(user): assignment.role for user in found if not is_for_emergencies(user, named)}
    if hidden and not others:
        raise hidden
    return others
