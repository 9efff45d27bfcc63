"""The way to a domain: what Active Directory needs beyond what any directory does."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping

from ldap3 import Connection

from collectors.active_directory.source import HANDED_TO, PERMISSIONS, Domain, folded
from collectors.active_directory.values import guid_text, sid_text
from collectors.ldap._connection import LiveDirectory
from collectors.ldap.asking import DirectoryError, Entry, Search

DOMAIN_SCOPE = ("1.2.840.113556.1.4.1339", True, None)
"""Nothing is said about other domains, which are asked by themselves (MS-ADTS, 3.1.1.3.4.1.4)."""
OWNER_AND_ACCESS = ("1.2.840.113556.1.4.801", True, b"0\x03\x02\x01\x05")
"""Of permissions, whose something is and who has access; not what is audited, which fewer may see (3.1.1.3.4.1.11)."""
IDENTIFIERS = ("1.2.840.113556.1.4.529", True, b"0\x03\x02\x01\x01")
"""Names come with what they are known by for ever (3.1.1.3.4.1.5)."""
NAMING = frozenset({"member", "msds-psoappliesto"})
"""Attributes whose values name entries, and are read."""
READ: Mapping[str, Callable[[bytes], str]] = {
    **dict.fromkeys(("objectguid", "schemaidguid", "attributesecurityguid"), guid_text),
    **dict.fromkeys(("objectsid", "sidhistory", "tokengroups"), sid_text),
    **dict.fromkeys(
        (PERMISSIONS.lower(), "msds-allowedtoactonbehalfofotheridentity", HANDED_TO.lower()),
        lambda data: base64.b64encode(data).decode(),
    ),
}
"""Attributes that are no text. All are kept whole: as people write them, or as base64."""


class LiveDomain(LiveDirectory, Domain):
    """A domain controller that is asked over one connection with TLS."""

    provider = "active_directory"

    def _asked(self, search: Search, cookie: bytes | None) -> tuple[tuple[Entry, ...], tuple[str, ...], bytes | None]:
        entries, elsewhere, more = super()._asked(search, cookie)
        return folded(entries), elsewhere, more

    def _controls(self, search: Search) -> list[tuple[str, bool, bytes | None]] | None:
        if not search.base:
            return None
        asked = {name.lower().partition(";")[0] for name in search.attributes}
        more = [OWNER_AND_ACCESS] if PERMISSIONS.lower() in asked else []
        return [DOMAIN_SCOPE, *more, *([IDENTIFIERS] if asked & NAMING else [])]

    def _entry(self, dn: str, attributes: Mapping[str, list[bytes]]) -> Entry:
        return super()._entry(dn.rpartition(">;")[2], attributes)

    def _texts(self, name: str, values: list[bytes]) -> tuple[str, ...]:
        read = READ.get(name.lower())
        return tuple(map(read, values)) if read else super()._texts(name, values)

    def _who(self, opened: Connection) -> str:
        """As `CORP\\annexa`."""
        return super()._who(opened).removeprefix("u:")

    def _cleartext(self, base: str) -> str:
        """Raises `DirectoryError` for the one answer from which nothing follows."""
        said = super()._cleartext(base)
        if said == "accepted":
            raise DirectoryError(
                "nobody's password was found wrong without TLS, which need not mean that a right one is taken",
                "see whether the policy `Domain controller: LDAP server signing requirements` is `Require signing`",
            )
        return said
