"""Running units side by side: in threads that can be abandoned, with a limit for each source and a time for each unit.

Python threads cannot be killed. A unit that hangs is given up: its record becomes a gap, whatever it brings later is
dropped, and its thread, a daemon, ends with the process. It hangs when no answer comes for its time; one that is
answered goes on, for some interfaces take hours to tell of a large organization, a few answers a second.
"""

from __future__ import annotations

import math
import queue
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from heapq import heappop, heappush
from itertools import count

from core.engine import Collected, collect, nothing_collected
from core.model import CollectionGap
from core.plugins import Collector
from core.recording import Clock, tell_of_answers
from core.source import Source
from runs.movement import Movement, Running

OnMove = Callable[[Sequence[Movement]], None]
"""Hears now and then how far the units have come that run."""
LONGEST = 360
"""How many times the time without an answer a unit may take in all: whoever answers for ever is given up as well."""
POLL_SECONDS = 0.5
"""How long to wait at most before looking again, so that an interrupt is heard soon."""


@dataclass(frozen=True, slots=True)
class Task:
    """One unit to run. `version` says which code runs; `target` is the source in one scope."""

    collector: Collector
    target: Source
    version: str


@dataclass(frozen=True, slots=True)
class Limits:
    """How many units may run at once, and for how many seconds each may be without an answer."""

    workers: int
    seconds: float


