"""What opens an interface. Its words go into a header, and nowhere else."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from core.recording import Clock

EARLY = timedelta(minutes=5)
"""How long before its end a token is replaced."""


class Exchanging(Protocol):
    """Asks for a token: POST of a form to an address, or of nothing. Only that it happened is recorded."""

    def __call__(self, url: str, form: Mapping[str, str] | None, headers: Mapping[str, str]) -> Any:
        """The plain JSON data that came back. Raises `RestError`."""


class Credential(ABC):
    """What is sent along so that we are let in. Several threads use it at once."""

    @abstractmethod
    def headers(self, exchange: Exchanging) -> Mapping[str, str]:
        """What to send along. May ask for a token, and raises `RestError` when it gets none."""

    def renew(self, refused: Mapping[str, str]) -> bool:  # noqa: ARG002 - most cannot
        """Whether another attempt may fare better than the one with these headers, which was answered with 401."""
        return False


class Token(Credential):
    """A token that lives elsewhere, where somebody may put a new one meanwhile. `scheme` stands before it."""

    def __init__(self, reveal: Callable[[], str], scheme: str = "Bearer") -> None:
        self._reveal = reveal
        self._scheme = scheme
        self._last = ""

    def headers(self, exchange: Exchanging) -> Mapping[str, str]:  # noqa: ARG002 - it is there already
        self._last = self._last or self._reveal()
        return self._sent(self._last)

    def renew(self, refused: Mapping[str, str]) -> bool:
        self._last = self._reveal()
        return self._sent(self._last) != refused

    def _sent(self, token: str) -> dict[str, str]:
        return {"Authorization": f"{self._scheme} {token}"}


class ExchangedToken(Credential):
    """A token for a while, in exchange for something that proves who we are."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._until: datetime | None = None

    @abstractmethod
    def fetch(self, exchange: Exchanging, now: datetime) -> tuple[str, datetime]:
        """A new token, and when it ends. Raises `RestError` when there is none."""

    def headers(self, exchange: Exchanging) -> Mapping[str, str]:
        with self._lock:
            now = self._clock()
            if self._until is None or now >= self._until:
                self._token, ends = self.fetch(exchange, now)
                self._until = ends - EARLY
            return self._sent()

    def renew(self, refused: Mapping[str, str]) -> bool:
        with self._lock:
            if self._sent() == refused:  # else somebody has renewed it meanwhile
                self._until = None
            return True

    def _sent(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}
