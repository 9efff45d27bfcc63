"""Files beside the store that hold no evidence: read whole, and written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeVar

import msgspec

from evidence_store.errors import StoreError

T = TypeVar("T")


def recall(path: Path, kind: type[T], whose: str, loss: str) -> T | None:
    """What the file holds, or nothing when there is none. `loss` says what becomes of it without one.

    Raises `StoreError`.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror}", "mend its permissions") from error
    except msgspec.DecodeError as error:
        raise StoreError(f"{path}: is not what {whose} remember: {error}", f"move it away; {loss}") from error


def remember(path: Path, value: object) -> None:
    """Write the file, which only its owner can read. Raises `StoreError`."""
    fresh = path.with_suffix(".new")
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with open(fresh, "wb", opener=_private) as file:
            file.write(msgspec.json.encode(value))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}", "make room or mend its permissions") from error


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
