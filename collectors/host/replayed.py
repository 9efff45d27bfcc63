"""A host that is not there any more: it answers from the recorded exchanges of one unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from collectors.host.facts import Answer, Fact
from collectors.host.inventory.fleet import ReplayedFleet, hosts
from collectors.host.source import LACKING, OUTDATED, UNANSWERED, UNASKED, UNREACHABLE, Host, UnansweredError, question
from collectors.host.ssh.source import ReplayedReach, connection
from collectors.host.transport import TransportError
from core.model import Exchange, Unit
from core.recording import Clock
from core.replay import Recording


class ReplayedHost(Host):
    """A host whose every answer, and every failure to answer, is the recorded one.

    A fact may be asked in other words today. What it was then told is its answer all the same; that the collector has
    changed since is what a replay says of it.
    """

    def __init__(self, unit: Unit, exchanges: Sequence[Exchange], recording: Recording, clock: Clock) -> None:
        super().__init__(unit.source.removeprefix("host/"), _NoTransport(), (), clock=clock)
        self._unit = unit
        self._recording = recording
        self._words = {each.parameters["fact"]: each.parameters for each in exchanges if "fact" in each.parameters}

    @property
    def principal(self) -> str:
        return self._unit.principal

    def _said(self, fact: Fact) -> Answer:
        operation, parameters = question(fact)
        exchange, output = self._recording.answer(operation, self._words.get(fact.name, parameters))
        self._asked_at = exchange.at
        self._endpoint = exchange.endpoint
        if exchange.status == UNREACHABLE:
            raise TransportError(exchange.error, exchange.headers.get("hint", ""))
        if exchange.status in (UNANSWERED, UNASKED, LACKING, OUTDATED):
            raise UnansweredError(fact, self.name, exchange.status, exchange.error)
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
    waited = 0.0

    def run(self, program: bytes, *, seconds: int, limit: int) -> bytes:  # noqa: ARG002 - the protocol's words
        raise TransportError("a recording asks nobody")


def replay(
    unit: Unit, exchanges: Sequence[Exchange], bodies: Mapping[str, bytes], clock: Clock
) -> ReplayedHost | ReplayedReach | ReplayedFleet:
    """The host of a unit as it answered then, or the way to it (`core.replay.Replay`)."""
    recording = Recording(exchanges, bodies)
    if unit.collector == hosts.id:
        return ReplayedFleet(unit, recording)
    if unit.collector == connection.id:
        return ReplayedReach(unit, recording)
    return ReplayedHost(unit, exchanges, recording, clock)
