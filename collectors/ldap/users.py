"""The accounts of a directory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from collectors.ldap.asking import DirectoryError, Entry, below, parent, same
from collectors.ldap.source import ANYTHING, Directory, moment
from core.plugins import collector
from core.resources.idp import User

LOCKED_FOR_GOOD = "000001010000Z"
"""What pwdAccountLockedTime says of an account that only an administrator unlocks."""
CERTAIN = ("entryUUID", "createTimestamp")
"""On every account: not to see them is not to be allowed to."""
OPTIONAL = (
    "uid", "cn", "mail", "pwdAccountLockedTime", "pwdEndTime", "nsAccountLock", "pwdLastSuccess", "authTimestamp",
    "pwdChangedTime",
)  # fmt: skip
STRUCTURE = ("hasSubordinates",)


class Account:
    """An entry of an account, and which of its attributes are known not to be there."""

    def __init__(self, entry: Entry, absent: dict[str, frozenset[str]]) -> None:
        self._entry = entry
        self._absent = absent

    def value(self, attribute: str) -> str | None:
        """The value of an attribute, `None` when there is none. Raises `DirectoryError` when we may not see it."""
        found = self._entry.first(attribute)
        if found is None and same(self._entry.dn) not in self._absent.get(attribute, frozenset()):
            raise DirectoryError(f"{attribute} is not shown to us", "let the reader read and search it")
        return found

    def latest(self, *attributes: str) -> datetime | None:
        times = [moment(text) for text in map(self.value, attributes) if text is not None]
        return max(times, default=None)


@collector(permissions=(*CERTAIN, *OPTIONAL, *STRUCTURE))
def users(directory: Directory) -> Iterator[User]:
    """Accounts of people and services: whether they can sign in, and when they last did."""
    extent = directory.extent()
    for base in directory.bases():
        entries = list(directory.search(base, extent.people, (*CERTAIN, *OPTIONAL)))
        absent = directory.absent(base, extent.people, OPTIONAL, entries)
        accounts = [(each, Account(each, absent)) for each in entries]
        since = directory.look(lambda: _recorded_since([account for _, account in accounts]))  # noqa: B023 - now
        for entry, account in accounts:
            service = any(below(entry.dn, each) for each in extent.services)
            yield _user(directory, entry, account, service=service, since=since)
        _see_all(directory, base)


def _user(directory: Directory, entry: Entry, account: Account, *, service: bool, since: datetime) -> User:
    def certain(attribute: str) -> str:
        found = entry.first(attribute)
        if found is None:
            raise DirectoryError(f"{attribute} is not shown to us", "let the reader read it")
        return found

    look = directory.look
    return User(
        id=entry.first("entryUUID") or same(entry.dn),
        login=look(lambda: account.value("uid") or account.value("cn") or entry.dn),
        name=look(lambda: account.value("cn") or ""),
        email=look(lambda: account.value("mail") or ""),
        service=service,
        enabled=look(lambda: _enabled(account)),
        expires=look(lambda: account.latest("pwdEndTime")),
        created=look(lambda: moment(certain("createTimestamp"))),
        last_sign_in=look(lambda: account.latest("pwdLastSuccess", "authTimestamp")),
        sign_ins_recorded_since=since,
        password_changed=look(lambda: account.latest("pwdChangedTime")),
    )


def _enabled(account: Account) -> bool:
    """Neither locked by an administrator (OpenLDAP's slapo-ppolicy(5)) nor switched off (389 Directory Server)."""
    return account.value("pwdAccountLockedTime") != LOCKED_FOR_GOOD and account.value("nsAccountLock") != "true"


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


def _see_all(directory: Directory, base: str) -> None:
    """Raises `DirectoryError` when something below the base has entries of which we are shown none."""
    full, parents = set[str](), set[str]()
    for entry in directory.search(base, ANYTHING, STRUCTURE):
        parents.add(parent(entry.dn))
        if entry.first("hasSubordinates") == "TRUE":
            full.add(same(entry.dn))
    if hidden := sorted(full - parents):
        raise DirectoryError(f"entries below {hidden[0]} are not shown to us", "let the reader read the entries there")
