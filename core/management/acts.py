"""What may be done to a nonconformity: one type for each act, and nothing that is left to chance. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from core.management.events import name_of
from core.management.subject import Subject
from core.model import Severity


class Grade(StrEnum):
    """How far a nonconformity puts the management system in doubt."""

    MINOR = "minor"
    MAJOR = "major"


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """Somebody, or the `rule` of this name, says that something does not conform. `external` is its name elsewhere."""

    title: str
    statement: str
    grade: Grade
    severity: Severity
    due: date
    subjects: tuple[Subject, ...]
    rule: str = ""
    external: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """Who answers for it, and by when it is to be closed."""

    owner: str
    due: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """What was done about it at once, and about its consequences."""

    correction: str
    consequences: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """Something like it that was found elsewhere: `status` is `fail`, `unknown`, or the stage of another record."""

    subject: Subject
    status: str
    count: int
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysed:
    """Why it happened, and what a person says about similar cases, with those that were `found` by looking for them.

    The record is about the `included` ones as well from here on.
    """

    cause: str
    similar: str
    found: tuple[Similar, ...] = ()
    included: tuple[Subject, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One corrective action, and why it is in proportion to the effects."""

    action: str
    owner: str
    due: date
    proportionality: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Implemented:
    """A corrective action, counted from 1, was done, with this outcome."""

    action: int
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What evidence says of a record's subjects since a moment: how many looks found nothing, and over how many seconds
    that were in sight. `without` says why there is no evidence to go by, and is empty where there is."""

    since: datetime
    until: datetime
    looks: int
    seconds: int
    blind_seconds: int
    without: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """A named person judges whether the actions were effective, from what was observed, and what of the management
    system changes because of it."""

    effective: bool
    judgement: str
    isms_changes: str
    observed: Observed


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """Nothing is left to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened:
    """It is there again (`recurred`), or a person doubts that it was ever gone. It is to be closed anew by `due`."""

    recurred: bool
    due: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended:
    """What it is called, what it says and how much it matters became another."""

    title: str
    statement: str
    grade: Grade
    severity: Severity


Move = Assigned | Corrected | Analysed | Planned | Implemented | Reviewed | Closed | Reopened | Amended
Act = Raised | Move
KINDS: tuple[type[Act], ...] = (
    Raised, Assigned, Corrected, Analysed, Planned, Implemented, Reviewed, Closed, Reopened, Amended,
)  # fmt: skip
ACTS: Mapping[str, type[Act]] = {name_of(kind): kind for kind in KINDS}
