"""A recorded domain in which more is refused than was: as a domain does it, which says nothing about what it hides
(MS-ADTS, 3.1.1.4.3). `test_domain.py` shows on a real controller that this is how it goes."""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from collectors.active_directory.source import PERMISSIONS, RecordedDomain, unfolded
from collectors.ldap.asking import NO_SUCH_OBJECT, DirectoryError, Entry, Page, Search, below
from collectors.ldap.source import ANYTHING
from core.engine import Collected
from core.replay import NotRecordedError, Recording

EVERYBODY = bytes.fromhex("010100000000000100000000")
DENIED_OBJECT, READ_PROPERTY, HAS_OBJECT = 6, 0x10, 1


class DenyingDomain(RecordedDomain):
    """Refuses one attribute everywhere, or everything below one base."""

    def __init__(self, seen: Collected, attribute: str = "", base: str = "") -> None:
        super().__init__(seen.unit, Recording(seen.unit.exchanges, seen.bodies))
        self._refused = attribute.lower()
        self._base = base.lower()
        self._number = ""

    def pages(self, search: Search) -> Iterator[Page]:
        if self._base and search.base and below(search.base, self._base):
            raise DirectoryError("the server answers noSuchObject", code=NO_SUCH_OBJECT)
        try:
            pages = list(super().pages(search))
        except NotRecordedError:  # asked only because something else was refused
            raise DirectoryError("the server answers insufficientAccessRights", code=50) from None
        for page in map(unfolded, pages):
            entries = tuple(self._without(each) for each in page.entries if not self._is_hidden(each, search))
            yield replace(page, entries=entries)

    def _is_hidden(self, entry: Entry, search: Search) -> bool:
        if self._base and search.base and below(entry.dn, self._base):
            return True
        named = (entry.first("lDAPDisplayName") or "").lower()
        if named and named == self._refused:
            self._number = entry.first("schemaIDGUID") or ""
        return (
            self._refused == "objectclass" and search.filter.startswith("(objectClass=") and search.filter != ANYTHING
        )

    def _without(self, entry: Entry) -> Entry:
        attributes = {
            name: tuple(map(self._denying, values)) if name == PERMISSIONS.lower() else values
            for name, values in entry.attributes.items()
            if name.partition(";")[0] != self._refused
        }
        return replace(entry, attributes=attributes)

    def _denying(self, permissions: str) -> str:
        """The same descriptor, whose first line denies everybody to read the attribute."""
        if not self._number:
            return permissions
        data = base64.b64decode(permissions)
        head, (place,) = data[:16], struct.unpack_from("<16xI", data)
        size, count = struct.unpack_from("<2xHH", data, place)
        body = struct.pack("<II", READ_PROPERTY, HAS_OBJECT) + UUID(self._number).bytes_le + EVERYBODY
        line = struct.pack("<BBH", DENIED_OBJECT, 0, len(body) + 4) + body
        lines = data[place + 8 : place + size]
        grants = struct.pack("<BBHHH", 4, 0, 8 + len(line) + len(lines), count + 1, 0) + line + lines
        return base64.b64encode(head + struct.pack("<I", len(data)) + data[20:] + grants).decode()
