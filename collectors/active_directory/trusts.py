"""The other domains that a domain trusts, or that trust it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from collectors.active_directory.accounts import ciphers
from collectors.active_directory.source import PERMISSIONS, READER, Domain, Shown
from collectors.active_directory.values import whole
from collectors.ldap.asking import DirectoryError, below, parent, same
from core.plugins import collector
from core.resources.active_directory import AdTrust

TRUST = (
    "objectGUID", "trustPartner", "trustDirection", "trustType", "trustAttributes", "msDS-SupportedEncryptionTypes",
)  # fmt: skip
SYSTEM, POLICIES = "CN=System", "CN=Password Settings Container"
"""Where trusts stand, and what hides there by default."""
INBOUND, OUTBOUND = 0x1, 0x2
REALM, OF_DOMAINS = 3, frozenset({1, 2})
"""What trustType says of a realm of another Kerberos, and of domains (MS-ADTS, 6.1.6.7.15)."""
FILTERED, FOREST, SELECTIVE, WITHIN_FOREST, AS_EXTERNAL, NO_TICKETS, TICKETS = 0x4, 0x8, 0x10, 0x20, 0x40, 0x200, 0x800
"""Flags of trustAttributes (MS-ADTS, 6.1.6.7.9)."""
Type = Literal["parent or child", "forest", "external", "realm"]


@collector(permissions=(*READER, "objectClass", *TRUST))
def trusts(domain: Domain) -> Iterator[AdTrust]:
    """Trusts in both directions, and what they keep out."""
    place = f"{SYSTEM},{domain.base}"
    reader = domain.reader(TRUST)

    def counts(dn: str) -> bool:
        return parent(dn) == same(place) and not below(dn, f"{POLICIES},{place}")

    for entry in domain.of_known_class(place, "(|(objectClass=trustedDomain)(!(objectClass=top)))", TRUST, counts):
        yield _trust(domain, Shown(entry, reader))
    if not reader.may_list(domain.entry(place, (PERMISSIONS,))):
        raise DirectoryError(f"what stands in {place} is not shown to us", "let the reader list what is there")


def _trust(domain: Domain, shown: Shown) -> AdTrust:
    look = domain.look

    def flag(name: str, *flags: int) -> bool:
        return any(whole(shown.certain(name)) & each for each in flags)

    def has(*flags: int) -> bool:
        return flag("trustAttributes", *flags)

    def filters() -> bool:
        """Between forests everything foreign is taken out unless that was loosened; elsewhere only where it was asked
        for. A realm speaks of no SIDs."""
        kind = _type(shown)
        return has(FILTERED) or kind == "realm" or (kind == "forest" and not has(AS_EXTERNAL))

    return AdTrust(
        id=shown.certain("objectGUID"),
        partner=look(lambda: shown.certain("trustPartner")),
        inbound=look(lambda: flag("trustDirection", INBOUND)),
        outbound=look(lambda: flag("trustDirection", OUTBOUND)),
        type=look(lambda: _type(shown)),
        filters_sids=look(filters),
        selective=look(lambda: has(SELECTIVE)),
        delegates_tickets=look(lambda: has(TICKETS) and not has(NO_TICKETS, FILTERED)),  # MS-KILE, 3.3.5.7.5
        ciphers=look(lambda: ciphers(shown.value("msDS-SupportedEncryptionTypes"))),
    )


def _type(shown: Shown) -> Type:
    kind, flags = whole(shown.certain("trustType")), whole(shown.certain("trustAttributes"))
    if kind == REALM:
        return "realm"
    if kind not in OF_DOMAINS:
        raise DirectoryError(f"a trust of type {kind} is none that we know")
    return "parent or child" if flags & WITHIN_FOREST else "forest" if flags & FOREST else "external"
