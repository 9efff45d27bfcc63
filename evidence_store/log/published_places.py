"""Where checkpoints are published: a folder of another machine or disk, or a bucket. Each keeps them by log and size.

A note is written whole or not at all, and never replaced.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from evidence_store.backends.address import BucketAddress
from evidence_store.backends.s3 import Bucket
from evidence_store.errors import StoreError

Where = Path | BucketAddress

LARGEST_NOTE = 2**16
"""Bytes: a note has a few hundred."""

NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
"""How file systems without hard links (FAT, some network shares) say so."""


class PublishedPlace(Protocol):
    """The checkpoints of one log in one place. Methods raise `OSError` or `StoreError` when it cannot be looked at."""

    def prepare(self) -> None:
        """Make what is missing below a place that is there."""
        ...

    def sizes(self) -> set[int]: ...

    def read(self, size: int) -> str: ...

    def write(self, size: int, note: str, at: datetime) -> bool:
        """False when there is one of that size already: it stays."""
        ...

    def called(self, size: int) -> str:
        """What to call the checkpoint of a size in a sentence."""
        ...


def place_at(where: Where, origin: str) -> PublishedPlace:
    """The place for the checkpoints of one log."""
    return InFolder(where, origin) if isinstance(where, Path) else InBucket(where, origin)


class InFolder:
    """`ORIGIN/SIZE.checkpoint` in a folder, with the slash in the origin as a dash."""

    def __init__(self, folder: Path, origin: str) -> None:
        self.folder = folder
        self.place = folder / _below(origin)

    def prepare(self) -> None:
        # The folder itself is never made: where a share should be mounted and is not, it would be this very disk.
        if not self.folder.is_dir():
            raise FileNotFoundError(errno.ENOENT, "there is no such folder")
        self.place.mkdir(exist_ok=True)

    def sizes(self) -> set[int]:
        return _sizes(file.name for file in self.place.iterdir())

    def read(self, size: int) -> str:
        with self._file(size).open("rb") as opened:
            return opened.read(LARGEST_NOTE).decode(errors="backslashreplace")

    def write(self, size: int, note: str, _at: datetime) -> bool:
        """Write a file that is whole before it has its name."""
        file = self._file(size)
        temporary = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
        try:
            with temporary.open("xb") as opened:
                opened.write(note.encode())
                opened.flush()
                os.fsync(opened.fileno())
            try:
                os.link(temporary, file)
            except FileExistsError:
                return False
            except OSError as error:
                if error.errno not in NO_LINKS:
                    raise
                if file.exists():
                    return False
                temporary.rename(file)
        finally:
            temporary.unlink(missing_ok=True)
        return True

    def called(self, size: int) -> str:
        return str(self._file(size))

    def _file(self, size: int) -> Path:
        return self.place / _name(size)


class InBucket:
    """The same as objects in a bucket. They are locked as long as packs are, where packs in that bucket are."""

    def __init__(self, address: BucketAddress, origin: str) -> None:
        self._bucket = Bucket(address)
        self._below = f"{_below(origin)}/"

    def prepare(self) -> None:
        self._bucket.refuse_missing()

    def sizes(self) -> set[int]:
        return _sizes(name.removeprefix(self._below) for name in self._bucket.names(self._below))

    def read(self, size: int) -> str:
        data = self._bucket.read(self._key(size), 0, LARGEST_NOTE)
        if data is None:
            raise StoreError(f"{self.called(size)}: it was listed and is not there", "verify again")
        return data.decode(errors="backslashreplace")

    def write(self, size: int, note: str, at: datetime) -> bool:
        lock = self._bucket.address.lock
        return self._bucket.put(self._key(size), note.encode(), at + lock.span if lock else None)

    def called(self, size: int) -> str:
        return self._bucket.where(self._key(size))

    def _key(self, size: int) -> str:
        return self._below + _name(size)


def _below(origin: str) -> str:
    return origin.replace("/", "-")


def _name(size: int) -> str:
    return f"{size}.checkpoint"


def _sizes(names: Iterable[str]) -> set[int]:
    matches = (re.fullmatch(r"(0|[1-9][0-9]{0,18})\.checkpoint", name) for name in names)
    return {int(found[1]) for found in matches if found}
