"""The service, driven tick by tick with a clock that the test turns; the runs are real scans."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from agent import app
from core.errors import AnnexaError
from evidence_store.database import sqlite
from evidence_store.errors import BrokenSealError, ClaimedError, StoreError
from evidence_store.verification.verify import verify
from monitoring import one_run, service, telling
from monitoring.lease import LOOK
from monitoring.schedule_state import read_state, state_file
from monitoring.scheduled import scheduled
from monitoring.service import Service
from tests.monitoring.receivers import web
from tests.postgresql import name_of
from tests.runs.farm import Farm

NORTH, SOUTH = "meadow/north", "meadow/south"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SCHEDULE = "schedule: {every: 1h}\n"


@dataclass
class Driven:
    """A service whose runs are done at once, in order, when the test says `go`."""

    farm: Farm
    service: Service
    waiting: list[Callable[[], None]]

    def go(self, later: timedelta = timedelta(0)) -> list[tuple[tuple[str, ...], bool, str]]:
        """What begins `later`, and what came of it: sources, whether again, and how it ended."""
        self.farm.now += later
        before = len(self.service.state.recent)
        self.service.tick()
        while self.waiting:
            self.waiting.pop(0)()
            self.service.tick()
        fresh = self.service.state.recent[: len(self.service.state.recent) - before]
        return [(each.sources, each.again, each.outcome) for each in reversed(fresh)]


def begin(farm: Farm, environment: dict[str, str] | None = None) -> Driven:
    waiting: list[Callable[[], None]] = []
    made = Service(farm.configuration, lambda: farm.configuration, farm.clock, environment or {}, spawn=waiting.append)
    return Driven(farm, made, waiting)


@pytest.fixture
def driven(farm: Farm) -> Iterator[Driven]:
    farm.text += SCHEDULE
    found = begin(farm)
    yield found
    found.service.close()


def test_what_is_due_is_one_whole_scan_and_the_next_comes_in_time(driven: Driven) -> None:
    assert driven.go() == [((NORTH, SOUTH), False, "complete")]
    assert driven.go(59 * MINUTE) == []
    assert driven.go(MINUTE) == [((NORTH, SOUTH), False, "complete")]
    found = driven.farm.report().scan
    assert (found.trigger, found.left_out) == ("schedule", ())


def test_sources_with_times_of_their_own_are_scans_of_their_own(farm: Farm) -> None:
    farm.text += f"schedule: {{every: 1h, own: [{{sources: [{NORTH}], every: 30m}}]}}\n"
    driven = begin(farm)
    assert driven.go() == [((NORTH,), False, "complete"), ((SOUTH,), False, "complete")]
    assert driven.go(30 * MINUTE) == [((NORTH,), False, "complete")]
    assert farm.report().scan.left_out == (f"source {SOUTH}: not asked for",)
    driven.service.close()


def test_missed_runs_are_caught_up_once_also_by_another_process(driven: Driven) -> None:
    driven.go()
    driven.service.close()
    driven.farm.now += 5 * DAY + 10 * MINUTE
    after = begin(driven.farm)
    assert after.go() == [((NORTH, SOUTH), False, "complete")]
    assert after.go(49 * MINUTE) == []
    assert after.go(MINUTE) == [((NORTH, SOUTH), False, "complete")]
    after.service.close()


def test_a_run_that_nobody_lived_to_end_is_begun_again(driven: Driven) -> None:
    driven.service.tick()
    (running,) = read_state(driven.farm.configuration.folder).running
    assert running.sources == (NORTH, SOUTH)
    driven.service.close()  # as if it had been killed: the run never came to its end
    after = begin(driven.farm)
    assert after.go(MINUTE) == [((NORTH, SOUTH), False, "complete")]
    after.service.close()


def test_only_what_may_be_seen_by_trying_again_is_tried_again(driven: Driven, meadow: Any) -> None:
    world = driven.farm.world
    world.wrong["south"] = meadow.GateError("the gate is shut")
    assert driven.go() == [((NORTH, SOUTH), False, "gaps")]
    assert driven.go(59 * MINUTE) == []
    world.wrong = {"south": meadow.FogError("fog")}
    assert driven.go(MINUTE) == [((NORTH, SOUTH), False, "gaps")]
    last = {name: each.last for name, each in driven.service.state.sources.items()}
    assert {name: each and (each.outcome, each.retryable) for name, each in last.items()} == {
        NORTH: ("complete", 0),
        SOUTH: ("gaps", 1),
    }
    world.asked.clear()
    assert driven.go(MINUTE) == [((SOUTH,), True, "gaps")]
    assert world.asked == ["south"]
    world.wrong = {}
    assert driven.go(5 * MINUTE) == [((SOUTH,), True, "complete")]
    assert driven.go(20 * MINUTE) == []
    assert driven.farm.report().scan.trigger == "schedule, again"
    assert any(
        line.startswith("every collector: not run again where it saw") for line in driven.farm.report().scan.left_out
    )


def test_a_scan_that_fails_is_tried_again_and_a_broken_seal_or_a_bug_is_not(
    driven: Driven, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(error: Exception) -> None:
        def scan(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr(one_run, "scan", scan)

    fails(StoreError("disk full"))
    assert driven.go() == [((NORTH, SOUTH), False, "failed")]
    fails(BrokenSealError("altered"))
    assert driven.go(MINUTE) == [((NORTH, SOUTH), True, "failed")]
    fails(RuntimeError("password=hunter2-in-a-traceback"))
    assert driven.go(HOUR) == [((NORTH, SOUTH), False, "failed")]
    assert driven.service.state.recent[0].problem == "RuntimeError: this is a bug of Annexa, see its log"
    assert driven.go(5 * MINUTE) == []
    assert "Traceback" in caplog.text
    assert "hunter2" not in caplog.text


def test_what_follows_from_a_scan_may_fail_without_it(driven: Driven, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise StoreError("somebody else writes")

    monkeypatch.setattr(one_run, "follow", broken)
    assert driven.go() == [((NORTH, SOUTH), False, "complete")]
    assert driven.service.state.recent[0].problem == "somebody else writes"


def test_no_source_is_in_two_runs_and_no_more_run_than_may(farm: Farm) -> None:
    farm.text += f"schedule: {{every: 1m, at_once: 1, own: [{{sources: [{NORTH}], every: 1m}}]}}\n"
    driven = begin(farm)
    driven.service.tick()
    assert [each.sources for each in driven.service.running] == [(NORTH,)]
    farm.now += 5 * MINUTE
    driven.service.tick()
    assert [each.sources for each in driven.service.running] == [(NORTH,)]
    assert driven.go() == [((each,), False, "complete") for each in (NORTH, SOUTH, NORTH)]
    driven.service.close()


def test_who_is_asked_to_end_seals_what_was_seen_and_begins_nothing(farm: Farm, meadow: Any) -> None:
    farm.text += SCHEDULE
    running = Service(farm.configuration, lambda: farm.configuration, farm.clock, {})
    meadow.WORLD.held = threading.Event()
    running.tick()
    running.ask_to_stop()
    began = time.monotonic()
    assert running.drain(20)
    assert time.monotonic() - began < 10
    running.tick()
    assert running.running == ()
    (record,) = running.state.recent
    assert (record.outcome, record.retryable) == ("gaps", record.gaps)
    running.close()
    meadow.WORLD.held.set()
    shown = farm.report()
    assert shown.scan.finished
    assert {gap.reason for gap in shown.gaps} == {"interrupted before it was done"}
    with farm.store() as store:
        assert verify(store).problems == ()
    after = begin(farm)
    assert after.go(timedelta(seconds=1)) == [((NORTH, SOUTH), True, "complete")]
    after.service.close()


def test_who_cannot_wait_gives_up(driven: Driven) -> None:
    driven.service.tick()
    driven.service.ask_to_stop()
    assert not driven.service.drain(0)


def test_a_second_scheduler_hears_who_the_first_is(driven: Driven) -> None:
    with pytest.raises(ClaimedError, match=r"annexa run on .*, process .* does this already"):
        begin(driven.farm)
    assert scheduled(driven.farm.configuration, driven.farm.clock).holder == driven.service.lease.holder
    driven.farm.scan()  # beside it anybody scans
    driven.service.close()
    begin(driven.farm).service.close()


def test_a_reload_is_validated_first(driven: Driven, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "monitoring")
    driven.go()
    before = driven.service.configuration
    for broken in ("sources: {medow: []}\n", "schedule: {own: [{sources: [nobody]}]}\n", "service: {logs: json}\n"):
        text, driven.farm.text = driven.farm.text, broken
        driven.service.ask_to_reload()
        driven.go()
        assert driven.service.configuration == before
        assert not driven.service.tally.reload_works
        driven.farm.text = text
    assert caplog.text.count("the configuration is not taken, that of before stands: ") == 3
    driven.farm.text = "sources: {meadow: [{name: north}]}\nschedule: {every: 5m}\n"
    driven.service.ask_to_reload()
    assert driven.go() == []
    assert driven.service.tally.reload_works
    assert driven.go(5 * MINUTE) == [((NORTH,), False, "complete")]
    assert set(read_state(before.folder).sources) == {NORTH}


def test_sources_are_looked_for_from_time_to_time(driven: Driven, monkeypatch: pytest.MonkeyPatch) -> None:
    driven.go()
    driven.service._look_at = 0.0
    monkeypatch.setattr(service, "configured_sources", lambda *_: (NORTH, SOUTH, "meadow/east"))
    driven.service.tick()
    assert [each.sources for each in driven.service.running] == [("meadow/east",)]

    def unreadable(*_: object) -> None:
        raise AnnexaError("no inventory")

    driven.service._look_at = 0.0
    monkeypatch.setattr(service, "configured_sources", unreadable)
    driven.service.tick()
    assert len(driven.service.timetable.timings) == 3


def test_clocks_that_jump_begin_nothing_twice_and_stop_nothing(driven: Driven) -> None:
    driven.go()
    assert driven.go(400 * DAY) == [((NORTH, SOUTH), False, "complete")]
    assert driven.go(-400 * DAY) == []
    assert driven.go(HOUR) == [((NORTH, SOUTH), False, "complete")]
    assert driven.go(-5 * MINUTE) == []
    assert driven.go(5 * MINUTE) == []


def test_a_schedule_that_cannot_be_remembered_goes_on(
    driven: Driven, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> None:
        raise StoreError("no space left on device")

    monkeypatch.setattr(service, "write_state", full)
    assert driven.go() == [((NORTH, SOUTH), False, "complete")]
    assert "the schedule cannot be remembered: no space left on device" in caplog.text


def test_a_schedule_that_cannot_be_read_is_an_error(driven: Driven) -> None:
    driven.service.close()
    state_file(driven.farm.configuration.folder).write_text("{")
    with pytest.raises(StoreError, match="is not what schedules remember"):
        begin(driven.farm)


def test_alerts_are_told_after_runs_and_between_them(farm: Farm) -> None:
    with web() as hook:
        farm.text += SCHEDULE + "alerts: {channels: {operations: {env: HOOK}}, heartbeat: {env: BEAT}}\n"
        environment = {
            "HOOK": f"json://127.0.0.1:{hook.port}/hook",
            "BEAT": f"http://127.0.0.1:{hook.port}/beat",
        }
        driven = begin(farm, environment)
        driven.go()
        assert driven.service.telling.so_far.heartbeat == farm.now
        assert [each["title"] for each in hook.messages] == ["Annexa: alerts begin"]
        hook.status = 500
        farm.now += MINUTE
        driven.service.telling.soon()
        assert driven.go() == []
        assert driven.service.telling.so_far.heartbeat == farm.now - MINUTE
        driven.service.close()


def test_alerts_that_break_end_nothing(driven: Driven, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a channel's library")

    monkeypatch.setattr(telling, "tell_anyhow", broken)
    driven.go()
    assert "alerts: RuntimeError: this is a bug of Annexa" in caplog.text


def cut(farm: Farm, server: Any, which: str) -> None:
    """Cut the connections of this name to the database of the farm."""
    query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND application_name LIKE %s"
    server.ask(query, name_of(farm.address), which)


ON_POSTGRESQL = pytest.mark.parametrize("address", ["postgresql"], indirect=True)


@ON_POSTGRESQL
def test_a_lease_that_was_cut_is_taken_again_or_left_to_who_has_it(driven: Driven, postgresql: Any) -> None:
    lease = driven.service.lease
    with pytest.raises(ClaimedError, match=r"annexa run on .* does this already"):
        begin(driven.farm)
    driven.go()
    cut(driven.farm, postgresql, "annexa run%")
    lease._looked -= LOOK
    driven.service.tick()
    assert not lease.held
    assert driven.go(HOUR) == []
    lease._looked -= LOOK
    assert driven.go() == [((NORTH, SOUTH), False, "complete")]
    cut(driven.farm, postgresql, "annexa run%")
    lease._looked -= LOOK
    driven.service.tick()
    other = begin(driven.farm)
    lease._looked -= LOOK
    with pytest.raises(ClaimedError):
        driven.service.tick()
    other.service.close()


@ON_POSTGRESQL
def test_a_scan_whose_connections_were_cut_is_tried_again(driven: Driven, postgresql: Any) -> None:
    class Cutting(dict[str, dict[str, int]]):
        """Flowers that whoever looks at cuts the line."""

        def get(self, name: str, otherwise: Any = None) -> Any:
            cut(driven.farm, postgresql, "annexa")
            return super().get(name, otherwise)

    flowers, driven.farm.world.flowers = driven.farm.world.flowers, Cutting(driven.farm.world.flowers)
    assert driven.go() == [((NORTH, SOUTH), False, "failed")]
    driven.farm.world.flowers = flowers
    assert driven.go(MINUTE) == [((NORTH, SOUTH), True, "complete")]
    assert len(driven.farm.report().scan.died) == 1
    with driven.farm.store() as store:
        assert verify(store).problems == ()


def test_a_scan_whose_store_is_locked_is_tried_again(driven: Driven, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_MILLISECONDS", 50)
    with closing(sqlite3.connect(driven.farm.configuration.folder / "evidence.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        assert driven.go() == [((NORTH, SOUTH), False, "failed")]
        other.rollback()
    assert "database is locked" in driven.service.state.recent[0].problem
    assert driven.go(MINUTE) == [((NORTH, SOUTH), True, "complete")]


def test_what_is_scheduled_is_shown_to_others(driven: Driven) -> None:
    driven.go()
    (driven.farm.folder / "config.yaml").write_text(driven.farm.text, encoding="utf-8")
    shown = json.loads(CliRunner().invoke(app, ["schedule", "--json"]).stdout)
    assert shown["scheduler"] == driven.service.lease.holder
    assert [each["source"] for each in shown["sources"]] == [NORTH, SOUTH]
    assert shown["sources"][0]["due"] == "2026-01-31T13:00:00Z"
    assert shown["sources"][0]["last"] == {**shown["recent"][0], "sources": [NORTH]}
    assert shown["recent"][0]["outcome"] == "complete"
    assert shown["running"] == []
    text = CliRunner().invoke(app, ["schedule"]).stdout
    assert f"Scheduler: {driven.service.lease.holder}" in text
    assert "2026-01-31 13:00:00" in text
