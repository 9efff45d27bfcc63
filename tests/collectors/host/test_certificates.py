"""What the collector of certificates makes of recorded answers, and what its shell program lets out of a host."""

from __future__ import annotations

import ssl
import subprocess
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa, x25519
from cryptography.x509.oid import NameOID

from collectors.host import certificates as module
from collectors.host.certificates import CERTIFICATES, parse_certificate, parse_files
from collectors.host.facts import Answer
from collectors.host.source import FactError
from core.engine import collect
from tests.twins import MISSING, NOW, RecordedHost

certificates: Any = module.certificates  # collectors promise resources of some kind; these tests know which

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
ISSUER = ec.generate_private_key(ec.SECP256R1())


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


@cache
def pem(
    name: str = "site.example", issuer: str = "Example Authority", authority: bool | None = False, kind: str = "ec"
) -> str:
    keys: dict[str, Any] = {
        "ec": lambda: ec.generate_private_key(ec.SECP384R1()),
        "rsa": lambda: rsa.generate_private_key(65537, 2048),
        "dsa": lambda: dsa.generate_private_key(2048),
        "ed25519": ed25519.Ed25519PrivateKey.generate,
        "ed448": ed448.Ed448PrivateKey.generate,
        "x25519": x25519.X25519PrivateKey.generate,
    }
    builder = (
        x509.CertificateBuilder(named(issuer), named(name), keys[kind]().public_key(), 7)
        .not_valid_before(BEGIN)
        .not_valid_after(BEGIN + timedelta(days=90))
    )
    if authority is not None:
        builder = builder.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    return builder.sign(ISSUER, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def private_key() -> str:
    return ISSUER.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def said(*files: tuple[str, str]) -> bytes:
    return "".join(f"F {path}\n\0{body}\n\0" for path, body in files).encode()


def seen(output: bytes) -> list[str]:
    return [certificate.id for certificate in certificates(RecordedHost({CERTIFICATES: output}))]


def test_a_certificate() -> None:
    (found,) = certificates(RecordedHost({CERTIFICATES: said(("/etc/nginx/site.crt", pem()))}))
    assert (found.id, found.subject, found.issuer) == ("/etc/nginx/site.crt", "CN=site.example", "CN=Example Authority")
    assert (found.not_before, found.not_after) == (BEGIN, BEGIN + timedelta(days=90))
    assert (found.key_type, found.key_bits, found.signature_hash) == ("ec", 384, "sha256")
    assert (found.is_authority, found.is_self_signed) == (False, False)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("rsa", ("rsa", 2048)),
        ("dsa", ("dsa", 2048)),
        ("ed25519", ("ed25519", 0)),
        ("ed448", ("ed448", 0)),
        ("x25519", ("other", 0)),
    ],
)
def test_kinds_of_keys(kind: str, expected: tuple[str, int]) -> None:
    found = parse_certificate(pem(kind=kind), "/a")
    assert (found.key_type, found.key_bits) == expected


def test_a_certificate_without_basic_constraints_is_no_authority_s() -> None:
    assert not parse_certificate(pem(authority=None), "/a").is_authority
    assert parse_certificate(pem("x", "x"), "/a").is_self_signed


def altered(old: str, new: str) -> str:
    """The certificate with another object identifier in it; nobody checks the signature."""
    data = ssl.PEM_cert_to_DER_cert(pem())
    assert bytes.fromhex(old) in data
    return ssl.DER_cert_to_PEM_cert(data.replace(bytes.fromhex(old), bytes.fromhex(new)))


def test_a_key_nobody_knows_is_other() -> None:
    assert parse_certificate(altered("06072a8648ce3d0201", "06072a8648ce3d027f"), "/a").key_type == "other"


def test_a_signature_nobody_knows_is_a_gap() -> None:
    unknown = altered("06082a8648ce3d040302", "06082a8648ce3d04037f")
    with pytest.raises(FactError, match="holds no whole certificate: /a"):
        seen(said(("/a", unknown)))


