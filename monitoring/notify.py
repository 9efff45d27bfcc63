"""Telling systemd that a service is ready, alive, or about to end (sd_notify(3)). Silent where nobody listens."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress


class Notify:
    """The socket that systemd names in the environment, if it does."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address  # an abstract one
        self._said = ""
        mine = environment.get("WATCHDOG_PID", "") in ("", str(os.getpid()))
        self._watched = bool(environment.get("WATCHDOG_USEC")) and mine

    def ready(self, status: str) -> None:
        self._send("READY=1", status)

    def alive(self, status: str) -> None:
        """For the watchdog, which ends a service that says this too seldom; and, when it is news, a line that
        `systemctl status` shows."""
        news, self._said = (status if status != self._said else ""), status
        self._send("WATCHDOG=1" if self._watched else "", news)

    def stopping(self) -> None:
        self._send("STOPPING=1", "ending: what runs is sealed with what it has seen")

    def _send(self, state: str, status: str = "") -> None:
        lines = [each for each in (state, f"STATUS={status}" if status else "") if each]
        if not (self._address and lines):
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            channel.setblocking(False)  # systemd is never worth waiting for
            channel.sendto("\n".join(lines).encode(), self._address)
