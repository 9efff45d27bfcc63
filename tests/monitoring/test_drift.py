"""What changed between two moments, and that it is exactly how their reports differ."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from core.codec import timestamp
from core.errors import AnnexaError
from core.model import Status
from evidence_store.schema import disposal
from monitoring.changes import Change
from monitoring.drift import Drift, drift
from runs.report import Report
from runs.selection import Wish
from runs.state import report
from tests.runs.farm import LOW, MEADOWS, SOIL, Farm

NORTH, SOUTH = "meadow/north", "meadow/south"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Key = tuple[str, str, str, str]


def drifted(farm: Farm, start: str = "", end: str = "", **wish: Any) -> Drift:
    with farm.store() as store:
        return drift(farm.configuration, store, farm.now, start=start, end=end, wish=Wish(**wish))


def changes(found: Drift) -> dict[tuple[str, str], str]:
    return {(each.check, each.resource): each.change.value for each in found.findings}


def resources(found: Drift) -> dict[str, str]:
    return {each.resource: each.change.value for each in found.resources if each.kind == "meadow.flower"}


def then(farm: Farm, text: str) -> Report:
    with farm.store() as store:
        return report(farm.configuration, store, farm.now, as_of=text)


def test_failures_come_go_and_come_back(farm: Farm) -> None:
    farm.scan()
    farm.world.flowers["north"]["lily"] = 3
    farm.world.flowers["north"]["rose"] = 30
    farm.scan()
    found = drifted(farm)
    assert changes(found) == {(LOW, "rose"): "new_failure", (LOW, "lily"): "resolved"}
    assert found.findings[0].status is Status.FAIL
    assert found.findings[0].was_reason == "rose is 5 high"
    assert found.findings[0].reason == "rose is 30 high"
    assert "A.8.17" in found.findings[0].controls
    assert resources(found) == {"rose": "changed", "lily": "changed"}
    (field,) = found.resources[0].fields
    assert (found.resources[0].resource, field.path, field.before.value, field.after.value) == ("lily", "height", 20, 3)
    farm.world.flowers["north"]["lily"] = 25
    farm.scan()
    assert changes(drifted(farm)) == {(LOW, "lily"): "reappeared"}
    first = then(farm, "0").scan.id
    whole = drifted(farm, start=first)
    assert changes(whole) == {(LOW, "rose"): "new_failure", (LOW, "lily"): "reappeared"}
    assert {each.resource: each.was_status for each in whole.findings}["lily"] is Status.FAIL


def test_what_changes_back_and_forth_drifts_there_and_back(farm: Farm) -> None:
    names = [farm.scan().scan]
    before = dict(farm.world.flowers["north"])
    farm.world.flowers["north"] = {"rose": 50, "moss": 1}
    names.append(farm.scan().scan)
    farm.world.flowers["north"] = before
    names.append(farm.scan().scan)
    there, back = drifted(farm, names[0], names[1]), drifted(farm, names[1], names[2])
    turned = {"new_failure": "resolved", "gone": "new_failure", "added": "gone", "changed": "changed"}
    turned |= {"appeared": "vanished", "vanished": "appeared"}
    assert len(there.findings) == 3
    # The lily had failed before it was gone, so that it fails again is no news.
    assert {key: turned[change].replace("new_failure", "reappeared") for key, change in changes(there).items()} == (
        changes(back) | {(LOW, "lily"): "reappeared"}
    )
    assert {name: turned[change] for name, change in resources(there).items()} == resources(back)
    sides = [{(e.resource, f.path): (f.before, f.after) for e in d.resources for f in e.fields} for d in (there, back)]
    assert {key: (after, was) for key, (was, after) in sides[0].items()} == sides[1]
    assert not drifted(farm, names[0], names[2]).findings[1:]  # only that the lily fails again
    assert not drifted(farm, names[0], names[2]).resources


def test_what_could_not_be_seen_is_neither_fixed_nor_gone(farm: Farm, meadow: Any) -> None:
    farm.scan()
    farm.world.wrong["north"] = meadow.GateError("the gate is shut")
    del farm.world.flowers["north"]["lily"]
    farm.scan()
    found = drifted(farm)
    assert changes(found) == {(LOW, "*"): "became_unknown", (SOIL, "*"): "became_unknown"} or all(
        change == "became_unknown" for change in changes(found).values()
    )
    assert not found.resources
    assert [(gap.change, gap.source, gap.reason) for gap in found.gaps] == [
        (Change.BECAME_UNKNOWN, NORTH, "the gate is shut")
    ]
    assert found.counts.keys() == {Change.BECAME_UNKNOWN}
    farm.world.wrong.clear()
    farm.world.flowers["north"] |= {"nettle": 40}
    farm.scan()
    found = drifted(farm)
    assert changes(found)[LOW, "*"] == "could_look_again"
    assert changes(found)[LOW, "lily"] == "gone"
    # The place was blind before, so nobody knows whether the nettle is new there; an earlier look had not shown it.
    assert changes(found)[LOW, "nettle"] == "could_look_again"
    assert resources(found) == {"lily": "vanished", "nettle": "appeared"}
    assert [gap.change for gap in found.gaps] == [Change.COULD_LOOK_AGAIN]


def test_what_was_never_seen_whole_is_not_new(farm: Farm, meadow: Any) -> None:
    farm.world.wrong["north"] = meadow.GateError("the gate is shut")
    farm.world.flowers["north"] = {}
    farm.scan()
    farm.world.wrong.clear()
    farm.world.flowers["north"] = {"nettle": 40}
    farm.scan()
    found = drifted(farm)
    assert changes(found)[LOW, "nettle"] == "could_look_again"
    assert resources(found) == {"nettle": "could_look_again"}


def test_sources_and_checks_that_are_left_out_fix_nothing(farm: Farm) -> None:
    farm.scan()
    farm.text = f"sources: {{meadow: [{{name: north}}]}}\nchecks: {{disabled: [{SOIL}]}}\n"
    farm.scan()
    found = drifted(farm)
    assert changes(found)[LOW, "oak"] == "left_out"
    assert set(changes(found).values()) == {"left_out"}
    assert {each.because for each in found.findings if each.check == LOW} == {("nobody looks there any more",)}
    assert ("the check is not made any more",) in {each.because for each in found.findings}
    assert [(each.change, each.source, each.scope) for each in found.places] == [(Change.LEFT_OUT, SOUTH, "")]
    assert resources(found) == {"oak": "left_out"}
    assert [(each.what, each.check, each.after) for each in found.rules] == [("check", SOIL, None)]
    farm.text = MEADOWS
    farm.scan()
    found = drifted(farm)
    assert changes(found)[LOW, "oak"] == "reappeared"
    assert [(each.change, each.source) for each in found.places] == [(Change.ADDED, SOUTH)]
    assert resources(found) == {"oak": "added"}
    assert {("nobody looked there before",), ("the check was not made before",)} <= {
        each.because for each in found.findings
    }


def test_a_setting_that_changed_is_told_apart_from_the_world(farm: Farm) -> None:
    farm.scan()
    farm.text = MEADOWS + f"checks: {{settings: {{{LOW}: {{most: 4}}}}}}\nfreshness: {{stale_after: 3d}}\n"
    farm.scan()
    found = drifted(farm)
    assert changes(found) == {(LOW, "rose"): "new_failure"}
    assert found.findings[0].because == ("a setting of the check changed",)
    assert not found.resources
    assert {(each.what, each.check, each.name, each.before, each.after) for each in found.rules} == {
        ("setting", LOW, "most", 10, 4),
        ("freshness", "", "stale_after_seconds", 2 * 86_400, 3 * 86_400),
    }


def test_evidence_that_grew_too_old_makes_unknown(farm: Farm) -> None:
    farm.scan()
    farm.scan()
    assert not drifted(farm)
    farm.now += 3 * DAY
    found = drifted(farm)
    assert not found.findings
    assert {(each.change, each.source) for each in found.aged} >= {
        (Change.BECAME_UNKNOWN, NORTH),
        (Change.BECAME_UNKNOWN, SOUTH),
    }
    assert found.counts == {Change.BECAME_UNKNOWN: sum(each.count for each in found.aged)}
    assert {(each.control, each.conclusion.value) for each in found.controls} >= {("A.8.17", "undetermined")}
    stale = timestamp(farm.now)
    farm.world.flowers["south"]["oak"] = 3
    farm.scan()
    found = drifted(farm, start=stale)
    assert changes(found) == {(LOW, "oak"): "could_look_again"}
    assert found.findings[0].was_status is Status.UNKNOWN
    assert {each.change for each in found.aged} == {Change.COULD_LOOK_AGAIN}


def test_filters(farm: Farm) -> None:
    farm.scan()
    farm.world.flowers = {"north": {"rose": 50}, "south": {"oak": 5}}
    farm.scan()
    assert {each.source for each in drifted(farm, sources=(SOUTH,)).findings} == {SOUTH}
    assert {each.source for each in drifted(farm, sources=(SOUTH,)).resources} == {SOUTH}
    assert {each.check for each in drifted(farm, checks=(SOIL,)).findings} == {SOIL}
    assert drifted(farm, checks=("meadow",)).findings == drifted(farm).findings
    assert drifted(farm, controls=("A.8.17",)).findings == drifted(farm).findings
    assert not drifted(farm, controls=("A.5.7",)).findings
    assert all(each.control == "A.8.17" for each in drifted(farm, controls=("A.8.17",)).controls)
    assert not drifted(farm, sources=(SOUTH,)).controls
    with pytest.raises(AnnexaError, match="no source matches meadow/west"):
        drifted(farm, sources=("meadow/west",))
    with pytest.raises(AnnexaError, match=r"no check matches meadow.flower_is_lo, did you mean"):
        drifted(farm, checks=("meadow.flower_is_lo",))


def test_what_cannot_be_compared_is_refused(farm: Farm) -> None:
    name = farm.scan().scan
    with pytest.raises(AnnexaError, match="fewer than two scans had finished"):
        drifted(farm)
    second = farm.scan().scan
    assert not drifted(farm, name, name)
    with pytest.raises(AnnexaError, match="before it begins"):
        drifted(farm, second, name)
    with farm.store() as store, store.writing() as connection:
        connection.execute(
            disposal.insert().values(
                what="verdicts", name=LOW, source="", before=7, position=8, at="2026-01-31T00:00:00Z"
            )
        )
    with pytest.raises(AnnexaError, match="disposed of"):
        drifted(farm)


def effective(found: Report) -> Counter[tuple[str, str, str, str, str]]:
    return Counter((f.check, f.source, f.resource, f.status.value, f.reason) for f in found.findings)


def stormy(farm: Farm, meadow: Any, chance: random.Random) -> list[str]:
    """Moments of a season in which everything may happen."""
    moments = []
    for _ in range(5):
        for name in ("north", "south"):
            farm.world.flowers[name] = {f: chance.choice((3, 8, 20)) for f in "abcd" if chance.random() < 0.7}
        farm.world.wrong = {n: meadow.GateError("shut") for n in ("north", "south") if chance.random() < 0.2}
        names = [f"{{name: {n}}}" for n in ("north", "south") if chance.random() < 0.85] or ["{name: north}"]
        most, disabled = chance.choice((10, 10, 5)), SOIL if chance.random() < 0.2 else ""
        farm.text = (
            f"sources: {{meadow: [{', '.join(names)}]}}\n"
            f"checks: {{settings: {{{LOW}: {{most: {most}}}}}, disabled: [{disabled}]}}\n"
        )
        asked = (NORTH,) if "north" in str(names) and chance.random() < 0.3 else ()
        moments.append(farm.scan(sources=asked, later=chance.choice((HOUR, HOUR, 3 * DAY))).scan)
        if chance.random() < 0.3:
            farm.now += 3 * DAY
            moments.append(timestamp(farm.now))
    return moments


@pytest.mark.parametrize(("address", "seed"), [("sqlite", 0), ("postgresql", 1)], indirect=["address"])
def test_a_drift_is_how_two_reports_differ(farm: Farm, meadow: Any, seed: int) -> None:
    moments = stormy(farm, meadow, random.Random(seed))
    reports = {name: then(farm, name) for name in moments}
    for start, end in (*pairwise(moments), (moments[0], moments[-1])):
        found, old, new = drifted(farm, start, end), effective(reports[start]), effective(reports[end])
        told = Counter[tuple[str, str, str, str, str]]()
        for each in found.findings:
            if each.was_status:
                told[each.check, each.source, each.resource, each.was_status.value, each.was_reason] -= 1
            if each.status:
                told[each.check, each.source, each.resource, each.status.value, each.reason] += 1
        aged = sum(each.count for each in found.aged)
        assert sum(number for number in told.values() if number > 0) + aged == (new - old).total()
        assert sum(number for number in told.values() if number < 0) - aged == -(old - new).total()
        assert aged or {key for key, number in told.items() if number} == (old - new).keys() | (new - old).keys()
        concluded = [
            {c.control.id: c.conclusion for c in reports[name].frameworks[0].controls} for name in (start, end)
        ]
        assert {
            each.control: (each.was, each.conclusion) for each in found.controls if each.framework.endswith("2022")
        } == {
            name: (concluded[0][name], concluded[1][name])
            for name in concluded[0]
            if concluded[0][name] != concluded[1][name]
        }
    for name in moments:
        assert not drifted(farm, name, name)
