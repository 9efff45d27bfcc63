"""A third party's plug-in, as one would be installed: vineyards that can be looked at again from their recording.

Each answers with its vines: a line with a name, a height and whoever looks after it, a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core.model import CollectionGap, Exchange, Severity, Unit, Verdict, failed, not_applicable, passed
from core.plugins import Collector, check, collector
from core.population import Population
from core.recording import record
from core.replay import Recording
from core.resource import Resource, resource, unobserved
from core.settings import StrictModel
from core.source import Source


@dataclass
class World:
    """What each vineyard answers, by its name and by what it is asked for."""

    answers: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])


WORLD = World()
DENIED = "denied"


class DeniedError(Exception):
    """The vintner said no."""


class Settings(StrictModel):
    """One vineyard."""

    name: str


class Vineyard(Source):
    """A vineyard of the world."""

    def __init__(self, name: str, clock: Callable[[], datetime]) -> None:
        self.name = name
        self.clock = clock

    @property
    def id(self) -> str:
        return f"vineyard/{self.name}"

    @property
    def principal(self) -> str:
        return "visitor"

    def explain(self, error: Exception) -> CollectionGap | None:
        return CollectionGap(str(error), "knock") if isinstance(error, DeniedError) else None

    def ask(self, question: str) -> list[list[str]]:
        body = self.said(question)
        record("ask", {"question": question}, body, status="0", at=self.clock(), duration_ms=1)
        if body == DENIED.encode():
            raise DeniedError(f"nobody may see the {question}")
        return [line.split() for line in body.decode().splitlines()]

    def said(self, question: str) -> bytes:
        return WORLD.answers.get((self.name, question), "").encode()


class ReplayedVineyard(Vineyard):
    """A vineyard from its recording."""

    def __init__(self, unit: Unit, recording: Recording, clock: Callable[[], datetime]) -> None:
        super().__init__(unit.source.removeprefix("vineyard/"), clock)
        self.recording = recording

    def said(self, question: str) -> bytes:
        return self.recording.answer("ask", {"question": question})[1]


def open_sources(
    settings: Sequence[Settings], collectors: Sequence[Collector], clock: Callable[[], datetime]
) -> Iterator[Vineyard]:
    """The vineyards that are configured."""
    for each in settings:
        yield Vineyard(each.name, clock)


def replay(
    unit: Unit, exchanges: Sequence[Exchange], bodies: Mapping[str, bytes], clock: Callable[[], datetime]
) -> ReplayedVineyard:
    """A vineyard as it answered."""
    return ReplayedVineyard(unit, Recording(exchanges, bodies), clock)


def least_privilege(permissions: Iterable[str]) -> str:
    """The permissions as they are."""
    return "\n".join(sorted(permissions))


@resource("vineyard.vine")
class Vine(Resource):
    """A vine, and who looks after it."""

    id: str
    height_cm: int
    keeper: str
    pruned: bool

    def persons(self) -> Iterator[str]:
        yield self.keeper


@resource("vineyard.wall")
class Wall(Resource):
    """A wall. What is written on it may name anybody."""

    id: str
    says: str


@collector(permissions=("walk",))
def vines(vineyard: Vineyard) -> Iterator[Vine]:
    """Every vine."""
    for name, height, keeper in vineyard.ask("vines"):
        pruned: bool = unobserved("fog") if height == "0" else True
        yield Vine(id=name, height_cm=int(height), keeper=keeper, pruned=pruned)


@collector(permissions=("look",))
def walls(vineyard: Vineyard) -> Iterator[Wall]:
    """Every wall."""
    for name, *says in vineyard.ask("walls"):
        yield Wall(id=name, says=" ".join(says))


@check(objective="clocks-agree", severity=Severity.HIGH)
def vine_is_low(vine: Vine, *, most_cm: int = 100) -> Verdict:
    """Every vine is low.

    High vines break.

    Remediation: Prune it.
    """
    if vine.height_cm == 1:
        return not_applicable(f"{vine.id} is a seedling")
    if not vine.pruned:
        return failed(f"{vine.id} was not pruned")
    what = f"{vine.id}, which {vine.keeper} looks after, is {vine.height_cm} cm high"
    return passed(what) if vine.height_cm <= most_cm else failed(what)


@check(objective="logs-are-protected", severity=Severity.LOW)
def wall_is_clean(wall: Wall, vines: Population[Vine]) -> Verdict:
    """Every wall is clean.

    Paint hides cracks.

    Remediation: Wash it.
    """
    return (
        failed(f"{wall.id} says {wall.says}") if wall.says else passed(f"{wall.id} is clean, near {len(vines)} vines")
    )
