"""Take away one answer of the inventory after the other: no verdict may improve, and none vanish.

What was recorded of the estate is replayed, with refusals and spoilt answers in the place of real ones.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from collectors.gcp import replay
from collectors.gcp.asking import MALFORMED, InventoryError, Listing, Page
from collectors.gcp.source import Choice, Line
from collectors.rest import Line as RestLine
from collectors.rest import Read, Turning
from collectors.rest_answers import Answer, RestError
from core.engine import Collected
from core.model import Evidence, Finding, Status
from core.replay import NotRecordedError
from tests.collectors.gcp.world import CHECKS, COLLECTORS, clock, judge, run, world

PERMISSIONS = {each for collector in COLLECTORS.values() for each in collector.permissions}
LISTINGS = sorted((each for each in PERMISSIONS if isinstance(each, Listing)), key=str)
READS = sorted((each for each in PERMISSIONS if isinstance(each, Read)), key=str)
Key = tuple[str, str, str, str]
Spoil = Callable[[int, Page], Page]


def refused(_: int, page: Page) -> Page:
    raise InventoryError("the inventory answers PERMISSION_DENIED: no", "PERMISSION_DENIED")


def refused_later(number: int, page: Page) -> Page:
    if number > 1 or not page.more:
        raise InventoryError("the inventory answers RESOURCE_EXHAUSTED: no more", "RESOURCE_EXHAUSTED")
    return page


def cut_off(_: int, page: Page) -> Page:
    return changed(page, lambda asset: {**asset, "assetExceptions": [{"exceptionType": "TRUNCATION"}]})


def bare(_: int, page: Page) -> Page:
    return changed(
        page, lambda asset: {name: each for name, each in asset.items() if name not in ("resource", "iamPolicy")}
    )


def silent(_: int, page: Page) -> Page:
    return changed(page, lambda asset: {**asset, **({"resource": {"data": {}}} if "resource" in asset else {})})


def cut_short(_: int, page: Page) -> Page:
    raise InventoryError("the inventory answered with something that is no page", MALFORMED)


def strange(_: int, page: Page) -> Page:
    """Words that nobody knows, in the place of those that a list has, and further members."""

    def other(value: Any) -> Any:
        if isinstance(value, dict):
            return {**{name: other(each) for name, each in value.items()}, "newMember": "new"}
        return [other(each) for each in value] if isinstance(value, list) else value

    return changed(
        page, lambda asset: {**asset, **({"resource": other(asset["resource"])} if "resource" in asset else {})}
    )


WAYS: Mapping[str, Spoil] = {each.__name__: each for each in (refused, refused_later, cut_off, bare, silent, cut_short)}


def changed(page: Page, change: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> Page:
    return Page(tuple(map(change, page.assets)), page.read_time, page.more, page.unplaced)


class SpoilingLine(Line):
    """A recording of which some listings are spoilt."""

    def __init__(self, line: Line, spoilt: Mapping[Listing, Spoil]) -> None:
        self._line = line
        self._spoilt = spoilt
        self.principal = line.principal

    def pages(self, parent: str, listing: Listing, choice: Choice) -> Iterator[Page]:
        spoil = self._spoilt.get(listing)
        for number, page in enumerate(self._line.pages(parent, listing, choice), 1):
            yield spoil(number, page) if spoil else page


class SpoilingDirectory(RestLine):
    """A directory that refuses some questions."""

    def __init__(self, line: RestLine, refused: Collection[Read]) -> None:
        self._line = line
        self._refused = refused

    def ask(self, read: Read, parameters: Mapping[str, str], turning: Turning) -> Answer:
        if read in self._refused:
            raise RestError(f"{read} is denied", status=403)
        try:
            return self._line.ask(read, parameters, turning)
        except NotRecordedError as error:  # who is told less by the inventory asks more
            raise RestError(str(error), status=403) from error

    def configured(self, kind: Any, said: Any) -> Any:
        return said


def again(
    name: str, collected: Collected, spoilt: Mapping[Listing, Spoil], refused: Collection[Read] = ()
) -> Collected:
    place = replay(collected.unit, collected.unit.exchanges, collected.bodies, clock)
    place._line = SpoilingLine(place._line, spoilt)
    if place._directory is not None:
        place._directory.line = SpoilingDirectory(place._directory.line, refused)
    return run(COLLECTORS[name], place)


@cache
def everything() -> Mapping[Key, Status]:
    return by_key(judge(world().evidence, CHECKS.values()))


def by_key(findings: Iterable[Finding]) -> dict[Key, Status]:
    return {(f.check, f.source, f.scope, f.resource): f.verdict.status for f in findings}


def complaints(spoilt: Mapping[Listing, Spoil], refused: Collection[Read] = ()) -> list[str]:
    evidence: list[Evidence] = []
    broken, touched = set[str](), set[str]()
    for name, collected in world().units.items():
        if {*spoilt, *refused} & set(COLLECTORS[name].permissions):
            touched |= COLLECTORS[name].kinds
            collected = again(name, collected, spoilt, refused)  # noqa: PLW2901 - the same unit in another world
            broken |= {gap.reason for gap in collected.unit.gaps if " failed with " in gap.reason}
        evidence += collected.evidence
    judged_by = [check for check in CHECKS.values() if check.kinds & touched]
    after = by_key(judge(evidence, judged_by))
    names = {check.id for check in judged_by}
    before = {key: status for key, status in everything().items() if key[0] in names}
    return sorted(broken) + [
        f"{key} was {before.get(key, 'not there')} and is {after.get(key, 'not there')}"
        for key in sorted(before.keys() | after.keys())
        if not is_honest(key, before, after)
    ]


def is_honest(key: Key, before: Mapping[Key, Status], after: Mapping[Key, Status]) -> bool:
    now = after.get(key)
    if now is None:  # the rest of the population speaks for it
        return after.get((*key[:3], "*")) is Status.UNKNOWN
    return now in (before.get(key), Status.UNKNOWN)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("listing", LISTINGS, ids=str)
def test_one_spoilt_listing_makes_verdicts_unknown_and_nothing_else(listing: Listing, way: str) -> None:
    assert not (wrong := complaints({listing: WAYS[way]})), "\n".join(wrong)


@pytest.mark.parametrize("read", READS, ids=str)
def test_a_directory_that_refuses_makes_verdicts_unknown_and_nothing_else(read: Read) -> None:
    assert not (wrong := complaints({}, {read})), "\n".join(wrong)


@pytest.mark.parametrize("seed", range(15))
def test_many_spoilt_listings_make_verdicts_unknown_and_nothing_else(seed: int) -> None:
    chance = random.Random(seed)
    spoilt = {each: chance.choice(list(WAYS.values())) for each in LISTINGS if chance.random() < 0.1 * (1 + seed % 4)}
    assert not (wrong := complaints(spoilt)), "\n".join(wrong)


@pytest.mark.parametrize("listing", LISTINGS, ids=str)
def test_members_that_nobody_knows_change_nothing(listing: Listing) -> None:
    before = everything()
    evidence = [
        one
        for name, collected in world().units.items()
        for one in (
            again(name, collected, {listing: strange}) if listing in COLLECTORS[name].permissions else collected
        ).evidence
    ]
    assert by_key(judge(evidence, CHECKS.values())) == before


def test_the_estate_is_rich() -> None:
    """Checks that reach no verdict there could not be seen to lose it."""
    judged = {key[0] for key, status in everything().items() if status in (Status.PASS, Status.FAIL)}
    silent = {"gcp.inventory.resources_are_labelled", "gcp.inventory.resources_stand_where_they_may"}
    assert CHECKS.keys() - judged == silent  # no label and no place is wanted by itself
    assert Status.ERROR not in everything().values()
