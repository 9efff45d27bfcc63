"""What is sealed: leaves, and the bodies they name by digest.

A leaf is small canonical JSON that never names a person or a place: type, scan, time, and the SHA-256 of its body. The
body is a blob and carries a random salt, so that once a body has been erased its digest gives nothing away.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.codec import canonical, timestamp
from core.model import Severity, Unit
from core.scalars import LATER

Read = Callable[[bytes], bytes]
"""The plain bytes of a blob by digest."""

SCAN_STARTED = "scan_started"
SOURCE = "source"
ASSESSMENT = "assessment"
SCAN_FINISHED = "scan_finished"
KEY_CHANGED = "key_changed"
DISPOSAL = "disposal"
HOLD = "hold"
HOLD_RELEASED = "hold_released"
ERASURE = "erasure"
EXPORT = "export"
NONCONFORMITY = "nonconformity"
ACCEPTANCE = "acceptance"
ORGANIZATION = "organization"
APPLICABILITY = "applicability"
RISKS = "risks"
ATTESTATION = "attestation"
AUDIT_PROGRAMME = "audit_programme"
AUDIT = "audit"
REVIEW = "review"
SAMPLE = "sample"
ACCESS_REVIEW = "access_review"
EVENTS = (
    NONCONFORMITY,
    ACCEPTANCE,
    ORGANIZATION,
    APPLICABILITY,
    RISKS,
    ATTESTATION,
    AUDIT_PROGRAMME,
    AUDIT,
    REVIEW,
    SAMPLE,
    ACCESS_REVIEW,
)
"""Leaves that seal what somebody did to a record that people answer for: their bodies are `EventSealed`."""
LEAF_TYPES = (
    SCAN_STARTED,
    SOURCE,
    ASSESSMENT,
    SCAN_FINISHED,
    KEY_CHANGED,
    DISPOSAL,
    HOLD,
    HOLD_RELEASED,
    ERASURE,
    EXPORT,
    *EVENTS,
)


def salt() -> str:
    """128 random bits in hexadecimal."""
    return secrets.token_hex(16)


def leaf(kind: str, scan: str, at: datetime, body: bytes, **more: object) -> bytes:
    """The canonical bytes of a leaf. One that is of no scan says so with an empty `scan`."""
    return canonical({"at": timestamp(at), "body": body.hex(), "scan": scan, "type": kind, **more})


def entry(body: bytes) -> bytes:
    """The canonical bytes of an entry in the subtree below a source leaf: one unit."""
    return f'{{"body":"{body.hex()}","type":"unit"}}'.encode()  # there are 100,000 of them in a large scan


def lines(data: bytes) -> list[bytes]:
    """The lines of a blob of canonical JSON lines."""
    return data.split(b"\n")[:-1]


def finding_id(check: str, source: str, scope: str, resource: str) -> str:
    """A short, stable name of one check's verdict on one resource."""
    return hashlib.sha256(canonical([check, source, scope, resource])).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class StampSeen:
    """A stamp that was there when a scan began; `response` is its SHA-256. What seals it was made after it."""

    size: int
    authority: str
    response: str


