"""Checks of who is asked for a second factor in the three ways of Entra ID: policies, its defaults, per-user MFA."""

from __future__ import annotations

from datetime import datetime

from checks.entra.ways import Ways
from checks.host.fleet import listed
from checks.idp.accounts import no_person_signs_in
from checks.idp.per_user import BUT, state_of
from checks.people.accounts import name_of
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resource import NotObservedError
from core.resources.entra import EntraRole, EntraTenant, PerUserMfa
from core.resources.idp import Factors, Group, RoleAssignment, SignInPolicy, User


@check(objective="sign-in-needs-mfa", severity=Severity.HIGH)
def everybody_is_asked(  # noqa: PLR0913, PLR0917 - each way to be asked is a join of its own
    tenant: EntraTenant,
    policies: Population[SignInPolicy],
    accounts: Population[PerUserMfa],
    factors: Population[Factors],
    users: Population[User],
    groups: Population[Group],
    roles: Population[EntraRole],
    assignments: Population[RoleAssignment],
    *,
    as_of: datetime,
    emergency_accounts: tuple[str, ...] = (),
) -> Verdict:
    """Whoever can sign in is asked for a second factor: by a policy, by security defaults, or account by account.

    Whom a policy leaves out, per-user MFA may still ask, and often nobody does. Programs of Entra ID that synchronise
    directories are none of these. An account that is `enforced` is asked
    each time; one that is `enabled` only once it has set up a second factor, and where no old protocol is open, which
    takes the password alone until then.

    Remediation: Switch on a policy of Conditional Access for everybody and all applications; without a licence for it,
    security defaults.
    """
    ways, people = Ways(policies, users, groups, roles, assignments), list[User]()
    asked, alone, nobody, hidden = set[str](), list[str](), list[str](), None
    for user in users.here.observed:
        try:
            if no_person_signs_in(user, as_of, emergency_accounts) or user.id in ways.programs:
                continue
            people.append(user)
            if policy := ways.policy_for(user):
                asked.add(policy)
            elif _asks(user, accounts, factors, ways):
                alone.append(name_of(user))
            else:
                ways.require_all()
                nobody.append(name_of(user))
        except NotObservedError as missing:
            hidden = missing
    if nobody and not (asked or alone or hidden):
        return failed(f"{tenant.id}: no policy for everybody and no per-user MFA asks anybody")
    if nobody:
        return failed(f"{tenant.id}: no policy for everybody and no per-user MFA asks {listed(nobody)}")
    users.here.require_all()
    if hidden:
        raise hidden
    if not people:
        return not_applicable(f"{tenant.id}: no person signs in here")
    said = [f"a second factor is demanded by {listed(asked, ' and ')}"] if asked else []
    said += [f"per-user MFA alone asks {listed(alone)}, {BUT}"] if alone else []
    return passed(f"{tenant.id}: {'; '.join(said)}")


@check(objective="sign-in-methods-are-strong", severity=Severity.LOW)
def nobody_rests_on_per_user_mfa(  # noqa: PLR0913 - the same
    tenant: EntraTenant,
    policies: Population[SignInPolicy],
    accounts: Population[PerUserMfa],
    users: Population[User],
    groups: Population[Group],
    roles: Population[EntraRole],
    assignments: Population[RoleAssignment],
    *,
    as_of: datetime,
    emergency_accounts: tuple[str, ...] = (),
) -> Verdict:
    """Nobody's second factor rests on the state of the account alone.

    Per-user MFA is the old way: it is forgotten with the next account, lets app passwords in, and may be switched off
    for trusted addresses and remembered devices by settings that no interface tells. Microsoft advises against it.

    Remediation: Let a policy of Conditional Access, or security defaults, demand it of everybody; then set the states
    to disabled.
    """
    ways, resting, hidden = Ways(policies, users, groups, roles, assignments), list[str](), None
    for user in users.here.observed:
        try:
            if no_person_signs_in(user, as_of, emergency_accounts) or user.id in ways.programs:
                continue
            if _is_off(user, accounts) or ways.policy_for(user):
                continue
            ways.require_all()
            resting.append(f"{name_of(user)} ({state_of(user, accounts)})")
        except NotObservedError as missing:
            hidden = missing
    if resting:
        return failed(f"{tenant.id}: on per-user MFA alone rest {listed(resting)}")
    users.here.require_all()
    if hidden:
        raise hidden
    return passed(f"{tenant.id}: nobody's second factor rests on per-user MFA alone")


def _is_off(user: User, accounts: Population[PerUserMfa]) -> bool:
    """Whether per-user MFA is known to ask nothing of this one."""
    try:
        return state_of(user, accounts) == "disabled"
    except NotObservedError:
        return False


def _asks(user: User, accounts: Population[PerUserMfa], factors: Population[Factors], ways: Ways) -> bool:
    """Whether per-user MFA asks this one."""
    state = state_of(user, accounts)
    if state != "enabled":
        return state == "enforced"
    theirs = factors.here.get(user.id)
    if theirs is None:
        raise NotObservedError(f"second factors of {name_of(user)} were not seen")
    return theirs.enrolled and ways.legacy_is_stopped_for(user)
