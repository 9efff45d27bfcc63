"""One connection to be, and what it means when there is none."""

from __future__ import annotations

import errno
import os
import socket
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from collectors.host.ssh.errors import RETRY, SshError
from collectors.host.ssh.greeting import Greeting


@dataclass(frozen=True, slots=True)
class Greeted:
    """A connected socket, or a channel through another host; the version that the host announced, and what it sent
    after that."""

    socket: Any
    version: str
    beyond: bytes


@dataclass(slots=True, eq=False)
class Attempt:
    """One connection to be: begun when somebody asks for it, or before that if it is expected."""

    address: str
    port: int
    done: Future[Greeted] = field(default_factory=Future)
    wanted: bool = False
    ways: list[tuple[int, Any]] = field(default_factory=list[tuple[int, Any]])
    """Family and socket address of each way that is still to be tried."""
    socket: socket.socket | None = None
    passage: Any = None
    """The way through another host, if there is one."""
    connected: bool = False
    greeting: Greeting = field(default_factory=Greeting)
    begun: float = 0.0
    deadline: float = 0.0
    put_off: bool = False
    """Whether it made way for others once: it is tried again, with all the time there is."""
    problem: SshError | None = None


def unreachable(attempt: Attempt, number: int | None) -> SshError:
    """What an error of the system means for us."""
    where = f"{attempt.address} port {attempt.port}"
    match number:
        case errno.ECONNREFUSED:
            return SshError(f"{where}: connection refused", "see whether sshd runs and listens on this port")
        case errno.EHOSTUNREACH | errno.ENETUNREACH:
            return SshError(f"{where}: {os.strerror(number)}", "see whether there is a route, and the host runs")
        case errno.ECONNRESET:
            return SshError(f"{where}: it broke the connection off", "see its log: it may refuse our address")
        case errno.EMFILE | errno.ENFILE:
            return SshError(f"{where}: this machine may open no more files", "raise the limit (ulimit -n)")
    return SshError(f"{where}: {os.strerror(number) if number else 'it failed'}", RETRY)


def hung_up(sock: socket.socket) -> bool:
    """Whether the host has closed a connection that waited to be used."""
    sock.setblocking(False)
    try:
        return not sock.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    except OSError:
        return True
    finally:
        sock.setblocking(True)
