"""`--as-of` and `history`: what people and programs are told about the past."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from commands.timelines import bar
from evidence_store.questions.periods import Span, State, Why
from exports.words import length, share
from tests.command_line import Folder, explained
from tests.commands.test_json import CONTROL, FINDING, REPORT
from tests.commands.test_terminal import on_a_terminal

FENCED = "orchard.tree_is_fenced"
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def first(scanned: Folder) -> str:
    """The id of the first of two scans."""
    return str(scanned.annexa("show", "0", "--json").json["data"]["scan"])


def test_status_as_of_a_scan_is_what_it_was(scanned: Folder, first: str) -> None:
    said = scanned.annexa("status", "--as-of", first, "--json", "--report", "past.html")
    assert said.status == 0
    found = said.json
    assert set(found) == {*REPORT, "as_of"}
    assert set(found["as_of"]) == {"size", "moment"}
    assert found["scan"]["id"] == first
    assert all(set(each) == FINDING for each in found["findings"])
    assert {each["status"] for each in found["findings"]} == {"pass"}
    assert found["checkpoint"]["size"] == found["as_of"]["size"] == found["scan"]["last_leaf"] + 1
    page = (scanned.path / "past.html").read_text(encoding="utf-8")
    assert "<dt>As of</dt>" in page
    assert f"what the first {found['as_of']['size']} leaves of the log say" in page
    assert first in page


def test_the_middle_of_a_scan_is_not_told_as_if_all_had_been_looked_at(scanned: Folder) -> None:
    said = scanned.annexa("status", "--as-of", "0")
    assert said.status == 3
    assert "no gaps so far, but not every collector has looked to the end\n" in said.out
    assert "warning: leaves of the log that no checkpoint covered then: 1\n" in said.out
    assert "no gaps: every collector" not in said.out


def test_people_are_told_first_that_it_is_the_past(scanned: Folder, first: str) -> None:
    for command in (["status"], ["controls", "A.8.13"], ["show", "1"]):
        out = scanned.annexa(*command, "--as-of", first).out
        assert out.startswith("As of 20"), command
        assert " UTC: what the first 6 leaves of the log say\n" in out.splitlines(keepends=True)[0]


def test_controls_and_findings_as_of_a_leaf(scanned: Folder, first: str) -> None:
    (now,) = scanned.annexa("controls", "A.8.13", "--json").json
    (past,) = scanned.annexa("controls", "A.8.13", "--as-of", "5", "--json").json
    assert set(past) == CONTROL
    assert (past["conclusion"], now["conclusion"]) == ("supported", "contradicted")
    gate = next(f for f in scanned.annexa("status", "--json").json["findings"] if f["resource"] == "gate")
    shown = scanned.annexa("show", gate["id"], "--as-of", first, "--json").json
    assert (gate["status"], shown["status"]) == ("fail", "pass")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["status", "--as-of", "2020-01-01"], "no scan had finished by 2020-01-01T23:59:59.999999Z"),
        (["status", "--as-of", "2999-01-01"], "2999-01-01T23:59:59.999999Z is still to come"),
        (["history", "zebra"], "no finding, check, control or resource is called zebra"),
    ],
)
def test_what_cannot_be_told_is_refused(scanned: Folder, arguments: list[str], problem: str) -> None:
    error, _ = explained(scanned.annexa(*arguments))
    assert error == problem


def test_a_history_as_json(scanned: Folder) -> None:
    found: dict[str, Any] = scanned.annexa("history", FENCED, "--json").json
    timeline = {"totals", "partly_blind_seconds", "longest_blind", "first_failure", "last_failure", "spans"}
    assert set(found) == {"asked", "kind", "from", "to", "stale_after_seconds", "checks", *timeline}
    (check,) = found["checks"]
    assert set(check) == {"check", "population", "changes", "findings", *timeline}
    assert {"id", "resource", "source", "scope", *timeline} == set(check["findings"][0])
    assert {"from", "to", "seconds", "state", "blind", "counts"} == set(found["spans"][0])
    assert {"pass", "fail", "blind"} == set(found["totals"])
    assert sum(each["share"] for each in found["totals"].values()) == pytest.approx(1)
    assert found["spans"][0]["blind"] == ["nobody looked"]
    assert [each["count"] for each in check["population"]] == [2, 4]


@pytest.mark.parametrize("name", [FENCED, "A.8.13", "birch"])
def test_a_history_on_a_terminal_fits(scanned: Folder, name: str) -> None:
    out = on_a_terminal(scanned, "history", name, COLUMNS="80", NO_COLOR="1")
    assert f" {name}, " in out.splitlines()[0]
    assert "evidence is believed for 2 d" in out
    assert max(map(len, out.replace("\x1b[1m", "").replace("\x1b[0m", "").splitlines())) <= 160
    assert "Failing" in out


def test_a_finding_s_history_names_what_it_was_judged_by(scanned: Folder) -> None:
    gate = next(f for f in scanned.annexa("status", "--json").json["findings"] if f["resource"] == "gate")
    out = scanned.annexa("history", gate["id"]).out
    assert out.startswith(f"Finding {gate['id']}, ")
    assert "seen to fail first on " in out
    assert ", and still does" in out
    assert "What there was to judge by orchard.gate_is_locked\n  1 resource since" in out


def test_a_bar_shows_the_gravest_of_each_cell_and_never_hides_blindness() -> None:
    spans = [
        Span(NOON, NOON + DAY, State.PASS),
        Span(NOON + DAY, NOON + 2 * DAY, State.FAIL),
        Span(NOON + 2 * DAY, NOON + 3 * DAY, State.BLIND, (Why.GAP,)),
        Span(NOON + 3 * DAY, NOON + 4 * DAY, State.FAIL, (Why.STALE,)),
    ]
    assert bar(spans, NOON, NOON + 4 * DAY, 8) == "──██░░▓▓"
    assert bar(spans, NOON, NOON + 4 * DAY, 2) == "█▓"
    assert bar([], NOON, NOON + DAY, 2) == "  "


def test_little_is_not_rounded_to_nothing_nor_nearly_all_to_all() -> None:
    assert share(timedelta(), DAY) == "0.0 %"
    assert share(timedelta(microseconds=1), 365 * DAY) == "<0.1 %"
    assert share(365 * DAY - timedelta(seconds=1), 365 * DAY) == ">99.9 %"
    assert share(DAY, DAY) == "100.0 %"
    assert share(DAY, 3 * DAY) == "33.3 %"


@pytest.mark.parametrize(
    ("of", "text"),
    [
        (timedelta(days=3, hours=4, minutes=5), "3 d 4 h"),
        (timedelta(days=3, minutes=5), "3 d"),
        (timedelta(hours=4, minutes=12, seconds=7), "4 h 12 min"),
        (timedelta(seconds=5), "5 s"),
        (timedelta(milliseconds=5), "less than 1 s"),
    ],
)
def test_lengths_are_told_in_two_units(of: timedelta, text: str) -> None:
    assert length(of) == text
