"""What accounts of any kind are called, and whether somebody can sign in to them: what all checks of people ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import TypeVar

from checks.people.persons import is_here, words_in, words_of_person
from core.population import Population
from core.resource import NotObservedError, Resource, missing_fields
from core.resources.aws.iam import IamUser
from core.resources.aws.iam_credentials import ServiceCredential, SshKey
from core.resources.host.accounts import AccountEnd, Login
from core.resources.host.authorized_keys import AuthorizedKeys
from core.resources.host.names import NameServices
from core.resources.host.sshd import Sshd
from core.resources.idp import User
from core.resources.people import Person

K = TypeVar("K", bound=Resource)
SHUT = ("Inactive", "Expired")
"""What AWS says of a credential for one service with which nobody comes in."""


def words_of_user(user: User) -> Iterator[str]:
    """What an account in a directory or at an identity provider is called.

    Raises `NotObservedError` at the end when a part was not observed.
    """
    return words_in(user, "login", "email")


def words_of_name(account: IamUser | Login) -> Iterator[str]:
    """The same of an account that has nothing but a name."""
    return words_in(account, "name")


def name_of(user: User) -> str:
    """The login, which people know; the id where it was not shown."""
    return user.id if "login" in missing_fields(user) else user.login


def user_is_closed(user: User, as_of: datetime) -> bool:
    """Nobody can sign in to it: it is switched off, or has ended."""
    return not user.enabled or (user.expires is not None and user.expires <= as_of)


@dataclass(frozen=True, slots=True)
class Account:
    """An account, and what opens it."""

    source: str
    name: str
    words: Callable[[], Iterator[str]]
    """What it is called, as it is compared. Raises `NotObservedError` at the end when a part was not observed."""
    open_by: Callable[[], str]
    """What lets its owner in; empty when nothing does. Raises `NotObservedError`."""
    is_of_program: Callable[[], bool]
    """It belongs to no person. Raises `NotObservedError`."""

    @property
    def label(self) -> str:
        return f"{self.name} ({self.source})"

    def is_of_somebody_here(self, people: Population[Person], day: date) -> bool:
        """Somebody whose work has begun and not ended has one of its words, as far as that was observed."""
        try:
            return any(is_here(one, day) for each in self.words() for _, one in people.having(each, words_of_person))
        except NotObservedError:
            return False


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts of all kinds that are looked at, at one moment."""

    users: Population[User]
    iam_users: Population[IamUser]
    logins: Population[Login]
    keys: Population[AuthorizedKeys]
    servers: Population[Sshd]
    ends: Population[AccountEnd]
    services: Population[NameServices]
    as_of: datetime
    ssh_keys: Population[SshKey] = field(default_factory=lambda: Population(SshKey.kind, ()))
    """With these and the next an AWS user without a password comes in; who asks of programs' users gives them."""
    credentials: Population[ServiceCredential] = field(default_factory=lambda: Population(ServiceCredential.kind, ()))

    @property
    def sources(self) -> frozenset[str]:
        """Where accounts are looked at."""
        return self.users.sources | self.iam_users.sources | self.logins.sources

    def require_all(self, people: Population[Person] | None = None) -> None:
        """Raises `NotObservedError` unless every account of every source that is looked at could be compared.

        With `people`, what is hidden of an account of somebody who is here does not matter: it is theirs alone.
        """
        if self.users.sources:
            of_others = words_of_user if people is None else _words_of_others(people, self.as_of.date())
            self.users.require_all(of_others)
        if self.iam_users.sources:
            self.iam_users.require_all(words_of_name)
        if self.logins.sources:
            self.logins.require_all(words_of_name)
            self._require_directories()

    def _require_directories(self) -> None:
        """Raises `NotObservedError` when hosts have accounts from directories, and no directory is looked at."""
        if self.users.sources:
            return
        if elsewhere := self.services.having(True, _takes_from_directories):
            _, host = elsewhere[0]
            raise NotObservedError(f"hosts also have accounts from {host.accounts[0]}, and no directory is looked at")
        self.services.require_all(_takes_from_directories)

    def of(self, words: Iterable[str]) -> list[Account]:
        """The accounts that have one of these words, each once, that we saw. There may be more (`require_all`)."""
        asked = tuple(words)
        found = [self._user(source, user) for source, user in having(self.users, asked, words_of_user)]
        found += [self._iam_user(source, user) for source, user in having(self.iam_users, asked, words_of_name)]
        found += [self._login(source, login) for source, login in having(self.logins, asked, words_of_name)]
        return found

    def _user(self, source: str, user: User) -> Account:
        return Account(
            source,
            name_of(user),
            lambda: words_of_user(user),
            lambda: "" if user_is_closed(user, self.as_of) else "it is switched on",
            lambda: user.service,
        )

    def _iam_user(self, source: str, user: IamUser) -> Account:
        def open_by() -> str:
            if user.console:
                return "it has a password"
            if any(key.active for key in user.keys):
                return "it has an active access key"
            if user.signing_certificates:
                return "it has an active certificate"
            return self._opened_for_one_service(source, user.name)

        return Account(source, user.name, lambda: words_of_name(user), open_by, lambda: not user.console)

    def _opened_for_one_service(self, source: str, name: str) -> str:
        credentials, ssh_keys = self.credentials.at(source).here, self.ssh_keys.at(source).here
        for _, each in credentials.having(name, "user"):
            if each.status not in SHUT and (each.expires is None or each.expires > self.as_of):
                return f"it has a credential for {each.service}, which is {each.status.lower()}"
        if any(each.active for _, each in ssh_keys.having(name, "user")):
            return "it has an active SSH key"
        credentials.require_all("user")
        ssh_keys.require_all("user")
        return ""

    def _login(self, source: str, login: Login) -> Account:
        def open_by() -> str:
            way = "" if login.password.status == "locked" else "it has a password"
            way = way or ("an SSH key opens it" if self._has_key(source, login.name) else "")
            end = self.ends.at(source).here.get(login.name) if way else None
            return "" if end and end.ends and end.ends <= self.as_of.date() else way

        return Account(source, login.name, lambda: words_of_name(login), open_by, lambda: login.system)

    def _has_key(self, source: str, name: str) -> bool:
        here = self.keys.at(source).here
        if any(file.keys for _, file in here.having(name, "account")):
            return True
        here.require_all("account")
        options = [each.options for each in self.servers.at(source).here if each.options is not None]
        if any(each.keys_elsewhere or each.trusts_certificates for each in options):
            raise NotObservedError(f"sshd of {source} also takes keys of {name} from where nobody can look")
        return False


def _takes_from_directories(services: NameServices) -> Iterator[bool]:
    yield bool(services.accounts)


@lru_cache(maxsize=1)  # asked anew for each of many people, and an index is kept by what reads the words
def _words_of_others(people: Population[Person], day: date) -> Callable[[User], Iterator[str]]:
    def read(user: User) -> Iterator[str]:
        seen = list[str]()
        try:
            for each in words_of_user(user):
                seen.append(each)
                yield each
        except NotObservedError:
            if not any(is_here(one, day) for each in seen for _, one in people.having(each, words_of_person)):
                raise

    return read


def having(
    population: Population[K], words: Iterable[str], by: Callable[[K], Iterator[str]]
) -> Iterator[tuple[str, K]]:
    """The accounts of one kind that have one of these words, each once, with their sources."""
    found = {(source, seen.id): (source, seen) for each in words for source, seen in population.having(each, by)}
    return iter(found.values())
