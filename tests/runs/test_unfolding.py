"""Surveys show further sources while a scan runs."""

from __future__ import annotations

from collections.abc import Collection as Some
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest

from core.engine import Collected
from core.model import CollectionGap, Evidence
from core.plugins import Collector, collector
from core.resource import Resource, resource
from core.source import Source, Survey
from runs.collection import Collection, Limits, Task
from runs.selection import Selection
from runs.unfolding import Unfolding

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


@resource("chain.branch")
class Branch(Resource):
    """A shop of a chain."""

    id: str


@resource("chain.shelf")
class Shelf(Resource):
    """A shelf in a shop."""

    id: str


class Place(Source):
    """Somewhere in a chain of shops."""

    def __init__(self, name: str, scope: str = "") -> None:
        self.name = name
        self.scope = scope

    @property
    def id(self) -> str:
        return self.name

    @property
    def principal(self) -> str:
        return "clerk"

    def explain(self, error: Exception) -> CollectionGap | None:
        return CollectionGap(str(error))


class Chain(Place, Survey):
    """The list of the shops. One without branches breaks; one that waits is interrupted."""

    def __init__(self, name: str, *branches: str, error: BaseException | None = None) -> None:
        super().__init__(name)
        self.branches = branches
        self.error = error

    def unfold(self, evidence: Sequence[Evidence], known: Some[tuple[str, str]]) -> Iterator[Source]:
        yield Place(self.id, "floor")
        shown = {each.id for one in evidence for each in one.resources}
        if any(one.gaps for one in evidence):
            shown |= {source.rpartition("/")[2] for source, _ in known if source.startswith(f"{self.id}/")}
        yield from (Place(f"{self.id}/{name}", "floor") for name in sorted(shown))


@collector(permissions=())
def branches(chain: Chain) -> Iterator[Branch]:
    """The branches."""
    if chain.error:
        raise chain.error
    yield from (Branch(id=name) for name in chain.branches)


@collector(permissions=())
def shelves(place: Place) -> Iterator[Shelf]:
    """The shelves."""
    if place.scope:
        yield Shelf(id=place.id)


def version(_: Collector) -> str:
    return "v1"


def selection(*chains: Chain, asked: tuple[str, ...] = (), closed: tuple[Chain, ...] = ()) -> Selection:
    return Selection(
        checks={},
        targets=tuple((branches, each) for each in chains),
        sources=chains,
        configured=tuple(each.id for each in (*chains, *closed)),
        narrowed=bool(asked),
        left_out=(),
        surveys=(*chains, *closed),
        asked=asked,
        collectors={"chain": (shelves,)},
    )


def run(chosen: Selection, known: frozenset[tuple[str, str]] = frozenset()) -> tuple[Unfolding, dict[str, list[str]]]:
    unfolding = Unfolding(chosen, known, version)
    tasks = [Task(each, place, "v1") for each, place in chosen.targets]
    collection = Collection(tasks, Limits(4, 20), lambda: NOW, lambda _: None, unfolding)
    return unfolding, {source: [each.unit.collector for each in units] for source, units in collection.run()}


def test_what_a_survey_shows_is_looked_at_and_a_source_is_told_whole() -> None:
    unfolding, seen = run(selection(Chain("chain/a", "north", "south")))
    ours = "tests.runs.test_unfolding."
    assert seen == {
        "chain/a": [f"{ours}branches", f"{ours}shelves"],
        "chain/a/north": [f"{ours}shelves"],
        "chain/a/south": [f"{ours}shelves"],
    }
    assert unfolding.configured == ("chain/a", "chain/a/north", "chain/a/south")
    assert unfolding.asked == {"chain/a", "chain/a/north", "chain/a/south"}


def test_only_what_was_asked_for_is_looked_at_and_all_is_configured() -> None:
    unfolding, seen = run(selection(Chain("chain/a", "north", "south"), asked=("chain/a/south",)))
    assert set(seen) == {"chain/a", "chain/a/south"}
    assert unfolding.configured == ("chain/a", "chain/a/north", "chain/a/south")
    assert unfolding.asked == {"chain/a/south"}


KNOWN = frozenset({("chain/a/north", "floor"), ("chain/b/west", "floor")})


def test_a_survey_that_broke_asks_what_was_known() -> None:
    unfolding, seen = run(selection(Chain("chain/a", error=OSError("no list"))), KNOWN)
    assert set(seen) == {"chain/a", "chain/a/north"}
    assert unfolding.configured == ("chain/a", "chain/a/north")


def test_what_stands_below_a_survey_that_was_not_asked_stays_configured() -> None:
    unfolding, _ = run(selection(Chain("chain/a"), closed=(Chain("chain/b"),)), KNOWN)
    assert unfolding.configured == ("chain/a", "chain/b", "chain/b/west")


def test_an_interrupt_unfolds_nothing_and_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = selection(Chain("chain/a", "north"))
    unfolding = Unfolding(chosen, KNOWN, version)
    collection = Collection(
        [Task(branches, chosen.sources[0], "v1")], Limits(4, 20), lambda: NOW, lambda _: None, unfolding
    )

    def interrupted() -> list[tuple[int, Collected]]:
        raise KeyboardInterrupt

    monkeypatch.setattr(collection, "_wait", interrupted)
    ((source, units),) = collection.run()
    assert (source, [each.unit.gaps[0].reason for each in units]) == ("chain/a", ["interrupted before it was done"])
    assert unfolding.configured == ("chain/a", "chain/a/north")
