"""A bundle on its way into a ZIP file: the same files give the same bytes, whenever and by whomever it is made."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO, Self

from exports.bundle.parts import File

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of every file in the archive: the oldest that ZIP can say."""
MODE = 0o100644 << 16
UNIX = 3
LEVEL = 6


@dataclass(frozen=True, slots=True)
class Written:
    """A file that is in the archive."""

    path: str
    digest: str
    size: int


class Archive:
    """Writes files one after the other, each piece by piece, and remembers their digests."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self.written: dict[str, Written] = {}

    def add(self, file: File) -> Written:
        """Write a file. Raises `OSError` when there is no room, and `ValueError` for a path that is taken."""
        if file.path in self.written:
            raise ValueError(f"two files of a bundle are called {file.path}")
        entry = zipfile.ZipInfo(file.path, EPOCH)
        entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, MODE, UNIX
        digest, size = hashlib.sha256(), 0
        with self._zip.open(entry, "w", force_zip64=not isinstance(file.content, bytes)) as stream:
            for piece in file.pieces:
                digest.update(piece)
                size += len(piece)
                stream.write(piece)
        self.written[file.path] = Written(file.path, digest.hexdigest(), size)
        return self.written[file.path]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        if failed:
            self._zip.fp = None  # what is not whole needs no end, and there may be no room for one
        self.close()

    def close(self) -> None:
        """Write the end. Raises `OSError`."""
        self._zip.close()


def sums(written: Iterable[Written]) -> bytes:
    """What `sha256sum` would print for these files, by path: `sha256sum --check` reads it."""
    return "".join(f"{each.digest}  {each.path}\n" for each in sorted(written, key=lambda file: file.path)).encode()
