"""What doing the work again came to: plain data, in words that keep three answers apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from core.model import CollectionGap, Verdict
from evidence_store.questions.states import ScanState


class Answer(StrEnum):
    """What one assessment or one unit came to when it was done again.

    `changed`: the code is not the one that was sealed, so a different result accuses nobody. `differs`: it is the same
    code, and still the result is another one. `cannot_replay`: nobody can tell here. `broken_seal`: what was sealed is
    not what lies in the store.
    """

    REPRODUCED = "reproduced"
    CHANGED = "changed"
    CANNOT_REPLAY = "cannot_replay"
    DIFFERS = "differs"
    BROKEN_SEAL = "broken_seal"


class CannotReplayError(Exception):
    """Something cannot be done again here, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictDifference:
    """One verdict that is not the same any more; `None` where there is none about this resource."""

    source: str
    scope: str
    resource: str
    sealed: Verdict | None
    now: Verdict | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckAgain:
    """One check done again. `same` says whether it came to the sealed verdicts, `None` that it could not be done."""

    check: str
    leaf: int
    answer: Answer
    same: bool | None
    reason: str
    sealed_digest: str
    digest: str = ""
    verdicts: int = 0
    differences: tuple[VerdictDifference, ...] = ()

    @property
    def name(self) -> str:
        return self.check


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceDifference:
    """One resource that was not collected again as it was sealed, and in what it differs."""

    kind: str
    resource: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GapDifference:
    """A gap that is only in one of both: `sealed` tells in which."""

    gap: CollectionGap
    sealed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitAgain:
    """One unit done again over its recorded exchanges."""

    collector: str
    source: str
    scope: str
    leaf: int
    answer: Answer
    same: bool | None
    reason: str
    sealed_digest: str
    digest: str = ""
    exchanges: int = 0
    resources: tuple[ResourceDifference, ...] = ()
    gaps: tuple[GapDifference, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.collector} in {self.source} {self.scope}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reperformance:
    """One scan done again, offline.

    `checks` judged the sealed resources once more. `units` collected once more over the sealed exchanges, and
    `rechecks` are the checks over what those came to, where that is not what was sealed: the same resources need no
    second judgement. `checkpoint_size` leaves are under a signed checkpoint, `pending` are the leaves of this scan that
    are not yet. `broken` says what is wrong with the scan's own leaves.
    """

    scan: ScanState
    checkpoint_size: int
    pending: tuple[int, ...]
    broken: tuple[str, ...]
    checks: tuple[CheckAgain, ...]
    units: tuple[UnitAgain, ...]
    rechecks: tuple[CheckAgain, ...]

    @property
    def exit_status(self) -> int:
        """4 a broken seal, 3 something could not be done again, 1 something came out different, 0 all is the same."""
        everything = list(self._everything())
        if self.broken or any(each.answer is Answer.BROKEN_SEAL for each in everything):
            return 4
        if any(each.answer is Answer.CANNOT_REPLAY for each in everything):
            return 3
        return 1 if any(each.same is False for each in everything) else 0

    def _everything(self) -> Iterator[CheckAgain | UnitAgain]:
        yield from self.checks
        yield from self.units
        yield from self.rechecks
