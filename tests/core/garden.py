"""A small garden to test the engine with: kinds of resource, a source, and what tests say about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from core.model import CollectionGap, Evidence
from core.resource import Observed, Resource, part, resource
from core.source import Source

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


@resource("garden.flower")
class Flower(Resource):
    """A flower."""

    id: str
    color: str
    petals: int = 5


@resource("garden.bee")
class Bee(Resource):
    """A bee, which visits a flower."""

    id: str
    visits: str


@part
class Leaf(Observed):
    """A leaf of a plant."""

    id: str
    green: bool


@resource("garden.tree")
class Tree(Resource):
    """A tree with its leaves."""

    id: str
    leaves: tuple[Leaf, ...]


class LockedError(Exception):
    """The gate is locked."""


class Garden(Source):
    """A garden that yields what a test puts into it; an error among the things is raised in its turn."""

    def __init__(self, *things: object, name: str = "garden/north", scope: str = "") -> None:
        self.things = things
        self.scope = scope
        self._id = name

    @property
    def id(self) -> str:
        return self._id

    @property
    def principal(self) -> str:
        return "gardener"

    def explain(self, error: Exception) -> CollectionGap | None:
        return CollectionGap("the gate is locked", "ask for the key") if isinstance(error, LockedError) else None

    def walk(self) -> Iterator[object]:
        for thing in self.things:
            if isinstance(thing, BaseException):
                raise thing
            yield thing


def ticking(start: datetime = NOW) -> Callable[[], datetime]:
    """A clock that always says the same."""
    return lambda: start


def seen(
    *resources: Resource, kind: str = "", source: str = "garden/north", scope: str = "", gaps: tuple[str, ...] = ()
) -> Evidence:
    """Evidence of these resources, with these gaps."""
    return Evidence(
        kind=kind or resources[0].kind,
        source=source,
        scope=scope,
        collected_at=NOW,
        resources=resources,
        gaps=tuple(map(CollectionGap, gaps)),
    )
