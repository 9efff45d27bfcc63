"""A scan can be narrowed; what was left out is on record, and nothing outside it changes."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.command_line import Folder


@pytest.fixture
def two(folder: Folder) -> Folder:
    """Two orchards, scanned once, of which both changed since."""
    folder.configure({"name": "north"}, {"name": "south"})
    assert folder.annexa("scan").status == 0
    return folder.configure({"name": "north", "locked": False}, {"name": "south", "locked": False})


def statuses(report: dict[str, Any]) -> dict[tuple[str, str], str]:
    return {(each["check"], each["source"]): each["status"] for each in report["findings"]}


def test_one_source(two: Folder) -> None:
    found = two.annexa("scan", "--source", "orchard/south", "--json").json
    assert found["scan"]["sources"] == ["orchard/south"]
    assert found["scan"]["left_out"] == ["source orchard/north: not asked for"]
    assert {source for _, source in statuses(found)} == {"orchard/south"}
    standing = statuses(two.annexa("status", "--json").json)
    assert standing["orchard.gate_is_locked", "orchard/south"] == "fail"
    assert standing["orchard.gate_is_locked", "orchard/north"] == "pass"


def test_one_check(two: Folder) -> None:
    said = two.annexa("scan", "--check", "orchard.gate_is_locked")
    assert said.status == 1
    assert "checks: only check orchard.gate_is_locked asked for" in said.out
    assert "left out: " in said.out
    found = two.annexa("scan", "--check", "orchard.gate_is_locked", "--json").json
    assert {check for check, _ in statuses(found)} == {"orchard.gate_is_locked"}


def test_checks_below_a_name_and_by_pattern(two: Folder) -> None:
    below = two.annexa("scan", "--check", "orchard", "--json").json
    assert {check for check, _ in statuses(below)} == {
        "orchard.gate_is_locked", "orchard.tree_is_fenced", "orchard.tree_is_low"
    }  # fmt: skip
    pattern = two.annexa("scan", "--check", "orchard.tree_*", "--json").json
    assert {check for check, _ in statuses(pattern)} == {"orchard.tree_is_fenced", "orchard.tree_is_low"}


def test_one_control(two: Folder) -> None:
    found = two.annexa("scan", "--control", "A.8.15", "--json").json
    assert {check for check, _ in statuses(found)} == {"orchard.gate_is_locked"}
    assert any("only control A.8.15 asked for" in each for each in found["scan"]["left_out"])
    older = two.annexa("scan", "--control", "iso27001_2013:A.12.3.1", "--json").json
    assert {check for check, _ in statuses(older)} == {"orchard.tree_is_fenced", "orchard.tree_is_low"}


def test_a_control_names_the_checks_that_judged_something(two: Folder) -> None:
    """Hundreds serve a control, and most are about providers that are not here."""
    said = two.annexa("controls", "A.8.15").out
    assert re.search(r"checks: orchard\.gate_is_locked, and \d+ that judged nothing", said)
    assert re.search(r"0 pass, 0 fail, 0 unknown, 0 not applicable; checks: none of \d+ judged anything", said)


def test_a_narrowed_scan_ends_nothing_that_it_did_not_look_at(two: Folder) -> None:
    before = statuses(two.annexa("status", "--json").json)
    two.annexa("scan", "--source", "orchard/south", "--check", "orchard.tree_is_low")
    assert statuses(two.annexa("status", "--json").json) == before


def test_since_last_shows_what_changed_and_nothing_else(two: Folder) -> None:
    said = two.annexa("scan", "--since-last")
    assert "Changed since the scan before: 2 verdicts; 0 ended" in said.out
    assert "gate is open" in said.out
    assert "is fenced" not in said.out
    again = two.annexa("scan", "--since-last", "--json").json
    assert (again["findings"], again["ended"]) == ([], [])


def test_since_last_says_what_ended_and_never_calls_it_fixed(two: Folder) -> None:
    two.configure({"name": "north", "trees": [{"id": "pear"}]})
    found = two.annexa("scan", "--since-last", "--json").json
    ended = {(each["source"], each["resource"]): each["ended"] for each in found["ended"]}
    assert ended["orchard/north", "apple"] == "vanished"
    assert ended["orchard/south", "gate"] == "out_of_scope"
    two.configure({"name": "north", "trees": []})
    said = two.annexa("scan", "--since-last")
    assert "vanished: orchard.tree_is_fenced on pear (was pass: pear is fenced)" in said.out
    assert "fixed" not in said.out


def test_the_first_scan_has_nothing_before_it(folder: Folder) -> None:
    found = folder.annexa("scan", "--since-last", "--json").json
    assert found["findings"] == []
