"""Opening connections without a thread for each: one thread waits for all sockets, up to the greeting of each host.

So thousands of addresses that do not answer cost a socket each for some seconds, and nobody waits for them longer than
for one. The same thread is the watchdog: it closes what has taken too long, whatever hangs there.
"""

from __future__ import annotations

import errno
import heapq
import itertools
import os
import resource
import selectors
import socket
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address

from collectors.host.ssh.attempts import Attempt, Greeted, hung_up, unreachable
from collectors.host.ssh.errors import RETRY, SshError
from collectors.host.ssh.greeting import Greeting

MOST_AT_ONCE = 2_048
"""Sockets that may be on their way at once; fewer where the process may not open so many files."""
MOST_READY = 128
"""Connections that may wait to be used. A host that has greeted waits only so long for us to go on."""
JUST_BEGUN = 0.25
"""Seconds in which a connection may well become one of those."""
IMPATIENT = 3.0
"""Seconds after which an attempt makes way for one that was never begun, when there are too many: a host that is there
has greeted by then."""
RESOLVERS = 32
"""Names that are looked up at once."""
BREATH = 0.1
"""Seconds until it is looked again whether more may be begun."""
CHUNK = 4_096


class Connector:
    """Connects to many places, some of them before they are asked for. All times are in seconds."""

    def __init__(self, *, connect: float, greet: float, most: int = 0) -> None:
        self._connect = connect
        self._greet = greet
        self._most = most or affordable()
        self._lock = threading.Lock()
        self._waiting: OrderedDict[Attempt, None] = OrderedDict()
        self._open: set[Attempt] = set()
        self._ready: set[Attempt] = set()
        self._resolved: list[Attempt] = []
        self._watched: list[tuple[float, int, Callable[[], None]]] = []
        self._called_off: set[int] = set()
        self._numbers = itertools.count()
        self._running = False
        self._bell = -1
        self._resolvers = ThreadPoolExecutor(RESOLVERS, thread_name_prefix="annexa-resolve")

    def expect(self, address: str, port: int) -> Attempt:
        """An attempt that will be asked for. Nothing is done before the first of all is, or `begin` was called."""
        attempt = Attempt(address, port)
        with self._lock:
            self._waiting[attempt] = None
        return attempt

    def begin(self) -> None:
        """Begin with what is expected."""
        with self._lock:
            self._wake()

    def connect(self, attempt: Attempt) -> Greeted:
        """The connection to a host that has greeted. Raises `SshError` when there is none, or not in time."""
        greeted = self._take(attempt)
        if hung_up(greeted.socket):  # it waited too long for us to go on
            greeted.socket.close()
            greeted = self._take(Attempt(attempt.address, attempt.port))
        return greeted

    def watch(self, seconds: float, close: Callable[[], None]) -> Callable[[], None]:
        """Call `close` after so many seconds, unless what this returns was called before."""
        number = next(self._numbers)
        with self._lock:
            heapq.heappush(self._watched, (time.monotonic() + seconds, number, close))
            self._wake()

        def call_off() -> None:
            with self._lock:
                self._called_off.add(number)
                if self._running:
                    self._wake()

        return call_off

    def close(self) -> None:
        """Let go of everything that nobody has taken."""
        with self._lock:
            left = [*self._waiting, *self._ready]
            self._waiting.clear()
            self._ready.clear()
        for attempt in left:
            if attempt.done.done():
                attempt.done.result().socket.close()
            else:
                attempt.done.set_exception(SshError("nobody needs it any more"))
        self._resolvers.shutdown(wait=False)

    def _take(self, attempt: Attempt) -> Greeted:
        with self._lock:
            attempt.wanted = True
            if attempt in self._ready:
                self._ready.discard(attempt)
            elif attempt not in self._open and not attempt.done.done():
                self._waiting[attempt] = None
                self._waiting.move_to_end(attempt, last=False)
            self._wake()
        return attempt.done.result()

    def _wake(self) -> None:
        """Make the thread look again; start it where it has ended. The lock is held."""
        if self._running:
            os.eventfd_write(self._bell, 1)
            return
        self._running = True
        self._bell = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        threading.Thread(target=self._serve, name="annexa-connect", daemon=True).start()

    def _serve(self) -> None:
        """Wait for sockets. Whatever breaks here, nobody waits for ever."""
        try:
            self._wait_for_sockets()
        except Exception as error:  # noqa: BLE001 - as said
            with self._lock:
                self._running = False
                lost = [*self._open, *self._resolved, *self._waiting]
                self._open.clear()
                self._resolved.clear()
                self._waiting.clear()
            for attempt in dict.fromkeys(lost):
                attempt.done.set_exception(SshError(f"our own waiting for connections broke: {error}", "report it"))

    def _wait_for_sockets(self) -> None:
        """Until there is nothing more to wait for."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._bell, selectors.EVENT_READ)
            while self._go_on(selector):
                for key, _ in selector.select(self._pause()):
                    if key.data is None:
                        os.eventfd_read(self._bell)
                    else:
                        self._advance(selector, key.data)
                self._look_at_clock(selector)

    def _go_on(self, selector: selectors.BaseSelector) -> bool:
        """Begin what can be begun; whether anything is left to wait for."""
        with self._lock:
            resolved, self._resolved = self._resolved, []
            begun = self._take_some()
        for attempt in begun:
            self._find_ways(attempt)
        for attempt in resolved:
            self._try_next(selector, attempt)
        with self._lock:
            if self._open or self._watched or self._resolved:
                return True
            self._running = False
            os.close(self._bell)
            return False

    def _take_some(self) -> list[Attempt]:
        """Those among the waiting attempts that may be begun now. Wanted ones stand first. The lock is held."""
        begun: list[Attempt] = []
        now = time.monotonic()
        soon = len(self._ready) + sum(attempt.begun > now - JUST_BEGUN for attempt in self._open)
        while self._waiting and len(self._open) < self._most:
            first = next(iter(self._waiting))
            if not first.wanted and soon >= MOST_READY:
                break
            del self._waiting[first]
            self._open.add(first)
            first.begun = now
            soon += 1
            begun.append(first)
        return begun

    def _find_ways(self, attempt: Attempt) -> None:
        """Look the name up, in another thread unless it is an address already."""
        try:
            family = socket.AF_INET6 if ip_address(attempt.address).version == 6 else socket.AF_INET  # noqa: PLR2004
            attempt.ways = [(family, (attempt.address, attempt.port))]
        except ValueError:
            self._resolvers.submit(self._resolve, attempt)
            return
        with self._lock:
            self._resolved.append(attempt)
            self._wake()

    def _resolve(self, attempt: Attempt) -> None:
        attempt.deadline = time.monotonic() + self._connect
        try:
            found = socket.getaddrinfo(attempt.address, attempt.port, type=socket.SOCK_STREAM)
            attempt.ways = [(family, place) for family, _, _, _, place in found]
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or "it is no name"
            attempt.problem = SshError(
                f"the name {attempt.address} is not known: {reason}", "mend the name, or give the address of the host"
            )
        with self._lock:
            self._resolved.append(attempt)
            self._wake()

    def _try_next(self, selector: selectors.BaseSelector, attempt: Attempt) -> None:
        """Begin to connect by the next way there is, or give up."""
        if attempt not in self._open:
            return  # the name was found too late
        while attempt.ways:
            family, place = attempt.ways.pop(0)
            try:
                attempt.socket = socket.socket(family, socket.SOCK_STREAM)
            except OSError as error:
                attempt.problem = unreachable(attempt, error.errno)
                continue
            attempt.socket.setblocking(False)
            problem = attempt.socket.connect_ex(place)
            if problem in (0, errno.EINPROGRESS):
                attempt.connected = False
                attempt.deadline = time.monotonic() + self._connect
                selector.register(attempt.socket, selectors.EVENT_WRITE, attempt)
                return
            attempt.socket.close()
            attempt.problem = unreachable(attempt, problem)
        self._end(attempt)

    def _advance(self, selector: selectors.BaseSelector, attempt: Attempt) -> None:
        """A socket has news: it is connected, or has failed, or the host says something."""
        sock = attempt.socket
        assert sock is not None  # noqa: S101 - only what has a socket is registered
        if not attempt.connected:
            if problem := sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                self._give_way_up(selector, attempt, unreachable(attempt, problem))
                return
            attempt.connected = True
            attempt.deadline = time.monotonic() + self._greet
            selector.modify(sock, selectors.EVENT_READ, attempt)
            return
        try:
            data = sock.recv(CHUNK)
            if not data:
                raise SshError("it hung up before it greeted", "see its log: it may refuse our address, or be too busy")
            complete = attempt.greeting.hear(data)
        except BlockingIOError:
            return
        except OSError as error:
            self._give_way_up(selector, attempt, unreachable(attempt, error.errno))
            return
        except SshError as error:
            self._give_way_up(selector, attempt, error)
            return
        if complete:
            selector.unregister(sock)
            self._end(attempt)

    def _give_way_up(self, selector: selectors.BaseSelector, attempt: Attempt, problem: SshError) -> None:
        assert attempt.socket is not None  # noqa: S101 - only what has a socket can be given up
        selector.unregister(attempt.socket)
        attempt.socket.close()
        attempt.socket, attempt.greeting, attempt.problem = None, Greeting(), problem
        self._try_next(selector, attempt)

    def _end(self, attempt: Attempt) -> None:
        """Hand over the connection, or say why there is none."""
        with self._lock:  # or `close` might come between
            self._open.discard(attempt)
            if not (attempt.greeting.version and attempt.socket):
                attempt.done.set_exception(attempt.problem or SshError("it has no address"))
                return
            attempt.socket.setblocking(True)
            attempt.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            attempt.done.set_result(Greeted(attempt.socket, attempt.greeting.version, attempt.greeting.beyond))
            if not attempt.wanted:
                self._ready.add(attempt)

    def _pause(self) -> float:
        """How long nothing can be late."""
        with self._lock:
            moments = [attempt.deadline for attempt in self._open if attempt.deadline]
            moments += [self._watched[0][0]] if self._watched else []
            moments += [time.monotonic() + BREATH] if self._waiting else []
        return max(0.0, min(moments, default=time.monotonic() + 1) - time.monotonic())

    def _look_at_clock(self, selector: selectors.BaseSelector) -> None:
        now = time.monotonic()
        with self._lock:
            late = [attempt for attempt in self._open if attempt.deadline and attempt.deadline <= now]
            slow = self._slow(now)
            due = []
            while self._watched and (self._watched[0][0] <= now or self._watched[0][1] in self._called_off):
                _, number, close = heapq.heappop(self._watched)
                if number in self._called_off:
                    self._called_off.discard(number)
                else:
                    due.append(close)
        for close in due:
            # What goes through another host is closed by a message, and that may have to wait.
            threading.Thread(target=close, name="annexa-watchdog", daemon=True).start()
        for attempt in late:
            self._give_up(selector, attempt)
        for attempt in slow:
            self._put_off(selector, attempt)

    def _slow(self, now: float) -> list[Attempt]:
        """Which attempts make way, because none that was never begun can be. The lock is held."""
        if len(self._open) < self._most:
            return []
        new = sum(not attempt.put_off for attempt in self._waiting)
        slow = (each for each in self._open if each.begun <= now - IMPATIENT and now < each.deadline and each.socket)
        return list(itertools.islice((each for each in slow if not (each.wanted or each.put_off)), new))

    def _put_off(self, selector: selectors.BaseSelector, attempt: Attempt) -> None:
        assert attempt.socket is not None  # noqa: S101 - only what has a socket can be slow
        selector.unregister(attempt.socket)
        attempt.socket.close()
        attempt.socket, attempt.greeting, attempt.put_off, attempt.deadline = None, Greeting(), True, 0.0
        with self._lock:
            self._open.discard(attempt)
            self._waiting[attempt] = None
            if attempt.wanted:  # since a moment ago
                self._waiting.move_to_end(attempt, last=False)

    def _give_up(self, selector: selectors.BaseSelector, attempt: Attempt) -> None:
        if attempt.socket is None:
            attempt.problem = SshError(
                f"the name {attempt.address} was not found within {self._connect:g} s", "see whether DNS works here"
            )
            self._end(attempt)
        elif attempt.connected:
            problem = SshError(f"it did not greet within {self._greet:g} s", "see whether sshd runs behind this port")
            self._give_way_up(selector, attempt, problem)
        else:
            self._give_way_up(selector, attempt, SshError(f"no answer within {self._connect:g} s", RETRY))


def affordable() -> int:
    """How many sockets may be on their way: not more than half of the files that this process may open."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_AT_ONCE if soft == resource.RLIM_INFINITY else max(16, min(MOST_AT_ONCE, soft // 2))
