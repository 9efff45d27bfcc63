"""Secrets of a store that are no signing keys: 32 random bytes in hexadecimal, in a file that its owner alone reads.

They lie beside the signing key, outside the store, and are shared by all agents that share the store.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from evidence_store.errors import StoreError
from evidence_store.keys.signing import OTHERS, place

SECRET_BYTES = 32


def load(path: Path) -> bytes:
    """Read a secret. Raises `StoreError` when it is missing, readable by others, or no secret of ours."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read(1_000)
    except FileNotFoundError as error:
        raise StoreError(f"{path}: the file is not there", "restore it from its backup") from error
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror}", "mend the permissions") from error
    if mode & OTHERS:
        raise StoreError(f"{path}: others may read this secret (mode {mode & 0o777:04o})", f"chmod 0600 {path}")
    try:
        secret = bytes.fromhex(text.decode())
    except ValueError as error:
        raise StoreError(f"{path}: this is not a secret in hexadecimal", "restore it from its backup") from error
    if len(secret) != SECRET_BYTES:
        raise StoreError(f"{path}: this is not a secret of {SECRET_BYTES} bytes", "restore it from its backup")
    return secret


def load_or_create(path: Path) -> bytes:
    """The secret at this path, made when nothing is there. Raises `StoreError`; never replaces one."""
    try:
        path.lstat()
    except FileNotFoundError:
        _create(path)
    except OSError:
        pass  # reading it says better what is wrong
    return load(path)


def _create(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        place(f"{secrets.token_hex(SECRET_BYTES)}\n".encode(), path)
    except FileExistsError:
        return  # somebody else made one meanwhile: theirs counts
    except OSError as error:
        raise StoreError(f"{path}: cannot be made: {error.strerror}", "make room or mend the permissions") from error
