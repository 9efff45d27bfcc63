"""What our servers for Google Cloud answer, and what collectors read of such answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import collectors.gcp
from collectors.gcp.asking import InventoryError, Listing, Page
from collectors.gcp.settings import Settings
from collectors.gcp.source import Choice, Estate, EstateSurvey, Line
from collectors.rest import Line as RestLine
from collectors.rest import Read, Turning
from collectors.rest_answers import Answer, RestError
from core.plugins import Collector, discover
from core.resource import NotObservedError, Observed
from tests.collectors.gcp import estate
from tests.collectors.gcp.world import clock, world
from tests.shapes.exploring import ABSENT, ORDINARY, Exploration, Place, misread, with_own
from tests.shapes.schema import TYPE, Shapes

COLLECTORS = discover([collectors.gcp], Collector)
ASSET = "asset"
WRAPPED, INSIDE = "asset of", "resource of"
ENVELOPE = "cloudasset.v1."
CERTAIN: Mapping[Place, list[Any]] = {
    ("cloudasset.v1.Binding", "role"): ["roles/iam.serviceAccountUser"],
    ("cloudasset.v1.Binding", "members"): [["group:admins@example.org"]],
}
"""What must be said for deny policies and groups to be asked about."""
UNKNOWN = "has a value that nobody here knows"
OPEN = ("string", "enum:", "[]Type:")
ERRORS = (InventoryError, RestError, KeyError)
"""How readers say that something is missing without which nothing can be said."""


def questions() -> dict[str, Read]:
    """Every question to other services than the inventory, by its words."""
    found = {each for collector in COLLECTORS.values() for each in collector.permissions if isinstance(each, Read)}
    return {str(each): each for each in sorted(found, key=str)}


def types() -> set[str]:
    """Every type of asset that a collector asks for."""
    listings = [each for one in COLLECTORS.values() for each in one.permissions if isinstance(each, Listing)]
    return {kind for each in listings for kind in each.types}


def without_shape(operations: Mapping[str, str]) -> set[str]:
    """The types of assets, and the questions to other services, of which nobody has said what is answered."""
    return (types() | questions().keys()) - operations.keys()


def answers(shapes: Shapes) -> Iterator[tuple[str, str, Any]]:
    """Of every answer where it comes from, its kind and what it is: assets whole, and what other services said."""
    for asset in estate.EVERYTHING:
        yield asset["assetType"], shapes.operations[ASSET], asset
        if "resource" in asset and asset["assetType"] in types():
            yield asset["assetType"], shapes.operations.get(asset["assetType"], ""), asset["resource"]["data"]
    for one in world().units.values():
        for exchange in one.unit.exchanges:
            if exchange.operation in questions() and exchange.status == "200":
                body = json.loads(one.bodies[exchange.response])
                yield exchange.operation, shapes.operations.get(exchange.operation, ""), body


def shown(shapes: Shapes) -> set[str]:
    """What is wrong with the answers of our servers."""
    found: set[str] = set()
    for where, kind, said in answers(shapes):
        if kind:
            found |= shapes.compared(said, kind, where).complaints
    return found


class ExploredLine(Line):
    """An inventory that has one asset of each type, as the exploration chooses."""

    def __init__(self, exploration: Exploration) -> None:
        self._exploration = exploration

    def pages(self, parent: str, listing: Listing, choice: Choice) -> Iterator[Page]:
        kinds = listing.types or [""]
        yield Page(tuple(self._exploration.message(f"{TYPE}{WRAPPED} {each}") for each in kinds), "", more=False)


class ExploredRest(RestLine):
    """Other services, likewise."""

    def __init__(self, exploration: Exploration) -> None:
        self._exploration = exploration

    def ask(self, read: Read, parameters: Mapping[str, str], turning: Turning) -> Answer:
        return Answer(200, self._exploration.message(self._exploration.shapes.operations[str(read)]))

    def configured(self, kind: type[Any], said: Any) -> Any:
        return said


def read(shapes: Shapes) -> set[str]:
    """What is wrong with what collectors read: names that the schema does not have, and values read as another kind."""
    found: set[str] = set()
    for name, collector in COLLECTORS.items():
        asked = {kind for each in collector.permissions for kind in getattr(each, "types", (str(each),))}
        if asked <= shapes.operations.keys():  # another test says of which nobody knows the shape
            found |= _read(name, shapes, asked)
    return found


def _read(name: str, shapes: Shapes, asked: set[str]) -> set[str]:
    problems: set[str] = set()
    wrapped: dict[str, Mapping[str, str]] = {}
    certain = dict(CERTAIN)
    for each in {"", *asked}:
        wrapped[f"{WRAPPED} {each}"] = {**shapes.types[f"{ENVELOPE}Asset"], "resource": f"{TYPE}{INSIDE} {each}"}
        wrapped[f"{INSIDE} {each}"] = {
            **shapes.types[f"{ENVELOPE}Resource"],
            "data": shapes.operations.get(each, "map"),
        }
        certain |= {
            (f"{WRAPPED} {each}", "assetType"): [each or "storage.googleapis.com/Bucket"],
            (f"{WRAPPED} {each}", "assetExceptions"): [ABSENT],
            (f"{WRAPPED} {each}", "ancestors"): [[estate.SHOP, *estate.ABOVE]],
        }
    together = {kind.removeprefix(TYPE) for each in asked if (kind := shapes.operations.get(each))}
    exploration = Exploration(with_own(shapes, wrapped), certain, together)
    for cut_off in (ABSENT, ORDINARY):
        look = partial(_look, name, exploration, problems)
        exploration.every(look, {place: cut_off for place in certain if place[1] == "assetExceptions"})
    return problems | {f"{each}: read by {name}, and the schema has no such field" for each in exploration.unknown}


def _look(name: str, exploration: Exploration, problems: set[str]) -> None:
    try:
        for each in _resources(name, exploration):
            problems |= {f"{name}: {reason}" for reason in misread(each)}
            unknown = {reason for reason in misread(each, UNKNOWN) if not _may_be_unknown(reason, exploration.shapes)}
            problems |= {f"{name}: {reason}" for reason in unknown}
    except ERRORS:
        return  # what must be there was missing
    except NotObservedError as error:
        problems.add(f"{name} breaks off, for it takes what is unobserved for a value: {error}")


def _may_be_unknown(reason: str, shapes: Shapes) -> bool:
    """Whether what is called so is a text anywhere, whose words may be new, or a list of objects, which may lack something."""
    name = reason.partition(" ")[0].rpartition(".")[2]
    return any(fields.get(name, "").startswith(OPEN) for fields in shapes.types.values())


def _resources(name: str, exploration: Exploration) -> Iterator[Observed]:
    line, directory = ExploredLine(exploration), ExploredRest(exploration)
    places = (
        EstateSurvey(Settings(scope=estate.ORGANIZATION), line, clock, directory),
        Estate("gcp/x", estate.ORGANIZATION, line, scope=estate.ORGANIZATION, directory=directory),
    )
    collector = COLLECTORS[name]
    for place in places:
        for target in place.targets(collector.source):
            yield from collector(target)
