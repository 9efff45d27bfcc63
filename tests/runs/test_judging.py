"""What a scan saw is kept in little room, and judged a portion at a time."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from core.model import Evidence
from core.resource import Resource, resource
from evidence_store.questions.queries import Placed
from evidence_store.writer import ScanWriter
from runs import judging
from runs.judging import Places, Seen, portions
from tests.runs.farm import Farm

AT = datetime(2026, 1, 31, 12, tzinfo=UTC)


@resource("shop.thing")
class Thing(Resource):
    """Something in a shop."""

    id: str


def evidence(kind: str, source: str, scope: str, *lines: bytes) -> Evidence:
    things = tuple(Thing(id=line.decode()) for line in lines)
    return Evidence(kind=kind, source=source, scope=scope, collected_at=AT, resources=things, encoded=lines)


def test_what_was_seen_is_found_with_its_leaf_and_without_its_lines() -> None:
    seen = Seen()
    seen.add(evidence("a", "shop", "one", b"x"), 4)
    seen.add(evidence("a", "shop", "two"), 5)
    seen.add(evidence("b", "mill", ""), 6)
    assert list(seen) == [("a", "shop", "one"), ("a", "shop", "two"), ("b", "mill", "")]
    assert len(seen) == 3
    assert seen["a", "shop", "two"] == Placed(evidence("a", "shop", "two"), 5)
    found = seen["a", "shop", "one"].evidence
    assert (found.encoded, found.resources) == ((), (Thing(id="x"),))
    assert dict(Places(seen)) == {("a", "shop", "one"): 4, ("a", "shop", "two"): 5, ("b", "mill", ""): 6}
    assert len(Places(seen)) == 3
    for nowhere in (("a", "shop", "three"), ("a", "mill", ""), ("c", "shop", "")):
        assert Places(seen).get(nowhere, -1) == -1


@pytest.mark.parametrize(("most", "sizes"), [(1, [1, 1, 1]), (2, [2, 1]), (3, [3]), (4, [3])])
def test_a_portion_is_sealed_when_it_is_large_enough(
    most: int, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Said:
        findings = subjects = ()
        joins = (0,)

    said: Any = [Said() for _ in range(3)]
    monkeypatch.setattr(judging, "PORTION", most)
    assert [len(each) for each in portions(said)] == sizes
    assert list(portions(())) == []


def test_verdicts_are_the_same_in_portions(farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    farm.scan()
    before = farm.verdicts()
    times = count()
    seal = ScanWriter.seal_assessments

    def counted(*arguments: Any, **named: Any) -> list[int]:
        next(times)
        return seal(*arguments, **named)

    monkeypatch.setattr(ScanWriter, "seal_assessments", counted)
    monkeypatch.setattr(judging, "PORTION", 1)
    farm.scan()
    assert next(times) > 1
    assert farm.verdicts() == before
