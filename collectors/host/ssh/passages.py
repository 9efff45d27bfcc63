"""Connections through a chain of hosts, begun before they are asked for: one thread for each chain.

It asks the last host of the chain for a channel to each place and hears the greetings of all, so that nobody waits for
a place that hangs, and those behind it do not either.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from collectors.host.ssh.attempts import Attempt, Greeted
from collectors.host.ssh.errors import SshError
from collectors.host.ssh.greeting import Greeting

MOST = 128
"""Channels of one chain that may be on their way, or wait to be used: each is a file for the host that opens it."""
IMPATIENT = 3.0
"""Seconds after which one makes way for a place that was never tried."""
PULSE = 0.02
CHUNK = 4_096


class Passages:
    """The passages through one chain. `session` reaches the end of it, or raises `SshError`; `name` is what errors call
    that host. Times are in seconds."""

    def __init__(self, session: Callable[[], Any], name: str, *, connect: float, greet: float) -> None:
        self._session = session
        self._name = name
        self._connect = connect
        self._greet = greet
        self._lock = threading.Lock()
        self._waiting: OrderedDict[Attempt, None] = OrderedDict()
        self._open: set[Attempt] = set()
        self._ready: set[Attempt] = set()
        self._running = False

    def expect(self, address: str, port: int) -> Attempt:
        """An attempt that will be asked for. Nothing is done before `begin`, or before one is."""
        attempt = Attempt(address, port)
        with self._lock:
            self._waiting[attempt] = None
        return attempt

    def begin(self) -> None:
        """Begin with what is expected."""
        with self._lock:
            if self._waiting and not self._running:
                self._running = True
                threading.Thread(target=self._serve, name="annexa-passages", daemon=True).start()

    def connect(self, attempt: Attempt) -> Greeted:
        """The channel to a host that has greeted. Raises `SshError` when there is none, or not in time."""
        greeted = self._take(attempt)
        if greeted.socket.closed or greeted.socket.eof_received:  # it waited too long for us to go on
            greeted.socket.close()
            greeted = self._take(Attempt(attempt.address, attempt.port))
        return greeted

    def close(self) -> None:
        """Let go of everything that nobody has taken."""
        with self._lock:
            waiting, ready = list(self._waiting), list(self._ready)
            self._waiting.clear()
            self._ready.clear()
        for attempt in ready:
            attempt.done.result().socket.close()
        for attempt in waiting:
            attempt.done.set_exception(SshError("nobody needs it any more"))

    def _take(self, attempt: Attempt) -> Greeted:
        with self._lock:
            attempt.wanted = True
            self._ready.discard(attempt)
            if attempt not in self._open and not attempt.done.done():
                self._waiting[attempt] = None
                self._waiting.move_to_end(attempt, last=False)
        self.begin()
        return attempt.done.result()

    def _serve(self) -> None:
        """Drive all of them. Whatever breaks here, nobody waits for ever."""
        try:
            session = self._session()
            while self._go_on(session):
                time.sleep(PULSE)
        except SshError as error:
            self._fail_all(error)
        except Exception as error:  # noqa: BLE001 - as said
            self._fail_all(SshError(f"our own waiting for passages broke: {error}", "report it"))

    def _fail_all(self, error: SshError) -> None:
        with self._lock:
            lost = [*self._open, *self._waiting]
            self._open.clear()
            self._waiting.clear()
            self._running = False
        for attempt in lost:
            attempt.done.set_exception(error)

    def _go_on(self, session: Any) -> bool:
        """Look at each passage once; whether anything is left to wait for."""
        now = time.monotonic()
        with self._lock:
            begun = self._take_some(now)
            opened = list(self._open)
            if not opened:
                self._running = False
                return False
        for attempt in begun:
            attempt.begun, attempt.deadline, attempt.connected = now, now + self._connect, False
            attempt.greeting = Greeting()
            attempt.passage = session.ask_for_passage(attempt.address, attempt.port)
        for attempt in opened:
            try:
                self._advance(attempt, now)
            except SshError as error:
                self._end(attempt, error)
        if not session.is_active():
            raise SshError(f"the connection to {self._name} broke off", "see its log")
        return True

    def _take_some(self, now: float) -> list[Attempt]:
        """Those that may be begun; those that hang make way for what was never tried. The lock is held."""
        begun: list[Attempt] = []
        new = sum(not attempt.put_off for attempt in self._waiting)
        if len(self._open) + len(self._ready) >= MOST:
            slow = [each for each in self._open if each.begun <= now - IMPATIENT and not (each.wanted or each.put_off)]
            for attempt in slow[:new]:
                attempt.passage.close()
                attempt.put_off = True
                self._open.discard(attempt)
                self._waiting[attempt] = None
        while self._waiting:
            first = next(iter(self._waiting))
            if not first.wanted and len(self._open) + len(self._ready) >= MOST:
                break
            del self._waiting[first]
            self._open.add(first)
            begun.append(first)
        return begun

    def _advance(self, attempt: Attempt, now: float) -> None:
        """See whether a passage was opened, and what the host at its end has said. Raises `SshError`."""
        passage, there = attempt.passage, f"{attempt.address} port {attempt.port}"
        if passage.refusal:
            raise SshError(
                f"{self._name} does not let us through to {there}: {passage.refusal}",
                "see whether the host runs, and whether AllowTcpForwarding and PermitOpen there allow it",
            )
        if passage.opened and not attempt.connected:
            attempt.connected, attempt.deadline = True, now + self._greet
        if attempt.connected:
            self._listen(attempt, passage.channel)
        if attempt.done.done() or now < attempt.deadline:
            return
        if attempt.connected:
            raise SshError("it did not greet in time", "see whether sshd runs behind this port")
        raise SshError(
            f"{self._name} did not let us through to {there} in time",
            "see whether the host runs and can be reached from there",
        )

    def _listen(self, attempt: Attempt, channel: Any) -> None:
        ended = channel.eof_received or channel.closed  # before we look, or its last words would be lost
        while channel.recv_ready():
            if attempt.greeting.hear(channel.recv(CHUNK)):
                self._end(attempt)
                return
        if ended:
            raise SshError("it hung up before it greeted", "see its log: it may refuse our address")

    def _end(self, attempt: Attempt, problem: SshError | None = None) -> None:
        with self._lock:
            self._open.discard(attempt)
            if problem is None and not attempt.wanted:
                self._ready.add(attempt)
        if problem is None:
            greeting = attempt.greeting
            attempt.done.set_result(Greeted(attempt.passage.channel, greeting.version, greeting.beyond))
        else:
            attempt.passage.close()
            attempt.done.set_exception(problem)
