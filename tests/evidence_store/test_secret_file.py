from __future__ import annotations

from pathlib import Path

import pytest

from evidence_store.errors import StoreError
from evidence_store.keys import secret_file


def test_a_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "secret"
    made = secret_file.load_or_create(path)
    assert len(made) == secret_file.SECRET_BYTES
    assert path.stat().st_mode & 0o777 == 0o600
    assert secret_file.load_or_create(path) == secret_file.load(path) == made
    assert secret_file.load_or_create(tmp_path / "other") != made


def test_whoever_makes_it_second_takes_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret"
    made = secret_file.load_or_create(path)
    monkeypatch.setattr(Path, "lstat", lambda _self: (_ for _ in ()).throw(FileNotFoundError))
    assert secret_file.load_or_create(path) == made


@pytest.mark.parametrize(
    ("content", "mode", "message"),
    [
        (b"ab" * 32, 0o644, "others may read this secret"),
        (b"no hexadecimal", 0o600, "this is not a secret in hexadecimal"),
        (b"\xff\xfe", 0o600, "this is not a secret in hexadecimal"),
        (b"abcd", 0o600, "this is not a secret of 32 bytes"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, content: bytes, mode: int, message: str) -> None:
    path = tmp_path / "secret"
    path.write_bytes(content)
    path.chmod(mode)
    with pytest.raises(StoreError, match=message) as refused:
        secret_file.load_or_create(path)
    assert content.decode(errors="replace") not in str(refused.value)


def test_a_file_that_cannot_be_had_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match="is not there"):
        secret_file.load(tmp_path / "absent")
    with pytest.raises(StoreError, match="cannot be read"):
        secret_file.load(tmp_path)
    with pytest.raises(StoreError, match="cannot be read"):
        secret_file.load_or_create(tmp_path / "file" / "secret")


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_data: bytes, _path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(secret_file, "place", full)
    with pytest.raises(StoreError, match="cannot be made: No space left on device"):
        secret_file.load_or_create(tmp_path / "secret")
