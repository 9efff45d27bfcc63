"""The signing key: Ed25519 in a PKCS#8 PEM file that `openssl pkey` reads, kept apart from the store, mode 0600."""

from __future__ import annotations

import glob
import os
import secrets
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from evidence_store.errors import StoreError

OTHERS = 0o077
RESTORE = "restore the key from its backup, or set store.key to the file that holds it"


def load(path: Path) -> Ed25519PrivateKey:
    """Read the key. Raises `StoreError` when it is missing, readable by others, or not an Ed25519 key."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read(65_536)
    except FileNotFoundError as error:
        raise StoreError(f"{path}: the signing key is not there", RESTORE) from error
    except OSError as error:
        raise StoreError(f"{path}: the signing key cannot be read: {error.strerror}", "set store.key") from error
    if mode & OTHERS:
        raise StoreError(f"{path}: others may read the signing key (mode {mode & 0o777:04o})", f"chmod 0600 {path}")
    try:
        key = load_pem_private_key(data, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise StoreError(f"{path}: this is not an unencrypted PEM private key", RESTORE) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise StoreError(f"{path}: this is not an Ed25519 key", RESTORE)
    return key


def create(path: Path) -> Ed25519PrivateKey:
    """Make a new key, durable and readable by its owner alone. Raises `StoreError`; never replaces a key."""
    key = Ed25519PrivateKey.generate()
    data = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        place(data, path)
    except FileExistsError:
        return load(path)
    except OSError as error:
        raise StoreError(
            f"{path}: the signing key cannot be made: {error.strerror}", "set store.key to a path that can be written"
        ) from error
    return key


def load_or_create(path: Path) -> Ed25519PrivateKey:
    """The key at this path, made when nothing is there. Raises `StoreError`."""
    try:
        path.lstat()
    except FileNotFoundError:
        return create(path)
    except OSError:
        pass  # reading it says better what is wrong
    return load(path)


def waiting_file(path: Path) -> Path:
    """Where a new key waits until the log names it."""
    return path.with_name(f"{path.name}.next")


def load_named(path: Path, public: bytes) -> Ed25519PrivateKey:
    """The key at this path; the one waiting beside it, if that is the one wanted: then a change was not finished."""
    key, waiting = load(path), waiting_file(path)
    if key.public_key().public_bytes_raw() != public and waiting.exists():
        return load(waiting)
    return key


def take_over(path: Path, at: datetime) -> Path | None:
    """Have the waiting key take the place of the old one, which stays beside it under a name with the moment.

    Raises `StoreError`. Each step leaves a key at `path`, and can be done again after a crash.
    """
    try:
        kept = _keep(path, at)
        waiting_file(path).replace(path)
        _sync(path.parent)
    except OSError as error:
        raise StoreError(
            f"{path}: the new key cannot take its place: {error.strerror}",
            "make room or mend the permissions, then: annexa key rotate",
        ) from error
    return kept


def _keep(path: Path, at: datetime) -> Path | None:
    """Another name for the old key, unless it has one from an attempt before."""
    if not path.exists():
        return None
    for each in sorted(path.parent.glob(f"{glob.escape(path.name)}.retired-*")):
        if each.samefile(path):
            return each
    kept = path.with_name(f"{path.name}.retired-{at:%Y%m%dT%H%M%SZ}")
    while kept.exists():  # two changes in one second: neither key may cost the other its place
        kept = path.with_name(f"{kept.name}.another")
    os.link(path, kept)  # never replaces another
    kept.chmod(0o600)
    return kept


def place(data: bytes, path: Path) -> None:
    """Make a file that is whole and durable before it has its name. Raises `FileExistsError` rather than replace."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, path)  # fails when somebody else made one meanwhile: theirs stays
    finally:
        temporary.unlink(missing_ok=True)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)  # a store that names a key which a power failure took away could never be signed again
    finally:
        os.close(descriptor)