class Queues:
    """Units that wait. First come, first served, but those of a source that has its fill of running ones let others
    pass, and a source that was begun is finished first: then it can be sealed, and what it holds let go."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[int]] = {}
        self._running = Counter[str]()
        self._begun: set[str] = set()
        self._first: list[tuple[bool, int, str]] = []
        """A heap with the first unit of each source that may start another."""
        self._offered: set[str] = set()
        """Those sources."""

    def put(self, number: int, source: Source) -> None:
        """Let a unit wait."""
        self._waiting.setdefault(source.id, deque()).append(number)
        self._offer(source)

    def take(self, target: Callable[[int], Source]) -> int | None:
        """The unit to start next, if any may; `target` says where one looks."""
        if not self._first:
            return None
        _, number, name = heappop(self._first)
        self._offered.remove(name)
        self._running[name] += 1
        self._waiting[name].popleft()
        self._offer(target(number))
        return number

    def ended(self, source: Source) -> None:
        """A unit of this source runs no longer."""
        self._running[source.id] -= 1
        self._begun.add(source.id)
        self._offer(source)

    def _offer(self, source: Source) -> None:
        waiting = self._waiting.get(source.id)
        if waiting and source.id not in self._offered and self._running[source.id] < source.concurrency:
            self._offered.add(source.id)
            heappush(self._first, (source.id not in self._begun, waiting[0], source.id))


class Collection:
    """One round of units. `abandoned` counts those whose threads may still hang about."""

    def __init__(
        self,
        tasks: Sequence[Task],
        limits: Limits,
        clock: Clock,
        on_done: Callable[[Collected], None],
        unfold: Callable[[Task, Collected], Sequence[Task]] = lambda _task, _collected: (),
        stop: Callable[[], bool] = lambda: False,
        on_move: OnMove = lambda _moving: None,
    ) -> None:
        self.abandoned = 0
        self._limits = limits
        self._clock = clock
        self._on_done = on_done
        self._unfold = unfold
        self._stop = stop
        self._on_move = on_move
        self._told = time.monotonic()
        self._interrupted = False
        self._numbers = count()
        self._tasks: dict[int, Task] = {}
        self._waiting = Queues()
        self._running: dict[int, Running] = {}
        self._news: queue.SimpleQueue[tuple[int, Collected | None]] = queue.SimpleQueue()
        """Units that have ended with what they brought, and units that may start now."""
        self._left = Counter[str]()
        self._add(tasks)

    def run(self) -> Iterator[tuple[str, list[Collected]]]:
        """Each source with all its units, in the order of the tasks, as soon as the last of them has ended.

        A unit that has ended may bring more (`unfold`), of its own source or of others. Nothing is kept of a source
        that was handed out: there may be hundreds of thousands of units.

        On `KeyboardInterrupt`, and as soon as `stop` says so, what has not ended becomes a gap, so that what was seen
        so far can be sealed.
        """
        done: dict[str, dict[int, Collected]] = {}
        while self._tasks:
            for number, collected in self._next():
                task = self._tasks.pop(number)
                source = task.target.id
                done.setdefault(source, {})[number] = collected
                if not self._interrupted:
                    self._add(self._unfold(task, collected))
                self._left[source] -= 1
                self._on_done(collected)
                if self._left[source] == 0:
                    del self._left[source]
                    yield source, [unit for _, unit in sorted(done.pop(source).items())]

    def _add(self, tasks: Sequence[Task]) -> None:
        """Put more tasks in the queue."""
        for task in tasks:
            number = next(self._numbers)
            self._tasks[number] = task
            self._left[task.target.id] += 1
            if task.target.may_start(partial(self._news.put, (number, None))):
                self._waiting.put(number, task.target)

    def _next(self) -> list[tuple[int, Collected]]:
        try:
            if self._stop():
                raise KeyboardInterrupt
            self._start_more()
            return self._wait()
        except KeyboardInterrupt:
            gap = CollectionGap("interrupted before it was done", "scan again", retryable=True)
            # Everything that has not ended: the interrupt may have come while a unit was between waiting and running.
            given_up = [self._give_up(number, gap) for number in self._tasks]
            self._waiting = Queues()
            self._interrupted = True
            return given_up

    def _start_more(self) -> None:
        while len(self._running) < self._limits.workers:
            number = self._waiting.take(lambda each: self._tasks[each].target)
            if number is None:
                return
            running = self._running[number] = Running()
            # In the context of the scan, which knows the key that marks of secrets are made with.
            context = copy_context()
            context.run(tell_of_answers, running.hear, running.expect)
            arguments = (self._work, number, self._tasks[number])
            threading.Thread(target=context.run, args=arguments, daemon=True).start()

    def _work(self, number: int, task: Task) -> None:
        try:
            collected = collect(task.collector, task.target, version=task.version, clock=self._clock)
        except BaseException as error:  # noqa: BLE001 - else nobody would hear of it before the unit's time is over
            gap = CollectionGap(f"{task.collector.id} ended with {type(error).__name__}", "this is a bug: report it")
            collected = nothing_collected(task.collector, task.target, gap, version=task.version, at=self._clock())
        self._news.put((number, collected))

    def _wait(self) -> list[tuple[int, Collected]]:
        self._tell()
        until = min((self._deadline(each) for each in self._running.values()), default=math.inf)
        try:
            number, collected = self._news.get(timeout=min(max(0.0, until - time.monotonic()), POLL_SECONDS))
        except queue.Empty:
            now = time.monotonic()
            late = [number for number, each in self._running.items() if self._deadline(each) <= now]
            return [self._give_up(number, self._gap(self._running[number], now)) for number in late]
        if collected is None:
            self._waiting.put(number, self._tasks[number].target)
            return []
        if self._ended(number):
            return [(number, collected)]
        return []  # it was given up before: its gap is on record, and what it brings now comes too late

    def _tell(self) -> None:
        """Tell whoever follows of what runs, now and then."""
        now = time.monotonic()
        if now < self._told + POLL_SECONDS:
            return
        self._told = now
        running = ((self._tasks[number], each) for number, each in self._running.items())
        self._on_move([each.movement(task.target.id, task.collector.id) for task, each in running])

    def _deadline(self, running: Running) -> float:
        """When to give a unit up, unless it is answered."""
        return min(running.heard + self._limits.seconds, running.since + LONGEST * self._limits.seconds)

    def _gap(self, running: Running, now: float) -> CollectionGap:
        seconds, how = self._limits.seconds, "" if running.heard == running.since else " without an answer"
        if running.heard + seconds > now:
            seconds, how = LONGEST * seconds, " with answers to the end"
        remedy = "see why it hangs, or raise collection.unit_timeout"
        return CollectionGap(f"gave up after {seconds:g} s{how}", remedy, retryable=True)

    def _give_up(self, number: int, gap: CollectionGap) -> tuple[int, Collected]:
        self.abandoned += self._ended(number)
        task = self._tasks[number]
        return number, nothing_collected(task.collector, task.target, gap, version=task.version, at=self._clock())

    def _ended(self, number: int) -> bool:
        """Make room for another unit. Whether this one was running."""
        if self._running.pop(number, None) is None:
            return False
        self._waiting.ended(self._tasks[number].target)
        return True
