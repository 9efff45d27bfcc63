"""A scan that is killed, at any moment, leaves a store that verifies; the next scan says that it died."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from evidence_store.schema import scan
from evidence_store.store import Store
from tests.command_line import Folder, ended

MOMENTS = 20
DIE_AT = str(Path(__file__).parent / "die_at.py")


def states(folder: Folder) -> dict[str, str]:
    """What the log says of every scan, by id, oldest first: a dead one runs there until the next scan has sealed it."""
    if not (folder.store / "evidence.db").is_file():
        return {}
    with Store.open(folder.location) as store, store.reading() as connection:
        return {row.id: row.status for row in connection.execute(select(scan).order_by(scan.c.first))}


def assert_whole(folder: Folder) -> None:
    """Every seal holds, whatever just happened."""
    assert folder.verified().problems == ()


def assert_the_next_scan_reports(folder: Folder, killed: list[str]) -> None:
    """The next scan names the dead ones in JSON, and the one after it no longer does."""
    said = folder.annexa("scan", "--json")
    assert said.status == 0, said.err
    assert sorted(said.json["scan"]["died"]) == sorted(killed)
    after = states(folder)
    assert all(after[each] == "died" for each in killed)
    assert folder.annexa("scan", "--json").json["scan"]["died"] == []
    assert_whole(folder)


def test_killed_between_any_two_steps(folder: Folder) -> None:
    """Deterministic: steps are database statements, commits and flushes, so also each half of a sealing."""
    assert folder.annexa("scan").status == 0
    all_steps = int(folder.python(DIE_AT, "0").out)
    assert all_steps > MOMENTS
    running: list[str] = []
    for moment in range(MOMENTS):
        before = set(states(folder))
        said = folder.python(DIE_AT, str(1 + moment * (all_steps - 1) // (MOMENTS - 1)))
        assert said.status == -signal.SIGKILL, said.err
        assert_whole(folder)
        after = states(folder)
        # Whoever came before and had begun is found dead by the first scan that gets to say so.
        running += [each for each in after if each not in before]
        reported = {each for each in running if after[each] == "died"}
        finished = {each for each in running if after[each] == "finished"}
        assert {after[each] for each in running} <= {"died", "running", "finished"}
        assert not finished, "a killed scan counts as finished"
        running = [each for each in running if each not in reported]
    assert len(running) <= 2
    assert_the_next_scan_reports(folder, running)
    assert list(states(folder).values()).count("finished") == 4


@pytest.mark.parametrize("behaviour", ["well", "slow"])
def test_killed_at_moments_spread_over_a_whole_scan(folder: Folder, behaviour: str) -> None:
    folder.configure({"behaviour": behaviour})
    begun = time.monotonic()
    assert folder.annexa("scan").status == 0
    duration = time.monotonic() - begun
    moments = MOMENTS // 2
    killed = 0
    for moment in range(moments):
        process = folder.start("scan")
        time.sleep(duration * moment / (moments - 1))
        process.kill()
        killed += ended(process).status == -signal.SIGKILL
        assert_whole(folder)
    assert killed >= 3, "scans ended before they were killed: nothing was shown"
    assert_the_next_scan_reports(folder, [each for each, status in states(folder).items() if status == "running"])


def test_killed_while_a_collector_looks(folder: Folder) -> None:
    """The report in text names the dead scan, and `status` of the store tells meanwhile that it runs, and that it ended."""
    sign = folder.path / "looking"
    folder.configure({"behaviour": "waits", "sign": str(sign)})
    process = folder.start("scan")
    while not sign.exists():
        time.sleep(0.01)
    (scan_id,) = states(folder)
    assert folder.annexa("status", "--json").json["scan"]["status"] == "running"
    process.kill()
    ended(process)
    assert_whole(folder)
    said = folder.annexa("status")
    assert (said.status, f"Scan {scan_id}" in said.out) == (3, True)
    assert "ended without a word: what it had sealed is kept; look again: annexa scan" in said.out
    folder.configure()
    said = folder.annexa("scan")
    assert f"scan {scan_id} died before its end; what it had sealed is kept" in said.out
    assert said.status == 0
    assert "died" in folder.annexa("show", scan_id).out
    assert list((folder.store / "running").iterdir()) == []


def test_the_very_first_scan_killed_at_any_step(folder: Folder) -> None:
    """Also while the tables, the name of the log and the key are made."""
    all_steps = int(folder.python(DIE_AT, "0").out)
    for moment in range(MOMENTS // 2):
        place = folder.path / str(moment)
        place.mkdir()
        killed = Folder(place).configure()
        said = killed.python(DIE_AT, str(1 + moment * (all_steps - 1) // (MOMENTS // 2 - 1)))
        assert said.status == -signal.SIGKILL, said.err
        assert killed.annexa("scan").status == 0
        assert_whole(killed)
