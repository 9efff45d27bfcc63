"""Servers that misbehave: raw sockets that say anything, and an SSH server of which every part can lie."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import paramiko

Talk = Callable[[socket.socket], None]


@contextmanager
def listening(talk: Talk) -> Iterator[int]:
    """A port of loopback where each connection is talked to like this."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        connections: list[socket.socket] = []

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    connections.append(connection)
                    threading.Thread(target=_talk, args=(talk, connection), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        port: int = listener.getsockname()[1]
        try:
            yield port
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            for connection in connections:
                connection.close()


def _talk(talk: Talk, connection: socket.socket) -> None:
    with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
        talk(connection)


class Accepting(paramiko.ServerInterface):
    """Lets everybody in, and leaves the rest to `answer`."""

    def __init__(self, answer: Callable[[paramiko.Channel], None], banner: str = "") -> None:
        self._answer = answer
        self._banner = banner

    def get_allowed_auths(self, username: str) -> str:
        return "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        return paramiko.common.AUTH_SUCCESSFUL

    def get_banner(self) -> tuple[str | None, str | None]:
        return (self._banner or None), "en"

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.common.OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        begin = threading.Timer(0.03, _answered, args=(self._answer, channel))  # once it was told that it may
        begin.daemon = True
        begin.start()
        return True


def _answered(answer: Callable[[paramiko.Channel], None], channel: paramiko.Channel) -> None:
    with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
        answer(channel)
        channel.send_exit_status(0)
        channel.close()


@contextmanager
def lying(
    key: Path, answer: Callable[[paramiko.Channel], None], banner: str = "", server: type[paramiko.Transport] | None = None,
    **attributes: Any,
) -> Iterator[int]:  # fmt: skip
    """An SSH server with this host key that answers every program like this."""
    host_key = paramiko.Ed25519Key.from_private_key_file(str(key))

    def talk(connection: socket.socket) -> None:
        transport = (server or paramiko.Transport)(connection)
        for name, value in attributes.items():
            setattr(transport, name, value)
        transport.add_server_key(host_key)
        transport.start_server(event=threading.Event(), server=Accepting(answer, banner))

    with listening(talk) as port:
        yield port
