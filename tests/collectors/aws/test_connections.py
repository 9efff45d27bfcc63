"""All clients send through one pool, which trusts the authorities it should, and goes through a proxy where there is one."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from botocore.credentials import Credentials
from botocore.exceptions import SSLError
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from collectors.aws.clients import Clients, acting_as
from collectors.aws.customizations import Emitter
from collectors.aws.operations import Read

REGIONS = ("us-east-1", "eu-west-1", "sa-east-1")
VALID = datetime(2020, 1, 1, tzinfo=UTC), datetime(2120, 1, 1, tzinfo=UTC)
LIST = Read("kms", "ListKeys")


class _Kms(BaseHTTPRequestHandler):
    """A service with one key, and a proxy before it: whoever it is asked to reach, it is that itself."""

    protocol_version = "HTTP/1.1"
    tls: ssl.SSLContext
    reached: list[str]

    def do_CONNECT(self) -> None:
        self.reached.append(self.path)
        self.close_connection = False
        self.send_response(200)
        self.end_headers()
        self.connection = self.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps({"Keys": [{"KeyId": "one"}]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


class Service:
    """Where it listens, with TLS and as a proxy; who vouches for it; and whom the proxy was asked to reach."""

    def __init__(self, folder: Path) -> None:
        self.authority = folder / "authority.pem"
        names = ["localhost", *(f"kms.{region}.amazonaws.com" for region in REGIONS)]
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(_certificate(self.authority, names))
        self.reached: list[str] = []
        handler = type("Handler", (_Kms,), {"tls": tls, "reached": self.reached})
        self._servers = [ThreadingHTTPServer(("127.0.0.1", 0), handler) for _ in range(2)]
        self._servers[0].socket = tls.wrap_socket(self._servers[0].socket, server_side=True)
        for each in self._servers:
            threading.Thread(target=each.serve_forever, daemon=True).start()
        self.port, self.proxy = (each.server_address[1] for each in self._servers)

    def close(self) -> None:
        for each in self._servers:
            each.shutdown()
            each.server_close()


def _certificate(authority: Path, names: list[str]) -> Path:
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), *VALID)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(each) for each in names]), critical=False)
        .sign(key, SHA256())
    )
    certificate = made.public_bytes(Encoding.PEM)
    authority.write_bytes(certificate)
    both = authority.with_name("both.pem")
    both.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate)
    return both


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    found = Service(tmp_path_factory.mktemp("service"))
    yield found
    found.close()


@pytest.fixture
def clients(service: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clients]:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(service.authority))
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    found = Clients(hooks=lambda _: None, reads=[LIST])
    yield found
    found.close()


def keys(clients: Clients, region: str = REGIONS[0]) -> list[str]:
    with acting_as(Credentials("a", "b")):
        return [each["KeyId"] for each in clients.client("kms", region).list_keys()["Keys"]]


def test_clients_share_one_pool(service: Service, clients: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"https://localhost:{service.port}")
    assert [keys(clients, region) for region in REGIONS] == [["one"]] * 3
    assert len({id(clients.client("kms", region)._endpoint.http_session) for region in REGIONS}) == 1


def test_who_has_another_name_or_is_vouched_for_by_nobody_is_refused(
    service: Service, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"https://127.0.0.1:{service.port}")
    with pytest.raises(SSLError, match="IP address mismatch"):
        keys(clients)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"https://localhost:{service.port}")
    monkeypatch.delenv("AWS_CA_BUNDLE")
    with pytest.raises(SSLError, match="self-signed certificate"):
        keys(Clients(hooks=lambda _: None, reads=[LIST]))


def test_authorities_that_cannot_be_read_are_said(clients: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", "/nowhere/authorities.pem")
    with pytest.raises(SSLError, match="No such file"):
        keys(clients)


def test_a_proxy_is_asked_to_reach_the_host_of_each_region(
    service: Service, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{service.proxy}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert [keys(clients, region) for region in REGIONS] == [["one"]] * 3
    assert service.reached == [f"kms.{region}.amazonaws.com:443" for region in REGIONS]


def test_clients_that_share_a_model_ask_in_their_own_regions() -> None:
    asked: list[str] = []

    def note(emitter: Emitter) -> None:
        def send(request: Any, **_: object) -> None:
            asked.append(request.url)
            raise ConnectionAbortedError

        emitter.register("before-send", send)

    clients = Clients(hooks=note, reads=[LIST])
    for region in (*REGIONS, "cn-north-1", "us-gov-west-1"):
        with pytest.raises(ConnectionAbortedError):
            keys(clients, region)
    china, government = "https://kms.cn-north-1.amazonaws.com.cn/", "https://kms.us-gov-west-1.amazonaws.com/"
    assert asked == [*(f"https://kms.{region}.amazonaws.com/" for region in REGIONS), china, government]
