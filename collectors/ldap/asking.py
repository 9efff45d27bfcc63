"""What is asked of a directory, and what it answers, apart from how it gets there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

SUBTREE, BASE_OBJECT = "subtree", "base"
NO_SUCH_OBJECT, NO_ANSWER = 32, 81
"""Results (RFC 4511, appendix A), and what the client libraries of LDAP say of a server that does not answer."""
HINTS = {
    3: "allow the reader more time (olcLimits, or time in slapd.conf)",
    4: "allow the reader to page through all entries (olcLimits: … size.pr=unlimited size.prtotal=unlimited)",
    8: "let the reader sign in with TLS",
    11: "allow the reader to page through all entries (olcLimits: … size.pr=unlimited size.prtotal=unlimited)",
    13: "let the reader sign in with TLS",
    32: "let the reader see the base, or correct its name: a server says the same of both",
    49: "correct bind_dn and the password, and see that the account is not locked",
    81: "see that the server runs, and that authority signed a certificate of its name",
    50: "let the reader read there: `annexa permissions ldap` prints what it needs",
}
"""What to do about a result, by its code (RFC 4511, appendix A)."""
UNIQUE = "entryUUID"
COMMA = re.compile(r"(?<!\\),")
"""What separates the parts of a name, which is no comma inside one of them (RFC 4514)."""
RETRYABLE = frozenset({3, 51, 52, NO_ANSWER})
"""Time limit exceeded, busy, unavailable; no answer at all."""


class DirectoryError(Exception):
    """A directory could not be looked at, or not at all of it. `code` is its result, or -1 when it gave none."""

    def __init__(self, reason: str, hint: str = "", *, code: int = -1) -> None:
        super().__init__(reason)
        self.hint = hint or HINTS.get(code, "")
        self.code = code
        self.retryable = code in RETRYABLE


@dataclass(frozen=True, slots=True)
class Search:
    """A search as RFC 4511, 4.5.1, has it. What is not an attribute of it is never sent to us."""

    base: str
    filter: str
    attributes: tuple[str, ...]
    scope: str = SUBTREE

    @property
    def parameters(self) -> dict[str, str]:
        """How it stands in the record."""
        return {
            "base": self.base,
            "scope": self.scope,
            "filter": self.filter,
            "attributes": " ".join(self.attributes),
        }


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry, with the attributes that we asked for and were shown. Names of attributes are in lower case."""

    dn: str
    attributes: dict[str, tuple[str, ...]]

    def first(self, attribute: str) -> str | None:
        """The first value of an attribute, `None` when none was shown."""
        return next(iter(self.attributes.get(attribute.lower(), ())), None)

    def all(self, attribute: str) -> tuple[str, ...]:
        return self.attributes.get(attribute.lower(), ())


def identity(entry: Entry, absent: Mapping[str, frozenset[str]]) -> str:
    """What the entry is known by for ever: its entryUUID (RFC 4530), or its name where the server gives none.

    Raises `DirectoryError` when there may be one that is not shown to us.
    """
    found = entry.first(UNIQUE)
    if found is None and same(entry.dn) not in absent.get(UNIQUE, frozenset()):
        raise DirectoryError(f"{UNIQUE} is not shown to us", "let the reader read and search it")
    return found or same(entry.dn)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a search."""

    entries: tuple[Entry, ...]
    elsewhere: tuple[str, ...]
    """Where the server says that more is kept, which we do not follow."""
    more: bool


@dataclass(frozen=True, slots=True)
class Extent:
    """What of the configuration decides what is asked, and is recorded so that a replay asks the same."""

    bases: tuple[str, ...]
    people: str
    services: tuple[str, ...]


def below(dn: str, base: str) -> bool:
    """Whether an entry is a base or below it."""
    name, of = same(dn), same(base)
    return name == of or name.endswith(f",{of}") or not of


def parent(dn: str) -> str:
    """The name of what an entry stands in, as it is compared."""
    return same(",".join(COMMA.split(dn)[1:]))


def same(dn: str) -> str:
    """A name as it is compared: without case, and without blanks around its parts."""
    return ",".join(part.strip() for part in COMMA.split(dn.lower()))


def entries_of(pages: Iterator[Page]) -> Iterator[Entry]:
    """The entries of all pages. Raises `DirectoryError` at the end when a part is kept elsewhere."""
    elsewhere: list[str] = []
    for each in pages:
        yield from each.entries
        elsewhere += each.elsewhere
    if elsewhere:
        raise DirectoryError(
            f"a part of the directory is kept elsewhere: {elsewhere[0]}", "configure that server as a source as well"
        )
