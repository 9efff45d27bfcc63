"""The pages a service answers over HTTP: whether it lives, whether it works, and its metrics. They are read, never
written, and say nothing that a password would have to guard: addresses beyond this machine are the owner's choice.

On loopback they answer to names of loopback alone. A page in somebody's browser can have its own name lead here (DNS
rebinding) and would read the answer as its own; but the name stays in what the browser asks for.
"""

from __future__ import annotations

import ipaddress
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET, AF_INET6
from socketserver import TCPServer
from urllib.parse import urlsplit

from core.errors import AnnexaError
from evidence_store.store import Store
from monitoring.metrics import Metrics
from monitoring.service import Service

STUCK = 60.0
"""Seconds without a tick after which a service counts as dead."""

PATIENCE = 10.0
"""Seconds that a caller may take to say what it wants."""

MOST_CALLERS = 16
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@contextmanager
def serving(address: tuple[str, int] | None, service: Service, metrics: Metrics) -> Iterator[tuple[str, int] | None]:
    """Answer at this address meanwhile, or nowhere; where, if anywhere. Raises `AnnexaError` if it is taken."""
    if address is None:
        yield None
        return
    try:
        server = _Server(address, service, metrics)
    except OSError as error:
        raise AnnexaError(
            f"service.listen: {address[0]} port {address[1]} cannot be used: {error.strerror}",
            "name another port, or end what listens there",
        ) from error
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield server.server_address[0], server.server_address[1]  # type: ignore[misc] # typeshed allows bytes, too
    finally:
        server.shutdown()
        server.server_close()


def _store_answers(service: Service) -> bool:
    try:
        with Store.open(service.configuration.location) as store, store.reading():
            return True
    except AnnexaError:
        return False


def _names_loopback(host: str) -> bool:
    """Whether a Host header (RFC 9110, section 7.2) means this very machine, by a name that nobody else can have."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 4 * MOST_CALLERS

    def __init__(self, address: tuple[str, int], service: Service, metrics: Metrics) -> None:
        self.address_family = AF_INET6 if ":" in address[0] else AF_INET
        self.service, self.metrics = service, metrics
        self.among_us = ipaddress.ip_address(address[0]).is_loopback
        self._room = threading.Semaphore(MOST_CALLERS)
        super().__init__(address, _Page)

    def server_bind(self) -> None:
        """Without asking for our own name, as an HTTP server does otherwise: that may take as long as DNS does."""
        TCPServer.server_bind(self)

    def process_request(self, request: object, client_address: object) -> None:
        """More callers than there is room for are sent away: a service that looks at others must not drown in looks."""
        if not self._room.acquire(blocking=False):
            self.shutdown_request(request)  # type: ignore[arg-type] # typeshed has a narrower name for it
            return
        super().process_request(request, client_address)  # type: ignore[arg-type] # the same

    def process_request_thread(self, request: object, client_address: object) -> None:
        try:
            super().process_request_thread(request, client_address)  # type: ignore[arg-type] # the same
        finally:
            self._room.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that hangs up is nobody's problem."""


class _Page(BaseHTTPRequestHandler):
    timeout = PATIENCE
    server: _Server
    server_version = "annexa"
    sys_version = ""

    def do_GET(self) -> None:
        answer = {"/healthz": self._health, "/readyz": self._readiness, "/metrics": self._metrics}.get(self.path)
        if self.server.among_us and not all(map(_names_loopback, self.headers.get_all("Host", []))):
            said = b"This is a service of this machine alone: ask for it as localhost.\n"
            self._say(HTTPStatus.MISDIRECTED_REQUEST, "text/plain; charset=utf-8", said)
        elif answer is None:
            self._say(HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"/healthz /readyz /metrics\n")
        else:
            answer()

    def _health(self) -> None:
        """Whether the one thread that decides still does."""
        age = time.monotonic() - self.server.service.ticked
        self._verdict({"ticks": age < STUCK})

    def _readiness(self) -> None:
        """Whether it does what it is there for."""
        service = self.server.service
        self._verdict({"lease": service.lease.held, "store": _store_answers(service), "stays": not service.stopping})

    def _metrics(self) -> None:
        self._say(HTTPStatus.OK, METRICS_TYPE, self.server.metrics.text())

    def _verdict(self, found: dict[str, bool]) -> None:
        good = all(found.values())
        status = HTTPStatus.OK if good else HTTPStatus.SERVICE_UNAVAILABLE
        self._say(status, "application/json", json.dumps({"ok": good, **found}).encode() + b"\n")

    def _say(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: probes come every few seconds."""
