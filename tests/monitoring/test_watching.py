"""Watching: what runs, what is next, what just changed; from outside, and reading only."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from commands import watch as command
from commands.picture import drawn, lines
from monitoring.lease import Lease
from monitoring.schedule_state import RunRecord, ScheduleState, SourceRecord, write_state
from monitoring.scheduled import Scheduled, ScheduledSource
from monitoring.watching import Picture, Watcher
from tests.runs.farm import MEADOWS, Farm

NORTH, SOUTH = "meadow/north", "meadow/south"
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOSTILE = "rose\x1b]0;owned\x07\nand another line"


def shown(picture: Picture, *, width: int = 100, height: int = 40) -> str:
    """The picture as a terminal would show it, without colours."""
    console = Console(width=width, height=height, color_system=None, markup=False, highlight=False, emoji=False)
    with console.capture() as captured:
        console.print(drawn(picture, height))
    return captured.get()


def told(before: Picture | None, picture: Picture) -> list[str]:
    return list(lines(before, picture))


@pytest.fixture
def watched(farm: Farm) -> Watcher:
    farm.text = f"{MEADOWS}schedule: {{every: 1h}}\n"
    return Watcher(farm.configuration, farm.clock)


def test_before_there_is_anything(watched: Watcher) -> None:
    picture = watched.look()
    assert "there is no evidence store here" in picture.problem or "the store is empty" in picture.problem
    assert "nothing runs" in shown(picture)
    assert "cannot look: " in shown(picture)
    assert told(None, picture)[0].startswith("2026-01-31 12:00:00 UTC cannot look: ")
    assert not [line for line in told(picture, watched.look()) if "cannot look" in line]


def test_it_changes_nothing(farm: Farm, watched: Watcher) -> None:
    farm.scan()

    def files() -> dict[Path, bytes]:
        return {
            each: each.read_bytes()
            for each in farm.configuration.folder.rglob("*")
            if each.is_file() and "-" not in each.suffix
        }

    before = files()
    watched.look()
    assert files() == before


def test_what_changed_comes_with_the_gravest_first(farm: Farm, watched: Watcher) -> None:
    farm.scan()
    assert not watched.look().changes
    farm.world.flowers["north"] |= {"rose": 30, "fern": 3, HOSTILE: 40}
    farm.scan()
    picture = watched.look()
    changes = [each.event.change for each in picture.changes]
    assert changes == ["new_failure", "new_failure", "added"]
    assert len({each.at for each in picture.changes}) == 1
    out = shown(picture, width=140)
    assert "new failure [high] rose in meadow/north: fail: rose is 30 high  (annexa show " in out
    assert "\x1b" not in out
    assert "\\x1b]0;owned\\x07\\nand" in out
    assert any("added [high] fern in meadow/north" in line for line in told(None, picture))
    assert not told(picture, watched.look())
    farm.now += 9 * DAY
    aged = watched.look()
    assert "evidence is of 2026-01-31T14:00:00Z" in aged.changes[0].event.sentence
    assert aged.changes[0].at == farm.now
    farm.now -= 9 * DAY  # a clock may be put back
    assert watched.look().problem == ""


def test_what_the_last_scan_changed_is_there_from_the_beginning(farm: Farm, watched: Watcher) -> None:
    farm.scan()
    farm.world.flowers["north"]["rose"] = 30
    farm.scan()
    assert [each.event.change for each in watched.look().changes] == ["new_failure"]


def test_a_store_that_was_put_back_is_an_alarm(farm: Farm, watched: Watcher) -> None:
    farm.scan()
    watched.look()
    assert watched._looked
    watched._looked = replace(watched._looked, size=watched._looked.size + 9)
    (alarm,) = watched.look().changes
    assert alarm.event.change == "alarm"
    assert "the store was put back" in shown(watched.look())


def test_scans_by_hand_that_have_not_ended_are_shown(farm: Farm, watched: Watcher) -> None:
    farm.scan()
    before = watched.look()
    pictures = []

    def look(_stage: str) -> None:
        pictures.append(watched.look())

    farm.scan(progress=replace(farm.quiet, stage=look))
    (scan,) = pictures[-1].scans
    assert f"scan {scan.id} (test), which has not ended" in shown(pictures[-1])
    assert any(f"began: scan {scan.id} (test)" in line for line in told(before, pictures[-1]))
    assert not watched.look().scans


def test_what_the_scheduler_does_is_seen_from_outside(farm: Farm, watched: Watcher) -> None:
    farm.scan()
    run = RunRecord(sources=(NORTH, SOUTH), began=farm.now, again=True)
    ended = RunRecord(sources=(NORTH,), began=farm.now - HOUR, ended=farm.now, scan="one", gaps=2)
    state = ScheduleState(running=[run], recent=[ended], sources={NORTH: SourceRecord(began=farm.now)})
    write_state(farm.configuration.folder, state)
    assert not watched.look().scheduled.running  # type: ignore[union-attr] # it was seen
    lease = Lease(farm.configuration.location, farm.now)
    try:
        before = watched.look()
        farm.now += timedelta(seconds=90)
        out = shown(watched.look())
        assert "annexa run on" in out
        assert "13:00:00, 1 min meadow/north, meadow/south, trying again" in out
        assert "? 13:00:00 meadow/north: one, 2 gaps" in out
        assert "▸ 2026-01-31 14:00:00 meadow/north" in out
        first = told(None, before)
        assert any(line.endswith("began: meadow/north, meadow/south, trying again") for line in first)
        assert any("next: meadow/south at" in line for line in first)
        failed = msgspec.structs.replace(run, ended=farm.now, problem="no room")
        write_state(farm.configuration.folder, ScheduleState(recent=[failed, ended], sources=state.sources))
        assert any(
            "ended: meadow/north, meadow/south: failed: no room" in line for line in told(before, watched.look())
        )
    finally:
        lease.close()
    assert any("scheduler: none" in line for line in told(before, watched.look()))


@pytest.mark.parametrize("height", [8, 24, 60])
def test_the_picture_fits_whatever_there_is(height: int) -> None:
    runs = tuple(RunRecord(sources=(f"host/{n}", "a", "b", "c"), began=NOON) for n in range(30))
    sources = tuple(
        ScheduledSource(source=f"host/{n}", due=NOON, began=None, again=n == 0, attempt=1, last=None) for n in range(30)
    )
    scheduled = Scheduled(holder="somebody", sources=sources, running=runs, recent=runs)
    picture = Picture(at=NOON, scheduled=scheduled, scans=(), changes=(), problem="")
    out = shown(picture, height=height).splitlines()
    assert len(out) <= max(height, 16)
    assert any("more" in line for line in out)
    assert "Just changed" in out


def test_lines_end_when_somebody_says_so(
    farm: Farm, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    farm.scan()
    rounds = iter(range(2))

    def interrupted(_seconds: float) -> None:
        if next(rounds, None) is None:
            raise KeyboardInterrupt

    monkeypatch.setattr("commands.watch.time.sleep", interrupted)
    with pytest.raises(KeyboardInterrupt):
        command._tell(Watcher(farm.configuration, farm.clock))
    assert capsys.readouterr().out.count("scheduler: none") == 1
    with pytest.raises(KeyboardInterrupt):
        command._end(15, None)
