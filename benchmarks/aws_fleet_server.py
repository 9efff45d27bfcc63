"""Many accounts of AWS on loopback, copied from one that moto pretends.

Run as `python -m benchmarks.aws_fleet_server FOLDER`: it writes the certificate of its authority into the folder,
prints its address and serves until its standard input ends. It is a proxy that says it is whatever host it is asked
for, so that names of hosts, TLS and certificates are as with AWS. What one account and region was told is kept, and
said to all others with their own numbers and names in it: moto would take far longer than what is measured.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from uuid import uuid4

from botocore.model import OperationModel, ServiceModel
from botocore.session import Session

from benchmarks.aws_population import ACCOUNT, REGIONS, populate
from benchmarks.aws_server import serving as serving_moto

TEMPLATE = "us-west-2"
"""The region in which nobody made anything: all regions but those of the estate are copies of it."""
SCALE = 0.05
"""How much of the estate of `aws_population.py` each account has."""
KEY_OF_ACCOUNT = re.compile(rb"Credential=\w{4}(\d{12})\w*/\d+/([^/]+)/([^/]+)/aws4_request")
ASKED_ROLE = re.compile(rb"RoleArn=arn%3Aaws%3Aiam%3A%3A(\d{12})%3Arole")
PASSING = frozenset(
    (b"authorization", b"x-amz-date", b"x-amz-security-token", b"amz-sdk-invocation-id", b"amz-sdk-request")
)
"""Headers of a question that are others each time."""
STARTED = b"<State>STARTED</State>"
"""In the answer to who asks for a report for the first time."""
KEPT = frozenset(["content-type", "x-amzn-errortype"])
"""Headers of an answer without which it cannot be read."""
ROLE = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASIA{account}AAAA</AccessKeyId><SecretAccessKey>{account}</SecretAccessKey><SessionToken>{account}</SessionToken>
<Expiration>{until}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""
VALID = datetime(2020, 1, 1, tzinfo=UTC), datetime(2120, 1, 1, tzinfo=UTC)


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a server that ends with this context, or with this process, whatever ends it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.aws_fleet_server", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


class Fleet:
    """What all accounts are told: what the one in moto was told first."""

    def __init__(self, moto: str) -> None:
        self._moto = moto.removeprefix("http://")
        self._told: dict[bytes, tuple[bytes, bytes]] = {}

    def answer(self, head: bytes, body: bytes) -> bytes:
        """The bytes of the answer to a question."""
        first, *lines = head.split(b"\r\n")
        headers = dict(line.split(b": ", 1) for line in lines)
        if role := ASKED_ROLE.search(body):
            said = ROLE.format(account=role[1].decode(), until=VALID[1].isoformat()).encode()
            return _written(b"200 OK\r\ncontent-type: text/xml", said)
        signed = KEY_OF_ACCOUNT.search(headers.get(b"Authorization", b""))
        if signed is None:
            return _written(b"403 Forbidden", b"")
        account, region = signed[1], signed[2]
        like = region if region.decode() in REGIONS else TEMPLATE.encode()

        def of_template(text: bytes) -> bytes:
            return text.replace(account, ACCOUNT.encode()).replace(region, like)

        asked = {name: of_template(value) for name, value in headers.items() if name.lower() not in PASSING}
        about = repr(sorted(asked.items())).encode()
        question = b"\n".join((signed[3], like, of_template(first), about, of_template(body)))
        if question not in self._told:
            scope = b"/".join((b"AKIATESTING", b"20260101", like, signed[3], b"aws4_request"))
            asked[b"Authorization"] = b"AWS4-HMAC-SHA256 Credential=" + scope + b", SignedHeaders=host, Signature=0"
            told = self._ask(of_template(first), asked, of_template(body))
            if told[0].startswith(b"501"):
                told = nothing(signed[3].decode(), of_template(first).decode(), headers) or told
            if STARTED in told[1]:  # next time it will be ready
                return _written(*told)
            self._told[question] = told
        status, said = self._told[question]
        return _written(status, said.replace(ACCOUNT.encode(), account).replace(like, region))

    def _ask(self, first: bytes, headers: dict[bytes, bytes], body: bytes) -> tuple[bytes, bytes]:
        method, path, _ = first.decode().split(" ")
        connection = http.client.HTTPConnection(self._moto)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.decode(), value if name.lower() != b"content-length" else str(len(body)))
        connection.endheaders(body)
        told = connection.getresponse()
        kept = "".join(f"\r\n{name}: {value}" for name, value in told.getheaders() if name.lower() in KEPT)
        said = told.read()
        connection.close()
        return f"{told.status} {told.reason}{kept}".encode(), said


def nothing(signed: str, first: str, headers: dict[bytes, bytes]) -> tuple[bytes, bytes] | None:
    """What AWS says where there is nothing of what an operation lists; moto lacks some operations."""
    for service in _services(signed):
        for operation in map(service.operation_model, service.operation_names):
            output = operation.output_shape
            if output is None or not _asks_for(operation, first, headers):
                continue
            listings = [each for name, each in output.members.items() if each.type_name == "list"]
            names = [each.serialization.get("name", name) for name, each in output.members.items() if each in listings]
            if names and "json" in service.metadata["protocol"]:
                return b"200 OK\r\ncontent-type: application/json", json.dumps({name: [] for name in names}).encode()
    return None


def _asks_for(operation: OperationModel, first: str, headers: dict[bytes, bytes]) -> bool:
    target = headers.get(b"X-Amz-Target", b"").decode()
    if target:
        return target.endswith(f".{operation.name}")
    method, path, _ = first.split(" ")
    pattern = re.sub(r"\{[^}]+\}", "[^/]+", operation.http["requestUri"].partition("?")[0])
    return method == operation.http["method"] and re.fullmatch(pattern, path.partition("?")[0]) is not None


@cache
def _services(signed: str) -> list[ServiceModel]:
    """The services whose requests are signed for this name."""
    session = Session()
    found = (
        session.get_service_model(name) for name in session.get_available_services() if name.startswith(signed[:3])
    )
    return [each for each in found if each.signing_name == signed]


def _written(status: bytes, body: bytes) -> bytes:
    return b"HTTP/1.1 %s\r\nx-amzn-requestid: %s\r\ncontent-length: %d\r\n\r\n%s" % (
        status,
        str(uuid4()).encode(),
        len(body),
        body,
    )


class Authority:
    """Certificates for any host, by an authority of its own."""

    def __init__(self, folder: Path) -> None:
        from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - only this process serves

        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._contexts: dict[str, ssl.SSLContext] = {}
        (folder / "authority.pem").write_bytes(self._certificate("benchmark", ""))
        (folder / "key.pem").write_bytes(self._pem_of_key())

    def context(self, host: str) -> ssl.SSLContext:
        """TLS for a host."""
        if host not in self._contexts:
            file = self._folder / "host.pem"
            file.write_bytes(self._certificate("host", host))
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(file, self._folder / "key.pem")
            self._contexts[host] = context
        return self._contexts[host]

    def _pem_of_key(self) -> bytes:
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - only this process serves

        return self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def _certificate(self, name: str, host: str) -> bytes:
        from cryptography import x509  # noqa: PLC0415 - only this process serves
        from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
        from cryptography.x509.oid import NameOID  # noqa: PLC0415

        issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "benchmark")])
        made = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(issuer)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(VALID[0])
            .not_valid_after(VALID[1])
            .add_extension(x509.BasicConstraints(ca=not host, path_length=None), critical=True)
        )
        if host:
            made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        return made.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


async def _serve(folder: Path, moto: str) -> None:
    fleet, authority = Fleet(moto), Authority(folder)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            wanted = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1]
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            await writer.start_tls(authority.context(wanted.decode().partition(":")[0]))
            while True:
                head = (await reader.readuntil(b"\r\n\r\n"))[:-4]
                length = re.search(rb"\r\ncontent-length: (\d+)", head, re.IGNORECASE)
                body = await reader.readexactly(int(length[1])) if length else b""
                writer.write(fleet.answer(head, body))
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, backlog=1000)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


def main() -> None:
    """Serve until nobody holds the other end of standard input."""
    with serving_moto() as moto:
        populate(moto, SCALE)
        asyncio.run(_serve(Path(sys.argv[1]), moto))


if __name__ == "__main__":
    main()
