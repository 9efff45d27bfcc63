"""Files of known hosts: which lines make a host believed, and which refuse it."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collectors.host.ssh.errors import (
    CertificateError,
    ChangedKeyError,
    HostKeyError,
    KnownHostsError,
    RevokedKeyError,
    UnknownHostError,
)
from collectors.host.ssh.known_hosts import Vouched, read_known_hosts
from tests.sshd import keygen, make_key, public

PORT = 2222
NAME = "127.0.0.1"
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the keys of a host, of authorities and of others, and the host's certificates."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("host", "authority", "other"):
        make_key(folder / name)
    make_key(folder / "curve", "ecdsa", bits=384)
    make_key(folder / "rsa", "rsa", bits=2048)
    sign(folder, "good", "-h", "-n", f"{NAME},web-*")
    return folder


def sign(
    folder: Path, name: str, *options: str, authority: str = "authority", valid: str = "20260101:20260301"
) -> None:
    """Make the certificate NAME-cert.pub of the host's key."""
    (folder / f"{name}.pub").write_text((folder / "host.pub").read_text())
    keygen("-s", folder / authority, "-I", f"the {name} one", "-V", valid, *options, folder / f"{name}.pub")


def blob(keys: Path, name: str) -> bytes:
    return base64.b64decode((keys / f"{name}.pub").read_text().split()[1])


def believe(keys: Path, text: str, tmp_path: Path, certificate: str = "good-cert", name: str = NAME) -> Vouched:
    """What a file of known hosts says to a host that has both a key and a certificate, as it would be asked for."""
    file = tmp_path / "known_hosts"
    hashed = tmp_path / "hashed"
    hashed.write_text(f"[{NAME}]:{PORT} {public(keys / 'host')}\n")
    if "{hashed}" in text:
        keygen("-H", "-f", hashed)
    named = {each: public(keys / each) for each in ("host", "authority", "other", "curve")}
    file.write_text(text.format(port=PORT, key=named["host"], hashed=hashed.read_text(), **named) + "\n")
    known = read_known_hosts([tmp_path / "not there", file])
    _, authority = known.types_about(name, PORT)
    return known.vouch(name, PORT, blob(keys, certificate if authority else "host"), NOW)


LINES = {
    "hashed": "{hashed}",
    "a wildcard": "*:{port} {key}",
    "among others": "other,[127.0.0.?]:{port},another {key}",
    "with a comment": "[127.0.0.1]:{port} {key} root@web-1",
    "after broken lines": "nonsense\n[127.0.0.1]:{port} ssh-ed25519 notbase64\n# a comment\n\n[127.0.0.1]:{port} {key}",
    "an authority": "@cert-authority [127.0.0.1]:{port} {authority}",
    "an authority without a port": "@cert-authority 127.0.0.* {authority}",
    "an authority of others, and the key": "@cert-authority [127.0.0.1]:{port} {other}\n[127.0.0.1]:{port} {key}",
    "revoked for others": "@revoked other.example.org {key}\n[127.0.0.1]:{port} {key}",
}
REFUSED: dict[str, tuple[str, type[HostKeyError | KnownHostsError], str]] = {
    "nothing": ("", UnknownHostError, "is not known"),
    "another port": ("127.0.0.1 {key}", UnknownHostError, "is not known"),
    "negated": ("*,![127.0.0.1]:{port} {key}", UnknownHostError, "is not known"),
    "another key": ("[127.0.0.1]:{port} {other}", ChangedKeyError, "ALARM: its host key changed: known is SHA256:"),
    "another type": ("[127.0.0.1]:{port} {curve}", ChangedKeyError, "ALARM: its host key changed"),
    "revoked": ("[127.0.0.1]:{port} {key}\n@revoked * {key}", RevokedKeyError, "is revoked by line 2 of"),
    "its authority revoked": (
        "@cert-authority * {authority}\n@revoked * {authority}", RevokedKeyError, "is revoked by line 2 of",
    ),
    "another authority": ("@cert-authority * {other}", UnknownHostError, "is not known"),
    "an authority that is named as a key": ("[127.0.0.1]:{port} {authority}", ChangedKeyError, "changed"),
    "an unreadable revocation": ("[127.0.0.1]:{port} {key}\n@revoked * ssh-ed25519", KnownHostsError, "line 2 of"),
    "an unknown marker": ("@trusted * {key}\n[127.0.0.1]:{port} {key}", KnownHostsError, "the marker @trusted"),
}  # fmt: skip


