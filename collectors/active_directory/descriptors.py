"""Who may do what with an entry: security descriptors, read exactly (MS-DTYP, 2.4.6; MS-ADTS, 5.1.3)."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from collectors.active_directory.values import GUID_BYTES, guid_text, sid_text
from collectors.ldap.asking import DirectoryError

LIST_CONTENTS, VALIDATED_WRITE, READ_PROPERTY, WRITE_PROPERTY, CONTROL_ACCESS = 0x4, 0x8, 0x10, 0x20, 0x100
WRITE_PERMISSIONS, WRITE_OWNER = 0x40000, 0x80000
GENERIC = {0x10000000: 0xF01FF, 0x80000000: 0x20094, 0x40000000: 0x20028, 0x20000000: 0x20004}
"""What is meant by rights that are given in general: all, read, write, execute (MS-ADTS, 5.1.3.2)."""
ALLOWED, DENIED, ALLOWED_OBJECT, DENIED_OBJECT = 0, 1, 5, 6
CONDITIONAL = {9: ALLOWED, 10: DENIED, 11: ALLOWED_OBJECT, 12: DENIED_OBJECT}
"""Entries with a condition, and what they would be without it (MS-DTYP, 2.4.4.1)."""
ALLOWING = frozenset({ALLOWED, ALLOWED_OBJECT})
FOR_CHILDREN_ALONE = 0x8
HAS_OBJECT, HAS_INHERITED_OBJECT = 0x1, 0x2
HAS_LIST = 0x4
EVERYBODY = "S-1-1-0"
SELF = "S-1-5-10"
"""Whoever the entry itself is."""
HEAD, LIST_HEAD, MOST_REMEMBERED = 20, 8, 4_096


@dataclass(frozen=True, slots=True)
class Grant:
    """One line of a descriptor: somebody is allowed, or denied, something."""

    allows: bool
    conditional: bool
    rights: int
    sid: str
    about: str
    """The attribute, set of attributes or extended right that it is limited to; empty for all of the entry."""


@dataclass(frozen=True, slots=True)
class Descriptor:
    """What a descriptor says, in its order. `grants` is `None` where everybody may do everything."""

    owner: str
    grants: tuple[Grant, ...] | None

    def permits(self, who: Collection[str], right: int, about: Collection[str] = ()) -> bool:
        """Whether those who are `who` all at once have a right: the first line that speaks of it decides.

        `about` are the identifiers of what it is wanted for: an attribute and the set that it belongs to. Lines with a
        condition are taken against those who ask: they may deny, and allow nothing.
        """
        if self.grants is None:
            return True
        for grant in self.grants:
            if grant.sid in who and grant.rights & right and (not grant.about or grant.about in about):
                if not grant.allows:
                    return False
                if not grant.conditional:
                    return True
        return False

    def allowed(self, right: int, about: str = "") -> frozenset[str]:
        """Who may be allowed a right, each taken alone and without the groups they are in.

        Here lines with a condition are taken the other way round: they may allow, and take nothing away.
        """
        if self.grants is None:
            return frozenset({EVERYBODY})
        found, denied = set[str](), set[str]()
        for grant in self.grants:
            if not grant.rights & right or (grant.about and grant.about != about):
                continue
            if not grant.allows:
                denied |= set() if grant.conditional else {grant.sid}
            elif grant.sid not in denied:
                found.add(grant.sid)
        return frozenset(found)


@lru_cache(maxsize=MOST_REMEMBERED)
def descriptor(text: str) -> Descriptor:
    """What base64 of a self-relative descriptor says. Raises `DirectoryError`."""
    try:
        return _read(base64.b64decode(text, validate=True))
    except (struct.error, IndexError, binascii.Error):
        raise DirectoryError("a security descriptor cannot be read") from None


def _read(data: bytes) -> Descriptor:
    control, owner, _, _, grants = struct.unpack_from("<2xHIIII", data)
    found: list[Grant] | None = None
    if control & HAS_LIST and grants:
        (count,) = struct.unpack_from("<4xH", data, grants)
        found, place = [], grants + LIST_HEAD
        for _ in range(count):
            (size,) = struct.unpack_from("<2xH", data, place)
            if size < LIST_HEAD or place + size > len(data):
                raise DirectoryError("a security descriptor cannot be read")
            if (grant := _grant(data[place : place + size])) is not None:
                found.append(grant)
            place += size
    return Descriptor(
        owner=_sid(data[owner:]) if owner else "",
        grants=None if found is None else tuple(found),
    )


def _grant(line: bytes) -> Grant | None:
    kind, flags = line[0], line[1]
    plain = CONDITIONAL.get(kind, kind)
    if flags & FOR_CHILDREN_ALONE or plain not in (ALLOWED, DENIED, ALLOWED_OBJECT, DENIED_OBJECT):
        return None
    (rights,) = struct.unpack_from("<4xI", line)
    place, about = 8, ""
    if plain in (ALLOWED_OBJECT, DENIED_OBJECT):
        (present,) = struct.unpack_from("<8xI", line)
        place += 4
        if present & HAS_OBJECT:
            about = guid_text(line[place : place + GUID_BYTES])
        place += GUID_BYTES * ((present & HAS_OBJECT) + bool(present & HAS_INHERITED_OBJECT))
    for general, meant in GENERIC.items():
        rights |= meant if rights & general else 0
    return Grant(plain in ALLOWING, kind in CONDITIONAL, rights, _sid(line[place:]), about)


def _sid(data: bytes) -> str:
    return sid_text(data[: 8 + 4 * data[1]])
