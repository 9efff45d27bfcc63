"""A domain as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from collectors.active_directory.descriptors import (
    CONTROL_ACCESS,
    VALIDATED_WRITE,
    WRITE_OWNER,
    WRITE_PERMISSIONS,
    WRITE_PROPERTY,
    Descriptor,
)
from collectors.active_directory.source import FEATURES, PERMISSIONS, READER, TEMPLATE, Domain, Reader, Shown
from collectors.active_directory.values import dns_name, named, whole
from collectors.ldap.asking import DirectoryError
from collectors.ldap.source import moment
from core.plugins import collector
from core.resources.active_directory import AdDomain

HEAD = ("objectGUID", "objectSid", "whenCreated", "msDS-Behavior-Version", "ms-DS-MachineAccountQuota")
QUOTA = HEAD[-1]
HEURISTICS, SERVICE = "dSHeuristics", "CN=Directory Service,CN=Windows NT,CN=Services"
STRANGERS_PLACE, STRANGERS_MAY, ADDRESSES_PLACE, UNPROTECTED_PLACE = 7, "2", 8, 16
"""The characters of dSHeuristics by which strangers may search, and what it then is; by which they may read addresses;
and by which groups are not protected (fLDAPBlockAnonOps, fAllowAnonNSPI, dwAdminSDExMask: MS-ADTS, 6.1.1.2.4.1.2)."""
PARTITIONS, RECYCLE_BIN = "CN=Partitions", "cn=recycle bin feature,"
"""Where what a forest has switched on is named (MS-ADTS, 6.1.1.2.1), and how the name begins that we look for."""
NOTHING_SET = "0"
OPERATORS = {1: "Account Operators", 2: "Server Operators", 4: "Print Operators", 8: "Backup Operators"}
"""Whom a bit takes from the protection (MS-ADTS, 3.1.1.6.1.4)."""
OLD_ACCESS = "CN=Pre-Windows 2000 Compatible Access,CN=Builtin"
COPY_SECRETS = "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2"
"""DS-Replication-Get-Changes-All (MS-ADTS, 5.1.3.2.1). Keys leave a domain with this and with -Get-Changes, which is
often a group's: who has the rarer one is taken to have both."""
RULING = {
    CONTROL_ACCESS: ("00299570-246d-11d0-a768-00aa006e0529",),
    VALIDATED_WRITE: ("bf9679c0-0de6-11d0-a285-00aa003049e2",),
    WRITE_PROPERTY: (
        "bf9679c0-0de6-11d0-a285-00aa003049e2", "f3a64788-5306-11d1-a9c5-0000f80367c1",
        "5b47d60f-6090-40b2-9f37-2a4de88f3063", "3f78c3e5-f79a-46bd-a0b8-9d18116ddc79",
        "4c164200-20c0-11d0-a768-00aa006e0529", "00fbf30c-91fe-11d1-aebc-0000f80367c1",
        "bc0ac240-79a9-11d0-9020-00c04fc2d4cf", "e48d0154-bcf8-11d1-8702-00c04fb96050",
    ),
}  # fmt: skip
"""By what somebody takes over an account or a group without a right to all of it: a new password (MS-ADTS, 5.1.3.2.1);
oneself as a member; members, service names, keys, deputies, flags and certificates (MS-ADA1 to -ADA3, by schemaIDGUID),
and the sets that members, service names and certificates belong to (MS-ADTS, 3.1.1.2.3.3)."""


