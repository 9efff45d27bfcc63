"""A third party's plug-in, as one would be installed: meadows whose state a test holds in its hand (`WORLD`)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from collectors.host.source import Host
from core.model import CollectionGap, Severity, Verdict, failed, passed
from core.plugins import Collector, check, collector
from core.population import Population
from core.recording import record
from core.resource import Resource, resource
from core.settings import ConfigurationError, StrictModel
from core.source import Source


@dataclass
class World:
    """The flowers of each meadow by name with their height, what is wrong there, and who was closed."""

    flowers: dict[str, dict[str, int]] = field(default_factory=dict)
    wrong: dict[str, Exception] = field(default_factory=dict)
    closed: list[str] = field(default_factory=list)
    cannot_open: str = ""
    principal: str = "shepherd"
    asked: list[str] = field(default_factory=list)
    held: threading.Event | None = None
    """What every walk waits for."""


WORLD = World()


class GateError(Exception):
    """The gate is shut."""


class FogError(GateError):
    """Nothing is to be seen now."""


class Settings(StrictModel):
    """One meadow."""

    name: str


class Meadow(Source):
    """A meadow of the world."""

    def __init__(self, name: str, clock: Callable[[], datetime]) -> None:
        self.name = name
        self.clock = clock

    @property
    def id(self) -> str:
        return f"meadow/{self.name}"

    @property
    def principal(self) -> str:
        return WORLD.principal

    def explain(self, error: Exception) -> CollectionGap | None:
        if not isinstance(error, GateError):
            return None
        return CollectionGap(str(error), "open it", retryable=isinstance(error, FogError))

    def close(self) -> None:
        WORLD.closed.append(self.name)


def open_sources(
    settings: Sequence[Settings], collectors: Sequence[Collector], clock: Callable[[], datetime]
) -> Iterator[Meadow]:
    """The meadows that are configured."""
    if WORLD.cannot_open:
        raise ConfigurationError(WORLD.cannot_open, "find the key")
    for each in settings:
        yield Meadow(each.name, clock)


def least_privilege(permissions: Iterable[str]) -> str:
    """The permissions as they are."""
    return "\n".join(sorted(permissions))


@resource("meadow.flower")
class Flower(Resource):
    """A flower."""

    id: str
    height: int


@resource("meadow.soil")
class Soil(Resource):
    """The soil, of which there is one."""

    id: str


@resource("meadow.badge")
class Badge(Resource):
    """What a plug-in shows of our own kind of source."""

    id: str


@collector(permissions=("walk",))
def flowers(meadow: Meadow) -> Iterator[Flower]:
    """Every flower."""
    WORLD.asked.append(meadow.name)
    if WORLD.held:
        WORLD.held.wait()
    found = WORLD.flowers.get(meadow.name, {})
    record("walk", {"meadow": meadow.name}, repr(found).encode(), status="0", at=meadow.clock(), duration_ms=1)
    for name, height in found.items():
        yield Flower(id=name, height=height)
    if meadow.name in WORLD.wrong:
        raise WORLD.wrong[meadow.name]


@collector(permissions=("dig",))
def soil(meadow: Meadow) -> Iterator[Soil]:
    """The soil."""
    yield Soil(id=meadow.name)


@collector(permissions=())
def badges(host: Host) -> Iterator[Badge]:
    """A badge of a host."""
    yield Badge(id=host.id)


@check(objective="clocks-agree", severity=Severity.HIGH)
def flower_is_low(flower: Flower, *, most: int = 10, names: tuple[str, ...] = (), loud: bool = False) -> Verdict:
    """Every flower is low.

    High flowers break.

    Remediation: Mow.
    """
    what = f"{flower.id} is {flower.height} high"
    return passed(what) if flower.height <= most or flower.id in names else failed(what)


@check(objective="clocks-agree", severity=Severity.LOW)
def flowers_grow_on_soil(flowers: Population[Flower], soils: Population[Soil]) -> Verdict:
    """Flowers grow on soil.

    They would fall over.

    Remediation: Bring soil.
    """
    return passed(f"{len(flowers)} flowers on {len(soils)} soils")
