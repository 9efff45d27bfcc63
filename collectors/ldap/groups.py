"""The groups of a directory."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.ldap.asking import DirectoryError, Entry, same
from collectors.ldap.source import Directory
from core.plugins import collector
from core.resources.idp import Group

GROUPS = "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup))"
NAMES = ("entryUUID", "cn")
MEMBERS = ("member", "uniqueMember", "memberUid")


@collector(permissions=(*NAMES, *MEMBERS))
def groups(directory: Directory) -> Iterator[Group]:
    """Groups and who is in them, by the names that the directory uses."""
    for base in directory.bases():
        entries = list(directory.search(base, GROUPS, (*NAMES, *MEMBERS)))
        absent = directory.absent(base, GROUPS, MEMBERS, entries)
        for entry in entries:
            yield Group(
                id=entry.first("entryUUID") or same(entry.dn),
                name=directory.look(lambda: _name(entry)),  # noqa: B023 - asked now
                members=directory.look(lambda: _members(entry, absent)),  # noqa: B023 - asked now
            )


def _name(entry: Entry) -> str:
    found = entry.first("cn")
    if found is None:
        raise DirectoryError("cn is not shown to us", "let the reader read it")
    return found


def _members(entry: Entry, absent: dict[str, frozenset[str]]) -> tuple[str, ...]:
    for name in MEMBERS:
        if not entry.all(name) and same(entry.dn) not in absent.get(name, frozenset()):
            raise DirectoryError(f"{name} is not shown to us", "let the reader read and search it")
    return tuple(sorted(value for name in MEMBERS for value in entry.all(name)))
