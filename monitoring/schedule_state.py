"""What `annexa run` remembers and shows to others: when each source was last begun, what runs, and what came of it.

A file beside the store and none of the evidence: losing it costs one extra look at each source whose turn it is not.
The one scheduler of a store writes it; anybody may read it, from another process, at any time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

import msgspec

from monitoring.remembered import recall, remember
from monitoring.schedule import Last

MOST_RECENT = 50
"""How many of the newest runs are listed."""


class RunRecord(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """One scan by the scheduler. `again` when it tried again what an earlier one could not see; `problem` when it came
    to nothing; `gaps` and, of these, `retryable` are those of its own units."""

    sources: tuple[str, ...]
    began: datetime
    again: bool = False
    ended: datetime | None = None
    scan: str = ""
    gaps: int = 0
    retryable: int = 0
    problem: str = ""

    @property
    def outcome(self) -> str:
        """`running`, `failed`, `gaps` or `complete`."""
        if self.ended is None:
            return "running"
        if not self.scan:
            return "failed"
        return "gaps" if self.gaps else "complete"


class SourceRecord(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """What is known of one source; `due` is when it is looked at next, and `attempt` how often it was tried again."""

    began: datetime | None = None
    due: datetime | None = None
    attempt: int = 0
    retry_at: datetime | None = None
    retry_since: datetime | None = None
    last: RunRecord | None = None

    def known(self) -> Last | None:
        """The same in the words of the schedule."""
        if self.began is None:
            return None
        return Last(self.began, self.attempt, self.retry_at, self.retry_since)

    def of(self, last: Last | None, due: datetime | None) -> SourceRecord:
        """The same with what the schedule knows now."""
        if last is None:
            return SourceRecord(due=due, last=self.last)
        return SourceRecord(
            began=last.began,
            due=due,
            attempt=last.attempt,
            retry_at=last.retry_at,
            retry_since=last.retry_since,
            last=self.last,
        )


class ScheduleState(msgspec.Struct, kw_only=True):
    """All of it. `written` is when; `holder` says who schedules, or scheduled last."""

    holder: str = ""
    written: datetime | None = None
    sources: dict[str, SourceRecord] = msgspec.field(default_factory=dict[str, SourceRecord])
    running: list[RunRecord] = msgspec.field(default_factory=list[RunRecord])
    recent: list[RunRecord] = msgspec.field(default_factory=list[RunRecord])

    def interrupted(self) -> Iterable[str]:
        """The sources of runs that nobody lived to end."""
        return {source for run in self.running for source in run.sources}

    def ended(self, run: RunRecord, by_source: Mapping[str, RunRecord]) -> None:
        """A run came to its end: as a whole, and for each of its sources."""
        self.recent = [run, *self.recent][:MOST_RECENT]
        for source, last in by_source.items():
            self.sources[source] = msgspec.structs.replace(self.sources.get(source, SourceRecord()), last=last)


def state_file(folder: Path) -> Path:
    """Where it is."""
    return folder / "schedule" / "state.json"


def read_state(folder: Path) -> ScheduleState:
    """What is remembered. Raises `StoreError`."""
    return recall(state_file(folder), ScheduleState, "schedules", "every source is due at once then") or ScheduleState()


def write_state(folder: Path, state: ScheduleState) -> None:
    """Remember. Raises `StoreError`."""
    remember(state_file(folder), state)
