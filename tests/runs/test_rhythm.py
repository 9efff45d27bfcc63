"""Slow units: their complete evidence stands for a while in scans that are repeated, and is judged anew all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import ModuleType

import pytest

from core.resource import unobserved
from runs import selection
from runs.plugins import collectors_of
from tests.postgresql import ON_SQLITE
from tests.runs.farm import LOW, SOIL, Farm

pytestmark = ON_SQLITE

NORTH, SOUTH = "meadow/north", "meadow/south"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _flowers_are_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """To look at every flower takes long."""

    def some_slow(provider: str) -> dict[str, object]:
        found = collectors_of(provider)
        return {name: replace(each, slow=name == "meadow.flowers") for name, each in found.items()}

    monkeypatch.setattr(selection, "collectors_of", some_slow)


def units(farm: Farm) -> list[tuple[str, str]]:
    """The units of the last scan: collector and source."""
    assert farm.last
    found = farm.rows(f"SELECT collector, source FROM unit WHERE scan = '{farm.last.scan}'")
    return sorted((collector.removeprefix("meadow."), source) for collector, source in found)


SOILS = [("soil", NORTH), ("soil", SOUTH)]
ALL = [("flowers", NORTH), ("flowers", SOUTH), *SOILS]


def test_a_slow_unit_rests_while_its_evidence_is_young(farm: Farm) -> None:
    farm.scan()
    before = farm.verdicts()
    farm.world.flowers["north"]["lily"] = 3
    farm.scan(later=11 * HOUR, repeats=True)
    assert units(farm) == SOILS
    assert farm.verdicts() == before
    assert farm.ended() == {}
    farm.scan(later=2 * HOUR, repeats=True)
    assert units(farm) == ALL
    assert farm.verdicts()[LOW, NORTH, "lily"] == ("pass", "lily is 3 high")


def test_who_does_not_repeat_a_scan_gets_it_whole(farm: Farm) -> None:
    farm.scan()
    farm.scan()
    assert units(farm) == ALL


def test_what_stands_is_judged_anew_and_joined(farm: Farm) -> None:
    """The verdict over flowers and soils has new soils and standing flowers; as of now, with the leaf of then."""
    farm.scan()
    farm.scan(repeats=True)
    assert farm.verdicts()[SOIL, NORTH, NORTH] == ("pass", "2 flowers on 2 soils")
    found = {f.check: f for f in farm.report().findings if f.source == NORTH}
    assert found[LOW].as_of == farm.now
    assert found[LOW].collected_at == farm.now - HOUR
    assert found[SOIL].as_of == farm.now


def test_settings_hold_for_what_stands(farm: Farm) -> None:
    farm.scan()
    farm.text += f"checks: {{settings: {{{LOW}: {{most: 30}}}}}}\n"
    farm.scan(repeats=True)
    assert farm.verdicts()[LOW, NORTH, "lily"] == ("pass", "lily is 20 high")


def test_a_gap_is_looked_at_again_at_once(farm: Farm) -> None:
    farm.world.wrong["north"] = ValueError("a bull")
    farm.scan()
    farm.world.wrong.clear()
    farm.scan(repeats=True)
    assert units(farm) == [("flowers", NORTH), *SOILS]


def test_a_field_that_was_not_seen_is_looked_at_again_at_once(farm: Farm) -> None:
    farm.world.flowers["north"]["lily"] = unobserved("it was dark")
    farm.scan()
    farm.scan(repeats=True)
    assert units(farm) == [("flowers", NORTH), *SOILS]


def test_no_evidence_rests_that_nobody_would_believe(farm: Farm) -> None:
    farm.text += "freshness: {stale_after: 3h}\ncollection: {slow_every: 2d}\n"
    farm.scan()
    farm.scan(later=4 * HOUR, repeats=True)
    assert units(farm) == ALL


def test_evidence_of_a_wrong_clock_does_not_stand(farm: Farm) -> None:
    farm.scan(later=9 * HOUR)
    farm.now -= 8 * HOUR
    farm.scan(repeats=True)
    assert units(farm) == ALL


def test_a_scan_says_what_it_may_leave_standing(farm: Farm) -> None:
    farm.scan(repeats=True)
    assert units(farm) == ALL
    since = (farm.now - 12 * HOUR).strftime("%Y-%m-%dT%H")
    (sentence,) = farm.report().scan.left_out
    assert sentence.startswith(f"collector meadow.flowers: not run where its evidence of {since}")


def test_who_tries_again_asks_only_what_may_be_seen_now(farm: Farm, meadow: ModuleType) -> None:
    """Whatever was seen since the first attempt stands, and so does what nobody may see; it is judged anew."""
    farm.world.wrong = {"north": meadow.FogError("fog"), "south": meadow.GateError("shut")}
    farm.scan()
    first = farm.now
    farm.world.wrong = {}
    farm.scan(repeats=True, since=first)
    assert units(farm) == [("flowers", NORTH)]
    assert farm.verdicts()[LOW, NORTH, "rose"] == ("pass", "rose is 5 high")
    assert farm.verdicts()[LOW, SOUTH, "*"] == ("unknown", "could not look: shut")
    assert farm.report().scan.left_out[-1] == (
        "every collector: not run again where it saw what it could at 2026-01-31T13:00:00Z or later"
    )
    farm.scan(repeats=True, since=farm.now + HOUR)
    assert units(farm) == [("flowers", SOUTH), *SOILS]
