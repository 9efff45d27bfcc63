"""Scanning twice: what did not change costs nothing, and nothing ends that was not looked at."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.codec import decode, parse
from core.engine import Collected
from core.errors import AnnexaError
from core.model import Status
from core.redaction import key_name
from core.redaction.marks import marking_key
from evidence_store.keys.redaction_key import redaction_key_file
from evidence_store.questions.queries import leaf_data
from evidence_store.records import ScanStarted
from runs.login import login
from runs.scan import Progress
from tests.postgresql import ON_SQLITE
from tests.runs.farm import LOW, MEADOWS, SOIL, Farm

NORTH, SOUTH = "meadow/north", "meadow/south"


def test_a_scan_looks_judges_and_says_what_stands(farm: Farm) -> None:
    done = farm.scan()
    assert farm.verdicts() == {
        (LOW, NORTH, "rose"): ("pass", "rose is 5 high"),
        (LOW, NORTH, "lily"): ("fail", "lily is 20 high"),
        (LOW, SOUTH, "oak"): ("fail", "oak is 50 high"),
        (SOIL, NORTH, NORTH): ("pass", "2 flowers on 2 soils"),
        (SOIL, SOUTH, SOUTH): ("pass", "1 flowers on 2 soils"),
    }
    assert done.sources == {NORTH, SOUTH}
    assert {LOW, SOIL} <= done.checks
    assert done.abandoned == 0
    assert sorted(farm.world.closed) == ["north", "south"]


def test_a_caller_hears_of_every_unit_and_stage(farm: Farm) -> None:
    heard: list[object] = []

    def unit(collected: Collected) -> None:
        heard.append(collected.unit.collector)

    farm.scan(progress=Progress(begin=heard.append, unit=unit, stage=heard.append))
    assert heard[0] == 4
    units = [str(each) for each in heard[1:] if str(each).startswith("meadow.")]
    assert sorted(units) == ["meadow.flowers", "meadow.flowers", "meadow.soil", "meadow.soil"]
    stages = [each for each in heard[1:] if each not in units]
    assert stages == ["sealing", "looking", "sealing", "looking", "judging", "sealing", "judging", "sealing"]


def test_what_did_not_change_costs_no_rows(farm: Farm) -> None:
    farm.scan()
    before = (farm.rows("SELECT * FROM finding"), farm.rows("SELECT * FROM resource"))
    farm.scan()
    assert (farm.rows("SELECT * FROM finding"), farm.rows("SELECT * FROM resource")) == before
    assert all(finding.change == "" for finding in farm.report(farm.last).findings)


def test_a_changed_verdict_and_a_new_one_are_told_apart(farm: Farm) -> None:
    farm.scan()
    farm.world.flowers["north"] |= {"lily": 3, "moss": 1}
    farm.scan()
    changes = {f.resource: (f.change, f.status) for f in farm.report(farm.last).findings if f.check == LOW}
    assert changes == {
        "rose": ("", Status.PASS),
        "oak": ("", Status.FAIL),
        "lily": ("changed", Status.PASS),
        "moss": ("new", Status.PASS),
    }
    assert farm.ended() == {}


def test_a_vanished_resource_is_said_to_have_vanished(farm: Farm) -> None:
    farm.scan()
    del farm.world.flowers["north"]["lily"]
    farm.scan()
    assert farm.ended() == {(LOW, NORTH, "lily"): "vanished"}
    assert farm.rows("SELECT id, ended FROM resource WHERE ended != ''") == [("lily", "vanished")]


def test_nothing_vanishes_where_we_could_not_look(farm: Farm, meadow: Any) -> None:
    farm.scan()
    farm.world.wrong["north"] = meadow.GateError("the gate is shut")
    farm.world.flowers["north"] = {"rose": 5}
    farm.scan()
    assert farm.ended() == {}
    assert farm.verdicts()[LOW, NORTH, "lily"] == ("fail", "lily is 20 high")
    assert farm.verdicts()[LOW, NORTH, "*"] == ("unknown", "could not look: the gate is shut")
    assert farm.verdicts()[SOIL, NORTH, "*"] == ("unknown", "could not look: the gate is shut")
    (gap,) = farm.report(farm.last).gaps
    assert (gap.source, gap.reason, gap.hint, gap.kinds) == (NORTH, "the gate is shut", "open it", ("meadow.flower",))


def test_a_narrowed_scan_ends_nothing_outside_of_what_it_looked_at(farm: Farm) -> None:
    farm.scan()
    farm.world.flowers = {"north": {"rose": 5}, "south": {}}
    farm.scan(sources=(NORTH,))
    assert farm.ended() == {(LOW, NORTH, "lily"): "vanished"}
    assert farm.verdicts()[LOW, SOUTH, "oak"] == ("fail", "oak is 50 high")
    farm.scan(checks=(SOIL,))
    assert farm.ended() == {}
    assert (LOW, SOUTH, "oak") in farm.verdicts()
    farm.scan()
    assert farm.ended() == {(LOW, SOUTH, "oak"): "vanished"}


def test_a_narrowed_scan_joins_with_the_newest_evidence_of_the_rest(farm: Farm) -> None:
    farm.scan()
    farm.world.flowers["north"] = {}
    farm.scan(sources=(NORTH,))
    assert farm.verdicts()[SOIL, NORTH, NORTH] == ("pass", "0 flowers on 2 soils")


def test_a_narrowed_scan_says_what_it_left_out(farm: Farm) -> None:
    farm.scan(sources=(NORTH,), checks=(LOW,))
    left_out = farm.report().scan.left_out
    assert left_out[0] == f"source {SOUTH}: not asked for"
    assert left_out[1].endswith(f" checks: only check {LOW} asked for")


def test_stale_evidence_of_what_was_not_asked_for_is_unknown(farm: Farm) -> None:
    farm.scan()
    farm.scan(later=timedelta(days=3), sources=(NORTH,))
    verdicts = farm.verdicts()
    sentence = "the newest evidence is of 2026-01-31T13:00:00Z, past its freshness target"
    assert verdicts[SOIL, NORTH, NORTH] == ("unknown", f"the number of meadow.soil was not observed: {sentence}")
    assert verdicts[LOW, SOUTH, "*"] == ("unknown", f"could not look: {sentence}")
    assert verdicts[LOW, SOUTH, "oak"][0] == "unknown"
    assert verdicts[LOW, NORTH, "rose"] == ("pass", "rose is 5 high")
    assert farm.report().warnings == (f"evidence of {SOUTH} is past its freshness target: scan again",)


def test_another_setting_ends_a_verdict_for_that_reason(farm: Farm) -> None:
    farm.scan()
    farm.text = MEADOWS + f"checks: {{settings: {{{LOW}: {{most: 30}}}}}}\n"
    farm.scan()
    assert farm.verdicts()[LOW, NORTH, "lily"] == ("pass", "lily is 20 high")
    assert farm.rows("SELECT resource, ended FROM finding WHERE ended != ''") == [("lily", "settings_changed")]


def test_a_disabled_check_is_retired(farm: Farm) -> None:
    farm.scan()
    farm.text = MEADOWS + f"checks: {{disabled: [{SOIL}]}}\n"
    farm.scan()
    assert farm.ended() == {(SOIL, NORTH, NORTH): "check_retired", (SOIL, SOUTH, SOUTH): "check_retired"}
    assert f"check {SOIL}: disabled in the configuration" in farm.report().scan.left_out


def test_a_source_that_is_no_longer_configured_is_out_of_scope(farm: Farm) -> None:
    farm.scan()
    farm.text = "sources: {meadow: [{name: north}]}\n"
    farm.scan()
    assert farm.ended() == {(LOW, SOUTH, "oak"): "out_of_scope", (SOIL, SOUTH, SOUTH): "out_of_scope"}
    assert {source for _, source, _ in farm.verdicts()} == {NORTH}


def test_a_clock_that_went_back_is_said(farm: Farm) -> None:
    farm.scan()
    farm.scan(later=timedelta(hours=-3))
    sentence = "the clock went back: the last leaf says 2026-01-31T13:00:00Z, now it is 2026-01-31T10:00:00Z"
    assert farm.report().scan.clock == sentence
    assert farm.report().warnings == (sentence,)
    farm.scan(later=timedelta(hours=9))
    assert farm.report().warnings == ()


def test_a_scan_that_nobody_finished_lets_go_of_its_sources_and_its_lock(
    farm: Farm, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the judge is ill")

    with monkeypatch.context() as patch:
        patch.setattr("runs.verdicts.judge", broken)
        with pytest.raises(RuntimeError):
            farm.scan()
    assert sorted(farm.world.closed) == ["north", "south"]
    farm.scan()
    assert len(farm.report().scan.died) == 1


def test_a_login_without_a_name_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("no such user")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert login() == ""


@ON_SQLITE
def test_there_is_nothing_to_report_before_the_first_scan(farm: Farm) -> None:
    farm.scan()
    farm.text = farm.text + "store: {folder: other}\n"
    with pytest.raises(AnnexaError, match="there is no evidence store here"):
        farm.report()


def test_a_check_not_done_again_ages_although_its_place_was_seen_since(farm: Farm) -> None:
    farm.scan()
    farm.scan(later=timedelta(days=3), checks=(LOW,))
    assert farm.verdicts()[LOW, NORTH, "rose"] == ("pass", "rose is 5 high")
    assert farm.verdicts()[SOIL, NORTH, NORTH] == (
        "unknown",
        "its evidence is of 2026-01-31T13:00:00Z, past its freshness target; then: pass: 2 flowers on 2 soils",
    )


def test_a_place_that_no_longer_answers_ages_however_often_it_is_asked(farm: Farm) -> None:
    farm.scan()
    farm.world.flowers["north"], farm.world.wrong["north"] = {}, KeyError("lost")
    for _ in range(2):
        farm.scan(later=timedelta(days=1))
        assert farm.verdicts()[LOW, NORTH, "rose"] == ("pass", "rose is 5 high")
    farm.scan(later=timedelta(days=1))
    assert farm.verdicts()[LOW, NORTH, "rose"] == (
        "unknown",
        "its evidence is of 2026-01-31T13:00:00Z, past its freshness target; then: pass: rose is 5 high",
    )


def test_a_source_that_cannot_hang_up_costs_nothing(farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("the line is stuck")

    monkeypatch.setattr("meadow.Meadow.close", broken)
    farm.scan()
    assert farm.report().scan.status == "finished"
    assert farm.verdicts()[LOW, NORTH, "rose"] == ("pass", "rose is 5 high")


def test_marks_are_made_with_the_key_beside_the_signing_key(
    farm: Farm, meadow: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the threads of units as well; and the scan says which key it was."""
    seen: list[bytes] = []
    monkeypatch.setattr(meadow, "record", lambda *_, **__: seen.append(marking_key()))
    farm.scan()
    (key,) = set(seen)
    path = redaction_key_file(farm.configuration.location.key_file)
    assert path.read_text(encoding="ascii").strip() == key.hex()
    with farm.store() as store, store.reading() as connection:
        leaf = parse(leaf_data(connection, 0) or b"")
        body = decode(ScanStarted, store.read_blob(connection)(bytes.fromhex(leaf["body"])))
    assert body.redaction_key == key_name(key)


def test_a_scan_that_would_look_at_nothing_is_refused(farm: Farm) -> None:
    with pytest.raises(AnnexaError, match=r"nothing of what was asked for can be seen in meadow/north, meadow/south"):
        farm.scan(checks=("host.sshd",))
    farm.text = "sources: {meadow: []}\n"
    with pytest.raises(AnnexaError, match="no source is configured"):
        farm.scan()
