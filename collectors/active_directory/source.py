"""One domain of Active Directory: what collectors ask it, live or as it was recorded."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from collectors.active_directory.descriptors import LIST_CONTENTS, READ_PROPERTY, SELF, Descriptor, descriptor
from collectors.active_directory.values import whole
from collectors.ldap.asking import BASE_OBJECT, DirectoryError, Entry, Page, Search, entries_of
from collectors.ldap.source import ANYTHING, Directory, RecordedDirectory
from core.model import CollectionGap
from core.redaction import redact_text

PERMISSIONS = "nTSecurityDescriptor"
SCHEMA = ("lDAPDisplayName", "schemaIDGUID", "attributeSecurityGUID", "searchFlags")
ROOT = (
    "defaultNamingContext", "configurationNamingContext", "schemaNamingContext", "tokenGroups",
)  # fmt: skip
READER = (*ROOT, *SCHEMA, PERMISSIONS)
"""What tells absent attributes from hidden ones."""
TEMPLATE = "CN=AdminSDHolder,CN=System"
"""Where the permissions of privileged accounts come from. It was not asked for at first."""
WINDOW, WINDOW_OF_SOME = "lockOutObservationWindow", "msDS-LockoutObservationWindow"
"""For how long wrong guesses count together, for everybody and for some. Likewise."""
FEATURES, SIGN_IN_NAME, HANDED_TO = "msDS-EnabledFeature", "userPrincipalName", "msDS-GroupMSAMembership"
"""What a forest has switched on, what people type to sign in, and who is told a managed password. Likewise."""
LATER = frozenset({WINDOW, WINDOW_OF_SOME, FEATURES, SIGN_IN_NAME, HANDED_TO})
CONFIDENTIAL = 128
"""The flag of an attribute that needs more than a right to read it (MS-ADTS, 2.2.9)."""
REPEATED = "="
"""How a value begins that says: as the entry with this number on the page has it."""
HINTS = {
    3: "allow queries more time (MaxQueryDuration of the domain's LDAP policies)",
    4: "let the reader page through all entries (MaxResultSetSize of the domain's LDAP policies)",
    11: "let the reader page through all entries (MaxResultSetSize of the domain's LDAP policies)",
    32: "let the reader see the base: `annexa permissions active_directory` prints what it needs",
    49: "correct bind_dn and the password, and see that the account is neither locked nor expired",
    50: "let the reader read there: `annexa permissions active_directory` prints what it needs",
}
"""What to do about a result, where other words help here than with other directories."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """What the schema says of an attribute."""

    about: tuple[str, ...]
    """What rights to read it may be limited to: itself, and the set that it belongs to."""
    confidential: bool


@dataclass(frozen=True, slots=True)
class Reader:
    """Who we are to a domain, and what its schema knows of the attributes that we ask for."""

    sids: frozenset[str]
    attributes: dict[str, Attribute]

    def may(self, entry: Entry, right: int, about: Collection[str] = ()) -> bool:
        """Whether we have a right at an entry. Raises `DirectoryError` when its permissions are not shown."""
        if (found := entry.first(PERMISSIONS)) is None:
            raise DirectoryError(
                f"the permissions of {entry.dn} are not shown to us, which would say what we may see",
                "let the reader read permissions",
            )
        own = entry.first("objectSid") in self.sids
        return descriptor(found).permits(self.sids | {SELF} if own else self.sids, right, about)

    def may_list(self, entry: Entry) -> bool:
        return self.may(entry, LIST_CONTENTS)

    def may_read(self, entry: Entry, attribute: str) -> bool:
        known = self.attributes[attribute.lower()]
        return not known.confidential and self.may(entry, READ_PROPERTY, known.about)


class Shown:
    """An entry, of which we know what is not there from what is not shown.

    A domain treats an attribute that somebody may not read as one that is not there, also in filters (MS-ADTS,
    3.1.1.4.3). So the entry's own permissions must say that we would have been shown it.
    """

    def __init__(self, entry: Entry, reader: Reader) -> None:
        self.entry = entry
        self._reader = reader

    def value(self, attribute: str) -> str | None:
        """The value of an attribute, `None` when there is none. Raises `DirectoryError` when we may not see it."""
        return next(iter(self.values(attribute)), None)

    def values(self, attribute: str) -> tuple[str, ...]:
        """All values of an attribute. Raises `DirectoryError` when we may not see them."""
        found = self.entry.all(attribute)
        known = found or attribute.lower() not in self._reader.attributes
        if not known and not self._reader.may_read(self.entry, attribute):
            raise DirectoryError(f"{attribute} of {self.entry.dn} is not shown to us", "let the reader read it")
        return found

    def certain(self, attribute: str) -> str:
        """The value of an attribute that every such entry has. Raises `DirectoryError`."""
        found = self.entry.first(attribute)
        if found is None:
            raise DirectoryError(f"{attribute} of {self.entry.dn} is not shown to us", "let the reader read it")
        return found

    @property
    def permissions(self) -> Descriptor:
        """Raises `DirectoryError`."""
        return descriptor(self.certain(PERMISSIONS))


class Domain(Directory):
    """A domain, with the right to read what we ask for. Other domains of its forest are sources of their own."""

    def search(self, base: str, condition: str, attributes: Collection[str], *, scope: str = "") -> Iterator[Entry]:
        words = {"scope": scope} if scope else {}
        for found in entries_of(map(unfolded, self.pages(Search(base, condition, tuple(attributes), **words)))):
            yield self._whole(found)

    def root(self) -> Entry:
        return self.entry("", ROOT)

    def place(self, name: str) -> str:
        """Where something is that every domain has: one of `ROOT`. Raises `DirectoryError`."""
        return Shown(self.root(), _NOBODY).certain(name)

    @property
    def base(self) -> str:
        """The name of the domain. Raises `DirectoryError`."""
        return self.place("defaultNamingContext")

    def reader(self, attributes: Collection[str]) -> Reader:
        """Who we are here, and what we need to know to tell absent attributes from hidden ones.

        Raises `DirectoryError`, also when the schema does not show attributes that every domain has.
        """
        root = self.root()
        sids = frozenset(root.all("tokenGroups"))
        if not sids:
            raise DirectoryError("the domain does not say who we are to it", "ask a domain controller of it")
        wanted = "".join(f"(lDAPDisplayName={name})" for name in sorted({*attributes, "objectSid"}))
        schema = Shown(root, _NOBODY).certain("schemaNamingContext")
        known: dict[str, Attribute] = {}
        for entry in self.search(schema, f"(|{wanted})", SCHEMA):
            shown = Shown(entry, _NOBODY)
            about = (shown.certain("schemaIDGUID"), *entry.all("attributeSecurityGUID"))
            flags = int(shown.certain("searchFlags"))
            known[shown.certain("lDAPDisplayName").lower()] = Attribute(about, bool(flags & CONFIDENTIAL))
        if "objectsid" not in known:
            raise DirectoryError("the schema is not shown to us", "let the reader read the schema")
        return Reader(sids, known)

    def of_known_class(
        self, base: str, condition: str, attributes: Collection[str], counts: Callable[[str], bool] = lambda _: True
    ) -> Iterator[Entry]:
        """All entries below a base that fit, of which each says what it is.

        Raises `DirectoryError` at the end when one did not, and its name counts: what hides its class may be anything.
        """
        hidden = ""
        for found in self.search(base, condition, ("objectClass", PERMISSIONS, *attributes)):
            if found.all("objectClass"):
                yield found
            elif not hidden and counts(found.dn):
                hidden = found.dn
        if hidden:
            raise DirectoryError(f"{hidden} does not show us what it is", "let the reader read objectClass")

    def explain(self, error: Exception) -> CollectionGap | None:
        if isinstance(error, DirectoryError):
            hint = HINTS.get(error.code, error.hint)
            return CollectionGap(reason=redact_text(str(error)), hint=hint, retryable=error.retryable)
        return None

    def _whole(self, entry: Entry) -> Entry:
        """The entry with all values of attributes that the answer had a part of (MS-ADTS, 3.1.1.3.1.3.3)."""
        cut = [name for name in entry.attributes if ";range=" in name]
        if not cut:
            return entry
        attributes = {name: values for name, values in entry.attributes.items() if name not in cut}
        for name in cut:
            attributes[name.partition(";")[0]] = tuple(self._ranges(entry, name))
        return replace(entry, attributes=attributes)

    def _ranges(self, entry: Entry, name: str) -> Iterator[str]:
        values = entry.attributes[name]
        while True:
            yield from values
            attribute, _, last = name.partition(";")[0], *name.rpartition("-")[1:]
            if last == "*":
                return
            rest = Search(entry.dn, ANYTHING, (f"{attribute};range={whole(last) + 1}-*",), BASE_OBJECT)
            found = [pair for each in entries_of(self.pages(rest)) for pair in each.attributes.items()]
            if not found or not found[0][0].startswith(f"{attribute};range="):
                raise DirectoryError(f"{entry.dn} shows a part of {attribute} only")
            name, values = found[0]


def folded(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """A page's entries, of which each distinct descriptor stands there once: thousands of accounts share one."""
    first: dict[str, int] = {}
    result: list[Entry] = []
    for number, each in enumerate(entries):
        found = each.first(PERMISSIONS)
        if found is not None and (place := first.setdefault(found, number)) != number:
            each = replace(each, attributes={**each.attributes, PERMISSIONS.lower(): (f"{REPEATED}{place}",)})  # noqa: PLW2901 - the same entry, shorter
        result.append(each)
    return tuple(result)


def unfolded(page: Page) -> Page:
    """The same page, whose entries each have their own descriptor again."""
    result: list[Entry] = []
    for each in page.entries:
        found = each.first(PERMISSIONS)
        if found is not None and found.startswith(REPEATED):
            shared = result[whole(found.removeprefix(REPEATED))].all(PERMISSIONS)
            each = replace(each, attributes={**each.attributes, PERMISSIONS.lower(): shared})  # noqa: PLW2901 - the same entry, whole
        result.append(each)
    return replace(page, entries=tuple(result))


_NOBODY = Reader(frozenset(), {})
"""Whoever asks for what everybody may see."""


class RecordedDomain(RecordedDirectory, Domain):
    """A domain that answers as it once did."""

    def is_later(self, search: Search) -> bool:
        if search.attributes == SCHEMA:
            return any(f"(lDAPDisplayName={name})" in search.filter for name in LATER)
        return search.base.startswith(f"{TEMPLATE},") or bool(LATER & {*search.attributes})
