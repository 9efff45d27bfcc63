"""A bucket on loopback that keeps what it is given, and a road to it that can be cut."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Rule = Callable[[str, str], str]
"""For a method and a path: empty to let it through, `cut` to break the connection after the request, `half` to break
it in the middle of the answer, or a status to answer with."""


class Road(ThreadingHTTPServer):
    """Leads to the server; `asked` are the requests that were seen, and `rule` says what becomes of each."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.port = port
        self.asked: list[tuple[str, str]] = []
        self.rule: Rule = lambda _method, _path: ""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away are what this is about."""


class _Handler(BaseHTTPRequestHandler):
    server: Road
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Nothing: pytest would show it."""

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.command, self.path))
        fate = self.server.rule(self.command, self.path)
        self.close_connection = True
        if fate == "cut":
            self.connection.shutdown(socket.SHUT_RDWR)
        elif fate.isdigit():
            self.send_response(int(fate))
            self.send_header("Connection", "close")  # said, or the client loses an attempt to a connection it kept
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self.pass_on(body, half=fate == "half")

    def pass_on(self, body: bytes, *, half: bool) -> None:
        there = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "expect"}
        there.request(self.command, self.path, body, headers)
        found = there.getresponse()
        data = found.read()
        self.send_response(found.status)
        self.send_header("Connection", "close")
        for name, value in found.getheaders():
            if name.lower() not in ("transfer-encoding", "connection", "date", "server"):
                self.send_header(name, value)
        if found.getheader("Content-Length") is None:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if half else data)
        there.close()

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = answer  # noqa: N815 - the names that the server calls


@contextmanager
def road(port: int) -> Iterator[Road]:
    """A road to a server on loopback."""
    made = Road(port)
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.shutdown()
        made.server_close()
        thread.join()
