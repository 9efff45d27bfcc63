"""The transport over SSH: one connection, one `sh -s` that gets the program on its standard input."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from collectors.host.ssh.errors import SshError, UnknownHostError
from collectors.host.ssh.hops import Connection, Hop, way

if TYPE_CHECKING:
    from collectors.host.ssh._dialing import Dialer
    from collectors.host.ssh.attempts import Attempt

COMMAND = "sh -s"
CHUNK = 65_536
WINDOW = 2**31 - 1
"""Bytes that the host may send without being told to go on: all, for what it may send in all is bounded elsewhere."""
OPEN_SECONDS = 15


class Network(Protocol):
    """Leads to the dialer that the connections of a scan share, and lets go of it."""

    def __call__(self) -> Dialer: ...

    def close(self) -> None: ...


class SshTransport:
    """A host that is reached over SSH, through others if there are more hops than one.

    `connection` says what was negotiated, once it was; `problem` why there is no use in trying; `network` is what is
    shared with others.
    """

    def __init__(self, hops: Sequence[Hop], network: Network, *, name: str = "", problem: str = "") -> None:
        self.hops = tuple(hops)
        self.endpoint = way(self.hops)
        self.connection: Connection | None = None
        self.network = network
        self.problem = problem
        self.waited = 0.0
        self._name = name or self.hops[-1].host_name
        self._attempt: Attempt | None = None

    def expect(self) -> None:
        """It will be asked for: connect to it as soon as there is time."""
        if self._attempt is None and not self.problem:
            self._attempt = self.network().expect(self.hops)

    def may_start(self, tell: Callable[[], None]) -> bool:
        """Whether it is known by now if the host that is expected greets; `tell` is called when it is."""
        if self._attempt is None or self._attempt.done.done():
            return True
        self._attempt.done.add_done_callback(lambda _: tell())
        self.network().begin(self.hops)
        return False

    def run(self, program: bytes, *, seconds: int, limit: int) -> bytes:
        """Standard output of the program, cut off after `seconds` or `limit` bytes. Raises `SshError`."""
        if self.problem:
            raise SshError(self.problem, "mend the inventory, or list the host in the configuration")
        dialer = self.network()
        attempt, self._attempt = self._attempt, None
        started = time.monotonic()
        try:
            session, self.connection = dialer.dial(self.hops, attempt)
        except UnknownHostError as error:
            raise UnknownHostError(self._name, error.offered) from error  # by the name that people trust it by
        self.endpoint = self.connection.endpoint
        self.waited = time.monotonic() - started
        session.allow(limit)
        call_off = dialer.watch(seconds + OPEN_SECONDS, session)
        try:
            return _ask(session, program, time.monotonic() + seconds, limit)
        finally:
            call_off()
            session.end()

    def close(self) -> None:
        """Let go of what it shares with others."""
        self.network.close()


def _ask(session: Any, program: bytes, deadline: float, limit: int) -> bytes:
    """Run the program in a shell of the host; paramiko's own errors come out as ours."""
    import paramiko  # noqa: PLC0415 - only who has a host to ask over SSH needs it

    try:
        channel = session.open_session(window_size=WINDOW, timeout=OPEN_SECONDS)
        channel.settimeout(OPEN_SECONDS)
        channel.exec_command(COMMAND)
    except (paramiko.SSHException, EOFError, OSError) as error:
        raise SshError(
            f"it runs no command for us: {error or 'it hung up'}", "give our user a shell, such as /bin/sh"
        ) from error
    try:
        channel.settimeout(max(0.01, deadline - time.monotonic()))
        channel.sendall(program)
        channel.shutdown_write()
    except (EOFError, OSError):
        pass  # it did not want all of it; what it said so far is the answer
    answer = _read(channel, deadline, limit)
    broken = session.saved_exception
    if isinstance(broken, paramiko.SSHException):
        raise SshError(f"it broke the rules of SSH while it answered: {broken}", "see what answers there")
    if not answer:
        ended = channel.status_event.wait(min(1, max(0, deadline - time.monotonic())))  # it comes after the output
        status = f"ended with status {channel.exit_status}" if ended else "did not end"
        raise SshError(f"its shell said nothing and {status}", "give our user a shell that reads commands: /bin/sh")
    return answer


def _read(channel: Any, deadline: float, limit: int) -> bytes:
    chunks, size = [], 0
    while size < limit:
        left = deadline - time.monotonic()
        if left <= 0:
            break
        channel.settimeout(left)
        try:
            chunk = channel.recv(CHUNK)
        except OSError:  # too late, or broken off
            break
        if not chunk:
            break
        chunks.append(chunk)
        size += len(chunk)
    return b"".join(chunks)