@collector(permissions=(*READER, *HEAD, HEURISTICS, "member", FEATURES))
def domain(domain: Domain) -> Iterator[AdDomain]:
    """What holds for a domain as a whole, and who may replicate secrets out of it."""
    base = domain.base
    reader = domain.reader((*HEAD, HEURISTICS, "member"))
    head = Shown(domain.entry(base, (PERMISSIONS, *HEAD)), reader)
    look = domain.look

    @cache  # one question for three fields
    def heuristics() -> str:
        return _heuristics(domain, reader)

    yield AdDomain(
        id=head.certain("objectGUID"),
        sid=look(lambda: head.certain("objectSid")),
        name=dns_name(base),
        created=look(lambda: moment(head.certain("whenCreated"))),
        functional_level=look(lambda: whole(head.value("msDS-Behavior-Version") or "0")),
        machine_account_quota=look(lambda: _quota(head)),
        strangers_may_search=look(lambda: _character(heuristics(), STRANGERS_PLACE) == STRANGERS_MAY),
        strangers_may_read_addresses=look(lambda: _character(heuristics(), ADDRESSES_PLACE) != NOTHING_SET),
        unprotected=look(lambda: _unprotected(_character(heuristics(), UNPROTECTED_PLACE))),
        changes_privileged=look(lambda: tuple(sorted(_takes_over(_template(domain, base, reader))))),
        copies_secrets=look(lambda: tuple(sorted(_copies_secrets(head.permissions)))),
        old_access=look(lambda: _old_access(domain, base, reader)),
        recycle_bin=look(lambda: _recycle_bin(domain)),
    )


def _quota(head: Shown) -> int:
    """Raises `DirectoryError` also where it is absent: no document says what a controller then takes it for."""
    said = head.value(QUOTA)
    if said is None:
        raise DirectoryError(f"{QUOTA} is not set, and what then holds is not documented", f"set {QUOTA}, best to 0")
    return whole(said)


def _heuristics(domain: Domain, reader: Reader) -> str:
    place = f"{SERVICE},{domain.place('configurationNamingContext')}"
    return Shown(domain.entry(place, (PERMISSIONS, HEURISTICS)), reader).value(HEURISTICS) or ""


def _character(heuristics: str, place: int) -> str:
    """What stands at a place, counted from 1; what is not there is not set."""
    return heuristics[place - 1 : place] or NOTHING_SET


def _unprotected(mask: str) -> tuple[str, ...]:
    """Groups that a hexadecimal digit names. Raises `DirectoryError`."""
    try:
        bits = int(mask, 16)
    except ValueError:
        raise DirectoryError(f"{mask!r} in {HEURISTICS} names no groups that we know") from None
    return tuple(name for bit, name in sorted(OPERATORS.items(), key=lambda each: each[1]) if bits & bit)


def _copies_secrets(permissions: Descriptor) -> frozenset[str]:
    """Who may replicate keys, or may take that right."""
    return permissions.allowed(CONTROL_ACCESS, COPY_SECRETS) | _takes(permissions)


def _takes(permissions: Descriptor) -> frozenset[str]:
    """Who may give themselves any right, as the owner may."""
    takes = permissions.allowed(WRITE_PERMISSIONS) | permissions.allowed(WRITE_OWNER)
    return takes | ({permissions.owner} if permissions.owner else frozenset())


def _takes_over(permissions: Descriptor) -> frozenset[str]:
    """Who may take over what has these permissions."""
    return _takes(permissions).union(
        *(permissions.allowed(right, about) for right, things in RULING.items() for about in things)
    )


def _template(domain: Domain, base: str, reader: Reader) -> Descriptor:
    """What privileged accounts and groups get as their permissions once an hour (MS-ADTS, 3.1.1.6.1)."""
    return Shown(domain.entry(f"{TEMPLATE},{base}", (PERMISSIONS,)), reader).permissions


def _recycle_bin(domain: Domain) -> bool:
    reader = domain.reader((FEATURES,))
    place = f"{PARTITIONS},{domain.place('configurationNamingContext')}"
    features = Shown(domain.entry(place, (PERMISSIONS, FEATURES)), reader).values(FEATURES)
    return any(each.lower().startswith(RECYCLE_BIN) for each in features)


def _old_access(domain: Domain, base: str, reader: Reader) -> tuple[str, ...]:
    """SIDs of the members, where a name shows one."""
    group = Shown(domain.entry(f"{OLD_ACCESS},{base}", (PERMISSIONS, "member")), reader)
    found = [named(each) for each in group.values("member")]
    return tuple(sorted(each.sid or each.dn for each in found))
