"""Metrics in the words of Prometheus: what the store says, as `annexa status` would, and what the service has done.

Moments are given, never ages: whoever asks knows what time it is. Nothing here names a person or a resource.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from core import __version__
from monitoring.metric_families import Labels, at, counter, gauge
from monitoring.metrics_of_store import of_store
from monitoring.one_run import Outcome
from monitoring.service import Service
from runs.statistics import OperationCost, together

FRESH = 60.0
"""Seconds for which what the store said is said again: one look at a large store takes a second or two."""


class Metrics(Collector):
    """All of them, for one service. Several may ask at once."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._lock = threading.Lock()
        self._calls: dict[Labels, OperationCost] = {}
        self._seconds: dict[str, float] = {}
        self._stored: list[Metric] = []
        self._read_at = -FRESH
        self._registry = CollectorRegistry()
        self._registry.register(self)
        service.heard.append(self._hear)

    def text(self) -> bytes:
        """The page that Prometheus reads."""
        return generate_latest(self._registry)

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: asking the store can wait until somebody asks us."""
        return ()

    def collect(self) -> Iterator[Metric]:
        with self._lock:
            yield from self._of_service()
            if time.monotonic() - self._read_at >= FRESH:
                self._stored = of_store(self._service.configuration, self._service.clock())
                self._read_at = time.monotonic()
            yield from self._stored
            yield from self._of_calls()

    def _hear(self, outcome: Outcome) -> None:
        with self._lock:
            self._read_at = -FRESH
            for name, seen in outcome.seen.items():
                self._seconds[name] = seen.seconds
            for each in outcome.cost.operations if outcome.cost else ():
                key = (each.provider, each.service, each.operation if each.service else "")  # else it is a command
                self._calls[key] = each if key not in self._calls else together(self._calls[key], each)

    def _of_service(self) -> Iterator[Metric]:
        service, tally, told = self._service, self._service.tally, self._service.telling.so_far
        yield gauge("build_info", "The version that runs.", ["version"], [((__version__,), 1)])
        yield gauge("service_started_timestamp_seconds", "When the service began.", [], at(service.began))
        yield gauge(
            "service_tick_age_seconds",
            "How long ago the service last looked at what is due, by a clock that never jumps.",
            [],
            [((), round(time.monotonic() - service.ticked, 3))],
        )
        yield gauge("lease_held", "Whether this is the scheduler of the store.", [], [((), service.lease.held)])
        yield gauge(
            "heartbeat_timestamp_seconds",
            "When the heartbeat last got there.",
            [],
            at(told.heartbeat),
        )
        yield gauge("reload_works", "Whether the newest configuration was taken.", [], [((), tally.reload_works)])
        yield gauge("reload_timestamp_seconds", "When the configuration in force was read.", [], at(tally.reloaded))
        yield gauge("runs_running", "Scans that run.", [], [((), len(service.running))])
        yield counter(
            "runs", "Scans that ended.", ["outcome"],
            [((each,), tally.runs[each]) for each in ("complete", "gaps", "failed")],
        )  # fmt: skip
        yield counter("retries", "Scans that tried again what could not be seen.", [], [((), tally.retries)])
        yield counter("units_abandoned", "Units that were given up because they hung.", [], [((), tally.abandoned)])
        yield counter("alerts_delivered", "Messages that a channel took.", [], [((), told.delivered)])
        yield counter("alerts_given_up", "Messages that no channel took in the end.", [], [((), told.given_up)])
        yield from self._of_sources()

    def _of_sources(self) -> Iterator[Metric]:
        records = dict(self._service.state.sources)
        yield gauge(
            "source_due_timestamp_seconds", "When a source is looked at next.", ["source"],
            [((name,), each.due.timestamp()) for name, each in records.items() if each.due],
        )  # fmt: skip
        yield gauge(
            "source_begun_timestamp_seconds", "When the newest regular scan of a source began.", ["source"],
            [((name,), each.began.timestamp()) for name, each in records.items() if each.began],
        )  # fmt: skip
        yield gauge(
            "source_scan_failed", "Whether the newest scan of a source came to nothing.", ["source"],
            [((name,), each.last.outcome == "failed") for name, each in records.items() if each.last],
        )  # fmt: skip
        yield gauge(
            "source_duration_seconds", "How long it took to look at a source the last time.", ["source"],
            [((name,), seconds) for name, seconds in self._seconds.items()],
        )  # fmt: skip

    def _of_calls(self) -> Iterator[Metric]:
        labels = ["provider", "service", "operation"]
        for name, text, read in CALLS:
            yield counter(name, text, labels, [(key, read(each)) for key, each in self._calls.items()])


CALLS: tuple[tuple[str, str, Callable[[OperationCost], float]], ...] = (
    ("api_calls", "Questions that were asked.", lambda each: each.calls),
    ("api_retries", "Attempts beyond the first.", lambda each: each.retries),
    ("api_throttled", "Attempts that were told to slow down.", lambda each: each.throttled),
    ("api_errors", "Answers that were errors, be it only that there is none.", lambda each: each.errors),
    ("api_bytes", "Bytes of masked answers.", lambda each: each.bytes),
    ("api_seconds", "Seconds that calls took, of which many run at once.", lambda each: each.seconds),
)
