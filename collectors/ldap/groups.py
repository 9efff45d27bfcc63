"""The groups of a directory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from collectors.ldap.asking import UNIQUE, DirectoryError, Entry, identity, same
from collectors.ldap.source import SUBORDINATES, Directory
from core.plugins import collector
from core.resources.idp import Group

GROUPS = "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup))"
NAMES = (UNIQUE, "cn")
BY_NAME, BY_LOGIN = ("member", "uniqueMember"), "memberUid"
MEMBERS = (*BY_NAME, BY_LOGIN)
LOGIN = "uid"
CLASS, OF_UNIX, ACCOUNT_OF_UNIX, NUMBER = "objectClass", "posixgroup", "posixaccount", "gidNumber"
"""Every such account names by its number the group that it is in without being named there (RFC 2307)."""


@collector(permissions=(*NAMES, *MEMBERS, LOGIN, NUMBER, SUBORDINATES))
def groups(directory: Directory) -> Iterator[Group]:
    """Groups and who is in them, also as their primary group."""
    known = _Known(directory)
    gaps = list[DirectoryError](known.gaps)
    for base in directory.bases():
        entries = list(directory.search(base, GROUPS, (*NAMES, *MEMBERS, CLASS, NUMBER)))
        absent = directory.absent(base, GROUPS, (UNIQUE, *MEMBERS), entries)
        for entry in entries:
            try:
                yield Group(
                    id=identity(entry, absent),
                    name=directory.look(lambda: _name(entry)),  # noqa: B023 - asked now
                    members=directory.look(lambda: _members(entry, absent, known)),  # noqa: B023 - asked now
                )
            except DirectoryError as error:
                gaps.append(error)
    if gaps:
        raise gaps[0]


class _Known:
    """The entries of the directory by what groups call them; `gaps` says why there may be more."""

    def __init__(self, directory: Directory) -> None:
        self.gaps = list[DirectoryError]()
        self._by_name = dict[str, str]()
        self._by_login = dict[str, str]()
        self._ambiguous = set[str]()
        self._by_number = dict[str, set[str]]()
        self._number_hidden = False
        for base in directory.bases():
            try:
                for entry in directory.everything(base, (UNIQUE, LOGIN, CLASS, NUMBER)):
                    self._keep(entry)
            except DirectoryError as error:
                self.gaps.append(error)

    def _keep(self, entry: Entry) -> None:
        name = same(entry.dn)
        # Who has none is known by the name itself; of whom it is hidden, there is no user to be named.
        known_by = self._by_name[name] = entry.first(UNIQUE) or name
        for login in map(str.lower, entry.all(LOGIN)):
            if self._by_login.setdefault(login, known_by) != known_by:
                self._ambiguous.add(login)
        classes = [each.lower() for each in entry.all(CLASS)]
        if number := entry.first(NUMBER):
            if OF_UNIX not in classes:
                self._by_number.setdefault(number, set()).add(known_by)
        elif ACCOUNT_OF_UNIX in classes or not classes:
            self._number_hidden = True

    def by_number(self, entry: Entry) -> frozenset[str]:
        """The ids of those whose primary group this is. Raises `DirectoryError` when there may be more."""
        classes = [each.lower() for each in entry.all(CLASS)]
        if classes and OF_UNIX not in classes:
            return frozenset()
        number = entry.first(NUMBER)
        if not classes or number is None or self._number_hidden:
            raise DirectoryError(
                f"{NUMBER} is not shown to us, which says whose primary group it is", "let the reader read it"
            )
        return frozenset(self._by_number.get(number, ()))

    def by_name(self, dn: str) -> str:
        """The id of an entry; as it stands when there is none that we are shown."""
        return self._by_name.get(same(dn), dn)

    def by_login(self, login: str) -> str:
        """The id of the user with a login; as it stands when there is none, or there are several."""
        known = login.lower()
        return login if known in self._ambiguous else self._by_login.get(known, login)


def _name(entry: Entry) -> str:
    found = entry.first("cn")
    if found is None:
        raise DirectoryError("cn is not shown to us", "let the reader read it")
    return found


def _members(entry: Entry, absent: Mapping[str, frozenset[str]], known: _Known) -> tuple[str, ...]:
    for name in MEMBERS:
        if not entry.all(name) and same(entry.dn) not in absent.get(name, frozenset()):
            raise DirectoryError(f"{name} is not shown to us", "let the reader read and search it")
    named = {known.by_name(value) for name in BY_NAME for value in entry.all(name)}
    named |= known.by_number(entry)
    return tuple(sorted(named | {known.by_login(value) for value in entry.all(BY_LOGIN)}))
