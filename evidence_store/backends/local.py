"""Packs as files in folders."""

from __future__ import annotations

import os
from pathlib import Path

MOST_OPEN = 64
"""Packs that a reader holds open at once: a store has one for each scan, and a process may open about a thousand."""


class LocalPacks:
    """The packs in some folders: the first that has a pack of a name is asked for it."""

    def __init__(self, *folders: Path) -> None:
        self.folders = folders
        self._open: dict[str, int] = {}

    def where(self, pack: str) -> str:
        folder = next((each for each in self.folders if _exists(each, pack)), self.folders[0])
        return f"{folder.name}/{pack}"

    def has(self, pack: str) -> bool:
        """Whether some folder has a pack of this name."""
        return any(_exists(each, pack) for each in self.folders)

    def read(self, pack: str, offset: int, length: int) -> bytes:
        """Raises `OSError` or `ValueError` when there is no such pack, or no such place in it."""
        if Path(pack).name != pack:
            raise ValueError("not the name of a pack")
        return os.pread(self._descriptor(pack), length, offset)

    def close(self) -> None:
        while self._open:
            os.close(self._open.popitem()[1])

    def _descriptor(self, pack: str) -> int:
        if pack not in self._open:
            if len(self._open) >= MOST_OPEN:
                os.close(self._open.pop(next(iter(self._open))))
            self._open[pack] = self._opened(pack)
        return self._open[pack]

    def _opened(self, pack: str) -> int:
        missing: FileNotFoundError | None = None
        for folder in self.folders:
            try:
                return os.open(folder / pack, os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError as error:
                missing = missing or error
        raise missing or FileNotFoundError(pack)


def _exists(folder: Path, pack: object) -> bool:
    try:
        return (folder / str(pack)).exists()
    except OSError:  # a name that is longer than any may be
        return False
