"""Files on their way out: each has its name when it is whole, or never."""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO, Self

from core.errors import AnnexaError

BYTES_AT_ONCE = 2**20
PREFIX = ".annexa-export-"
"""How files are called that have no name yet."""
SURELY_LOCKED = 60
"""Seconds after its last byte at which a file that nobody holds was left by a process that died."""


class Writing:
    """A file on its way: it has its name when it is whole, or never. Raises `AnnexaError`."""

    def __init__(self, output: Path) -> None:
        self._output = output

    def __enter__(self) -> Self:
        if os.path.lexists(self._output):
            raise AnnexaError(f"{self._output}: is there already", "name another file, or remove this one")
        if not self._output.parent.is_dir():
            raise AnnexaError(f"{self._output.parent}: is no folder", "make it first, or name a file elsewhere")
        try:
            handle, name = tempfile.mkstemp(dir=self._output.parent, prefix=PREFIX)
            fcntl.flock(handle, fcntl.LOCK_EX)  # as long as this process lives, it is not taken for a dead one's
        except OSError as error:
            raise self._unwritable(error) from error
        self._path = Path(name)
        self._clear(os.fstat(handle).st_mtime)
        self.stream: IO[bytes] = os.fdopen(handle, "w+b")
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        with suppress(OSError):
            self.stream.close()
        with suppress(OSError):
            self._path.unlink()
        if isinstance(error, OSError):
            raise self._unwritable(error) from error

    def finish(self) -> tuple[str, int]:
        """All of it on the disk; its SHA-256 and length."""
        self.stream.flush()
        os.fsync(self.stream.fileno())
        size = self.stream.tell()
        self.stream.seek(0)
        digest = hashlib.sha256()
        while piece := self.stream.read(BYTES_AT_ONCE):
            digest.update(piece)
        return digest.hexdigest(), size

    def give_name(self) -> None:
        """Its name, unless somebody else has made a file of that name meanwhile."""
        os.link(self._path, self._output)

    def _clear(self, now: float) -> None:
        """Remove what exports left here that were killed: files of this user that nobody holds any more.

        `now` is what the file system calls it. A file may be so new that its maker has not locked it yet: it stays.
        """
        for path in self._output.parent.glob(f"{PREFIX}*"):
            with suppress(OSError), path.open("rb") as file:
                about = os.fstat(file.fileno())
                if about.st_uid == os.geteuid() and now - about.st_mtime > SURELY_LOCKED:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    path.unlink()

    def _unwritable(self, error: OSError) -> AnnexaError:
        what = error.strerror or str(error)
        return AnnexaError(
            f"{self._output}: cannot be written: {what}", "make room or name a file elsewhere; nothing was left"
        )
