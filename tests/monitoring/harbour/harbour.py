"""A third party's plug-in, as one would be installed: piers whose ships a file in the working folder describes.

The file is read at each look, so that a test can change the world for a service that runs in another process. Each look
leaves a line in `looks`; one that begins while another process or thread looks at the same pier leaves one in `overlaps`.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from core.model import CollectionGap, Severity, Verdict, failed, passed
from core.plugins import Collector, check, collector
from core.recording import record
from core.resource import Resource, resource
from core.settings import StrictModel
from core.source import Source


class OutageError(Exception):
    """Nobody answers at the pier."""


class Settings(StrictModel):
    """One pier."""

    name: str


class Pier(Source):
    """A pier."""

    principal = "harbour master"

    def __init__(self, name: str, clock: Callable[[], datetime]) -> None:
        self.name = name
        self.clock = clock

    @property
    def id(self) -> str:
        return f"pier/{self.name}"

    def explain(self, error: Exception) -> CollectionGap | None:
        return CollectionGap(str(error), "wait", retryable=True) if isinstance(error, OutageError) else None


def open_sources(
    settings: Sequence[Settings], collectors: Sequence[Collector], clock: Callable[[], datetime]
) -> Iterator[Pier]:
    """The piers that are configured."""
    for each in settings:
        yield Pier(each.name, clock)


def least_privilege(permissions: Iterable[str]) -> str:
    """The permissions as they are."""
    return "\n".join(sorted(permissions))


@resource("harbour.ship")
class Ship(Resource):
    """A ship."""

    id: str
    leaks: int


@collector(permissions=("walk",))
def ships(pier: Pier) -> Iterator[Ship]:
    """Every ship."""
    with _looking(pier.name):
        estate: dict[str, Any] = json.loads(Path("estate.json").read_text(encoding="utf-8"))
        found = estate["ships"].get(pier.name, {})
        record("walk", {"pier": pier.name}, repr(found).encode(), status="0", at=pier.clock(), duration_ms=1)
        for name, leaks in found.items():
            yield Ship(id=name, leaks=leaks)
        if pier.name in estate["out"]:
            raise OutageError("nobody answers")


@contextmanager
def _looking(pier: str) -> Iterator[None]:
    with Path(f"looking-{pier}").open("w") as alone:
        try:
            fcntl.flock(alone, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _note("overlaps", pier)
        _note("looks", pier)
        yield


def _note(file: str, line: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(descriptor, f"{line}\n".encode())
    os.close(descriptor)


@check(objective="clocks-agree", severity=Severity.HIGH)
def ship_is_tight(ship: Ship) -> Verdict:
    """Every ship is tight.

    Others sink.

    Remediation: Caulk it.
    """
    return failed(f"{ship.id} leaks in {ship.leaks} places") if ship.leaks else passed(f"{ship.id} is tight")
