"""How far units have come that still run, so that whoever waits for hours sees that something moves."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Movement:
    """One unit that runs: for how many seconds it has, how many answers it got, and how many it will have in the end,
    `None` while its collector cannot tell."""

    source: str
    collector: str
    seconds: float
    answers: int
    awaited: int | None

    @property
    def left(self) -> float | None:
        """In how many seconds it may be done, if it goes on as fast as so far; `None` where nothing tells."""
        if self.awaited is None or not self.answers:
            return None
        return max(0, self.awaited - self.answers) * self.seconds / self.answers


class Running:
    """When a unit was started, and when it last got an answer, in seconds of the clock that only goes up."""

    def __init__(self) -> None:
        self.since = self.heard = time.monotonic()
        self._answers = 0
        self._awaited: int | None = None

    def hear(self) -> None:
        """An answer came. Units ask from several threads: one that is not counted when two come at once is no harm."""
        self.heard = time.monotonic()
        self._answers += 1

    def expect(self, answers: int) -> None:
        """The collector says how many answers are still to come."""
        self._awaited = self._answers + answers

    def movement(self, source: str, collector: str) -> Movement:
        """How far it has come by now."""
        return Movement(source, collector, time.monotonic() - self.since, self._answers, self._awaited)
