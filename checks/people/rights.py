"""What accounts may do, of any kind and everywhere, under one name: `SOURCE:RIGHT`.

A right is a group that an account is in, itself or through other groups; a role that was given to it or to such a
group; a group or a policy of a user of AWS; a group of a host, and sudo there. Accounts that are switched off hold
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TypeVar

from checks.aws.grants import is_administrator
from checks.idp.accounts import has_ended
from checks.people.accounts import having, name_of, user_is_closed, words_of_name, words_of_user
from core.population import Population
from core.resource import NotObservedError, Resource
from core.resources.aws.iam import IamUser
from core.resources.host.accounts import Group as HostGroup
from core.resources.host.accounts import Login
from core.resources.host.names import NameServices
from core.resources.host.sudo import SudoGrant
from core.resources.idp import Group, RoleAssignment, User

K = TypeVar("K", bound=Resource)
EVERYBODY = EVERYTHING = "ALL"
"""How sudoers writes that a rule is for all accounts, or for all commands."""
SUDO = "sudo"
Edge = tuple[str, str, str]
"""What a right rests on: the kind and the id of a resource, and whom that names."""


@dataclass(frozen=True, slots=True)
class Right:
    """A right that an account holds. `via` are the groups through which it does, the account's own first."""

    source: str
    name: str
    scope: str
    account: str
    privileged: bool
    via: tuple[str, ...]
    edges: tuple[Edge, ...]

    @property
    def full_name(self) -> str:
        """As patterns name it; of a role in one scope, with that scope."""
        return f"{self.source}:{self.name}{f'@{self.scope}' if self.scope else ''}"

    @property
    def label(self) -> str:
        within = f" in {self.scope}" if self.scope else ""
        return f"{self.name}{within} ({self.source}, {self.account})"

    def is_meant(self, pattern: str) -> bool:
        """Whether a pattern such as `ldap/*:payments` means it, in any case; without a scope it means all of them."""
        names = {each.casefold() for each in (self.full_name, f"{self.source}:{self.name}")}
        return any(fnmatchcase(name, pattern.casefold()) for name in names)


def is_pattern(text: str) -> bool:
    """Whether a text can name rights: a source, a colon, a right."""
    source, _, name = text.partition(":")
    return bool(source.strip() and name.strip())


@lru_cache
def sources_meant(pattern: str, sources: frozenset[str]) -> frozenset[str]:
    """Those of some sources that a pattern of rights is about: asked anew for each of many people."""
    wanted = pattern.partition(":")[0].casefold()
    return frozenset(source for source in sources if fnmatchcase(source.casefold(), wanted))


@dataclass(slots=True)
class Held:
    """Rights, each once, as far as they were seen; `hidden` is what hid more of them."""

    found: dict[tuple[str, str], Right] = field(default_factory=dict[tuple[str, str], Right])
    hidden: NotObservedError | None = None

    def add(self, rights: Iterator[Right]) -> None:
        """Take these in, as far as they can be seen."""
        try:
            for right in rights:
                key = right.full_name, right.account
                if key not in self.found or (right.privileged and not self.found[key].privileged):
                    self.found[key] = right
        except NotObservedError as missing:
            self.hidden = missing

    def meant(self, pattern: str) -> list[Right]:
        """Those that a pattern means, in order."""
        return [right for _, right in sorted(self.found.items()) if right.is_meant(pattern)]


