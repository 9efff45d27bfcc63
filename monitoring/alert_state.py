"""What alerts remember: up to where they looked, what is still to be delivered, and what could not be.

A file beside the evidence and none of it: no leaf, no table. Losing it loses undelivered messages and nothing else.
Whoever uses it holds a lock, so that two agents of one machine do not tell the same twice.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from evidence_store.errors import StoreError
from monitoring.remembered import recall, remember

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 4 * 60, 12 * 60, 24 * 60))
"""How long a message that nobody took waits before each further attempt; after the last it is given up."""

MOST_TOLD = 20_000
MOST_GIVEN_UP = 1_000
"""Of these, the newest are remembered."""


class Message(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One message to one channel. `events` are the names of what it tells."""

    id: str
    channel: str
    title: str
    body: str
    events: list[str]
    made: datetime
    attempts: int = 0
    due: datetime
    problem: str = ""


class Looked(msgspec.Struct, frozen=True):
    """Up to where somebody looked for what to tell: the size of the log, and the moment by the clock of then."""

    size: int
    moment: datetime


class AlertState(msgspec.Struct, kw_only=True):
    """All of it. `told` are names of events by channel, with the moment, so that none is told twice."""

    looked: Looked | None = None
    waiting: list[Message] = msgspec.field(default_factory=list[Message])
    given_up: list[Message] = msgspec.field(default_factory=list[Message])
    told: dict[str, datetime] = msgspec.field(default_factory=dict[str, datetime])

    def remember(self, channel: str, event: str, at: datetime) -> bool:
        """Whether this event is news for this channel; from now on it is not."""
        name = f"{channel}:{event}"
        if name in self.told:
            return False
        self.told[name] = at
        if len(self.told) > MOST_TOLD:
            self.told.pop(next(iter(self.told)))
        return True

    def failed(self, message: Message, problem: str, at: datetime) -> None:
        """Nobody took a message: it waits for the next attempt, or is given up after the last."""
        message.problem = problem
        if message.attempts < len(WAITS):
            message.due = at + WAITS[message.attempts]
            message.attempts += 1
        else:
            message.attempts += 1
            self.waiting.remove(message)
            self.given_up = [*self.given_up, message][-MOST_GIVEN_UP:]


class StateFile:
    """The file, in a folder of its own that only its owner reads: messages name weaknesses."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "alerts"
        self._path = self._folder / "state.json"

    def read(self) -> AlertState:
        """What is remembered; nothing when nobody has looked yet. Raises `StoreError`."""
        return recall(self._path, AlertState, "alerts", "alerts begin anew without it") or AlertState()

    def write(self, state: AlertState) -> None:
        """Remember, whole or not at all. Raises `StoreError`."""
        remember(self._path, state)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until nobody else looks for what to tell, and keep others from it. Raises `StoreError`."""
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            descriptor = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreError(f"{self._folder}: cannot be used: {error.strerror}", "mend its permissions") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)
