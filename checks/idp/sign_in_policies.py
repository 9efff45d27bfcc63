"""Checks of what an identity provider demands of those who sign in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from checks.host.fleet import listed
from checks.idp.accounts import everybody_in, has_ended, holders, is_named
from checks.idp.per_user import unless_asked_one_by_one
from checks.people.accounts import name_of
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resource import NotObservedError
from core.resources.entra import PerUserMfa
from core.resources.idp import Group, RoleAssignment, SignInPolicy, User

SYNCHRONISING = "d29b2b05-8046-44ba-8758-1e26182fcf32"
"""The role of Entra ID with which its own programs synchronise directories, and which is for nobody else
(https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference)."""


@check(objective="sign-in-needs-mfa", severity=Severity.CRITICAL)
def second_factor_is_demanded(
    policies: Population[SignInPolicy],
    accounts: Population[PerUserMfa],
    users: Population[User],
    *,
    as_of: datetime,
    emergency_accounts: tuple[str, ...] = (),
) -> Verdict:
    """Nobody signs in without a second factor.

    What people have set up protects them only where it is asked for, everywhere and of everybody. Where no policy does,
    Entra ID may still ask each account by itself.

    Remediation: Switch on a policy that demands a second factor of everybody, for all applications. Where the first
    rule that fits decides, let each one that admits demand it, the last one too.
    """
    said = _demanded(
        policies, "a second factor", for_whom=lambda each: each.everybody, met=lambda each: each.second_factor
    )
    return unless_asked_one_by_one(said, _all(users), accounts, as_of, emergency_accounts)


@check(objective="privileged-access-needs-mfa", severity=Severity.CRITICAL)
def second_factor_is_demanded_of_administrators(
    policies: Population[SignInPolicy],
    accounts: Population[PerUserMfa],
    assignments: Population[RoleAssignment],
    users: Population[User],
    groups: Population[Group],
    *,
    as_of: datetime,
    emergency_accounts: tuple[str, ...] = (),
) -> Verdict:
    """Nobody with a privileged role signs in without a second factor.

    One stolen password of theirs is enough to take all.

    Remediation: Switch on a policy that demands a second factor of all privileged roles, for all applications.
    """
    said = _demanded(
        policies,
        "a second factor of administrators",
        for_whom=_is_for_administrators,
        met=lambda each: each.second_factor,
    )
    people = _administrators(assignments, users, groups, as_of)
    return unless_asked_one_by_one(said, people, accounts, as_of, emergency_accounts)


@check(objective="sign-in-methods-are-strong", severity=Severity.HIGH)
def legacy_protocols_are_stopped(policies: Population[SignInPolicy]) -> Verdict:
    """Protocols that cannot ask for a second factor are turned away.

    Old ways to fetch mail take a name and a password, and whoever has these goes around every other policy.

    Remediation: Switch on a policy that blocks legacy clients for everybody.
    """
    found, hidden = _some(policies, lambda each: each.enforced and each.everybody and each.stops_legacy)
    if found:
        return passed(f"{found.name} turns legacy protocols away")
    if hidden:
        raise hidden
    return failed("no policy that is enforced turns legacy protocols away")


@check(objective="devices-are-managed", severity=Severity.MEDIUM)
def managed_devices_are_demanded(policies: Population[SignInPolicy]) -> Verdict:
    """People sign in from devices that are managed or in good health.

    Whatever runs on the device reads along, and takes the session away with it.

    Remediation: Switch on a policy that demands a compliant device of everybody.
    """
    return _demanded(
        policies, "a managed device", for_whom=lambda each: each.everybody, met=lambda each: each.managed_device
    )


@check(objective="sign-in-needs-mfa", severity=Severity.MEDIUM)
def exceptions_are_approved(
    policy: SignInPolicy,
    users: Population[User],
    groups: Population[Group],
    *,
    emergency_accounts: tuple[str, ...] = (),
    approved: tuple[str, ...] = (),
) -> Verdict:
    """A policy of sign-in leaves out nobody but accounts for emergencies, and who was approved.

    Whoever is left out needs no more than a password, and of exceptions nobody thinks again. Name them in `approved` by
    login, name of the group, or id; of a group everybody in it may be one for emergencies instead. The role with which
    programs of Entra ID synchronise directories may be left out: none of them could answer.

    Remediation: Take the others out of the policy's exceptions.
    """
    if not policy.enforced:
        return not_applicable(f"{policy.name} is not enforced")
    named = (*emergency_accounts, *approved)
    others, hidden = list[str](), None
    for each in policy.exceptions:
        if each == SYNCHRONISING:
            continue
        try:
            others += _not_named(each, users, groups, named)
        except NotObservedError as missing:
            hidden = missing
    if others:
        return failed(f"{policy.name} leaves out {listed(sorted(set(others)))}")
    if hidden:
        raise hidden
    return passed(f"{policy.name} leaves out {f'{len(policy.exceptions)} approved' if policy.exceptions else 'nobody'}")


def _all(users: Population[User]) -> Iterator[User]:
    """All that were seen. Raises `NotObservedError` behind the last when there may be more."""
    yield from users.here.observed
    users.here.require_all()


def _administrators(
    assignments: Population[RoleAssignment], users: Population[User], groups: Population[Group], as_of: datetime
) -> Iterator[User]:
    """Who has a privileged role. Raises `NotObservedError` behind the last when there may be more."""
    hidden = None
    for each in assignments.here.observed:
        try:
            if each.privileged and not has_ended(each, as_of):
                found, missing = holders(each, users, groups)
                hidden = hidden or missing
                yield from found
        except NotObservedError as missing_some:
            hidden = missing_some
    assignments.here.require_all()
    if hidden:
        raise hidden


def _is_for_administrators(policy: SignInPolicy) -> bool:
    """One for everybody may leave their roles out. Where the first that fits decides, that one is asked by itself."""
    return (policy.decides == "alone" and policy.everybody) or policy.administrators


def _not_named(exception: str, users: Population[User], groups: Population[Group], named: tuple[str, ...]) -> list[str]:
    """Who of an exception is not named."""
    if is_named(exception, named):
        return []
    if seen := groups.here.having(exception, "id"):
        if is_named(seen[0][1].name, named):
            return []
        groups.here.require_all()
        inside = [user for each in sorted(everybody_in(exception, groups)) for user in _users(each, users)]
        return [name_of(user) for user in inside if not is_named(user.login, named)]
    found = _users(exception, users)
    return [name_of(user) for user in found if not is_named(user.login, named)] if found else [exception]


def _users(known_by: str, users: Population[User]) -> list[User]:
    found = users.here.get(known_by)
    return [found] if found else []


Says = Callable[[SignInPolicy], bool]


def _demanded(policies: Population[SignInPolicy], what: str, *, for_whom: Says, met: Says) -> Verdict:
    """Whether nobody of these comes in without meeting this, in any application."""
    alone = [each for each in policies if each.decides == "alone"]
    if not alone:
        found, hidden = _some(
            policies,
            lambda each: each.enforced and for_whom(each) and each.everything and (met(each) or _admits_nobody(each)),
        )
        if found:
            without = f", and leaves out {listed(found.exceptions)}" if found.exceptions else ""
            return passed(f"{found.name} demands {what}{without}")
        if hidden:
            raise hidden
        return failed(f"no policy that is enforced demands {what} in all applications")
    careless, hidden = list[str](), None
    for each in alone:
        try:
            if each.enforced and each.admits and not met(each):
                careless.append(each.name)
        except NotObservedError as missing:
            hidden = missing
    if careless:
        return failed(f"{listed(sorted(careless))} admit without demanding {what}")
    if hidden:
        raise hidden
    if not any(each.enforced and for_whom(each) and each.everything for each in alone):
        return failed(f"no policy that is enforced demands {what} in all applications")
    return passed(f"each of {len(alone)} policies that admit demands {what}")


def _admits_nobody(policy: SignInPolicy) -> bool:
    """One that turns all away but its exceptions demands nothing of these, and they are all who come in."""
    return not policy.admits and not policy.exceptions


def _some(policies: Population[SignInPolicy], holds: Says) -> tuple[SignInPolicy | None, NotObservedError | None]:
    """One policy of which this holds; what hid it of another, when there is none."""
    hidden = None
    for each in policies:
        try:
            if holds(each):
                return each, None
        except NotObservedError as missing:
            hidden = missing
    return None, hidden
