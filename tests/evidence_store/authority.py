"""A real time-stamping authority on the loopback: `openssl ts` behind a small HTTP server that can also misbehave.

The authority's configuration has no `certs =`: OpenSSL 3.0 then writes the set of certificates unsorted, and readers
of strict DER refuse it.
"""

from __future__ import annotations

import ipaddress
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

REPLY = "application/timestamp-reply"
VALID = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2120, 1, 1, tzinfo=UTC))
SETTINGS = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/signer.pem
{certs}
signer_key = {folder}/signer.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
{accuracy}
"""


@dataclass
class Tsa:
    """An authority with a root of its own. What it stamps, `openssl ts -reply` stamps, with the clock of the machine."""

    folder: Path
    embed_root: bool
    accuracy: str

    @classmethod
    def make(
        cls,
        folder: Path,
        *,
        name: str = "Root",
        signer_valid: tuple[datetime, datetime] = VALID,
        embed_root: bool = False,
        accuracy: str = "accuracy = secs:1, millisecs:500",
    ) -> Tsa:
        folder.mkdir(parents=True)
        root_key, signer_key = generate_private_key(SECP256R1()), generate_private_key(SECP256R1())
        root = _certificate(name, name, root_key, root_key, VALID, None)
        signer = _certificate("Signer", name, signer_key, root_key, signer_valid, ExtendedKeyUsageOID.TIME_STAMPING)
        (folder / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
        (folder / "signer.pem").write_bytes(signer.public_bytes(Encoding.PEM))
        secret = signer_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / "signer.key").write_bytes(secret)
        (folder / "serial").write_text("01\n")
        return cls(folder, embed_root, accuracy)

    @property
    def root_file(self) -> Path:
        return self.folder / "root.pem"

    @property
    def root(self) -> str:
        return self.root_file.read_text()

    def reply(self, query: bytes) -> bytes:
        """The answer of `openssl ts -reply` to a query."""
        certs = f"certs = {self.folder}/root.pem" if self.embed_root else ""
        settings = SETTINGS.format(folder=self.folder, certs=certs, accuracy=self.accuracy)
        (self.folder / "ts.cnf").write_text(settings)
        (self.folder / "query.tsq").write_bytes(query)
        _openssl(self.folder, "ts -reply -config ts.cnf -queryfile query.tsq -out answer.tsr")
        return (self.folder / "answer.tsr").read_bytes()


Answer = tuple[int, str, bytes]
Behave = Callable[[BaseHTTPRequestHandler, bytes], None]


@dataclass
class Server:
    """Answers every query as `behave` says. `queries` are those it has heard."""

    url: str
    behave: Behave
    queries: list[bytes] = field(default_factory=list[bytes])
    headers: list[dict[str, str]] = field(default_factory=list[dict[str, str]])


def answering(make: Callable[[bytes], bytes], *, status: int = 200, kind: str = REPLY) -> Behave:
    """An authority that answers with a status, a content type and the bytes it makes of the query."""

    def behave(handler: BaseHTTPRequestHandler, query: bytes) -> None:
        body = make(query)
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return behave


def dripping(handler: BaseHTTPRequestHandler, query: bytes) -> None:
    """One byte now and then, for ever: no single wait is long."""
    handler.send_response(200)
    handler.send_header("Content-Type", REPLY)
    handler.end_headers()
    while not handler.server.stopping.wait(0.02):  # type: ignore[attr-defined]
        handler.wfile.write(b"0")
        handler.wfile.flush()


def endless(handler: BaseHTTPRequestHandler, query: bytes) -> None:
    """As much as the reader takes."""
    handler.send_response(200)
    handler.send_header("Content-Type", REPLY)
    handler.end_headers()
    while not handler.server.stopping.is_set():  # type: ignore[attr-defined]
        handler.wfile.write(bytes(65536))


def redirecting(to: str, status: int = 307) -> Behave:
    def behave(handler: BaseHTTPRequestHandler, query: bytes) -> None:
        handler.send_response(status)
        handler.send_header("Location", to)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return behave


@contextmanager
def serving(behave: Behave, *, identity: Path | None = None) -> Iterator[Server]:
    """A server on the loopback, gone afterwards; over TLS with an `identity`, a PEM file with key and certificate."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            server.queries.append(query)
            server.headers.append({name.lower(): value for name, value in self.headers.items()})
            server.behave(self, query)

        def log_message(self, *_: object) -> None:
            return

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: object) -> None:
            return  # a client that leaves early is what some of these tests are about

    http = Quiet(("127.0.0.1", 0), Handler)
    http.stopping = threading.Event()  # type: ignore[attr-defined]
    if identity:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(identity)
        http.socket = context.wrap_socket(http.socket, server_side=True)
    scheme = "https" if identity else "http"
    server = Server(f"{scheme}://127.0.0.1:{http.server_address[1]}/tsa", behave)
    thread = threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.stopping.set()  # type: ignore[attr-defined]
        http.shutdown()
        http.server_close()
        thread.join()


def tls_identity(path: Path) -> Path:
    """A key and a certificate for 127.0.0.1 that signs itself."""
    key = generate_private_key(SECP256R1())
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder().subject_name(_name("loopback")).issuer_name(_name("loopback"))
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(VALID[0]).not_valid_after(VALID[1]).add_extension(address, critical=False)
    certificate = builder.sign(key, SHA256()).public_bytes(Encoding.PEM)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate)
    return path


def openssl_accepts(folder: Path, response: bytes, message: bytes, root: str) -> bool:
    """What `openssl ts -verify` says: an oracle that shares nothing with us."""
    folder.mkdir(exist_ok=True)
    for name, data in (("stamp.tsr", response), ("message", message), ("root.pem", root.encode())):
        (folder / name).write_bytes(data)
    command = "openssl ts -verify -data message -in stamp.tsr -CAfile root.pem"
    done = subprocess.run(command.split(), cwd=folder, capture_output=True, check=False)
    return done.returncode == 0 and b"Verification: OK" in done.stdout


def _certificate(
    name: str,
    issuer: str,
    key: EllipticCurvePrivateKey,
    issuer_key: EllipticCurvePrivateKey,
    valid: tuple[datetime, datetime],
    purpose: x509.ObjectIdentifier | None,
) -> x509.Certificate:
    signing = purpose is None
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid[0])
        .not_valid_after(valid[1])
        .add_extension(x509.BasicConstraints(ca=signing, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(not signing, False, False, False, False, signing, signing, False, False), critical=True
        )
    )
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    issuing = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    builder = builder.add_extension(own, critical=False).add_extension(issuing, critical=False)
    if purpose is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
    return builder.sign(issuer_key, SHA256())


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _openssl(folder: Path, command: str) -> None:
    subprocess.run(["openssl", *command.split()], cwd=folder, capture_output=True, check=True)
