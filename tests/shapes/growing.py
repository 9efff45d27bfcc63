"""Shapes that are taken from a published schema when somebody asks for them, so that only those are kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Growing(dict[str, T]):
    """Entries by name, each read when it is asked for first; a name that the schema does not have is not in it."""

    def __init__(self, read: Callable[[str], T | None]) -> None:
        super().__init__()
        self._read = read
        self._nowhere: set[str] = set()

    def __missing__(self, name: str) -> T:
        found = None if name in self._nowhere else self._read(name)
        if found is None:
            self._nowhere.add(name)
            raise KeyError(name)
        self[name] = found
        return found

    def __contains__(self, name: object) -> bool:
        return self.get(str(name)) is not None

    def get(self, name: str, default: Any = None) -> Any:
        try:
            return self[name]
        except KeyError:
            return default
