"""What the values of Active Directory mean: identifiers, times and names, decoded exactly."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from collectors.ldap.asking import DirectoryError

EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
"""Where FILETIME begins (MS-DTYP, 2.3.3), which counts tenths of a microsecond."""
NEVER = frozenset({0, 2**63 - 1})
"""What accountExpires says of an account without an end (MS-ADA1, 2.3)."""
FOR_EVER = -(2**63)
"""What a span says that does not end (MS-ADTS, 3.1.1.2.2.2.8: large integers)."""
TICKS_OF_A_SECOND, SECONDS_OF_A_DAY = 10_000_000, 86_400
GUID_BYTES, SID_HEAD, SUB_AUTHORITY_BYTES = 16, 8, 4
EXTENDED = re.compile(r"^<GUID=([0-9a-fA-F-]{36})>;(?:<SID=(S-[0-9-]+)>;)?(.*)$", re.DOTALL)
"""A name with identifiers (MS-ADTS, 3.1.1.3.4.1.5, in its form as a string)."""


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody or something that an entry names. What is not ours to see has neither identifier."""

    dn: str
    guid: str = ""
    sid: str = ""


def named(text: str) -> Named:
    """What a value means that names an entry."""
    found = EXTENDED.match(text)
    return Named(found[3], found[1].lower(), found[2] or "") if found else Named(text)


def guid_text(data: bytes) -> str:
    """A GUID as people write it (MS-DTYP, 2.3.4). Raises `DirectoryError`."""
    if len(data) != GUID_BYTES:
        raise DirectoryError(f"{len(data)} bytes are not a GUID")
    return str(UUID(bytes_le=data))


def sid_text(data: bytes) -> str:
    """A SID as people write it (MS-DTYP, 2.4.2). Raises `DirectoryError`."""
    if len(data) < SID_HEAD or data[0] != 1 or len(data) != SID_HEAD + SUB_AUTHORITY_BYTES * data[1]:
        raise DirectoryError(f"{len(data)} bytes are not a SID")
    authority = int.from_bytes(data[2:SID_HEAD], "big")
    return "-".join(map(str, ("S-1", authority, *struct.unpack(f"<{data[1]}I", data[SID_HEAD:]))))


def relative_id(sid: str) -> int:
    """The last part of a SID, which says who it is in its domain."""
    return int(sid.rpartition("-")[2])


def whole(text: str) -> int:
    """A number. Raises `DirectoryError`."""
    try:
        return int(text)
    except ValueError:
        raise DirectoryError(f"{text!r} is not a number") from None


def filetime(text: str | None) -> datetime | None:
    """A moment, `None` for never and where there is none. Raises `DirectoryError`."""
    ticks = whole(text or "0")
    if ticks in NEVER:
        return None
    try:
        if ticks > 0:
            return EPOCH + timedelta(microseconds=ticks // 10)
    except OverflowError:
        pass
    raise DirectoryError(f"{text} is not a time")


def seconds(text: str) -> int:
    """How long a span is, 0 for one without an end. Spans are kept as what is to be subtracted."""
    ticks = whole(text)
    return 0 if ticks == FOR_EVER else -ticks // TICKS_OF_A_SECOND


def days(text: str) -> int:
    """The same in days, of which a part counts as one."""
    return -(-seconds(text) // SECONDS_OF_A_DAY)


def escaped(text: str) -> str:
    """A value as it stands in a filter (RFC 4515, 3)."""
    return re.sub(r"[\\*()\x00]", lambda found: f"\\{ord(found[0]):02x}", text)


def dns_name(dn: str) -> str:
    """The name in DNS of a domain, whose parts its name in the directory has."""
    return ".".join(part.partition("=")[2] for part in dn.lower().split(",") if part.strip().startswith("dc="))
