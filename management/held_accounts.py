"""The accounts that evidence shows, of any kind: what each is called, holds, and was last used for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from checks.people.accounts import name_of, user_is_closed, words_of_name, words_of_user
from checks.people.rights import Edge, Right, Rights, of_iam_user
from core.model import Evidence
from core.population import Population
from core.resource import NotObservedError, Resource
from core.resources.aws.iam import IamUser
from core.resources.host.accounts import Group as HostGroup
from core.resources.host.accounts import Login
from core.resources.host.names import NameServices
from core.resources.host.sudo import SudoGrant
from core.resources.idp import Group, RoleAssignment, User
from core.resources.people import Person

MODELS: tuple[type[Resource], ...] = (
    Person,
    User,
    IamUser,
    Login,
    Group,
    RoleAssignment,
    HostGroup,
    SudoGrant,
    NameServices,
)

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Account:
    """An account, of any kind. What could not be seen of it raises `NotObservedError` when it is asked for."""

    source: str
    edge: Edge
    name: str
    words: Callable[[], Iterator[str]]
    rights: Callable[[], Iterator[Right]]
    created: Callable[[], datetime | None]
    used: Callable[[], datetime | None]
    is_of_program: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class World:
    """What was seen last of people, accounts and rights, judged at a moment by what counts as old."""

    evidence: Sequence[Evidence]
    at: datetime
    stale_after: timedelta
    unused_after: timedelta

    @property
    def people(self) -> Population[Person]:
        """Everybody in the lists."""
        return self._all(Person)

    def rights(self) -> Rights:
        """What accounts hold."""
        return Rights(
            users=self._all(User),
            iam_users=self._all(IamUser),
            logins=self._all(Login),
            groups=self._all(Group),
            assignments=self._all(RoleAssignment),
            host_groups=self._all(HostGroup),
            sudo=self._all(SudoGrant),
            services=self._all(NameServices),
            as_of=self.at,
        )

    def blind(self) -> dict[str, str]:
        """By source, why there may be more than was seen, or something else by now."""
        found: dict[str, str] = {}
        for each in self.evidence:
            if each.gaps:
                found[each.source] = each.gaps[0].reason
            elif each.collected_at + self.stale_after < self.at:
                found[each.source] = f"it was last looked at on {each.collected_at:%Y-%m-%d}"
        return found

    def elsewhere(self) -> dict[str, str]:
        """By host, that it has accounts and rights from a directory as well, which are looked at there."""
        return {
            each.source: f"accounts or rights also come from {where[0]}, and are looked at there"
            for each in self.evidence
            for seen in each.resources
            if isinstance(seen, NameServices) and (where := (*seen.accounts, *seen.groups, *seen.sudo_rules))
        }

    def accounts(self, rights: Rights) -> Iterator[Account]:
        """Every account that is not switched off."""
        for each in self.evidence:
            for seen in each.resources:
                match seen:
                    case User() if not _is_closed(seen, self.at):
                        yield _user(each.source, seen, rights)
                    case IamUser():
                        yield _iam_user(each.source, seen)
                    case Login():
                        yield _login(each.source, seen, rights)
                    case _:
                        pass

    def _all(self, kind: type[Resource]) -> Population[Any]:
        return Population(kind.kind, [each for each in self.evidence if each.kind == kind.kind])


def _is_closed(user: User, at: datetime) -> bool:
    return seen_or(lambda: user_is_closed(user, at), False)


def seen_or(read: Callable[[], Value], instead: Value) -> Value:
    """What can be seen, or what stands for what cannot."""
    try:
        return read()
    except NotObservedError:
        return instead


def as_seen(words: Callable[[], Iterator[str]]) -> Iterator[str]:
    """What of it can be seen."""
    try:
        yield from words()
    except NotObservedError:
        return


def _user(source: str, user: User, rights: Rights) -> Account:
    return Account(
        source,
        (user.kind, user.id, ""),
        name_of(user),
        lambda: words_of_user(user),
        lambda: rights.of_user(source, user),
        lambda: user.created,
        lambda: user.last_sign_in,
        lambda: user.service,
    )


def _iam_user(source: str, user: IamUser) -> Account:
    def used() -> datetime | None:
        return max(filter(None, (user.password_last_used, *(key.last_used for key in user.keys))), default=None)

    return Account(
        source,
        (user.kind, user.id, ""),
        user.name,
        lambda: words_of_name(user),
        lambda: of_iam_user(source, user),
        lambda: user.created,
        used,
        lambda: not user.console,
    )


def _login(source: str, login: Login, rights: Rights) -> Account:
    return Account(
        source,
        (login.kind, login.id, ""),
        login.name,
        lambda: words_of_name(login),
        lambda: rights.of_login(source, login),
        lambda: None,
        lambda: login.last_login,
        lambda: login.system,
    )
