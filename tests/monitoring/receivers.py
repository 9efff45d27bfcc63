"""Who receives messages: a real HTTP server and a real SMTP server on loopback, which refuse when they are told to."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class Web:
    """A web hook: what was posted to it, by path; `status` is what it answers."""

    port: int = 0
    status: int = 200
    posts: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The messages, as Apprise's `json://` puts them."""
        return [json.loads(body) for path, body in self.posts if path.startswith("/hook")]


@contextmanager
def web() -> Iterator[Web]:
    state = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if state.status < 300:
                state.posts.append((self.path, body))
            self.send_response(state.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing: the test looks at what arrived."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Mail:
    """A mailbox."""

    port: int = 0
    refuses: bool = False
    received: list[Any] = field(default_factory=list[Any])

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name for it
        self, _server: object, _session: object, envelope: Any
    ) -> str:
        if self.refuses:
            return "451 try again later"
        self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"


@contextmanager
def mail() -> Iterator[Mail]:
    state = Mail()
    with socket.create_server(("127.0.0.1", 0)) as free:
        state.port = free.getsockname()[1]
    controller = Controller(state, hostname="127.0.0.1", port=state.port)
    controller.start()
    try:
        yield state
    finally:
        controller.stop()
