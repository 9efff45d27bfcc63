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
from core.resources.entra import EntraRole, EntraTenant, GroupTerm
from core.resources.idp import Group, RoleAssignment, User


@check(objective="privileged-access-is-temporary", severity=Severity.MEDIUM)
def privileged_roles_are_taken_for_a_while(  # noqa: PLR0913 - who has which role stands in kinds of its own
    tenant: EntraTenant,
    assignments: Population[RoleAssignment],
    users: Population[User],
    groups: Population[Group],
    roles: Population[EntraRole],
    terms: Population[GroupTerm],
    *,
    emergency_accounts: tuple[str, ...] = (),
    approved: tuple[str, ...] = (),
) -> Verdict:
    """Nobody has a privileged role for ever: it is taken when it is needed, and ends by itself.

    Whoever steals an account that may take a role still has to take it, with a second factor and in sight of others.
    Roles are those that Microsoft calls privileged, our own among them. Groups count as whom they hold without an end.
    Name in `approved` who has to keep one, by login, id, or name of the group, and roles that may be kept.

    Remediation: In Privileged Identity Management make the assignment eligible, or give it an end; of a group do so
    with the places of its members.
    """
    lasting, hidden = dict[str, str](), None
    for each in assignments.here:
        try:
            if each.eligible or each.ends is not None or is_named(each.principal, approved):
                continue
            if _is_privileged(each, roles) and not is_named(each.role, approved):
                lasting |= _who(each, users, groups, terms, (*emergency_accounts, *approved))
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
    roles: Population[EntraRole],
    *,
    as_of: datetime,
    approved: tuple[str, ...] = (),
) -> Verdict:
    """Whoever has a privileged role, or may take one, has an account that no other directory keeps.

    Who rules the directory on premises sets the password of what comes from there, and with it rules the tenant. Roles
    are those that Microsoft calls privileged, our own among them; `approved` names those that such accounts may have.

    Remediation: Give administrators accounts that are made in Entra ID, and take the roles of the others away.
    """
    foreign, found, hidden = set[str](), 0, None
    for each in assignments.here:
        try:
            if not _is_privileged(each, roles) or is_named(each.role, approved):
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


@check(objective="privileged-access-is-rare", severity=Severity.MEDIUM)
def own_privileged_roles_are_approved(
    tenant: EntraTenant, roles: Population[EntraRole], *, approved: tuple[str, ...] = ()
) -> Verdict:
    """Roles of our own that hold a privileged right are approved.

    What Entra ID brings along is described and reviewed by many; of a role that somebody put together the name says
    little, and one right in it may be enough to take an administrator's place. Name those that are meant in `approved`.

    Remediation: Roles and administrators, custom roles: take the rights out that are marked as privileged.
    """
    others, hidden = list[str](), None
    for each in roles.here.observed:
        try:
            if not each.built_in and each.marked and not is_named(each.name, approved):
                others.append(each.name)
        except NotObservedError as missing:
            hidden = missing
    if others:
        return failed(f"{tenant.id}: {listed(others)} hold privileged rights")
    roles.here.require_all()
    if hidden:
        raise hidden
    return passed(f"{tenant.id}: no role of our own holds a privileged right but what is approved")


def _is_privileged(assignment: RoleAssignment, roles: Population[EntraRole]) -> bool:
    """Whether a role can do everything, or Microsoft calls it privileged, of which older evidence knows nothing. Raises
    `NotObservedError`."""
    if assignment.privileged or not roles.here.sources:
        return assignment.privileged
    named = [role for _, role in roles.here.having(assignment.role, "name")]
    if not named:
        raise NotObservedError(f"the role {assignment.role} is not among those that are defined")
    return any(role.marked for role in named)


def _who(
    assignment: RoleAssignment,
    users: Population[User],
    groups: Population[Group],
    terms: Population[GroupTerm],
    named: tuple[str, ...],
) -> dict[str, str]:
    """Who has a role through an assignment without an end, and is not named. Raises `NotObservedError`."""
    if assignment.principal_kind == "application":
        return {f"the application {assignment.principal}": assignment.role}
    in_group = assignment.principal_kind == "group"
    seen = groups.here.having(assignment.principal, "id") if in_group else ()
    if seen and is_named(seen[0][1].name, named):
        return {}
    found, hidden = holders(assignment, users, groups)
    others = dict[str, str]()
    for user in found:
        if not is_for_emergencies(user, named) and not (in_group and _leaves(user, assignment.principal, terms)):
            others[name_of(user)] = assignment.role
    if hidden and not others:
        raise hidden
    return others


def _leaves(user: User, group: str, terms: Population[GroupTerm]) -> bool:
    """Whether somebody's place in a group ends by itself. Raises `NotObservedError` when that was not seen."""
    places = [each for _, each in terms.here.having(user.id, "principal") if each.group == group]
    if not places and terms.here.sources:
        terms.here.require_all()
    return bool(places) and all(each.ends is not None for each in places)