def test_a_signature_that_brings_its_own_hash() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    own = (
        x509.CertificateBuilder(named("x"), named("x"), key.public_key(), 7)
        .not_valid_before(BEGIN)
        .not_valid_after(BEGIN + timedelta(days=90))
        .sign(key, None)
    )
    assert parse_certificate(own.public_bytes(serialization.Encoding.PEM).decode(), "/a").signature_hash == ""


def test_authorities_are_left_out_of_chains_and_folders_of_trust() -> None:
    authority = pem("Example Authority", authority=True)
    output = said(
        ("/etc/nginx/chain.crt", pem() + authority + pem("second.example")),
        ("/etc/nginx/own.crt", authority),
        ("/etc/ssl/certs/local.pem", authority),
        ("/etc/ssl/certs/snakeoil.pem", pem()),
        ("/etc/nginx/empty.pem", ""),
    )
    assert seen(output) == [
        "/etc/nginx/chain.crt",
        "/etc/nginx/chain.crt#3",
        "/etc/nginx/own.crt",
        "/etc/ssl/certs/snakeoil.pem",
    ]


def test_no_certificates_are_an_answer() -> None:
    assert seen(b"") == []


def test_what_cannot_be_read_is_a_gap_and_the_rest_is_kept() -> None:
    cut = pem().replace("-----END CERTIFICATE-----\n", "")
    nonsense = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    output = b"! /etc/ssl/private\n\0" + said(
        ("/a.pem", cut), ("/b.pem", nonsense), ("/c\nd.pem", pem()), ("/e.pem", pem() + "cut off\n")
    )
    got = collect(certificates, RecordedHost({CERTIFICATES: output}), version="0", clock=lambda: NOW)
    assert [found.id for found in got.evidence[0].resources] == ["/c\nd.pem", "/e.pem"]
    (gap,) = got.unit.gaps
    assert "may not be read: /etc/ssl/private; holds no whole certificate: /a.pem, /e.pem, /b.pem" in gap.reason
    assert "root" in gap.hint
    without_denial = collect(
        certificates, RecordedHost({CERTIFICATES: said(("/a.pem", cut))}), version="0", clock=lambda: NOW
    )
    assert without_denial.unit.gaps[0].hint == ""


@pytest.mark.parametrize(
    "answer",
    [
        MISSING,
        b"garbage",
        b"X /a\n\0",
        b"F /a\n\0cut",
        Answer(b"", "no", 2),
        Answer(b"", "", 124),
        Answer(b"", truncated=True),
    ],
)
def test_an_answer_that_is_none_is_a_failure_to_look(answer: bytes | Answer) -> None:
    with pytest.raises(FactError):
        list(certificates(RecordedHost({CERTIFICATES: answer})))


def test_only_certificates_leave_the_host(tmp_path: Path) -> None:
    """The real shell program over a folder of our own: a key beside, before, after and inside a certificate stays."""
    folder = tmp_path / "nginx"
    folder.mkdir()
    key, certificate = private_key(), pem()
    (folder / "both.pem").write_text(key + certificate + key)
    (folder / "dos.pem").write_bytes((certificate + key).replace("\n", "\r\n").encode())
    (folder / "unended.pem").write_text(certificate.partition("-----END")[0] + key)
    (folder / "li\nne.crt").write_text(certificate)
    (folder / "privkey.pem").write_text(key)
    (folder / "key.crt").write_text(key)
    command = CERTIFICATES.command.replace("/etc/nginx ", f"'{folder}' ").replace("/etc/", "/nowhere/")
    command = command.replace("/var/lib", "/nowhere")
    output = subprocess.run(["sh", "-c", command], capture_output=True, check=True).stdout
    assert not any(line.encode() in output for line in key.splitlines())
    found = {Path(file.path).name: (len(file.blocks), file.whole) for file in parse_files(output)}
    assert found == {
        "both.pem": (1, True),
        "dos.pem": (1, True),
        "unended.pem": (0, False),
        "li\nne.crt": (1, True),
        "key.crt": (0, True),
    }
    assert all(file.blocks[0] == certificate for file in parse_files(output) if file.blocks)
