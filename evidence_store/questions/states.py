"""What stands: verdicts, gaps and scans as the derived tables know them, and the seal that covers them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.model import Severity, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingState:
    """A verdict as it stands: since which scan it has been so, and which assessment said so last.

    `leaf` is the position of that assessment in the log; `evidence` are the positions of the source leaves it rests
    on. `collected_at` is when the oldest of that evidence was collected.
    `change` says how it differs from the scan before: `new`, `changed`, or empty. `accepted` is the risk acceptance
    that covers a failure, in force until `accepted_until`; `nonconformities` are the open ones that are about it.
    """

    id: str
    check: str
    status: Status
    reason: str
    resource: str
    source: str
    scope: str
    severity: Severity
    since: datetime
    as_of: datetime
    collected_at: datetime
    leaf: int
    evidence: tuple[int, ...]
    change: str = ""
    accepted: str = ""
    accepted_until: datetime | None = None
    nonconformities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedFinding:
    """A verdict that no longer stands, and why: `vanished`, `out_of_scope` or `check_retired`. Never "fixed"."""

    id: str
    check: str
    status: Status
    reason: str
    resource: str
    source: str
    scope: str
    ended: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GapState:
    """Something that could not be looked at: which kinds of resource it hides, why, and what to do."""

    source: str
    scope: str
    collector: str
    kinds: tuple[str, ...]
    reason: str
    hint: str
    retryable: bool
    leaf: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanState:
    """One scan: when, what it was asked to leave out, and what the log says of its end.

    `status` is `finished`, `running` or `died`: nobody runs it any more, and it has no end. `left_out` are sentences
    such as "source host/web-2: not asked for". `died` are the ids of earlier scans that were found to have died without
    an end. `clock` says so when the clock had gone back since the leaf before.
    """

    id: str
    trigger: str
    started: datetime
    finished: datetime | None
    status: str
    agent_version: str
    sources: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    died: tuple[str, ...] = ()
    clock: str = ""
    first_leaf: int = 0
    last_leaf: int | None = None
    units: int = 0
    exchanges: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StampState:
    """What came of asking an authority to stamp a checkpoint: the `time` it vouches for, or the `problem`.

    `clock` is a sentence when the clock of this machine disagreed with the stamp.
    """

    authority: str
    size: int
    time: datetime | None
    problem: str
    clock: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationState:
    """What came of publishing a checkpoint, and those before it, in a folder elsewhere.

    `problem` says why not all of it is there. `alarm` says what is there that cannot be of this log as it is here.
    """

    folder: str
    size: int
    problem: str = ""
    alarm: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedMoment:
    """A moment that an authority vouches for, its accuracy taken into account, by stamping the checkpoint of `size`.

    `against` says which certificates the stamp was verified with.
    """

    authority: str
    time: datetime
    size: int
    against: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """The signed checkpoint that covers a report, its public key (both as in C2SP signed notes), its stamps, and what
    came of publishing it."""

    origin: str
    size: int
    root: str
    note: str
    public_key: str
    stamps: tuple[StampState, ...] = ()
    publications: tuple[PublicationState, ...] = ()
