"""Take away one answer of Azure after the other: no verdict may improve, and none vanish.

What was recorded of the estate is replayed with refusals and spoilt answers in the place of real ones. What Resource
Graph leaves out without a word is tried on the server itself.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from zlib import crc32

import pytest

from collectors.azure import replay
from collectors.azure.exchanges import RecordedLine
from collectors.azure.operations import Query
from core.engine import Collected
from core.model import Evidence, Exchange, Finding, Status
from core.replay import NotRecordedError, Recording
from core.resource import Resource
from core.resources.azure.services import CalledService
from core.source import Source
from tests.azure_server import READER, Azure, AzureServer
from tests.collectors.azure.estate import estate
from tests.collectors.azure.world import CHECKS, COLLECTORS, Unit, clock, judge, looked, places, run, world

SURVEY = "azure.subscriptions.subscriptions"
READS = {str(read): read for each in COLLECTORS.values() for read in each.permissions}
OF_THE_SURVEY = sorted({str(read) for read in COLLECTORS[SURVEY].permissions})
OPERATIONS = sorted({str(read) for each in COLLECTORS.values() if each.id != SURVEY for read in each.permissions})
QUERIES = sorted(name for name, read in READS.items() if isinstance(read, Query) and read.type)
ACTIONS = sorted({read.action for read in READS.values()})

Key = tuple[str, str, str, str]
"""Check, source, scope and resource."""
Way = Callable[[Exchange, bytes], tuple[Exchange, bytes]]


def refused(status: int, code: str) -> Way:
    said = f'{{"error": {{"code": "{code}", "message": "no"}}}}'.encode()
    return lambda exchange, _: (replace(exchange, status=str(status)), said)


WAYS: dict[str, Way] = {
    "denied": refused(403, "AuthorizationFailed"),
    "expired": refused(401, "ExpiredAuthenticationToken"),
    "missing": refused(404, "ResourceNotFound"),
    "conflict": refused(409, "Conflict"),
    "throttled": refused(429, "TooManyRequests"),
    "broken": refused(500, "InternalServerError"),
    "html": lambda exchange, _: (replace(exchange, status="502"), b"<html>Bad gateway</html>"),
    "unreachable": lambda exchange, _: (replace(exchange, status="unreachable", error="no answer"), b""),
    "cut off": lambda exchange, body: (exchange, body[: len(body) // 2]),
    "empty": lambda exchange, _: (exchange, b""),
    "nothing": lambda exchange, _: (exchange, b"{}"),
    "null": lambda exchange, _: (exchange, b'{"value": null, "data": null, "properties": null}'),
    "a list": lambda exchange, _: (exchange, b"[1]"),
    "strange items": lambda exchange, _: (exchange, b'{"value": [1], "data": [1], "totalRecords": 1}'),
    "hollow items": lambda exchange, _: (exchange, b'{"value": [{}], "data": [{}], "totalRecords": 1}'),
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_one_refused_operation_makes_verdicts_unknown_and_nothing_else(operation: str) -> None:
    names = sorted(WAYS)
    first = crc32(operation.encode())
    ways = {"denied", *(names[(first + step * 4) % len(names)] for step in range(4))}
    wrong = [complaint for way in sorted(ways) for complaint in complaints({operation: way})]
    assert not wrong, "\n".join(wrong)


@pytest.mark.soak
@pytest.mark.parametrize("operation", OPERATIONS)
def test_one_operation_refused_in_every_way(operation: str) -> None:
    wrong = [complaint for way in WAYS for complaint in complaints({operation: way})]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("seed", range(10))
def test_many_refused_operations_make_verdicts_unknown_and_nothing_else(seed: int) -> None:
    chance = random.Random(seed)
    ways = {each: chance.choice(sorted(WAYS)) for each in OPERATIONS if chance.random() < 0.1}
    assert not (wrong := complaints(ways)), "\n".join(wrong)


@pytest.mark.parametrize("operation", OF_THE_SURVEY)
def test_a_survey_that_is_refused_makes_verdicts_unknown_and_nothing_else(operation: str) -> None:
    azure = estate()
    read = READS[operation]
    azure.denied = [rf"{read.path.rpartition('/providers/')[2].split('/{')[0].lower()}(/|$)"]
    known = [(target.id, target.scope) for target in places(world().server.url).values()]
    with AzureServer(azure) as server:
        evidence = [each for one in looked(server.url, known=known).values() for each in one.evidence]
    wrong = dishonest(everything(), by_key(judge(evidence)))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", QUERIES)
def test_what_resource_graph_leaves_out_without_a_word_is_a_gap(name: str) -> None:
    """The role lacks one action: the server then shows none of that type, and says that this is all there is."""
    query = READS[name]
    assert isinstance(query, Query)
    azure = estate()
    allow(azure, [each for each in ACTIONS if each not in (query.action, "*/read")])
    azure.items = {key: item for key, item in azure.items.items() if item["type"].lower() != query.type}
    seen = [run(COLLECTORS[unit[0]], place) for unit, place in asking(azure, query)]
    assert seen
    for collected in seen:
        assert [each for one in collected.evidence for each in one.resources if is_of(query, each)] == []
        assert f"{query.action} is not allowed in the whole subscription" in collected.unit.gaps[0].reason


def test_a_role_with_exactly_what_is_declared_has_no_gap() -> None:
    azure = estate()
    allow(azure, ACTIONS)
    with AzureServer(azure) as server:
        gaps = {unit: one.unit.gaps for unit, one in looked(server.url).items() if one.unit.gaps}
    assert gaps == {}


def test_a_role_without_the_right_to_read_everything_lacks_the_inventory_alone() -> None:
    azure = estate()
    allow(azure, [each for each in ACTIONS if each != "*/read"])
    with AzureServer(azure) as server:
        gaps = {unit[0] for unit, one in looked(server.url).items() if one.unit.gaps}
    assert gaps == {"azure.inventory.resources"}


def test_the_estate_is_rich() -> None:
    """Checks that reach no verdict there could not be seen to lose it."""
    judged = {key[0] for key, status in everything().items() if status in (Status.PASS, Status.FAIL)}
    assert sorted(CHECKS.keys() - judged) == []


def is_of(query: Query, seen: Resource) -> bool:
    """Whether something came from a query, of those that one collector asks."""
    return not isinstance(seen, CalledService) or seen.type == query.type


def allow(azure: Azure, actions: list[str]) -> None:
    """Let the reader have a role with these actions and no others."""
    azure.roles[READER]["properties"]["permissions"] = [{"actions": actions, "notActions": []}]


def asking(azure: Azure, query: Query) -> Iterator[tuple[Unit, Source]]:
    """Where and by which collectors a query is asked, while the server runs."""
    with AzureServer(azure) as server:
        for unit, place in places(server.url).items():
            if str(query) in map(str, COLLECTORS[unit[0]].permissions):
                yield unit, place


class DenyingRecording(Recording):
    """A recording in which some operations were refused."""

    def __init__(self, collected: Collected, ways: Mapping[str, str]) -> None:
        super().__init__(collected.unit.exchanges, collected.bodies)
        self._ways = ways

    def answer(self, operation: str, parameters: Mapping[str, str]) -> tuple[Exchange, bytes]:
        way = self._ways.get(operation)
        try:
            exchange, body = super().answer(operation, parameters)
        except NotRecordedError:  # asked only because something else was refused: nobody knows what Azure would say
            exchange, body, way = nothing(operation), b"", way or "denied"
        return WAYS[way](exchange, body) if way else (exchange, body)


def nothing(operation: str) -> Exchange:
    return Exchange(operation=operation, parameters={}, response="", size=0, status="200", at=clock(), duration_ms=0)


def again(unit: Unit, collected: Collected, ways: Mapping[str, str]) -> Collected:
    """A unit in a world that refuses."""
    place = replay(collected.unit, collected.unit.exchanges, collected.bodies, clock)
    place._line = RecordedLine(DenyingRecording(collected, ways))
    return run(COLLECTORS[unit[0]], place)


@cache
def everything() -> Mapping[Key, Status]:
    return by_key(judge(world().evidence))


def by_key(findings: Iterable[Finding]) -> dict[Key, Status]:
    return {(f.check, f.source, f.scope, f.resource): f.verdict.status for f in findings}


def complaints(ways: Mapping[str, str]) -> list[str]:
    """What is wrong with the verdicts in a world that refuses these operations."""
    evidence: list[Evidence] = []
    touched: set[str] = set()
    broken: set[str] = set()
    for unit, collected in world().everything.items():
        one = collected
        if unit[0] != SURVEY and ways.keys() & {str(read) for read in COLLECTORS[unit[0]].permissions}:
            touched |= COLLECTORS[unit[0]].kinds
            one = again(unit, collected, ways)
            broken |= {gap.reason for gap in one.unit.gaps if " failed with " in gap.reason}
        evidence += one.evidence
    judged_by = [check for check in CHECKS.values() if check.kinds & touched]
    names = {check.id for check in judged_by}
    before = {key: status for key, status in everything().items() if key[0] in names}
    after = by_key(judge(evidence, judged_by))
    what = ", ".join(f"{operation}: {way}" for operation, way in ways.items())
    return [f"{what}: {each}" for each in (*sorted(broken), *dishonest(before, after))]


def dishonest(before: Mapping[Key, Status], after: Mapping[Key, Status]) -> list[str]:
    """Verdicts that a refusal made better, other, or silent."""
    return [
        f"{key} was {before.get(key, 'not there')} and is {after.get(key, 'not there')}"
        for key in sorted(before.keys() | after.keys())
        if not is_honest(key, before, after)
    ]


def is_honest(key: Key, before: Mapping[Key, Status], after: Mapping[Key, Status]) -> bool:
    now = after.get(key)
    if now is None:  # the rest of the population speaks for it, in its scope or for the whole source
        check, source, scope, resource = key
        return any(
            status is Status.UNKNOWN
            for (other, of, within, what), status in after.items()
            if (other, of, what) == (check, source, "*") and (within == scope or resource == source)
        )
    return now in (before.get(key), Status.UNKNOWN)
