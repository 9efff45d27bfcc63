"""Checks of who is asked for a second factor in the three ways of Entra ID: policies, its defaults, per-user MFA."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from checks.host.fleet import listed
from checks.idp.accounts import everybody_in, holders, no_person_signs_in
from checks.idp.per_user import BUT, state_of
from checks.people.accounts import name_of
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resource import NotObservedError
from core.resources.entra import EntraRole, EntraTenant, PerUserMfa
from core.resources.idp import Factors, Group, RoleAssignment, SignInPolicy, User

GUESTS, ALL_GUESTS = "GuestsOrExternalUsers", ("GuestsOrExternalUsers", "GuestsOrExternalUsers: all")
"""What stands for guests among the exceptions of a policy, with their kinds where only some are left out."""
DEFAULTS = "security-defaults"
"""The id that security defaults have among the policies."""


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

    Whom a policy leaves out, per-user MFA may still ask, and often nobody does. An account that is `enforced` is asked
    each time; one that is `enabled` only once it has set up a second factor, and where no old protocol is open, which
    takes the password alone until then.

    Remediation: Switch on a policy of Conditional Access for everybody and all applications; without a licence for it,
    security defaults.
    """
    ways, people = _Ways(policies, users, groups, roles, assignments), list[User]()
    asked, alone, nobody, hidden = set[str](), list[str](), list[str](), None
    for user in users.here.observed:
        try:
            if no_person_signs_in(user, as_of, emergency_accounts):
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
    ways, resting, hidden = _Ways(policies, users, groups, roles, assignments), list[str](), None
    for user in users.here.observed:
        try:
            if no_person_signs_in(user, as_of, emergency_accounts) or _is_off(user, accounts) or ways.policy_for(user):
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


def _asks(user: User, accounts: Population[PerUserMfa], factors: Population[Factors], ways: _Ways) -> bool:
    """Whether per-user MFA asks this one."""
    state = state_of(user, accounts)
    if state != "enabled":
        return state == "enforced"
    theirs = factors.here.get(user.id)
    if theirs is None:
        raise NotObservedError(f"second factors of {name_of(user)} were not seen")
    return theirs.enrolled and ways.legacy_is_stopped()


@dataclass
class _Ways:
    """The policies of a tenant that demand a second factor of everybody for everything, and whom each leaves out."""

    policies: Population[SignInPolicy]
    users: Population[User]
    groups: Population[Group]
    roles: Population[EntraRole]
    assignments: Population[RoleAssignment]
    demanding: list[tuple[SignInPolicy, frozenset[str], str]] = field(init=False)
    """With ids of users that are left out, and which of its exceptions may be anybody; empty when none may."""
    hidden: NotObservedError | None = None

    def __post_init__(self) -> None:
        self.demanding = []
        for each in self.policies.here.observed:
            try:
                if each.enforced and each.everybody and each.everything and each.second_factor:
                    self.demanding.append((each, *self._left_out(each)))
            except NotObservedError as missing:
                self.hidden = missing

    def policy_for(self, user: User) -> str:
        """Which policy asks this one; empty when none is known to. `require_all` tells whether that is for certain."""
        unsure = ""
        for policy, left_out, anybody in self.demanding:
            if user.id in left_out or _is_left_out_as_guest(user, policy):
                continue
            if not anybody:
                return policy.name if policy.id == DEFAULTS else f"Conditional Access ({policy.name})"
            unsure = f"{policy.name} leaves out {anybody}, and who that is was not seen"
        if unsure:
            raise NotObservedError(unsure)
        return ""

    def require_all(self) -> None:
        """Raises `NotObservedError` where a policy was not seen that may demand a second factor."""
        self.policies.here.require_all()
        if self.hidden:
            raise self.hidden

    def legacy_is_stopped(self) -> bool:
        hidden = None
        for each in self.policies.here.observed:
            try:
                if each.enforced and each.everybody and each.stops_legacy:
                    return True
            except NotObservedError as missing:
                hidden = missing
        self.policies.here.require_all()
        if hidden:
            raise hidden
        return False

    def _left_out(self, policy: SignInPolicy) -> tuple[frozenset[str], str]:
        found, unknown = set[str](), list[str]()
        for each in policy.exceptions:
            try:
                found |= {*self._who(each)}
            except NotObservedError:
                unknown.append(each)
        return frozenset(found), listed(unknown)

    def _who(self, exception: str) -> Iterator[str]:
        """The users whom an exception names: whoever may take a role is left out when it was taken."""
        if exception.partition(":")[0] == GUESTS:
            return
        if named := self.roles.here.having(exception, "id"):
            yield from self._having(named[0][1].name)
        elif self.groups.here.having(exception, "id"):
            yield from everybody_in(exception, self.groups)
            self.groups.here.require_all()
        elif self.users.here.having(exception, "id"):
            yield exception
        else:
            raise NotObservedError(f"{exception} is no user, no group and no role that was seen")

    def _having(self, role: str) -> Iterator[str]:
        """Ids of who has a role."""
        for each in self.assignments.here:
            if each.role == role and not each.eligible:
                found, hidden = holders(each, self.users, self.groups)
                if hidden:
                    raise hidden
                yield from (user.id for user in found)


def _is_left_out_as_guest(user: User, policy: SignInPolicy) -> bool:
    """Raises `NotObservedError` where some kinds of guests are left out: an account does not tell its kind."""
    kinds = [each for each in policy.exceptions if each.partition(":")[0] == GUESTS]
    if not kinds or not user.guest:
        return False
    if not set(kinds) & {*ALL_GUESTS}:
        raise NotObservedError(f"{policy.name} leaves out some kinds of guests, and of which kind one is was not seen")
    return True
