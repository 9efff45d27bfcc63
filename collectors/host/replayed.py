"""A host that is not there any more: it answers from the recorded exchanges of one unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from collectors.host.facts import Answer, Fact
from collectors.host.source import UNANSWERED, UNREACHABLE, Host, question
from collectors.host.transport import TransportError
from core.model import Exchange, Unit
from core.recording import Clock
from core.replay import Recording


class ReplayedHost(Host):
    """A host whose every answer, and every failure to answer, is the recorded one."""

    def __init__(self, unit: Unit, recording: Recording, clock: Clock) -> None:
        super().__init__(unit.source.removeprefix("host/"), _NoTransport(), (), clock=clock)
        self._unit = unit
        self._recording = recording

    @property
    def principal(self) -> str:
        return self._unit.principal

    def _said(self, fact: Fact) -> Answer | None:
        exchange, output = self._recording.answer(*question(fact))
        self._asked_at = exchange.at
        self._endpoint = exchange.endpoint
        if exchange.status == UNREACHABLE:
            raise TransportError(exchange.error)
        if exchange.status == UNANSWERED:
            return None
        return Answer(
            output=output,
            error=exchange.error,
            status=int(exchange.status),
            truncated=exchange.truncated,
            duration_ms=exchange.duration_ms,
            redactions=exchange.redactions,
        )


class _NoTransport:
    """Nothing leads from a recording to a host."""

    endpoint = ""

    def run(self, program: bytes, *, seconds: int, limit: int) -> bytes:  # noqa: ARG002 - the protocol's words
        raise TransportError("a recording asks nobody")


def replay(unit: Unit, exchanges: Sequence[Exchange], bodies: Mapping[str, bytes], clock: Clock) -> ReplayedHost:
    """The host of a unit as it answered then (`core.replay.Replay`)."""
    return ReplayedHost(unit, Recording(exchanges, bodies), clock)
