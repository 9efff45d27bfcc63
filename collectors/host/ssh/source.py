"""A host before it was reached: it is asked its batch once, and leads to the host that answers collectors from it.

Reaching it is a unit of its own, so that each host of a fleet takes one worker until it has answered, and no more when
it hangs. What was negotiated is sealed as a resource of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime

from collectors.host.source import UNREACHABLE, Host, unreached
from collectors.host.ssh.algorithms import old
from collectors.host.ssh.errors import SshError
from collectors.host.ssh.hops import Connection
from collectors.host.ssh.transport import SshTransport
from collectors.host.transport import Transport, TransportError
from core.codec import decode, encode
from core.model import CollectionGap, Evidence
from core.plugins import collector
from core.recording import Clock, record
from core.redaction import redact
from core.replay import RecordedSource
from core.resources.host.connection import HostConnection
from core.source import Source, Survey

QUESTION: tuple[str, dict[str, str]] = ("ssh", {"for": "connection"})
"""Operation and parameters of the exchange in which a host is reached. Which way it went is its endpoint."""
CONNECTED = "connected"


class Reach(Survey):
    """The way to one host over SSH. `host` makes the host that a transport leads to."""

    concurrency = 1

    def __init__(self, name: str, transport: SshTransport, host: Callable[[Transport], Host], clock: Clock) -> None:
        self.name = name
        self.transport = transport
        self._host_by = host
        self._host: Host | None = host(transport)
        self._clock = clock
        self._principal = ""

    @property
    def id(self) -> str:
        return f"host/{self.name}"

    @property
    def principal(self) -> str:
        return self._principal

    def explain(self, error: Exception) -> CollectionGap | None:
        return unreached(self.name, error)

    def targets(self, kind: type[Source]) -> Iterator[Source]:  # type: ignore[override] # the same, and one thing more
        """This one. Who asks for it means to look at it: so it is begun before its turn comes."""
        if isinstance(self, kind):
            self.transport.expect()
            yield self

    def may_start(self, tell: Callable[[], None]) -> bool:
        """Not before it is known whether the host greets: so those that do overtake those that hang."""
        return self.transport.may_start(tell)

    def leave_out(self, permissions: Collection[object]) -> None:
        if self._host:
            self._host.leave_out(permissions)

    def connect(self) -> Connection:
        """Reach the host and ask its batch. Raises `TransportError` when not even a connection came of it."""
        started = self._clock()
        failure: TransportError | None = None
        try:
            if self._host:
                self._principal = self._host.ask()
        except TransportError as error:
            failure = error
        if self.transport.connection is None:
            failure = failure or SshError("nobody has asked it")
            self._record(b"", UNREACHABLE, started, failure)
            raise failure
        body, _ = redact(encode(self.transport.connection))
        self._record(body, CONNECTED, started)
        return decode(Connection, body)

    def unfold(
        self,
        evidence: Sequence[Evidence],  # noqa: ARG002 - the host says for itself what could not be seen
        known: Collection[tuple[str, str]],  # noqa: ARG002
    ) -> Iterator[Source]:
        host, self._host = self._host, None  # with it goes what it answered, once its last collector has ended
        if host is None or not host.asked:
            host = self._host_by(_GivenUp(self.transport.endpoint))
        yield host

    def close(self) -> None:
        self.transport.close()

    def _record(self, body: bytes, status: str, started: datetime, failure: TransportError | None = None) -> None:
        record(
            *QUESTION,
            body,
            status=status,
            at=started,
            duration_ms=round((self._clock() - started).total_seconds() * 1000),
            endpoint=self.transport.endpoint,
            error=str(failure or ""),
            headers={"hint": failure.hint} if failure and failure.hint else None,
        )


class ReplayedReach(RecordedSource):
    """The way to a host as it went once."""

    @property
    def name(self) -> str:
        return self.id.removeprefix("host/")

    def explain(self, error: Exception) -> CollectionGap | None:
        return unreached(self.name, error)

    def connect(self) -> Connection:
        exchange, body = self._recording.answer(*QUESTION)
        if exchange.status == UNREACHABLE:
            raise TransportError(exchange.error, exchange.headers.get("hint", ""))
        return decode(Connection, body)


class _GivenUp:
    """Leads to a host that is not waited for any longer."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.waited = 0.0

    def run(self, program: bytes, *, seconds: int, limit: int) -> bytes:  # noqa: ARG002 - the protocol's words
        raise SshError("it was given up before it answered", "see why it hangs, or raise collection.unit_timeout")


@collector(permissions=())
def connection(reach: Reach) -> Iterator[HostConnection]:
    """What was negotiated with a host over SSH, and why it is believed to be the one that is meant."""
    found = reach.connect()
    yield HostConnection(
        id=reach.name,
        through=found.through,
        server=found.server,
        key_exchange=found.kex,
        cipher=found.cipher,
        mac=found.mac,
        host_key_algorithm=found.host_key_type,
        fingerprint=found.fingerprint,
        vouched_by="certificate" if found.authority else "key",
        authority=found.authority,
        certificate_id=found.key_id,
        certificate_expires=found.expires,
        strict=found.strict,
        old_algorithms=old((found.kex, found.cipher, found.mac)),
        old_algorithms_allowed=found.legacy,
    )
