"""The groups of a domain, followed through each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from collectors.active_directory.source import Domain, Shown
from collectors.active_directory.values import Named, named, relative_id
from collectors.ldap.asking import DirectoryError
from core.resource import unobserved
from core.resources.active_directory import AdPrivilegedGroup, Member
from core.resources.idp import Group, RoleAssignment

if TYPE_CHECKING:
    from collectors.active_directory.accounts import AccountOf

GROUP = ("objectGUID", "objectSid", "sAMAccountName", "member")
PRIVILEGED = frozenset({512, 518, 519, 526, 527})
"""RIDs of Domain Admins, Schema Admins, Enterprise Admins, Key Admins and Enterprise Key Admins."""
BUILTIN, PRIVILEGED_BUILTIN = "S-1-5-32-", frozenset({544, 548, 549, 550, 551, 552})
"""Administrators, the operators of accounts, servers, printers and backups, and Replicator: each can come to rule a
controller, or is protected as if it could."""
PROTECTED_USERS = 525
FOREIGN = ",cn=foreignsecurityprincipals,"
LET_READ = "let the reader read all properties below the domain"
NO_DATE = "Active Directory keeps no date at which somebody joined a group"


class GroupOf:
    """One group, and who is named in it."""

    def __init__(self, shown: Shown) -> None:
        """Raises `DirectoryError` when it does not show what it is known by."""
        self.shown = shown
        self.id = shown.certain("objectGUID")
        self.sid = shown.certain("objectSid")
        self.primary_members: list[str] = []

    @property
    def name(self) -> str:
        return self.shown.certain("sAMAccountName")

    @property
    def members(self) -> list[Named]:
        """Raises `DirectoryError` when they are not shown to us."""
        return [named(each) for each in self.shown.values("member")]

    @property
    def builtin(self) -> bool:
        return self.sid.startswith(BUILTIN)

    @property
    def privileged(self) -> bool:
        return relative_id(self.sid) in (PRIVILEGED_BUILTIN if self.builtin else PRIVILEGED)


@dataclass(slots=True)
class Reached:
    """Whoever is in a group, also through others. `hidden` says why there may be more."""

    accounts: set[str] = field(default_factory=set[str])
    groups: set[str] = field(default_factory=set[str])
    hidden: str = ""


class Groups:
    """All groups, with those who are in them. Accounts join by `add`, for a group does not name those whose primary
    group it is."""

    def __init__(self, domain: Domain, shown: Iterable[Shown], incomplete: str = "") -> None:
        """`incomplete` says why there may be groups, or accounts, that are not shown at all: then nobody is known to be
        in no group. Raises `DirectoryError` when a group does not show what it is known by."""
        self._domain = domain
        self._incomplete = incomplete
        self._groups = {each.id: each for each in map(GroupOf, shown)}
        self._by_number = {relative_id(each.sid): each for each in self._groups.values() if not each.builtin}
        self._ruling = {each.id: self._reached(each) for each in self._groups.values() if each.privileged}
        protected = self._by_number.get(PROTECTED_USERS)
        self._protected = self._reached(protected) if protected else Reached()
        self._watched = frozenset[str]().union(*(each.accounts for each in self._ruling.values()))
        self._members: dict[str, Member] = {}
        self._computers: set[str] = set()
        self._hidden_primary = ""

    def add(self, account: AccountOf) -> None:
        """Hear of an account."""
        try:
            group = self._by_number.get(account.primary_group)
        except DirectoryError as error:
            group, self._hidden_primary = None, str(error)
        if group is not None:
            group.primary_members.append(account.id)
        if account.id in self._watched or (group is not None and self._rules(group)):
            look = self._domain.look
            self._members[account.id] = Member(
                id=account.id,
                name=look(lambda: account.login),
                kind=look(lambda: "service" if account.service else "user"),
            )
            if account.type == "computer":
                self._computers.add(account.id)

    def privileged_through(self, account: AccountOf) -> tuple[str, ...]:
        """Names of the privileged groups that an account is in. Raises `DirectoryError` when there may be more."""
        found = [self._groups[each].name for each, reached in self._ruling.items() if self._is_in(account, reached)]
        return tuple(sorted(found))

    def is_protected_user(self, account: AccountOf) -> bool:
        """Raises `DirectoryError` when that is not shown."""
        return self._is_in(account, self._protected)

    def all(self) -> Iterator[Group]:
        """Every group with its own members."""
        yield from map(self._group, self._groups.values())

    def privileged(self) -> Iterator[AdPrivilegedGroup]:
        """Every privileged group with all who are in it."""
        for each, reached in self._ruling.items():
            yield self._privileged(self._groups[each], reached)

    def assignments(self) -> Iterator[RoleAssignment]:
        """Who is named in privileged groups, as a right that somebody was given.

        Raises `DirectoryError` at the end when the members of one are not shown.
        """
        hidden: DirectoryError | None = None
        for group in (self._groups[each] for each in self._ruling):
            try:
                members = self._direct(group)
            except DirectoryError as error:
                hidden = error
            else:
                for member in members:
                    yield self._assignment(group, member)
        if hidden:
            raise hidden

    def _group(self, group: GroupOf) -> Group:
        look = self._domain.look
        return Group(id=group.id, name=look(lambda: group.name), members=look(lambda: self._direct(group)))

    def _privileged(self, group: GroupOf, reached: Reached) -> AdPrivilegedGroup:
        look = self._domain.look
        return AdPrivilegedGroup(
            id=group.id,
            sid=group.sid,
            name=look(lambda: group.name),
            members=look(lambda: self._everybody(reached)),
        )

    def _assignment(self, group: GroupOf, member: str) -> RoleAssignment:
        return RoleAssignment(
            id=f"{group.id}/{member}",
            role=self._domain.look(lambda: group.name),
            privileged=True,
            scope="",
            principal=member,
            principal_kind=self._kind(member),
            since=unobserved(NO_DATE),
            ends=None,
            eligible=False,
        )

    def _reached(self, group: GroupOf) -> Reached:
        found, waiting = Reached(groups={group.id}), [group]
        while waiting:
            each = waiting.pop()
            try:
                members = each.members
            except DirectoryError as error:
                found.hidden = str(error)
                continue
            for member in map(reference, members):
                if member not in self._groups:
                    found.accounts.add(member)
                elif member not in found.groups:
                    found.groups.add(member)
                    waiting.append(self._groups[member])
        return found

    def _is_in(self, account: AccountOf, reached: Reached) -> bool:
        primary = self._by_number.get(account.primary_group)
        if account.id in reached.accounts or (primary is not None and primary.id in reached.groups):
            return True
        if hidden := reached.hidden or self._incomplete:
            raise DirectoryError(hidden, LET_READ)
        return False

    def _rules(self, group: GroupOf) -> bool:
        return any(group.id in reached.groups for reached in self._ruling.values())

    def _direct(self, group: GroupOf) -> tuple[str, ...]:
        if self._hidden_primary and not group.builtin:
            raise DirectoryError(self._hidden_primary, LET_READ)
        return tuple(sorted({*map(reference, group.members), *group.primary_members}))

    def _everybody(self, reached: Reached) -> tuple[Member, ...]:
        if hidden := reached.hidden or self._hidden_primary or self._incomplete:
            raise DirectoryError(hidden, LET_READ)
        ids = reached.accounts.union(*(self._groups[each].primary_members for each in reached.groups))
        return tuple(self._members.get(each) or Member(id=each, name=each, kind="foreign") for each in sorted(ids))

    def _kind(self, member: str) -> Literal["user", "group", "application"]:
        if member in self._groups:
            return "group"
        if member in self._computers:
            return "application"
        if member in self._members:
            return "user"
        who: Literal["user"] = unobserved("it is of another domain, and shows nothing of what it is")
        return who


def reference(member: Named) -> str:
    """How a member is known: by its SID when it is of another domain, by its name when nothing else is shown."""
    return member.sid if FOREIGN in member.dn.lower() else member.guid or member.dn
