"""A server on loopback that speaks HTTPS, with a certificate of its own, and answers as a test wants."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.slapd import certified


@dataclass(frozen=True)
class Asked:
    """What somebody asked. The names of headers are in lower case."""

    verb: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass
class Said:
    """An answer. A body that is no bytes is sent as JSON; `cut` ends the connection before the end of it."""

    body: Any = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    cut: bool = False

    @property
    def data(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


Answer = Callable[[Asked], Said]


@dataclass
class Server:
    """A server that runs. What it answers can be changed, and what it was asked is remembered."""

    url: str
    authority: Path
    answer: Answer
    asked: list[Asked] = field(default_factory=list[Asked])


@contextmanager
def https_server(folder: Path, answer: Answer) -> Iterator[Server]:
    """Run a server until the end of the context."""
    certificate, key = certified(folder)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            asked = Asked(
                self.command, address.path, dict(parse_qsl(address.query, keep_blank_values=True)),
                {name.lower(): value for name, value in self.headers.items()}, self.rfile.read(length),
            )  # fmt: skip
            server.asked.append(asked)
            said = server.answer(asked)
            self.send_response_only(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            data = said.data
            self.send_header("Content-Length", str(len(data) + said.cut))
            self.end_headers()
            self.wfile.write(data)
            self.close_connection = said.cut

        do_POST = do_GET  # noqa: N815 - so it is called

        def log_message(self, *_: object) -> None:
            """Tests read what was asked from the server."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, *_: object) -> None:
            """Clients that go away, and those that do not trust us, are what tests are about."""

        def get_request(self) -> tuple[Any, Any]:
            connection, address = super().get_request()
            return context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    http = Quiet(("127.0.0.1", 0), Handler)
    server = Server(f"https://127.0.0.1:{http.server_port}", certificate, answer)
    threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
