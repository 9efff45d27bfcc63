"""The accounts of a directory."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from collectors.ldap.asking import UNIQUE, DirectoryError, Entry, below, identity, same
from collectors.ldap.locks import Locks
from collectors.ldap.policies import DEFAULT, LOCKOUT, SUFFIX
from collectors.ldap.source import SUBORDINATES, Directory, moment
from core.plugins import collector
from core.resources.idp import User
from core.resources.ldap import LdapPolicyChoice

LOCKED_FOR_GOOD = "000001010000Z"
"""What pwdAccountLockedTime says of an account that only an administrator unlocks."""
CHOSEN = "pwdPolicySubentry"
"""The policy that an account itself names."""
CREATED = "createTimestamp"
"""On every account: not to see it is not to be allowed to."""
OPTIONAL = (
    UNIQUE, "uid", "cn", "mail", "pwdAccountLockedTime", "pwdEndTime", "nsAccountLock", "pwdLastSuccess",
    "authTimestamp", "pwdChangedTime", CHOSEN,
)  # fmt: skip
ATTRIBUTE = re.compile(r"\(([\w.-]+)[;:~<>=]")
"""What a filter asks for (RFC 4515)."""


class Account:
    """An entry of an account, and which of its attributes are known not to be there."""

    def __init__(self, entry: Entry, absent: dict[str, frozenset[str]]) -> None:
        self._entry = entry
        self._absent = absent

    @property
    def id(self) -> str:
        """What it is known by for ever. Raises `DirectoryError` when we may not see it."""
        return identity(self._entry, self._absent)

    def value(self, attribute: str) -> str | None:
        """The value of an attribute, `None` when there is none. Raises `DirectoryError` when we may not see it."""
        found = self._entry.first(attribute)
        if found is None and same(self._entry.dn) not in self._absent.get(attribute, frozenset()):
            raise DirectoryError(f"{attribute} is not shown to us", "let the reader read and search it")
        return found

    def latest(self, *attributes: str) -> datetime | None:
        times = [moment(text) for text in map(self.value, attributes) if text is not None]
        return max(times, default=None)


@collector(permissions=(CREATED, *OPTIONAL, SUBORDINATES, LOCKOUT, DEFAULT, SUFFIX))
def users(directory: Directory) -> Iterator[User | LdapPolicyChoice]:
    """Accounts of people and services: whether they can sign in, when they last did, and which policies they name."""
    extent, locks, accounts = directory.extent(), Locks(directory), list[Account]()
    for base in directory.bases():
        entries = list(directory.search(base, extent.people, (CREATED, *OPTIONAL)))
        absent = directory.absent(base, extent.people, OPTIONAL, entries)
        since = directory.look(lambda: _recorded_since([Account(each, absent) for each in entries]))  # noqa: B023 - now
        nameless = list[DirectoryError]()
        accounts += [Account(each, absent) for each in entries]
        for entry in entries:
            service = any(below(entry.dn, each) for each in extent.services)
            try:
                yield _user(directory, entry, Account(entry, absent), locks, service=service, since=since)
            except DirectoryError as error:
                nameless.append(error)
        _require_all(directory, base, extent.people)
        if nameless:
            raise nameless[0]
    yield LdapPolicyChoice(id=directory.id, policies=directory.look(lambda: _chosen(directory, accounts)))


def _chosen(directory: Directory, accounts: Sequence[Account]) -> tuple[str, ...]:
    """Raises `DirectoryError` when an account does not show its choice, or when that stands where nobody looks."""
    found = sorted({same(name) for each in accounts if (name := each.value(CHOSEN))})
    for name in found:
        if not any(below(name, base) for base in directory.bases()):
            raise DirectoryError(f"the policy {name} stands below none of our bases", "add its place to bases")
    return tuple(found)


def _user(
    directory: Directory, entry: Entry, account: Account, locks: Locks, *, service: bool, since: datetime
) -> User:
    """Raises `DirectoryError` when it is not shown by what the account is known."""

    def created() -> datetime:
        found = entry.first(CREATED)
        if found is None:
            raise DirectoryError(f"{CREATED} is not shown to us", "let the reader read it")
        return moment(found)

    look = directory.look
    return User(
        id=account.id,
        login=look(lambda: account.value("uid") or account.value("cn") or entry.dn),
        name=look(lambda: account.value("cn") or ""),
        email=look(lambda: account.value("mail") or ""),
        service=service,
        guest=False,  # LDAP has no such notion, nor the two that follow
        invited=None,
        synchronised_from="",
        enabled=look(lambda: is_enabled(account, locks)),
        expires=look(lambda: _end(account, locks)),
        created=look(created),
        last_sign_in=look(lambda: account.latest("pwdLastSuccess", "authTimestamp")),
        sign_ins_lag_days=0,
        sign_ins_recorded_since=since,
        password_changed=look(lambda: account.latest("pwdChangedTime")),
    )


def is_enabled(account: Account, locks: Locks) -> bool:
    """Neither locked by an administrator, where that counts (OpenLDAP's slapo-ppolicy(5)), nor switched off (389
    Directory Server, in any case of letters: FreeIPA writes `TRUE`)."""
    if account.value("pwdAccountLockedTime") == LOCKED_FOR_GOOD and locks.count(account.value(CHOSEN)):
        return False
    return (account.value("nsAccountLock") or "").lower() != "true"


def _end(account: Account, locks: Locks) -> datetime | None:
    """When an account ends, where that counts."""
    found = account.latest("pwdEndTime")
    return None if found is None or locks.count(account.value(CHOSEN)) is None else found


def _recorded_since(accounts: Sequence[Account]) -> datetime:
    """The oldest sign-in that is remembered: at least since then they are. Raises `DirectoryError` when none is."""
    oldest: list[datetime] = []
    for account in accounts:
        try:
            found = account.latest("pwdLastSuccess", "authTimestamp")
        except DirectoryError:
            continue
        if found:
            oldest.append(found)
    if not oldest:
        raise DirectoryError(
            "the directory shows no sign-in of anybody", "set olcLastBind: TRUE, and let the reader see it"
        )
    return min(oldest)


def _require_all(directory: Directory, base: str, people: str) -> None:
    """Raises `DirectoryError` when entries are hidden from us, or what tells which of them are accounts."""
    entries = sum(1 for _ in directory.everything(base))
    asked = sorted({name for name in ATTRIBUTE.findall(people) if name.lower() != "objectclass"})
    if asked:
        told = "".join(f"(|({name}=*)(!({name}=*)))" for name in asked)
        if sum(1 for _ in directory.search(base, f"(&{told})", ("1.1",))) < entries:
            raise DirectoryError(
                f"{', '.join(asked)} cannot be searched everywhere, which people asks for", "let the reader search it"
            )
