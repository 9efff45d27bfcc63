"""Running units side by side: in threads that can be abandoned, with a limit for each source and a time for each unit.

Python threads cannot be killed. A unit that hangs is given up: its record becomes a gap, whatever it brings later is
dropped, and its thread, a daemon, ends with the process.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextvars import copy_context
from dataclasses import dataclass

from core.engine import Collected, collect, nothing_collected
from core.model import CollectionGap
from core.plugins import Collector
from core.recording import Clock
from core.source import Source

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
    """How many units may run at once, and for how many seconds each."""

    workers: int
    seconds: float


class Collection:
    """One round of units. `abandoned` counts those whose threads may still hang about."""

    def __init__(
        self,
        tasks: Sequence[Task],
        limits: Limits,
        clock: Clock,
        on_done: Callable[[Collected], None],
        unfold: Callable[[Task, Collected], Sequence[Task]] = lambda _task, _collected: (),
    ) -> None:
        self.abandoned = 0
        self._tasks = list(tasks)
        self._limits = limits
        self._clock = clock
        self._on_done = on_done
        self._unfold = unfold
        self._interrupted = False
        self._waiting = list(range(len(self._tasks)))
        self._ended: set[int] = set()
        self._deadlines: dict[int, float] = {}
        self._results: queue.SimpleQueue[tuple[int, Collected]] = queue.SimpleQueue()

    def run(self) -> Iterator[tuple[str, list[Collected]]]:
        """Each source with all its units, in the order of the tasks, as soon as the last of them has ended.

        A unit that has ended may bring more (`unfold`), of its own source or of others.

        On `KeyboardInterrupt` what has not ended becomes a gap, so that what was seen so far can be sealed.
        """
        left = Counter(task.target.id for task in self._tasks)
        done: dict[str, dict[int, Collected]] = {}
        while self._waiting or self._deadlines:
            for number, collected in self._next():
                source = self._tasks[number].target.id
                self._ended.add(number)
                done.setdefault(source, {})[number] = collected
                if not self._interrupted:
                    left.update(self._add(self._unfold(self._tasks[number], collected)))
                left[source] -= 1
                self._on_done(collected)
                if left[source] == 0:
                    yield source, [unit for _, unit in sorted(done.pop(source).items())]

    def _add(self, tasks: Sequence[Task]) -> Iterator[str]:
        """Put more tasks in the queue; the source of each."""
        for task in tasks:
            self._waiting.append(len(self._tasks))
            self._tasks.append(task)
            yield task.target.id

    def _next(self) -> list[tuple[int, Collected]]:
        try:
            self._start_more()
            return self._wait()
        except KeyboardInterrupt:
            gap = CollectionGap("interrupted before it was done", "scan again", retryable=True)
            # Not what is in the two lists: the interrupt may have come while a unit was between them.
            rest = [number for number in range(len(self._tasks)) if number not in self._ended]
            given_up = [self._give_up(number, gap) for number in rest]
            self._waiting.clear()
            self._interrupted = True
            return given_up

    def _start_more(self) -> None:
        busy = Counter(self._tasks[number].target.id for number in self._deadlines)
        for number in list(self._waiting):
            if len(self._deadlines) >= self._limits.workers:
                return
            source = self._tasks[number].target
            if busy[source.id] < source.concurrency:
                busy[source.id] += 1
                self._waiting.remove(number)
                self._deadlines[number] = time.monotonic() + self._limits.seconds
                # In the context of the scan, which knows the key that marks of secrets are made with.
                threading.Thread(target=copy_context().run, args=(self._work, number), daemon=True).start()

    def _work(self, number: int) -> None:
        task = self._tasks[number]
        try:
            collected = collect(task.collector, task.target, version=task.version, clock=self._clock)
        except BaseException as error:  # noqa: BLE001 - else nobody would hear of it before the unit's time is over
            gap = CollectionGap(f"{task.collector.id} ended with {type(error).__name__}", "this is a bug: report it")
            collected = nothing_collected(task.collector, task.target, gap, version=task.version, at=self._clock())
        self._results.put((number, collected))

    def _wait(self) -> list[tuple[int, Collected]]:
        pause = max(0.0, min(self._deadlines.values()) - time.monotonic())
        try:
            number, collected = self._results.get(timeout=min(pause, POLL_SECONDS))
        except queue.Empty:
            late = [number for number, deadline in self._deadlines.items() if deadline <= time.monotonic()]
            seconds = f"{self._limits.seconds:g}"
            gap = CollectionGap(
                f"gave up after {seconds} s", "see why it hangs, or raise collection.unit_timeout", retryable=True
            )
            return [self._give_up(number, gap) for number in late]
        if self._deadlines.pop(number, None) is None:
            return []  # it was given up before: its gap is on record, and what it brings now comes too late
        return [(number, collected)]

    def _give_up(self, number: int, gap: CollectionGap) -> tuple[int, Collected]:
        if self._deadlines.pop(number, None) is not None:
            self.abandoned += 1
        task = self._tasks[number]
        return number, nothing_collected(task.collector, task.target, gap, version=task.version, at=self._clock())
