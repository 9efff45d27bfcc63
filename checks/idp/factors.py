"""Checks of the second factors that people have set up."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from checks.host.fleet import listed
from checks.idp.accounts import has_ended, holders, no_person_signs_in
from checks.people.accounts import name_of
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resource import NotObservedError, missing_fields
from core.resources.idp import Factors, Group, RoleAssignment, User

WEAK = ("sms", "voice", "email", "question", "temporary")
PHISHED = (*WEAK, "push", "one-time code")
"""What somebody in between can ask for and pass on."""
DIRECTORIES = ("active_directory", "ldap", "scim")
"""Providers that keep no second factors: where people sign in with their accounts, something else asks for those."""


@check(objective="sign-in-needs-mfa", severity=Severity.HIGH)
def second_factor_is_set_up(
    factors: Factors, users: Population[User], *, as_of: datetime, emergency_accounts: tuple[str, ...] = ()
) -> Verdict:
    """Everybody who can sign in has set up a second factor.

    A password alone is guessed, phished or found in somebody else's leak, and who has no second factor yet lets an
    attacker set one up. Programs are left out, accounts that nobody can sign in to, and those of `emergency_accounts`,
    which have a check of their own.

    Remediation: Ask the person to set one up, and let no sign-in succeed without it.
    """
    user = _person(factors, users, as_of, emergency_accounts)
    if isinstance(user, Verdict):
        return user
    if not factors.enrolled:
        return failed(f"{name_of(user)} has set up no second factor")
    return passed(f"{name_of(user)} has set up {_said(factors)}")


@check(objective="sign-in-methods-are-strong", severity=Severity.MEDIUM)
def second_factor_is_strong(
    factors: Factors,
    users: Population[User],
    *,
    as_of: datetime,
    emergency_accounts: tuple[str, ...] = (),
    weak: tuple[str, ...] = WEAK,
) -> Verdict:
    """Whoever has a second factor has one that is not easily taken over.

    Text messages and calls go to whoever talks a shop into a new card; a mailbox often has the same password; answers
    are found. A pass for a while is no factor.

    Remediation: Ask the person to set up a passkey or an app, and remove the weak ones.
    """
    user = _person(factors, users, as_of, emergency_accounts)
    if isinstance(user, Verdict):
        return user
    if not factors.enrolled:
        return not_applicable(f"{name_of(user)} has set up no second factor")
    verdict, only = (passed, "") if has_method_beside(factors, weak) else (failed, "only ")
    return verdict(f"{name_of(user)} has set up {only}{_said(factors)}")


@check(objective="privileged-access-needs-mfa", severity=Severity.HIGH)
def administrator_cannot_be_phished(
    assignment: RoleAssignment,
    users: Population[User],
    groups: Population[Group],
    factors: Population[Factors],
    *,
    as_of: datetime,
    emergency_accounts: tuple[str, ...] = (),
) -> Verdict:
    """Everybody with a privileged role has a second factor that cannot be phished.

    Codes and pushes are passed on by whoever stands between a person and the sign-in page. A passkey, a security key,
    a certificate or a device's own lock answers no other page than the right one.

    Remediation: Give administrators security keys or passkeys, and demand them for their roles.
    """
    if reason := _not_judged(assignment, users, factors, as_of):
        return not_applicable(reason)
    found, hidden = holders(assignment, users, groups)
    without, with_one = list[str](), list[str]()
    for user in found:
        try:
            if no_person_signs_in(user, as_of, emergency_accounts):
                continue
            theirs = factors.here.get(user.id) if factors.here.sources else None
            if theirs is None:
                raise NotObservedError(f"second factors of {name_of(user)} were not seen")
            resists = theirs.enrolled and has_method_beside(theirs, PHISHED)
            (with_one if resists else without).append(name_of(user))
        except NotObservedError as missing:
            hidden = missing
    if without:
        return failed(f"{listed(without)} with the role {assignment.role} could be phished")
    if hidden:
        raise hidden
    if not with_one:
        return not_applicable(f"no person signs in with the role {assignment.role}")
    return passed(f"{listed(with_one)} with the role {assignment.role} cannot be phished")


def _not_judged(
    assignment: RoleAssignment, users: Population[User], factors: Population[Factors], as_of: datetime
) -> str:
    """Why no second factor is asked of who holds a role; empty where it is. Raises `NotObservedError`."""
    if not factors.here.sources and not users.here.sources:
        return "no accounts are kept here: who holds the role signs in elsewhere"
    if not factors.here.sources and users.home.partition("/")[0] in DIRECTORIES:
        return "a directory keeps no second factors: what people sign in to with it asks for them"
    if not assignment.privileged:
        return f"{assignment.role} is not privileged"
    return f"{assignment.role} was held until {assignment.ends:%Y-%m-%d}" if has_ended(assignment, as_of) else ""


def has_method_beside(factors: Factors, others: Collection[str]) -> bool:
    """Whether one of the factors is none of these methods. Raises `NotObservedError` when none that we know is, and the
    provider has a word for one that we do not know."""
    known = [each.method for each in factors.factors if "method" not in missing_fields(each)]
    if any(each not in others for each in known):
        return True
    return any(each.method not in others for each in factors.factors)


def _person(
    factors: Factors, users: Population[User], as_of: datetime, emergency_accounts: tuple[str, ...]
) -> User | Verdict:
    """Whose factors they are; why nothing is asked of that account, when nothing is."""
    user = users.here.get(factors.id)
    if user is None:
        return unknown(f"no account with the id {factors.id} was seen")
    reason = no_person_signs_in(user, as_of, emergency_accounts)
    return not_applicable(reason) if reason else user


def _said(factors: Factors) -> str:
    if "factors" in missing_fields(factors) or not factors.factors:
        return "a second factor"
    return listed(sorted({each.name for each in factors.factors}))
