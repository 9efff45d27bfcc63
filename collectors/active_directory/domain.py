"""A domain as a whole."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.active_directory.descriptors import (
    CONTROL_ACCESS,
    WRITE_OWNER,
    WRITE_PERMISSIONS,
    Descriptor,
)
from collectors.active_directory.source import PERMISSIONS, READER, Domain, Reader, Shown
from collectors.active_directory.values import dns_name, named, whole
from collectors.ldap.asking import DirectoryError
from collectors.ldap.source import moment
from core.plugins import collector
from core.resources.active_directory import AdDomain

HEAD = ("objectGUID", "objectSid", "whenCreated", "msDS-Behavior-Version", "ms-DS-MachineAccountQuota")
QUOTA = HEAD[-1]
HEURISTICS, SERVICE = "dSHeuristics", "CN=Directory Service,CN=Windows NT,CN=Services"
STRANGERS_PLACE, STRANGERS_MAY = 7, "2"
"""The character of dSHeuristics by which strangers may search, and what it then is (MS-ADTS, 6.1.1.2.4.1.2)."""
OLD_ACCESS = "CN=Pre-Windows 2000 Compatible Access,CN=Builtin"
COPY_CHANGES, COPY_SECRETS = "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2", "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2"
"""DS-Replication-Get-Changes and -Get-Changes-All (MS-ADTS, 5.1.3.2.1): keys leave a domain with both."""


@collector(permissions=(*READER, *HEAD, HEURISTICS, "member"))
def domain(domain: Domain) -> Iterator[AdDomain]:
    """What holds for a domain as a whole, and who may replicate secrets out of it."""
    base = domain.base
    reader = domain.reader((*HEAD, HEURISTICS, "member"))
    head = Shown(domain.entry(base, (PERMISSIONS, *HEAD)), reader)
    look = domain.look
    yield AdDomain(
        id=head.certain("objectGUID"),
        sid=look(lambda: head.certain("objectSid")),
        name=dns_name(base),
        created=look(lambda: moment(head.certain("whenCreated"))),
        functional_level=look(lambda: whole(head.value("msDS-Behavior-Version") or "0")),
        machine_account_quota=look(lambda: _quota(head)),
        strangers_may_search=look(lambda: _strangers_may_search(domain, reader)),
        copies_secrets=look(lambda: tuple(sorted(_copies_secrets(head.permissions)))),
        old_access=look(lambda: _old_access(domain, base, reader)),
    )


def _quota(head: Shown) -> int:
    """Raises `DirectoryError` also where it is absent: no document says what a controller then takes it for."""
    said = head.value(QUOTA)
    if said is None:
        raise DirectoryError(f"{QUOTA} is not set, and what then holds is not documented", f"set {QUOTA}, best to 0")
    return whole(said)


def _strangers_may_search(domain: Domain, reader: Reader) -> bool:
    place = f"{SERVICE},{domain.place('configurationNamingContext')}"
    said = Shown(domain.entry(place, (PERMISSIONS, HEURISTICS)), reader).value(HEURISTICS) or ""
    return said[STRANGERS_PLACE - 1 : STRANGERS_PLACE] == STRANGERS_MAY


def _copies_secrets(permissions: Descriptor) -> frozenset[str]:
    """Who has both rights, or may take them, as the owner may."""
    copies = permissions.allowed(CONTROL_ACCESS, COPY_CHANGES) & permissions.allowed(CONTROL_ACCESS, COPY_SECRETS)
    takes = permissions.allowed(WRITE_PERMISSIONS) | permissions.allowed(WRITE_OWNER)
    return copies | takes | ({permissions.owner} if permissions.owner else frozenset())


def _old_access(domain: Domain, base: str, reader: Reader) -> tuple[str, ...]:
    """SIDs of the members, where a name shows one."""
    group = Shown(domain.entry(f"{OLD_ACCESS},{base}", (PERMISSIONS, "member")), reader)
    found = [named(each) for each in group.values("member")]
    return tuple(sorted(each.sid or each.dn for each in found))
