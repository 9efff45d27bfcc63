"""The signing key: made once, for its owner alone, and never replaced."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as elliptic_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from evidence_store.errors import StoreError
from evidence_store.keys import signing as keys


def _pem(key: Ed25519PrivateKey, encryption: KeySerializationEncryption | None = None) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())


def _written(path: Path, data: bytes, mode: int = 0o600) -> Path:
    path.write_bytes(data)
    path.chmod(mode)
    return path


def test_a_new_key_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "config" / "annexa" / "signing-key.pem"
    made = keys.create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) & 0o077 == 0
    assert keys.load(path).private_bytes_raw() == made.private_bytes_raw()
    assert [each.name for each in path.parent.iterdir()] == ["signing-key.pem"]


def test_openssl_reads_the_key(tmp_path: Path) -> None:
    key = keys.create(tmp_path / "key.pem")
    command = ["openssl", "pkey", "-in", str(tmp_path / "key.pem"), "-pubout", "-outform", "DER"]
    assert subprocess.run(command, capture_output=True, check=True).stdout[-32:] == key.public_key().public_bytes_raw()


def test_a_key_that_is_there_is_never_replaced(tmp_path: Path) -> None:
    first = keys.create(tmp_path / "key.pem")
    second = keys.create(tmp_path / "key.pem")
    assert second.private_bytes_raw() == first.private_bytes_raw()


def test_creators_at_the_same_time_get_the_same_key(tmp_path: Path) -> None:
    path = tmp_path / "new" / "key.pem"
    with ThreadPoolExecutor(8) as pool:
        made = {key.private_bytes_raw() for key in pool.map(keys.load_or_create, [path] * 16)}
    assert made == {keys.load(path).private_bytes_raw()}
    assert [each.name for each in path.parent.iterdir()] == ["key.pem"]


def test_creators_in_other_processes_get_the_same_key(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from evidence_store.keys import signing as keys; sys.stdin.readline();"
        "print(keys.load_or_create(Path(sys.argv[1])).private_bytes_raw().hex())"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "key.pem")]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=_repository())
        for _ in range(2)
    ]
    said = {process.communicate("\n", timeout=60)[0] for process in started}
    assert said == {keys.load(tmp_path / "key.pem").private_bytes_raw().hex() + "\n"}


def test_what_a_killed_creator_left_behind_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / f".key.pem.{os.getpid()}").write_bytes(b"half a ke")
    assert keys.create(tmp_path / "key.pem")


def test_a_key_is_made_only_where_nothing_is(tmp_path: Path) -> None:
    made = keys.load_or_create(tmp_path / "key.pem")
    assert keys.load_or_create(tmp_path / "key.pem").private_bytes_raw() == made.private_bytes_raw()


def test_a_missing_key_is_no_new_key(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is not there") as raised:
        keys.load(tmp_path / "key.pem")
    assert raised.value.hint.startswith("restore the key from its backup")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = _written(tmp_path / "key.pem", _pem(Ed25519PrivateKey.generate()), mode)
    with pytest.raises(StoreError, match=f"mode {mode:04o}") as raised:
        keys.load(path)
    assert raised.value.hint == f"chmod 0600 {path}"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not an unencrypted PEM"),
        (b"\x00\xff" * 100, "not an unencrypted PEM"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "not an unencrypted PEM"),
        (_pem(Ed25519PrivateKey.generate(), BestAvailableEncryption(b"word")), "not an unencrypted PEM"),
        (
            elliptic_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
            "not an Ed25519 key",
        ),
    ],
)
def test_what_is_not_our_kind_of_key_is_refused_without_showing_it(tmp_path: Path, data: bytes, why: str) -> None:
    path = _written(tmp_path / "key.pem", data)
    with pytest.raises(StoreError, match=why) as raised:
        keys.load(path)
    assert "BEGIN" not in str(raised.value)


def test_a_folder_is_no_key(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be read: Is a directory"):
        keys.load_or_create(tmp_path)


def test_a_file_where_the_folder_should_be_is_said(tmp_path: Path) -> None:
    _written(tmp_path / "file", b"")
    for make in (keys.create, keys.load_or_create):
        with pytest.raises(StoreError, match="Not a directory"):
            make(tmp_path / "file" / "key.pem")


def test_a_key_that_cannot_be_written_is_said_with_the_setting_to_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="cannot be made: No space left on device") as raised:
        keys.create(tmp_path / "key.pem")
    assert "store.key" in raised.value.hint
    assert list(tmp_path.iterdir()) == []


def _repository() -> Path:
    return Path(keys.__file__).parent.parent
