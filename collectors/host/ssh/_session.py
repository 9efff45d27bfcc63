"""One SSH connection by paramiko, with everything that a hostile host may send bounded.

Paramiko keeps what it is sent: a packet of 4 GB, a greeting without end, four thousand million extensions. Here a
packet has a largest size, a connection has a largest number of bytes, and a line in a selector loop has already read
the greeting. The private module is the only one that imports paramiko.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import paramiko
from paramiko.common import (
    CONNECTION_FAILED_CODE,
    MSG_CHANNEL_EXTENDED_DATA,
    MSG_EXT_INFO,
    cMSG_CHANNEL_OPEN,
)
from paramiko.kex_curve25519 import KexCurve25519
from paramiko.message import Message

from collectors.host.ssh.algorithms import HOST_KEYS, LEGACY, MODERN

LARGEST_PACKET = 256 * 1024
"""Bytes: as much as OpenSSH accepts."""
MOST_EXTENSIONS = 32
HANDSHAKE_BYTES = 2**20
"""The most that a host may send before we are logged in."""
GOODBYE_SECONDS = 1.0
SELF = ("127.0.0.1", 0)
"""Where a connection through another host comes from, as far as that host needs to know."""

METHODS: dict[str, Any] = {
    **paramiko.Transport._kex_info,  # type: ignore[attr-defined] # noqa: SLF001 - it has no other list of them
    "curve25519-sha256": KexCurve25519,  # RFC 8731: the name that libssh.org's became
}
"""Key exchanges by name."""
Judge = Callable[[str, bytes], None]

# Its messages are about strangers' bytes, with tracebacks; what matters of them comes to us as an exception.
logging.getLogger("paramiko").setLevel(logging.CRITICAL + 1)


class Line:
    """A way to a host whose greeting was read: a socket, or a channel through another host.

    Paramiko reads from it as from a socket; first what came with the greeting, then the rest.
    """

    def __init__(self, way: Any, version: str, beyond: bytes) -> None:
        self.version = version
        self._closed = False  # paramiko looks at this name
        self._way = way
        self._beyond = beyond

    def recv(self, size: int) -> bytes:
        if self._beyond:
            taken, self._beyond = self._beyond[:size], self._beyond[size:]
            return taken
        received: bytes = self._way.recv(size)
        return received

    def send(self, data: bytes) -> int:
        sent: int = self._way.send(data)
        return sent

    def settimeout(self, seconds: float | None) -> None:
        self._way.settimeout(seconds)

    def close(self) -> None:
        """Close it so that whoever reads from it hears of it at once."""
        self._closed = True
        if isinstance(self._way, socket.socket):
            with suppress(OSError):
                self._way.shutdown(socket.SHUT_RDWR)
        self._way.close()


class Passage:
    """A channel to another host that was asked for. In the end it is `opened`, or there is a `refusal`."""

    def __init__(self, channel: paramiko.Channel) -> None:
        self.channel = channel
        self.opened = False
        self.refusal = ""
        self._given_up = False

    def close(self) -> None:
        """Nobody needs it any more, not even when it is opened later."""
        self._given_up = True
        self.channel.close()

    def is_open(self) -> None:
        """Take note that it is."""
        self.opened = True
        if self._given_up:  # closing sends a message, for which the thread that reads them must not wait
            threading.Thread(target=self.channel.close, name="annexa-close", daemon=True).start()


class BoundedPacketizer(paramiko.packet.Packetizer):
    """Packets up to a size, connections up to a number of bytes, and no timer of its own: a watchdog waits for all."""

    def __init__(self, line: Line) -> None:
        super().__init__(line)  # type: ignore[arg-type] # it reads and writes like a socket
        self._line = line
        self.budget = HANDSHAKE_BYTES

    def readline(self, timeout: float) -> str:  # noqa: ARG002 - paramiko's own signature
        return self._line.version

    def read_all(self, n: int, check_rekey: bool = False) -> bytes:
        if n > LARGEST_PACKET:
            raise paramiko.SSHException(f"it sent a packet of more than {LARGEST_PACKET} bytes")
        self.budget -= max(0, n)
        if self.budget < 0:
            raise paramiko.SSHException("it sent far more than it was asked for")
        return super().read_all(n, check_rekey)

    def start_handshake(self, timeout: float) -> None:
        """Nothing: paramiko would start a thread that outlives the connection."""


class Session(paramiko.Transport):
    """A connection that offers what we agree to, and that believes a host only when `judge` does.

    `judge` gets the algorithm and the bytes of the host's key, which the host has proven to hold; it raises when that
    is not the key we know.
    """

    _active_check_timeout = 1.0  # seconds; ten times a second would cost more than all the rest while a host works
    _preferred_compression = ("none",)
    _preferred_pubkeys = HOST_KEYS

    def __init__(self, line: Line, *, legacy: bool, host_keys: tuple[str, ...], judge: Judge) -> None:
        super().__init__(line, packetizer_class=BoundedPacketizer)  # type: ignore[arg-type] # as above
        agreed = LEGACY if legacy else MODERN
        self._kex_info = {name: partial(self._agree, name) for name in agreed.kex if name in METHODS}
        self._preferred_kex = tuple(self._kex_info)
        self._preferred_ciphers = agreed.ciphers
        self._preferred_macs = agreed.macs
        self._host_keys = host_keys
        self._judge = judge
        self._handler_table[MSG_EXT_INFO] = self._extensions  # type: ignore[attr-defined] # a dict, made by paramiko
        self.clear_to_send_timeout = 15.0
        self.agreed_kex = ""
        self.farewell = ""
        self.host_key_blob = b""
        self._passages: dict[int, Passage] = {}

    @property
    def preferred_keys(self) -> tuple[str, ...]:
        return self._host_keys

    def allow(self, size: int) -> None:
        """Let the host send about so much from now on: twice as many bytes, for many small packets weigh more."""
        self.packetizer.budget = 2 * size + 8 * 2**20  # type: ignore[attr-defined] # it is a BoundedPacketizer

    def ask_for_passage(self, address: str, port: int) -> Passage:
        """Ask this host for a channel to another, and do not wait for its answer."""
        with self.lock:
            number = self._next_channel()  # type: ignore[attr-defined] # what follows is how paramiko asks, and waits
            channel = paramiko.Channel(number)
            self._channels.put(number, channel)  # type: ignore[attr-defined]
            self.channels_seen[number] = True
            channel._set_transport(self)  # type: ignore[attr-defined] # noqa: SLF001
            channel._set_window(self.default_window_size, self.default_max_packet_size)  # type: ignore[attr-defined] # noqa: SLF001
            passage = self._passages[number] = Passage(channel)
        message = Message()
        message.add_byte(cMSG_CHANNEL_OPEN)
        message.add_string("direct-tcpip")
        for size in (number, self.default_window_size, self.default_max_packet_size):
            message.add_int(size)
        for host, its_port in ((address, port), SELF):
            message.add_string(host)
            message.add_int(its_port)
        self._send_user_message(message)  # type: ignore[attr-defined]
        return passage

    def _parse_channel_open_success(self, message: Message) -> None:
        super()._parse_channel_open_success(message)  # type: ignore[misc]
        message.rewind()
        if passage := self._passages.pop(message.get_int(), None):
            passage.is_open()

    def _parse_channel_open_failure(self, message: Message) -> None:
        passage = self._passages.pop(message.get_int(), None)
        if passage is None:
            message.rewind()
            super()._parse_channel_open_failure(message)  # type: ignore[misc]
        else:
            passage.refusal = CONNECTION_FAILED_CODE.get(message.get_int(), "it does not say why")

    def end(self) -> None:
        """Hang up for good, and take apart what holds itself in circles: garbage collection alone would come late, and
        find tens of kilobytes for each host of a fleet. Only for the thread that uses this session."""
        self.close()
        if self.is_alive():
            self.join(GOODBYE_SECONDS)
        if self.is_alive():
            return
        self._judge = _nobody
        self.saved_exception = None  # its traceback leads back here
        for circle in ("_handler_table", "_kex_info", "auth_handler", "kex_engine", "packetizer"):
            setattr(self, circle, None)

    def _agree(self, name: str, transport: paramiko.Transport) -> Any:
        self.agreed_kex = name
        return METHODS[name](transport)

    def _verify_key(self, host_key: bytes, signature: bytes) -> None:
        super()._verify_key(host_key, signature)  # type: ignore[misc] # raises when the host does not hold the key
        if self.host_key_blob and self.host_key_blob != host_key:
            raise paramiko.SSHException("it changed its host key within one connection")
        self._judge(str(self.host_key_type), host_key)
        self.host_key_blob = host_key

    def _extensions(self, message: Message) -> None:
        """Extensions that the host has (RFC 8308), of which we want one; paramiko counts as far as the host says."""
        for _ in range(min(message.get_int(), MOST_EXTENSIONS)):
            name, value = message.get_string(), message.get_string()
            if name == b"server-sig-algs":
                self.server_extensions = {"server-sig-algs": value}

    def _parse_disconnect(self, message: Message) -> None:
        message.get_int()
        self.farewell = message.get_string().decode(errors="backslashreplace")[:200]


def _nobody(_algorithm: str, _key: bytes) -> None:
    """Who judges the key of a host that nobody talks to any more."""


def _dropped(_channel: paramiko.Channel, _message: Message) -> None:
    """Standard error of the batch: dropped, so that a flood fills nothing. Each fact's errors are in its answer."""


Session._channel_handler_table = {  # type: ignore[attr-defined] # noqa: SLF001 - the one place to hook into
    **paramiko.Transport._channel_handler_table,  # type: ignore[attr-defined] # noqa: SLF001
    MSG_CHANNEL_EXTENDED_DATA: _dropped,
}
