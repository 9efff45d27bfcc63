"""What is scheduled, as another process sees it: by configuration, by what the scheduler wrote, and by the lease."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.recording import Clock
from monitoring.lease import holder
from monitoring.schedule import Timetable
from monitoring.schedule_state import RunRecord, SourceRecord, read_state
from runs.configuration import Configuration
from runs.selection import configured_sources


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledSource:
    """When a source is looked at next; `again` when that is to try again what could not be seen."""

    source: str
    due: datetime
    began: datetime | None
    again: bool
    attempt: int
    last: RunRecord | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """All of it, the next first. `holder` says who schedules, and is empty when nobody does: then nothing runs either,
    whatever was running when the last one died."""

    holder: str
    sources: tuple[ScheduledSource, ...]
    running: tuple[RunRecord, ...]
    recent: tuple[RunRecord, ...]


def scheduled(configuration: Configuration, clock: Clock) -> Scheduled:
    """What is scheduled now. Raises `AnnexaError`."""
    now = clock()
    state = read_state(configuration.folder)
    who = holder(configuration.location)
    timetable = Timetable.of(configuration.schedule, configured_sources(configuration, clock))
    sources = []
    for name in timetable.timings:
        record = state.sources.get(name, SourceRecord())
        last = record.known()
        due = timetable.next(name, last, now)
        again = last is not None and due == last.retry_at
        sources.append(
            ScheduledSource(
                source=name, due=due, began=record.began, again=again, attempt=record.attempt, last=record.last
            )
        )
    return Scheduled(
        holder=who,
        sources=tuple(sorted(sources, key=lambda each: (each.due, each.source))),
        running=tuple(state.running) if who else (),
        recent=tuple(state.recent),
    )
