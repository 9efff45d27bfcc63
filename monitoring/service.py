"""What `annexa run` does: begins what is due, tries again, tells, and ends in order. One thread decides; runs have
their own.

Nothing here waits: whoever drives it calls `tick` about once a second, and it goes by what its clock says then, however
that jumps.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.codec import timestamp
from core.errors import AnnexaError
from core.recording import Clock
from evidence_store.store import Store
from monitoring.lease import Lease
from monitoring.one_run import OneRun, Outcome
from monitoring.schedule import Due, Last, Timetable
from monitoring.schedule_state import RunRecord, SourceRecord, read_state, write_state
from monitoring.telling import LOOK_AGAIN, Spawn, Telling
from runs.configuration import Configuration
from runs.selection import configured_sources

logger = logging.getLogger(__name__)

PAUSE = 0.1
MOST_NAMED = 3


def in_a_thread(work: Callable[[], None]) -> None:
    """Start something that ends with the process, whatever becomes of it."""
    threading.Thread(target=work, daemon=True, name="annexa-run").start()


@dataclass(slots=True)
class Tally:
    """What happened since the service began, for whoever measures it."""

    runs: Counter[str] = field(default_factory=Counter[str])
    retries: int = 0
    abandoned: int = 0
    reloaded: datetime | None = None
    reload_works: bool = True


class Service:
    """One scheduler. `load` reads the configuration anew; `spawn` starts work beside other work."""

    def __init__(
        self,
        configuration: Configuration,
        load: Callable[[], Configuration],
        clock: Clock,
        environment: Mapping[str, str],
        spawn: Spawn = in_a_thread,
    ) -> None:
        """Take the lease, and the schedule up where it was left. Raises `AnnexaError`, of which `ClaimedError` says
        who else does it."""
        self.configuration = configuration
        self.clock = clock
        self._load, self._spawn = load, spawn
        self.telling = Telling(spawn, clock, environment)
        self.timetable = _timetable(configuration, clock)
        Store.create(configuration.location).close()
        self.began = clock()
        self.lease = Lease(configuration.location, self.began)
        try:
            self.state = read_state(configuration.folder)
        except BaseException:
            self.lease.close()
            raise
        self.heard: list[Callable[[Outcome], None]] = []
        """Who hears of every run that ended."""
        self.tally = Tally(reloaded=self.began)
        self.ticked = time.monotonic()
        self._stop, self._halt = threading.Event(), threading.Event()
        self._ended: queue.SimpleQueue[tuple[int, Outcome]] = queue.SimpleQueue()
        self._running: dict[int, RunRecord] = {}
        self._number = 0
        self._look_at = time.monotonic() + LOOK_AGAIN
        self._wanted_reload = False
        self._known = {name: last for name, each in self.state.sources.items() if (last := each.known())}
        for source in self.state.interrupted():  # who began that run did not live to end it
            self._known.pop(source, None)
        self.state.holder = self.lease.holder
        self._write(self.began)

    @property
    def running(self) -> tuple[RunRecord, ...]:
        """The runs of now."""
        return tuple(self._running.values())

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()

    @property
    def status(self) -> str:
        """What it does now, in a line."""
        following = min((each.due for each in self.state.sources.values() if each.due), default=None)
        looking = f"{len(self._running)} scans run" if self._running else "nothing runs"
        return f"{looking}, the next is due at {timestamp(following)}" if following else looking

    def ask_to_stop(self) -> None:
        """Begin nothing more, and have what runs end with what it has seen. May be called at any moment."""
        self._stop.set()
        self._halt.set()

    def ask_to_reload(self) -> None:
        """Read the configuration anew at the next tick. May be called at any moment."""
        self._wanted_reload = True

    def tick(self) -> None:
        """Do what is to be done now. Raises `ClaimedError` when another scheduler has taken over."""
        now = self.clock()
        changed = self._harvest(now)
        if not self.lease.holds():
            self._halt.set()  # somebody else may begin the same by now
        elif not self.stopping:
            changed |= self._renew(now)
            changed |= self._begin_due(now)
            self.telling.look_when_due(self.configuration)
        if changed:
            self._write(now)
        self.ticked = time.monotonic()

    def drain(self, seconds: float) -> bool:
        """Wait for what still runs. Whether all of it ended in time: what did not is given up, and found dead later."""
        deadline = time.monotonic() + seconds
        while self._running and time.monotonic() < deadline:
            time.sleep(PAUSE)
            self._harvest(self.clock())
        self._write(self.clock())
        return not self._running

    def close(self) -> None:
        """Let go of the lease."""
        self.lease.close()

    # ---------------------------------------------------------------------------------------------------- runs

    def _begin_due(self, now: datetime) -> bool:
        """Begin what is due while there is room. Whether anything began."""
        timings = self.timetable.timings
        self._known = {
            name: self.timetable.believed(name, last, now) for name, last in self._known.items() if name in timings
        }
        busy = {source for each in self._running.values() for source in each.sources}
        began = False
        for due in self.timetable.due(self._known, busy, now):
            if len(self._running) >= self.configuration.schedule.at_once:
                break
            self._begin(due, now, whole=len(due.sources) == len(timings))
            began = True
        return began

    def _begin(self, due: Due, now: datetime, *, whole: bool) -> None:
        if self._halt.is_set():
            self._halt = threading.Event()  # those that were told to end are told still
        for source in due.sources:
            last = self._known.get(source)
            self._known[source] = Last(last.began, last.attempt) if last and due.again else Last(now)
        self.tally.retries += due.again
        self._number += 1
        number, record = self._number, RunRecord(sources=due.sources, began=now, again=due.again)
        self._running[number] = record
        self._write(now)  # before it begins: whoever comes after us must know
        halt = self._halt
        run = OneRun(self.configuration, due, record, whole, lambda: halt.is_set() or self._stop.is_set(), self.clock)
        logger.info("%s: looking%s", _named(due.sources), " again" if due.again else "")
        self._spawn(lambda: self._ended.put((number, run())))

    def _harvest(self, now: datetime) -> bool:
        """Take note of what has ended. Whether anything has."""
        changed = False
        self.telling.note(now)
        while not self._ended.empty():
            number, outcome = self._ended.get()
            del self._running[number]
            self._note(outcome, now)
            changed = True
        return changed

    def _note(self, outcome: Outcome, now: datetime) -> None:
        record = outcome.record
        for source in outcome.due.sources:
            last = self._known.get(source) or Last(record.began)
            if source not in outcome.again:
                self._known[source] = Last(last.began)
            elif self._halt.is_set():  # not the fault of the source: this counts as no attempt
                self._known[source] = Last(last.began, last.attempt, now, outcome.since)
            else:
                self._known[source] = last.failed(now, outcome.since)
        self.state.ended(record, outcome.by_source)
        self.tally.runs[record.outcome] += 1
        self.tally.abandoned += outcome.abandoned
        self.telling.soon()
        said = logger.info if record.outcome == "complete" else logger.warning
        said("%s: %s", _named(record.sources), _worded(record))
        for listener in self.heard:
            listener(outcome)

    def _write(self, now: datetime) -> None:
        """Remember. That this fails stops nothing: what is begun twice because of it is sealed twice, and true."""
        self.state.running = list(self._running.values())
        self.state.written = now
        self.state.sources = {
            name: self.state.sources.get(name, SourceRecord()).of(last, self.timetable.next(name, last, now))
            for name in self.timetable.timings
            for last in [self._known.get(name)]
        }
        try:
            write_state(self.configuration.folder, self.state)
        except AnnexaError as error:
            logger.warning("the schedule cannot be remembered: %s", error)

    # --------------------------------------------------------------------------------------------- configuration

    def _renew(self, now: datetime) -> bool:
        """Read the configuration, or only which sources there are, if it is time. Whether anything may have changed."""
        if self._wanted_reload:
            self._wanted_reload = False
            self._reload(now)
        elif time.monotonic() < self._look_at:
            return False
        else:
            try:
                self.timetable = _timetable(self.configuration, self.clock)
            except AnnexaError as error:
                logger.warning("which sources there are cannot be seen, those of before stand: %s", error)
        self._look_at = time.monotonic() + LOOK_AGAIN
        return True

    def _reload(self, now: datetime) -> None:
        try:
            configuration = self._load()
            _refuse_other_service(self.configuration, configuration)
            timetable = _timetable(configuration, self.clock)
        except AnnexaError as error:
            self.tally.reload_works = False
            logger.error("the configuration is not taken, that of before stands: %s", error)  # noqa: TRY400 - ours
            return
        self.configuration, self.timetable = configuration, timetable
        self.tally.reload_works, self.tally.reloaded = True, now
        logger.info("the configuration was read anew: %s", configuration.file)


def _timetable(configuration: Configuration, clock: Clock) -> Timetable:
    return Timetable.of(configuration.schedule, configured_sources(configuration, clock))


def _refuse_other_service(old: Configuration, new: Configuration) -> None:
    """Raises `AnnexaError` for what is read at the start and then holds: the lease and the port are taken once."""
    if (old.location, old.service) != (new.location, new.service):
        raise AnnexaError("store and service cannot change while it runs", "restart the service")


def _named(sources: tuple[str, ...]) -> str:
    more = len(sources) - MOST_NAMED
    return ", ".join(sources[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _worded(record: RunRecord) -> str:
    if not record.scan:
        return f"the scan failed: {record.problem}"
    gaps = f"{record.gaps} gap(s), {record.retryable} worth trying again" if record.gaps else "no gap"
    return f"scan {record.scan}: {gaps}" + (f"; {record.problem}" if record.problem else "")
