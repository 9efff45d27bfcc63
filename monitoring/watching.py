"""What goes on at a store, for somebody who watches: what runs, what is next, and what just changed. It only reads."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.errors import AnnexaError
from core.recording import Clock
from evidence_store.log.append import log_size
from evidence_store.questions.past import Past, leaf_moment
from evidence_store.questions.queries import scans
from evidence_store.questions.states import ScanState
from evidence_store.questions.window import Window, scan_before_last
from evidence_store.running import told_apart
from evidence_store.store import Store
from monitoring.changes import Change
from monitoring.drift import verdict_drift
from monitoring.events import Event, alarm, events
from monitoring.scheduled import Scheduled, scheduled
from runs.configuration import Configuration

MOST_CHANGES = 200
"""The newest changes that are remembered."""

MOST_SCANS = 20
"""The newest scans of which some may not have ended."""

BY_ITSELF = timedelta(minutes=1)
"""How long the log may stay the same before somebody looks for what changed all the same: evidence grows too old."""

SCHEDULED = "schedule"
"""How the scans of the scheduler begin to say why they were made; what they look at is known from the schedule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """Something that changed: the so-many-th since the watch began, sealed or grown too old by `at`."""

    number: int
    at: datetime
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """How things stand at a moment, as far as they can be seen; `problem` says why not all can. Newest changes first.

    `scans` were begun by others than the scheduler and have not ended; one that died is among them until the next scan
    finds out. Of what cannot be seen now, what was seen last is shown.
    """

    at: datetime
    scheduled: Scheduled | None
    scans: tuple[ScanState, ...]
    changes: tuple[Noticed, ...]
    problem: str


class Watcher:
    """Looks again and again, and remembers what changed meanwhile. It begins with what the last scan changed."""

    def __init__(self, configuration: Configuration, clock: Clock) -> None:
        self._configuration = configuration
        self._clock = clock
        self._scheduled: Scheduled | None = None
        self._scans: tuple[ScanState, ...] = ()
        self._changes: deque[Noticed] = deque(maxlen=MOST_CHANGES)
        self._number = 0
        self._looked: Past | None = None

    def look(self) -> Picture:
        """See how things stand. What cannot be seen is no error here, but the `problem`: it may be otherwise soon."""
        now, problems = self._clock(), []
        for look in (self._look_at_schedule, self._look_at_log):
            try:
                look(now)
            except AnnexaError as error:
                problems.append(str(error))
        return Picture(
            at=now,
            scheduled=self._scheduled,
            scans=self._scans,
            changes=tuple(self._changes),
            problem="; ".join(problems),
        )

    def _look_at_schedule(self, _now: datetime) -> None:
        self._scheduled = scheduled(self._configuration, self._clock)

    def _look_at_log(self, now: datetime) -> None:
        with Store.open(self._configuration.location) as store:
            with store.reading() as connection:
                end = Past(size=log_size(connection), moment=now)
                if self._looked and self._looked.size == end.size and abs(now - self._looked.moment) < BY_ITSELF:
                    return
                self._scans = tuple(
                    each
                    for each in told_apart(store, scans(store, connection, newest=MOST_SCANS))
                    if each.status == "running" and not each.trigger.startswith(SCHEDULED)
                )
                start = self._looked or scan_before_last(connection, end)
                grown = end.size and (start is None or start.size != end.size)  # else nothing but time went on
                at = (leaf_moment(connection, end.size - 1) if grown else None) or now
            for event in reversed([*self._changed(store, start, end)] if start else []):  # the gravest comes first
                self._number += 1
                self._changes.appendleft(Noticed(number=self._number, at=at, event=event))
            self._looked = end

    def _changed(self, store: Store, start: Past, end: Past) -> Iterator[Event]:
        if start.size > end.size:
            yield alarm(f"the log had {start.size} leaves, and has {end.size} now: the store was put back")
            return
        since = Past(size=start.size, moment=min(start.moment, end.moment))  # a clock may have been put back
        for event in events(verdict_drift(self._configuration, store, Window(since, end)), None):
            if event.change != Change.SAID_OTHERWISE:
                yield event