@dataclass(frozen=True, slots=True)
class Rights:
    """The rights of all accounts that are looked at, at one moment."""

    users: Population[User]
    iam_users: Population[IamUser]
    logins: Population[Login]
    groups: Population[Group]
    assignments: Population[RoleAssignment]
    host_groups: Population[HostGroup]
    sudo: Population[SudoGrant]
    services: Population[NameServices]
    as_of: datetime

    def are_looked_at(self, pattern: str) -> bool:
        """Whether anybody looks where a pattern could be held."""
        kinds = (self.groups, self.assignments, self.iam_users, self.host_groups, self.sudo)
        return any(sources_meant(pattern, kind.sources) for kind in kinds)

    def of(self, words: Iterable[str]) -> Held:
        """What the accounts with these words hold."""
        asked, held = tuple(words), Held()
        for source, user in having(self.users, asked, words_of_user):
            held.add(self.of_user(source, user))
        for source, iam_user in having(self.iam_users, asked, words_of_name):
            held.add(of_iam_user(source, iam_user))
        for source, login in having(self.logins, asked, words_of_name):
            held.add(self.of_login(source, login))
        return held

    def of_user(self, source: str, user: User) -> Iterator[Right]:
        """The rights of a user of a directory. Raises `NotObservedError` where more may be hidden."""
        if not user_is_closed(user, self.as_of):
            yield from self._held(source, user.id, name_of(user), (), (), {user.id})

    def of_login(self, source: str, login: Login) -> Iterator[Right]:
        """The groups of an account of a host, and sudo, its own or a group's."""
        yield from self._sudo(source, login.name, f"#{login.uid}", (), ())
        yield from self._sudo(source, login.name, EVERYBODY, (), ())
        yield from self._sudo(source, login.name, login.name, (), ())
        for of, group in self.host_groups.having(login.name, _host_members):
            if of == source:
                edge = (group.kind, group.id, login.name)
                yield Right(source, group.name, "", login.name, False, (), (edge,))
                for principal in (f"%{group.name}", f"%#{group.gid}"):
                    yield from self._sudo(source, login.name, principal, (group.name,), (edge,))

    def require_given(self, source: str) -> None:
        """Raises `NotObservedError` unless all that a directory gives its accounts was seen."""
        wanted = (f"{source}:*",)
        _require(self.groups, _members, wanted)
        _require(self.assignments, _principal, wanted)

    def require_all(self, patterns: Iterable[str]) -> None:
        """Raises `NotObservedError` unless everybody was seen who can hold what these patterns mean."""
        wanted = tuple(patterns)
        _require(self.users, words_of_user, wanted)
        _require(self.groups, _members, wanted)
        _require(self.assignments, _principal, wanted)
        _require(self.iam_users, words_of_name, wanted)
        _require(self.logins, words_of_name, wanted)
        _require(self.host_groups, _host_members, wanted)
        _require(self.sudo, _allowed, wanted)
        self._require_local(wanted)

    def _require_local(self, patterns: tuple[str, ...]) -> None:
        """Raises `NotObservedError` where hosts have accounts, groups or rules of sudo from elsewhere: nobody can list
        those there."""
        hosts = self.logins.sources | self.host_groups.sources | self.sudo.sources
        meant = frozenset(source for each in patterns for source in sources_meant(each, hosts))
        for source, found in self.services.having(True, _takes_from_elsewhere) if meant else ():
            if source in meant:
                elsewhere = (*found.accounts, *found.groups, *found.sudo_rules)
                raise NotObservedError(
                    f"rights on {source} also come from {elsewhere[0]}, and nobody can list them there"
                )
        if meant:
            self.services.require_all(_takes_from_elsewhere)

    def _sudo(
        self, source: str, account: str, principal: str, via: tuple[str, ...], edges: tuple[Edge, ...]
    ) -> Iterator[Right]:
        for of, grant in self.sudo.having(principal, _allowed):
            if of == source:
                everything = any(each.program == EVERYTHING and not each.forbidden for each in grant.commands)
                path = (*edges, (grant.kind, grant.id, principal))
                yield Right(source, SUDO, "", account, everything, via, path)

    def _held(
        self, source: str, member: str, account: str, via: tuple[str, ...], edges: tuple[Edge, ...], seen: set[str]
    ) -> Iterator[Right]:
        for of, given in self.assignments.having(member, _principal):
            if of == source and not has_ended(given, self.as_of):
                edge = (given.kind, given.id, member)
                yield Right(source, given.role, given.scope, account, given.privileged, via, (*edges, edge))
        for of, group in self.groups.having(member, _members):
            if of == source and group.id not in seen:
                seen.add(group.id)
                path = (*edges, (group.kind, group.id, member))
                yield Right(source, group.name, "", account, False, via, path)
                yield from self._held(source, group.id, account, (*via, group.name), path, seen)


def of_iam_user(source: str, user: IamUser) -> Iterator[Right]:
    """The groups and the own policies of a user of AWS. Raises `NotObservedError` where more may be hidden."""
    own = [(policy.name, is_administrator(policy.statements)) for policy in user.policies]
    of_groups = is_administrator(user.statements) and not any(privileged for _, privileged in own)
    for name, privileged in (*((group, of_groups) for group in user.groups), *own):
        yield Right(source, name, "", user.name, privileged, (), ((user.kind, user.id, name),))


def _members(group: Group) -> Iterator[str]:
    """Whom a group names, once its own name was seen: what is nameless cannot be compared with a pattern."""
    if group.name:
        yield from group.members


def _host_members(group: HostGroup) -> tuple[str, ...]:
    return group.members


def _allowed(grant: SudoGrant) -> Iterator[str]:
    """Whom a rule allows something."""
    if any(not each.forbidden for each in grant.commands):
        yield grant.principal


def _takes_from_elsewhere(services: NameServices) -> Iterator[bool]:
    yield bool(services.accounts or services.groups or services.sudo_rules)


def _principal(assignment: RoleAssignment) -> Iterator[str]:
    if assignment.role:
        yield assignment.principal


def _require(population: Population[K], by: Callable[[K], Iterable[object]], patterns: Iterable[str]) -> None:
    """Raises `NotObservedError` unless everything was seen of a kind in each source that a pattern is about."""
    meant = frozenset(source for each in patterns for source in sources_meant(each, population.sources))
    if not meant:
        return
    try:
        population.require_all(by)  # nearly always; else what is hidden may be elsewhere
    except NotObservedError:
        for source in sorted(meant):
            population.at(source).here.require_all(by)
