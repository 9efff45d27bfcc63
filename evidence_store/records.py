"""What is sealed: leaves, and the bodies they name by digest.

A leaf is small canonical JSON that never names a person or a place: type, scan, time, and the SHA-256 of its body. The
body is a blob and carries a random salt, so that once a body has been erased its digest gives nothing away.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.codec import canonical, timestamp
from core.model import Severity, Unit

SCAN_STARTED = "scan_started"
SOURCE = "source"
ASSESSMENT = "assessment"
SCAN_FINISHED = "scan_finished"
KEY_CHANGED = "key_changed"


def salt() -> str:
    """128 random bits in hexadecimal."""
    return secrets.token_hex(16)


def leaf(kind: str, scan: str, at: datetime, body: bytes, **more: object) -> bytes:
    """The canonical bytes of a leaf. One that is of no scan says so with an empty `scan`."""
    return canonical({"at": timestamp(at), "body": body.hex(), "scan": scan, "type": kind, **more})


def entry(body: bytes) -> bytes:
    """The canonical bytes of an entry in the subtree below a source leaf: one unit."""
    return canonical({"body": body.hex(), "type": "unit"})


def finding_id(check: str, source: str, scope: str, resource: str) -> str:
    """A short, stable name of one check's verdict on one resource."""
    return hashlib.sha256(canonical([check, source, scope, resource])).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class StampSeen:
    """A stamp that was there when a scan began; `response` is its SHA-256. What seals it was made after it."""

    size: int
    authority: str
    response: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanStarted:
    """Who scans, with what, and what was left out. `login` is what the operating system says, not what is claimed.

    `stamps` are those of the newest checkpoint that has any. `alarms` are those that publishing ever gave.
    """

    salt: str
    agent: str
    agent_version: str
    login: str
    trigger: str
    configuration: str
    narrowed: bool
    left_out: tuple[str, ...]
    died: tuple[str, ...]
    clock: str
    stamps: tuple[StampSeen, ...] = ()
    alarms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSeen:
    """One source of one scan; its units are the entries of the subtree whose root the leaf carries."""

    salt: str
    source: str


@dataclass(frozen=True, slots=True)
class PopulationSeen:
    """The population of one kind in a unit: `lines` is the digest of a blob with one canonical resource per line."""

    kind: str
    count: int
    lines: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSeen:
    """One unit with its exchanges and gaps, and the populations it brought home."""

    salt: str
    unit: Unit
    populations: tuple[PopulationSeen, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What an assessment looked at: one kind in one scope, and the leaf that seals it (-1: none does)."""

    kind: str
    source: str
    scope: str
    collected_at: datetime
    count: int
    complete: bool
    stale: bool
    leaf: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """One check over everything it judges: enough to do it again. `verdicts` is the digest of a blob of lines."""

    salt: str
    check: str
    check_digest: str
    severity: Severity
    settings: Mapping[str, object]
    as_of: datetime
    subjects: tuple[Looked, ...]
    joins: tuple[Looked, ...]
    count: int
    verdicts: str


@dataclass(frozen=True, slots=True)
class SealedVerdict:
    """One line of a verdict list."""

    source: str
    scope: str
    resource: str
    status: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanFinished:
    """How a scan ended: the sources and checks that were configured, and the mappings that conclusions rest on."""

    salt: str
    sources: tuple[str, ...]
    checks: tuple[str, ...]
    mappings: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChanged:
    """The old key hands over to the new one: both as in C2SP signed notes, and the old one's signature in base64."""

    salt: str
    old: str
    new: str
    signature: str
