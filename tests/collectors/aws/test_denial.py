"""Take away one answer of AWS after the other: no verdict may improve, and none vanish.

What was recorded of the estate is replayed, with refusals and spoilt answers in the place of real ones; so hundreds of
worlds cost no network. Each goes the way of live answers, through botocore's own parsers: `test_exchanges.py` shows that
the real thing ends the same.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from zlib import crc32

import pytest
from botocore.model import ServiceModel

from collectors.aws import replay
from collectors.aws.errors import NoAnswerError
from collectors.aws.exchanges import RecordedLine
from collectors.aws.models import shared_loader
from collectors.aws.replayed import _clients
from core.engine import Collected
from core.model import Evidence, Exchange, Finding, Status
from core.replay import NotRecordedError, Recording
from tests.collectors.aws.server import REFUSALS, RESET, SPOILT, WAYS
from tests.collectors.aws.world import CHECKS, COLLECTORS, Unit, clock, judge, run, world

OPERATIONS = sorted({str(read) for each in COLLECTORS.values() for read in each.permissions})
SERVICES = sorted({operation.partition(":")[0] for operation in OPERATIONS})
SUBSETS = [*range(50), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(50, 400))]
"""Worlds that refuse many operations, each chosen by its seed: some in every run, all by `make soak`."""
EACH = 3
"""How many ways of refusal each operation gets beside the plain one."""

Key = tuple[str, str, str, str]
"""Check, source, scope and resource."""


@pytest.mark.parametrize("operation", OPERATIONS)
def test_one_refused_operation_makes_verdicts_unknown_and_nothing_else(operation: str) -> None:
    first = crc32(operation.encode())
    ways = {"denied", *(WAYS[(first + step * 5) % len(WAYS)] for step in range(EACH))}
    wrong = [complaint for way in sorted(ways) for complaint in complaints({operation: way})]
    assert not wrong, "\n".join(wrong)


def test_an_answer_that_botocore_parses_in_a_way_of_its_own_may_be_cut_off() -> None:
    assert not (wrong := complaints({"s3:GetBucketLocation": "cut off"})), "\n".join(wrong)


@pytest.mark.soak
@pytest.mark.parametrize("operation", OPERATIONS)
def test_one_operation_refused_in_every_way(operation: str) -> None:
    wrong = [complaint for way in WAYS for complaint in complaints({operation: way})]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("service", SERVICES)
def test_a_refused_service_makes_verdicts_unknown_and_nothing_else(service: str) -> None:
    refused = {each: "denied" for each in OPERATIONS if each.startswith(f"{service}:")}
    assert not (wrong := complaints(refused)), "\n".join(wrong)


@pytest.mark.parametrize("seed", SUBSETS)
def test_many_refused_operations_make_verdicts_unknown_and_nothing_else(seed: int) -> None:
    chance = random.Random(seed)
    refused = {each: chance.choice(WAYS) for each in OPERATIONS if chance.random() < 0.03 * (1 + seed % 4)}
    assert not (wrong := complaints(refused)), "\n".join(wrong)


def test_the_estate_is_rich() -> None:
    """Checks that reach no verdict there could not be seen to lose it."""
    judged = {key[0] for key, status in everything().items() if status in (Status.PASS, Status.FAIL)}
    assert sorted(CHECKS.keys() - judged) == []


class DenyingRecording(Recording):
    """A recording in which some operations were refused."""

    def __init__(self, collected: Collected, refused: Mapping[str, str]) -> None:
        super().__init__(collected.unit.exchanges, collected.bodies)
        self.refused = refused

    def answer(self, operation: str, parameters: Mapping[str, str]) -> tuple[Exchange, bytes]:
        way = self.refused.get(operation, "")
        try:
            exchange, body = super().answer(operation, parameters)
        except NotRecordedError:  # asked only because something else was refused: nobody knows what AWS would say
            exchange, body, way = nothing(operation), b"", way or "denied"
        if way == RESET:
            raise NoAnswerError("unreachable", "no answer from the endpoint: ConnectionClosedError")
        if way in SPOILT:
            return exchange, SPOILT[way](body)
        if way in REFUSALS:
            refusal = REFUSALS[way].answer(protocol(operation.partition(":")[0]))
            return replace(exchange, status=str(refusal.status), headers=dict(refusal.headers)), refusal.data
        return exchange, body


def nothing(operation: str) -> Exchange:
    return Exchange(operation=operation, parameters={}, response="", size=0, status="200", at=clock(), duration_ms=0)


@cache
def protocol(service: str) -> str:
    """The protocol that the SDK speaks with a service, which may know several."""
    return str(ServiceModel(shared_loader().load_service_model(service, "service-2"), service).resolved_protocol)


def again(unit: Unit, collected: Collected, refused: Mapping[str, str]) -> Collected:
    """A unit in a world that refuses."""
    place = replay(collected.unit, collected.unit.exchanges, collected.bodies, clock)
    recording = DenyingRecording(collected, refused)
    place._line = RecordedLine(_clients, recording)
    place._recording = recording  # type: ignore[attr-defined] # surveys have one
    return run(COLLECTORS[unit[0]], place)


@cache
def everything() -> Mapping[Key, Status]:
    return by_key(judge(world().evidence, CHECKS.values()))


def by_key(findings: Iterable[Finding]) -> dict[Key, Status]:
    return {(f.check, f.source, f.scope, f.resource): f.verdict.status for f in findings}


def complaints(refused: Mapping[str, str]) -> list[str]:
    """What is wrong with the verdicts in a world that refuses these operations."""
    evidence: list[Evidence] = []
    touched: set[str] = set()
    broken: set[str] = set()
    for unit, collected in world().everything.items():
        if refused.keys() & {str(read) for read in COLLECTORS[unit[0]].permissions}:
            touched |= COLLECTORS[unit[0]].kinds
            collected = again(unit, collected, refused)  # noqa: PLW2901 - the same unit in another world
            broken |= {gap.reason for gap in collected.unit.gaps if " failed with " in gap.reason}
        evidence += collected.evidence
    judged_by = [check for check in CHECKS.values() if check.kinds & touched]
    after = by_key(judge(evidence, judged_by))
    names = {check.id for check in judged_by}
    before = {key: status for key, status in everything().items() if key[0] in names}
    what = ", ".join(f"{operation}: {way}" for operation, way in refused.items())
    return [f"{what}: {gap}" for gap in sorted(broken)] + [
        f"{what}: {key} was {before.get(key, 'not there')} and is {after.get(key, 'not there')}"
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
