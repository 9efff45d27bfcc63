"""The key that marks of secrets carry digests under: beside the signing key, shared by the agents of one store."""

from __future__ import annotations

from pathlib import Path

from evidence_store.keys import secret_file


def redaction_key_file(key_file: Path) -> Path:
    """Where the key lies: `signing-key.pem.redaction`."""
    return key_file.with_name(f"{key_file.name}.redaction")


def redaction_key(key_file: Path) -> bytes:
    """The key beside this signing key, made on first use. Raises `StoreError`.

    Another key is no danger to what is sealed: marks change once, and `scan_started` says that the key did.
    """
    return secret_file.load_or_create(redaction_key_file(key_file))