@pytest.mark.parametrize("lines", LINES)
def test_a_host_is_believed(lines: str, keys: Path, tmp_path: Path) -> None:
    found = believe(keys, LINES[lines], tmp_path)
    assert bool(found.authority) == ("@cert-authority" in LINES[lines] and "{authority}" in LINES[lines])
    assert found.fingerprint.startswith("SHA256:")


@pytest.mark.parametrize("lines", REFUSED)
def test_a_host_is_refused(lines: str, keys: Path, tmp_path: Path) -> None:
    text, kind, reason = REFUSED[lines]
    with pytest.raises((HostKeyError, KnownHostsError)) as refused:
        believe(keys, text, tmp_path)
    assert type(refused.value) is kind
    assert reason in str(refused.value)
    assert refused.value.hint


@pytest.mark.parametrize(
    ("options", "objection"),
    [
        (("-h", "-n", "web-1,web-2"), "it is not for 127.0.0.1 but for web-1, web-2"),
        (("-h",), "it is not for 127.0.0.1 but for nobody"),
        (("-n", NAME), "it is no certificate for hosts"),
        (("-h", "-n", NAME, "-V", "20250101:20260131"), "it expired on 2026-01-31"),
        (("-h", "-n", NAME, "-V", "20260201:20270101"), "it is valid only from 2026-0"),
        (("-h", "-n", NAME, "-O", "critical:force@example.org=x"), "it demands what we do not know: force@example.org"),
    ],
)
def test_a_certificate_that_does_not_hold_is_refused(
    options: tuple[str, ...], objection: str, keys: Path, tmp_path: Path
) -> None:
    sign(keys, "bad", *options)
    with pytest.raises(CertificateError) as refused:
        believe(keys, "@cert-authority * {authority}", tmp_path, "bad-cert")
    assert objection in str(refused.value)
    assert believe(keys, "@cert-authority * {authority}\n* {key}", tmp_path, "bad-cert").authority == "", (
        "its key is known"
    )


def test_a_certificate_whose_signature_was_altered_is_refused(keys: Path, tmp_path: Path) -> None:
    broken = bytearray(blob(keys, "good-cert"))
    broken[-1] ^= 1
    file = tmp_path / "known_hosts"
    file.write_text(f"@cert-authority * {public(keys / 'authority')}\n")
    with pytest.raises(CertificateError, match="the signature of its authority is wrong"):
        read_known_hosts([file]).vouch(NAME, PORT, bytes(broken), NOW)


@pytest.mark.parametrize("cut", [0, 3, 60, 200, -1])
def test_bytes_that_are_no_key_are_refused(cut: int, keys: Path, tmp_path: Path) -> None:
    for name in ("good-cert", "host"):
        with pytest.raises(HostKeyError):
            read_known_hosts([]).vouch(NAME, PORT, blob(keys, name)[:cut], NOW)
        with pytest.raises(HostKeyError):
            read_known_hosts([]).vouch(NAME, PORT, blob(keys, name) + b"x", NOW)


def test_a_file_that_cannot_be_read_is_no_empty_one(tmp_path: Path) -> None:
    with pytest.raises(KnownHostsError, match="cannot be read: Is a directory"):
        read_known_hosts([tmp_path])


def test_certificates_of_every_kind_of_authority_are_verified(keys: Path, tmp_path: Path) -> None:
    for authority in ("curve", "rsa"):
        sign(keys, f"by-{authority}", "-h", "-n", NAME, authority=authority)
        file = tmp_path / "known_hosts"
        file.write_text(f"@cert-authority * {public(keys / authority)}\n")
        found = read_known_hosts([file]).vouch(NAME, PORT, blob(keys, f"by-{authority}-cert"), NOW)
        assert found.key_id == f"the by-{authority} one"
        assert found.expires
        assert abs(found.expires - datetime(2026, 3, 1, tzinfo=UTC)) < timedelta(days=1)


def test_signatures_with_sha1_do_not_count(keys: Path, tmp_path: Path) -> None:
    sign(keys, "old", "-h", "-n", NAME, "-t", "ssh-rsa", authority="rsa")
    file = tmp_path / "known_hosts"
    file.write_text(f"@cert-authority * {public(keys / 'rsa')}\n")
    with pytest.raises(CertificateError, match="the signature of its authority is wrong"):
        read_known_hosts([file]).vouch(NAME, PORT, blob(keys, "old-cert"), NOW)
