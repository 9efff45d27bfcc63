"""Replay: the recorded exchanges of one unit, asked again without the world.

A provider that can do so offers `replay` (the type `Replay`) beside `open_sources`: a source that answers collectors
from a recording. One that does not is told to be "cannot replay", which is an answer too.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from core.codec import canonical
from core.model import Exchange, Unit
from core.recording import Clock
from core.source import Source


class NotRecordedError(BaseException):
    """A collector asked what the recording has no answer to.

    It is no `Exception` on purpose: collectors, `Source.look` and the engine turn those into gaps, and this is not a
    failure to look at the place but the end of what was recorded of it. Only who replays may catch it.
    """


class Recording:
    """Exchanges by question, that is by operation and canonical parameters; several to one question come in order.

    The recorder keeps equal exchanges once, so the last answer to a question serves for whoever asks again.
    """

    def __init__(self, exchanges: Iterable[Exchange], bodies: Mapping[str, bytes]) -> None:
        self._bodies = bodies
        self._waiting: dict[tuple[str, bytes], deque[Exchange]] = {}
        for exchange in exchanges:
            question = (exchange.operation, canonical(exchange.parameters))
            self._waiting.setdefault(question, deque()).append(exchange)

    def answer(self, operation: str, parameters: Mapping[str, str]) -> tuple[Exchange, bytes]:
        """The next exchange that this question had, and the bytes of its answer. Raises `NotRecordedError`."""
        waiting = self._waiting.get((operation, canonical(parameters)))
        if not waiting:
            raise NotRecordedError(f"{operation} {dict(parameters)} was not asked then")
        exchange = waiting.popleft() if len(waiting) > 1 else waiting[0]
        if exchange.response not in self._bodies:
            raise NotRecordedError(f"of {operation} {dict(parameters)} only the metadata was kept")
        return exchange, self._bodies[exchange.response]


class RecordedSource(Source):
    """A source that is only a recording: it has the name that the unit has, and is who was asked as then."""

    def __init__(self, unit: Unit, recording: Recording) -> None:
        self._unit = unit
        self._recording = recording

    @property
    def id(self) -> str:
        return self._unit.source

    @property
    def principal(self) -> str:
        return self._unit.principal


class Replay(Protocol):
    """What a provider's `replay` looks like."""

    def __call__(self, unit: Unit, exchanges: Sequence[Exchange], bodies: Mapping[str, bytes], clock: Clock) -> Source:
        """A source for the collector of `unit`, which knows only these exchanges and the bytes of their answers (by
        SHA-256 in hexadecimal). `clock` stands still at the start of the unit."""
