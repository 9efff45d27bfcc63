"""The key of marks lies beside the signing key, and every agent of a store finds the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence_store.errors import StoreError
from evidence_store.keys.redaction_key import redaction_key, redaction_key_file


def test_it_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    key_file = tmp_path / "keys" / "signing-key.pem"
    key = redaction_key(key_file)
    path = tmp_path / "keys" / "signing-key.pem.redaction"
    assert redaction_key_file(key_file) == path
    assert len(key) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text(encoding="ascii").strip() == key.hex()
    assert redaction_key(key_file) == key


def test_one_that_others_may_read_is_refused(tmp_path: Path) -> None:
    redaction_key(tmp_path / "key")
    redaction_key_file(tmp_path / "key").chmod(0o644)
    with pytest.raises(StoreError, match="others may read this secret"):
        redaction_key(tmp_path / "key")
