"""What the collector makes of real services on loopback, found through a table of sockets written for this."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from collectors.host import tls_listeners as module
from collectors.host.facts import Answer
from collectors.host.source import FactError, MissingProgramError
from collectors.host.tls_listeners import TLS_LISTENERS
from core.resource import missing_fields
from core.resources.host.tls_listeners import TlsListener
from tests.twins import MISSING, RecordedHost

tls_listeners: Any = module.tls_listeners  # collectors promise resources of some kind; these tests know which

pytestmark = pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1")  # the old ones are what this is about

VERSIONS = {
    "old": (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1),
    "new": (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3),
}


def serve(kind: str, folder: Path) -> socket.socket:
    """A service that answers every connection by its kind until its socket is closed."""
    listening = socket.create_server(("127.0.0.1", 0))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    context.set_ciphers("ALL:@SECLEVEL=0")
    if kind in VERSIONS:
        context.minimum_version, context.maximum_version = VERSIONS[kind]
    if kind == "by name":

        def refuse(*_: object) -> int:
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME

        context.sni_callback = refuse

    def answer() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                with suppress(OSError), closing(connection):
                    if kind == "plain":
                        connection.sendall(b"220 hello\r\n")
                        connection.recv(1000)
                    else:
                        with closing(context.wrap_socket(connection, server_side=True)) as secured:
                            secured.recv(1)

    threading.Thread(target=answer, daemon=True).start()
    return listening


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, TlsListener]]:
    """Every kind of service by its name, as the collector sees it."""
    folder = tmp_path_factory.mktemp("tls")
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=service.example"
    subprocess.run(
        ["/bin/sh", "-c", f"{make} -keyout key.pem -out certificate.pem"], cwd=folder, check=True, capture_output=True
    )
    running = {kind: serve(kind, folder) for kind in ("old", "new", "by name", "plain", "gone")}
    ports = {kind: each.getsockname()[1] for kind, each in running.items()}
    running["gone"].shutdown(socket.SHUT_RDWR)
    running.pop("gone").close()
    found = {each.port: each for each in asked(folder, *ports.values(), seconds="30")}
    yield {kind: found[port] for kind, port in ports.items()}
    for each in running.values():
        each.close()


def asked(folder: Path, *ports: int, seconds: str) -> list[TlsListener]:
    """What the fact and its collector make of these ports, with so much patience for each answer."""
    lines = [f"  {n}: 0100007F:{port:04X} 00000000:0000 0A" for n, port in enumerate(ports)]
    lines += [lines[0], "  9: 0100007F:0016 00000000:0000 0A", "  9: 0100007F:01BB 0100007F:0400 01"]
    (folder / "tcp").write_text("\n".join(["  sl  local_address rem_address   st", *lines]) + "\n")
    command = TLS_LISTENERS.command.replace("/proc/net", str(folder)).replace("timeout 3 ", f"timeout {seconds} ")
    command = command.replace(" 443 ", f" {' '.join(map(str, ports))} ")
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, timeout=120, check=True)
    assert done.stderr == b""
    return list(tls_listeners(RecordedHost({TLS_LISTENERS: done.stdout})))


@pytest.mark.parametrize(("kind", "protocols"), [("old", ("TLSv1", "TLSv1.1")), ("new", ("TLSv1.2", "TLSv1.3"))])
def test_what_services_agree_to(seen: dict[str, TlsListener], kind: str, protocols: tuple[str, ...]) -> None:
    service = seen[kind]
    assert service.id == f"tcp 127.0.0.1:{service.port}"
    assert service.protocols == protocols
    assert service.certificate is not None
    assert (service.certificate.subject, service.certificate.issuer) == ("CN=service.example", "CN=service.example")


def test_a_service_without_tls(seen: dict[str, TlsListener]) -> None:
    assert (seen["plain"].protocols, seen["plain"].certificate) == ((), None)


def test_a_service_that_never_answers_is_asked_once(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        (found,) = asked(tmp_path, silent.getsockname()[1], seconds="0.2")
    assert missing_fields(found)["protocols"].count("silent") == 4


@pytest.mark.parametrize(("kind", "why"), [("gone", "TLSv1.2: unreachable"), ("by name", "TLSv1.2: nameless")])
def test_services_that_were_not_understood(seen: dict[str, TlsListener], kind: str, why: str) -> None:
    missing = missing_fields(seen[kind])
    assert missing.keys() == {"protocols", "certificate"}
    assert why in missing["protocols"]


END = b"end\n" + b"\0" * 7


def row(line: str, *answers: str, table: str = "tcp", pem: str = "") -> bytes:
    return "".join(f"{field}\n\0" for field in (table, line, *answers, pem)).encode() + END


def test_addresses_and_a_certificate_that_cannot_be_read() -> None:
    line = "0: 000080FE00000000FF005450B6AD1DFE:01BB 00000000000000000000000000000000:0000 0A"
    (found,) = tls_listeners(
        RecordedHost({TLS_LISTENERS: row(line, "yes", "no", "no", "no", table="tcp6", pem="AAAA")})
    )
    assert (found.id, found.protocols) == ("tcp [fe80::5054:ff:fe1d:adb6]:443", ("TLSv1.2",))
    assert missing_fields(found).keys() == {"certificate"}


def test_the_shell_spells_addresses(tmp_path: Path) -> None:
    """With an openssl that only shows where it was sent."""
    program = tmp_path / "openssl"
    program.write_text('#!/bin/sh\necho "$3" >>"$0.asked"\necho CONNECTED; echo "New, (NONE), Cipher is (NONE)"\n')
    program.chmod(0o755)
    addresses = ["0500000A", "00000000", "0" * 32, "000080FE00000000FF005450B6AD1DFE"]
    (tmp_path / "tcp").write_text("".join(f" 0: {each}:01BB 0:0000 0A\n" for each in addresses[:2]))
    (tmp_path / "tcp6").write_text("".join(f" 0: {each}:01BB 0:0000 0A\n" for each in addresses[2:]))
    command = TLS_LISTENERS.command.replace("/proc/net", str(tmp_path))
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    subprocess.run(["/bin/sh", "-c", command], env=environment, check=True, capture_output=True)
    tried = (tmp_path / "openssl.asked").read_text().split()
    assert tried[::4] == ["10.0.0.5:443", "127.0.0.1:443", "[::1]:443", "[FE80:0000:0000:0000:5054:00FF:FE1D:ADB6]:443"]
    (tmp_path / "tcp").write_text("".join(f" 0: {each:08X}:01BB 0:0000 0A\n" for each in range(17)))
    many = subprocess.run(["/bin/sh", "-c", command], env=environment, check=False, capture_output=True)
    assert (many.returncode, many.stderr) == (1, b"more than 16 listeners\n")


def test_failures_to_look() -> None:
    with pytest.raises(FactError, match="the answer has no end"):
        list(tls_listeners(RecordedHost({TLS_LISTENERS: b""})))
    with pytest.raises(MissingProgramError):
        list(tls_listeners(RecordedHost({TLS_LISTENERS: MISSING})))
    with pytest.raises(FactError, match="more than 16 listeners"):
        list(tls_listeners(RecordedHost({TLS_LISTENERS: Answer(b"", "more than 16 listeners", 1)})))
