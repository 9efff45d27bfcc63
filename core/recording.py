"""Recording: every question a unit asks and every answer it gets, as the transport saw them.

Transports (the shell batch of a host, a botocore event hook, an httpx hook) call `record`; collectors do not know of
it. The recorder of the running unit travels in a context variable, so that shared clients serve many units at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from core.model import Exchange

Clock = Callable[[], datetime]


class Recorder:
    """The exchanges of one unit and the redacted bytes of their answers, by SHA-256."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self.bodies: dict[str, bytes] = {}
        self._alike: dict[object, list[Exchange]] = {}

    def add(self, exchange: Exchange, body: bytes | None) -> None:
        """Keep an exchange. A source that answers twice from one exchange (a batch) had only one."""
        question = (exchange.operation, exchange.response, frozenset(exchange.parameters.items()))
        alike = self._alike.setdefault(question, [])
        if exchange not in alike:  # among few, where comparing with all would take ever longer
            alike.append(exchange)
            self.exchanges.append(exchange)
        if body is not None:
            self.bodies[exchange.response] = body


_running: ContextVar[Recorder | None] = ContextVar("recorder", default=None)
_heard: ContextVar[Callable[[], None]] = ContextVar("heard", default=lambda: None)
_expected: ContextVar[Callable[[int], None]] = ContextVar("expected", default=lambda _answers: None)


def tell_of_answers(heard: Callable[[], None], expected: Callable[[int], None]) -> None:
    """Have `heard` called in this context whenever an answer came: whoever waits knows that nothing hangs. `expected`
    is called when a collector knows how many are still to come."""
    _heard.set(heard)
    _expected.set(expected)


def expect_answers(number: int) -> None:
    """For a collector that asks one question for each of many things: say how many are still to come, so that whoever
    waits is told for how long. Nothing of it is recorded."""
    _expected.get()(number)


@contextmanager
def recording() -> Iterator[Recorder]:
    """Collect what transports record in this context."""
    recorder = Recorder()
    token = _running.set(recorder)
    try:
        yield recorder
    finally:
        _running.reset(token)


def record(  # noqa: PLR0913 - an exchange has this many sides
    operation: str,
    parameters: Mapping[str, str],
    body: bytes | None,
    *,
    status: str,
    at: datetime,
    duration_ms: int,
    request_id: str = "",
    truncated: bool = False,
    error: str = "",
    redactions: Mapping[str, int] | None = None,
    endpoint: str = "",
    page: int = 0,
    items: int | None = None,
    headers: Mapping[str, str] | None = None,
    attempts: int = 1,
    throttled: int = 0,
) -> None:
    """Record one exchange of the running unit (see `Exchange`). `body` and `error` must be redacted already.

    Of an exchange that hands out credentials only the metadata is kept: its `body` is `None`.
    """
    _heard.get()()
    if recorder := _running.get():
        exchange = Exchange(
            operation=operation,
            parameters=dict(parameters),
            response="" if body is None else hashlib.sha256(body).hexdigest(),
            size=0 if body is None else len(body),
            status=status,
            at=at,
            duration_ms=duration_ms,
            request_id=request_id,
            truncated=truncated,
            error=error,
            redactions=dict(redactions or {}),
            endpoint=endpoint,
            page=page,
            items=items,
            headers=dict(headers or {}),
            attempts=attempts,
            throttled=throttled,
        )
        recorder.add(exchange, body)


def record_again(exchange: Exchange, body: bytes | None) -> None:
    """Record in the running unit, too, an exchange that was recorded elsewhere."""
    if recorder := _running.get():
        recorder.add(exchange, body)
