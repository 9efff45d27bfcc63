"""Whom the policies of a tenant of Entra ID ask for a second factor, and whom each leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from checks.host.fleet import listed
from checks.idp.accounts import everybody_in, holders
from checks.idp.sign_in_policies import SYNCHRONISING
from core.population import Population
from core.resource import NotObservedError
from core.resources.entra import EntraRole
from core.resources.idp import Group, RoleAssignment, SignInPolicy, User

GUESTS, ALL, OF_SOME = "GuestsOrExternalUsers", ("", "all"), " from some tenants"
"""What stands for guests among the exceptions of a policy, with their kinds where these are told."""
GUEST_HERE, GUEST, MEMBER = "internalGuest", "b2bCollaborationGuest", "b2bCollaborationMember"
ELSEWHERE = frozenset({"b2bDirectConnectUser", "otherExternalUser", "serviceProvider", "none"})
"""Kinds of people who have no account here."""
Narrowed = tuple[SignInPolicy, frozenset[str], str]
"""A policy with ids of users that it leaves out, and which of its exceptions may be anybody; empty when none may."""
INVITED = "#ext#"
"""What is in the login of whoever was invited and signs in elsewhere
(https://learn.microsoft.com/entra/external-id/user-properties)."""
DEFAULTS = "security-defaults"
"""The id that security defaults have among the policies."""


@dataclass
class Ways:
    """The policies of a tenant that demand a second factor of everybody for everything, and whom each leaves out."""

    policies: Population[SignInPolicy]
    users: Population[User]
    groups: Population[Group]
    roles: Population[EntraRole]
    assignments: Population[RoleAssignment]
    demanding: list[Narrowed] = field(init=False)
    programs: frozenset[str] = field(init=False)
    """Ids of accounts with which programs of Entra ID synchronise directories, as far as these were seen."""
    hidden: NotObservedError | None = None

    def __post_init__(self) -> None:
        self.demanding = []
        self.programs = self._programs()
        for each in self.policies.here.observed:
            try:
                if each.enforced and each.everybody and each.everything and each.second_factor:
                    self.demanding.append((each, *self._left_out(each)))
            except NotObservedError as missing:
                self.hidden = missing

    def _programs(self) -> frozenset[str]:
        try:
            return frozenset(self._having_role(SYNCHRONISING))
        except NotObservedError:
            return frozenset()

    def policy_for(self, user: User) -> str:
        """Which policy asks this one; empty when none is known to. `require_all` tells whether that is for certain."""
        found = self._for(user, self.demanding)
        if found is None:
            return ""
        return found.name if found.id == DEFAULTS else f"Conditional Access ({found.name})"

    def require_all(self) -> None:
        """Raises `NotObservedError` where a policy was not seen that may demand a second factor."""
        self.policies.here.require_all()
        if self.hidden:
            raise self.hidden

    def legacy_is_stopped_for(self, user: User) -> bool:
        """Whether a policy turns old protocols away from this one."""
        stopping, hidden = list[Narrowed](), None
        for each in self.policies.here.observed:
            try:
                if each.enforced and each.everybody and each.stops_legacy:
                    stopping.append((each, *self._left_out(each)))
            except NotObservedError as missing:
                hidden = missing
        if self._for(user, stopping):
            return True
        self.policies.here.require_all()
        if hidden:
            raise hidden
        return False

    @staticmethod
    def _for(user: User, policies: list[Narrowed]) -> SignInPolicy | None:
        """One of these that does not leave this one out. Raises `NotObservedError` where one may not."""
        unsure = ""
        for policy, left_out, anybody in policies:
            if user.id in left_out or _is_left_out_as_guest(user, policy):
                continue
            if not anybody:
                return policy
            unsure = f"{policy.name} leaves out {anybody}, and who that is was not seen"
        if unsure:
            raise NotObservedError(unsure)
        return None

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
        if self.roles.here.having(exception, "id"):
            yield from self._having_role(exception)
        elif self.groups.here.having(exception, "id"):
            yield from everybody_in(exception, self.groups)
            self.groups.here.require_all()
        elif self.users.here.having(exception, "id"):
            yield exception
        else:
            raise NotObservedError(f"{exception} is no user, no group and no role that was seen")

    def _having_role(self, role: str) -> Iterator[str]:
        """Ids of who has a role, which is given by its id, for all of the tenant: no other assignment of it counts in
        Conditional Access."""
        names = {named.name for _, named in self.roles.here.having(role, "id")}
        for each in self.assignments.here if names else ():
            if each.role in names and not each.scope and not each.eligible:
                found, hidden = holders(each, self.users, self.groups)
                if hidden:
                    raise hidden
                yield from (user.id for user in found)


def _is_left_out_as_guest(user: User, policy: SignInPolicy) -> bool:
    """Also a member may be left out so, who was invited. Raises `NotObservedError` where some kinds of guests are left
    out, and an account may be of one of them."""
    exceptions = [each.partition(": ") for each in policy.exceptions if each.partition(":")[0] == GUESTS]
    if not exceptions or not (possible := _kinds(user)):
        return False
    unsure = False
    for _, _, said in exceptions:
        kinds = {*said.removesuffix(OF_SOME).split(",")}
        if kinds & {*ALL} or kinds >= possible:
            if not said.endswith(OF_SOME):
                return True
            unsure = True
        elif kinds & possible or kinds - {GUEST_HERE, GUEST, MEMBER, *ELSEWHERE}:
            unsure = True
    if unsure:
        raise NotObservedError(f"{policy.name} leaves out some kinds of guests, and of which kind one is was not seen")
    return False


def _kinds(user: User) -> set[str]:
    """The kinds of guests and people from outside of which an account may be, in Entra's words."""
    if INVITED in user.login.lower():
        return {GUEST} if user.guest else {MEMBER}
    return {GUEST_HERE, GUEST} if user.guest else set()
