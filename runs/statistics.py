"""What a scan costs: calls, bytes, time and memory.

Calls are counted from the exchanges, which every provider records alike. Nothing of this is sealed beyond them: two
scans that saw the same should not differ because one machine was busier.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from core.engine import Collected
from runs.scan import Progress

LOOKING = "looking"
ERRORS_FROM = 400
KIB = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationCost:
    """One operation of one provider. `bytes` are those of masked answers, `seconds` the sum over its calls, of which
    many run at once. `retries` are attempts beyond the first, `throttled` those that were told to slow down, and
    `errors` answers that were errors, be it only "there is none"."""

    provider: str
    service: str
    operation: str
    calls: int
    retries: int
    throttled: int
    errors: int
    bytes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class StageCost:
    """Seconds of wall time and of processor time that passed in one stage. While something is sealed, other units may
    still be looking: the processor time of the stage is that of the whole process."""

    stage: str
    seconds: float
    cpu_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What a scan cost. `peak_memory` is the most that the process held in memory at once, in bytes."""

    calls: int
    retries: int
    throttled: int
    bytes: int
    seconds: float
    cpu_seconds: float
    peak_memory: int
    stages: tuple[StageCost, ...]
    operations: tuple[OperationCost, ...]


def _clocks() -> tuple[float, float]:
    """Wall and processor seconds, of children included: hosts are looked at through programs."""
    spent = os.times()
    return time.monotonic(), sum(spent[:4])


@dataclass(slots=True)
class Measurement:
    """Listens to a scan. It begins when this is made; `of` gives the progress to hand to the scan."""

    _stage: str = LOOKING
    _since: tuple[float, float] = field(default_factory=_clocks)
    _spent: dict[str, StageCost] = field(default_factory=dict[str, StageCost])
    _operations: dict[tuple[str, str, str], OperationCost] = field(
        default_factory=dict[tuple[str, str, str], OperationCost]
    )

    def of(self, progress: Progress) -> Progress:
        """The same progress, with this listening."""

        def unit(collected: Collected) -> None:
            self._add(collected)
            progress.unit(collected)

        def stage(name: str) -> None:
            self._turn_to(name)
            progress.stage(name)

        return replace(progress, unit=unit, stage=stage)

    def end(self) -> Statistics:
        """What it cost up to now."""
        self._turn_to("")
        operations = tuple(self._operations[key] for key in sorted(self._operations))
        totals: Counter[str] = Counter()
        for each in operations:
            totals.update(calls=each.calls, retries=each.retries, throttled=each.throttled, bytes=each.bytes)
        stages = tuple(self._spent.values())
        return Statistics(
            calls=totals["calls"],
            retries=totals["retries"],
            throttled=totals["throttled"],
            bytes=totals["bytes"],
            seconds=round(sum(each.seconds for each in stages), 3),
            cpu_seconds=round(sum(each.cpu_seconds for each in stages), 3),
            peak_memory=_peak_memory(),
            stages=stages,
            operations=operations,
        )

    def _turn_to(self, stage: str) -> None:
        now = _clocks()
        seconds, cpu_seconds = (late - early for late, early in zip(now, self._since, strict=True))
        before = self._spent.get(self._stage, StageCost(self._stage, 0, 0))
        self._spent[self._stage] = StageCost(
            self._stage, round(before.seconds + seconds, 3), round(before.cpu_seconds + cpu_seconds, 3)
        )
        self._stage, self._since = stage, now

    def _add(self, collected: Collected) -> None:
        for each in _costs(collected):
            key = (each.provider, each.service, each.operation)
            known = self._operations.get(key)
            self._operations[key] = each if known is None else together(known, each)


def _costs(collected: Collected) -> Iterator[OperationCost]:
    provider = collected.unit.source.partition("/")[0]
    for exchange in collected.unit.exchanges:
        named = " " not in exchange.operation  # else it is a command, and a colon in it means nothing
        service, _, operation = exchange.operation.rpartition(":") if named else ("", "", exchange.operation)
        asked = exchange.attempts > 0  # else another unit asked, and its exchange says what that cost
        yield OperationCost(
            provider=provider,
            service=service,
            operation=operation,
            calls=int(asked),
            retries=max(0, exchange.attempts - 1),
            throttled=exchange.throttled,
            errors=int(asked and exchange.status.isdigit() and int(exchange.status) >= ERRORS_FROM),
            bytes=exchange.size if asked else 0,
            seconds=exchange.duration_ms / 1000 if asked else 0,
        )


def together(one: OperationCost, other: OperationCost) -> OperationCost:
    """What an operation cost in two places or times."""
    return replace(
        one,
        calls=one.calls + other.calls,
        retries=one.retries + other.retries,
        throttled=one.throttled + other.throttled,
        errors=one.errors + other.errors,
        bytes=one.bytes + other.bytes,
        seconds=round(one.seconds + other.seconds, 3),
    )


def _peak_memory() -> int:
    """In bytes. Linux says it exactly; elsewhere the maximum that this process or the one it came from ever had."""
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) * KIB
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * KIB