@dataclass(frozen=True, slots=True)
class RowSeen:
    """A row of `table`, `stamp` or `publication`, about the checkpoint of this size, as it was when a scan began."""

    table: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanStarted:
    """Who scans, with what, and what was left out. `login` is what the operating system says, not what is claimed.

    `stamps` are those of the newest checkpoint that has any. `alarms` are those that publishing ever gave.
    `outside` are the rows about the newest checkpoint that no leaf makes. Digests in
    marks of secrets can be compared where `redaction_key` (`core.redaction.key_name`) is the same.
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
    outside: tuple[RowSeen, ...] = field(default=(), metadata={LATER: True})
    redaction_key: str = field(default="", metadata={LATER: True})


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
    """One unit with its exchanges and gaps, and the populations it brought home.

    `agent_version` and `configuration` (a digest) are those of `scan_started`, said again so that the proof of one unit
    tells all of where it comes from. They cost nothing: units are kept as differences to each other.
    """

    salt: str
    unit: Unit
    populations: tuple[PopulationSeen, ...]
    agent_version: str = field(default="", metadata={LATER: True})
    configuration: str = field(default="", metadata={LATER: True})


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
    """How a scan ended: the sources and checks that were configured, and what conclusions rest on.

    `mappings` are digests of mappings with their objectives. `documents` are the files those come from, by name, and
    `catalogue` what the checks say of themselves, a line for each: digests of blobs. Evidence was believed for
    `stale_after_seconds`.
    """

    salt: str
    sources: tuple[str, ...]
    checks: tuple[str, ...]
    mappings: Mapping[str, str]
    documents: Mapping[str, str] = field(default_factory=dict[str, str], metadata={LATER: True})
    catalogue: str = field(default="", metadata={LATER: True})
    stale_after_seconds: int = field(default=0, metadata={LATER: True})


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChanged:
    """The old key hands over to the new one: both as in C2SP signed notes, and the old one's signature in base64."""

    salt: str
    old: str
    new: str
    signature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What one disposal did to one thing: all of it that was sealed before the position `before` was to go.

    `what` is `exchanges`, `resources` or `verdicts`; `name` the kind of resource or the check, and `source` the source,
    where they tell one from another. `first` and `last` are the leaves that named what went: `blobs` of `size` plain
    bytes. Where nothing went, they are -1, and only what was told of it has been cleared away.
    """

    what: str
    name: str
    source: str
    before: int
    first: int
    last: int
    blobs: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposed:
    """A tombstone: what was thrown away, why, and who answers for it.

    `login` is what the operating system says, `approver` what was claimed. `blobs` is the digest of a blob with a line
    for each blob that went: its digest in hexadecimal. `resources` and `verdicts` are digests of blobs with what stood
    at the cut, a line for each interval, so that derived tables can be made again without what went. `spared` says what
    legal holds kept, and `remains` why bytes are still there although nothing leads to them any more.
    """

    salt: str
    reason: str
    login: str
    approver: str
    policy: Mapping[str, str]
    cuts: tuple[Cut, ...]
    blobs: str
    count: int
    size: int
    resources: str
    verdicts: str
    spared: tuple[str, ...] = ()
    remains: str = ""


@dataclass(frozen=True, slots=True)
class StandingResource:
    """One line of what stood at a cut: a resource, since the leaf `first`."""

    source: str
    scope: str
    kind: str
    id: str
    first: int
    digest: str


@dataclass(frozen=True, slots=True)
class StandingVerdict:
    """One line of what stood at a cut: a verdict, since the leaf `first`. `settings` is the digest of the settings."""

    check: str
    source: str
    scope: str
    resource: str
    first: int
    status: str
    reason: str
    settings: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPlaced:
    """A legal hold: what it covers is not thrown away until it is released.

    It covers evidence of one kind, of one source, collected between two moments (RFC 3339): of all, where they are
    empty. Without `until` it covers what is still to come.
    """

    salt: str
    name: str
    reason: str
    login: str
    kind: str
    source: str
    since: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldReleased:
    """The end of the legal hold that the leaf `hold` placed."""

    salt: str
    hold: int
    reason: str
    login: str
    approver: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """A tombstone: whose keys were destroyed, why, and who answers for it.

    `subjects` are ids of people, in hexadecimal, who are named nowhere. `login` is what the operating system says,
    `approver` what was claimed; both name people who may be erased one day as well, and are concealed like all others.
    """

    salt: str
    subjects: tuple[str, ...]
    reason: str
    login: str
    approver: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A file that left: who had it made (`login` is what the operating system says) and why, what it answers, and its
    SHA-256 and length in bytes. `checkpoint` is the size of the log that it was made from."""

    salt: str
    reason: str
    login: str
    form: str
    question: Mapping[str, object]
    checkpoint: int
    digest: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSealed:
    """One act on a record that people answer for: a nonconformity, a risk acceptance, a version of a statement.

    `record` is its id, `number` counts its events from 1. `login` is what the operating system says, `author` what was
    claimed. `content` is what the `act` says (`core/management`). `signature` is the author's own over the rest, made
    with `ssh-keygen -Y sign` in the namespace `annexa`, or empty.
    """

    salt: str
    record: str
    number: int
    act: str
    login: str
    author: str
    reason: str
    content: Mapping[str, object]
    signature: str = ""
