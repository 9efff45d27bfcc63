"""Telling people beside everything else: after each run, and from time to time."""

from __future__ import annotations

import logging
import queue
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from core.errors import AnnexaError
from core.recording import Clock
from evidence_store.store import Store
from monitoring.alerts import Told, tell_anyhow
from runs.configuration import Configuration

logger = logging.getLogger(__name__)

Spawn = Callable[[Callable[[], None]], None]
"""Starts work beside other work."""

LOOK_AGAIN = 300.0
"""Seconds between two looks: evidence grows too old by itself, and messages wait to be sent again."""


@dataclass(slots=True)
class ToldSoFar:
    """Since the service began: messages that were taken and given up, and when the heartbeat last got there."""

    delivered: int = 0
    given_up: int = 0
    heartbeat: datetime | None = None


class Telling:
    """One look for alerts at a time. A channel that hangs keeps nothing else waiting."""

    def __init__(self, spawn: Spawn, clock: Clock, environment: Mapping[str, str]) -> None:
        self.so_far = ToldSoFar()
        self._spawn, self._clock, self._environment = spawn, clock, environment
        self._told: queue.SimpleQueue[tuple[Told, bool]] = queue.SimpleQueue()
        self._looking = False
        self._due = 0.0

    def soon(self) -> None:
        """Look at the next opportunity."""
        self._due = 0.0

    def look_when_due(self, configuration: Configuration) -> None:
        """Begin a look, if it is time and none is under way."""
        if not self._looking and time.monotonic() >= self._due:
            self._looking, self._due = True, time.monotonic() + LOOK_AGAIN
            beats = configuration.alerts.heartbeat is not None
            self._spawn(lambda: self._told.put((self._look(configuration), beats)))

    def note(self, now: datetime) -> None:
        """Take note of what came of it."""
        while not self._told.empty():
            told, beats = self._told.get()
            self._looking = False
            self.so_far.delivered += len(told.messages)
            self.so_far.given_up += len(told.given_up)
            if told.problem or told.heartbeat:
                logger.warning("%s", told.problem or told.heartbeat)
            elif beats:
                self.so_far.heartbeat = now
            for each in told.given_up:
                logger.warning("given up: %s to %s: %s", each.title, each.channel, each.problem)

    def _look(self, configuration: Configuration) -> Told:
        try:
            with Store.open(configuration.location) as store:
                return tell_anyhow(configuration, store, self._clock(), self._environment)
        except AnnexaError as error:
            return Told(problem=f"alerts: {error}")
        except Exception as error:  # noqa: BLE001 - what a channel's library may do must not end the service
            return Told(problem=f"alerts: {type(error).__name__}: this is a bug of Annexa")
