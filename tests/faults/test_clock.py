"""A clock that jumps: the log orders by position, so nothing breaks, and the record says that it happened."""

from __future__ import annotations

from pathlib import Path

from core.codec import decode, parse
from evidence_store.questions.queries import leaf_data, scans
from evidence_store.records import ScanStarted
from evidence_store.store import Store
from tests.command_line import Folder

SCAN_AT = str(Path(__file__).parent / "scan_at.py")


def started(folder: Folder, scan_id: str) -> ScanStarted:
    """The sealed opening of a scan."""
    with Store.open(folder.location) as store, store.reading() as connection:
        (state,) = scans(store, connection, scan_id=scan_id)
        data = parse(leaf_data(connection, state.first_leaf) or b"")
        return decode(ScanStarted, store.read_blob(connection)(bytes.fromhex(data["body"])))


def test_a_clock_that_jumps_back_is_on_record(folder: Folder) -> None:
    later = folder.python(SCAN_AT, "2030-01-01T00:00:00Z").out
    folder.configure({"locked": False})
    earlier = folder.python(SCAN_AT, "2026-01-01T00:00:00Z").out
    assert started(folder, later).clock == ""
    note = started(folder, earlier).clock
    assert note.startswith("the clock went back: the last leaf says 2030-01-01T00:00:")
    assert note.endswith("now it is 2026-01-01T00:00:00Z")
    assert folder.verified().problems == ()
    with Store.open(folder.location) as store, store.reading() as connection:
        assert [each.id for each in scans(store, connection, newest=2)] == [earlier, later]


def test_the_newest_scan_is_the_last_in_the_log_not_the_last_on_the_clock(folder: Folder) -> None:
    folder.python(SCAN_AT, "2099-01-01T00:00:00Z")
    folder.configure({"locked": False})
    said = folder.annexa("scan", "--json")
    assert said.status == 1
    (gate,) = (each for each in said.json["findings"] if each["check"] == "orchard.gate_is_locked")
    assert (gate["status"], gate["change"]) == ("fail", "changed")
    assert said.json["scan"]["clock"].startswith("the clock went back: the last leaf says 2099-01-01T00:00:")
    assert "  warning: the clock went back" in folder.annexa("status").out


def test_a_clock_before_this_version_existed_is_bad(folder: Folder) -> None:
    assert folder.annexa("scan").status == 0
    folder.python(SCAN_AT, "2099-01-01T00:00:00Z")
    said = folder.annexa("doctor")
    assert said.status == 2
    assert "the last scan is in the future: the clock went back" in said.out


def test_evidence_from_the_past_is_stale(folder: Folder) -> None:
    folder.python(SCAN_AT, "2026-01-01T00:00:00Z")
    said = folder.annexa("status", COLUMNS="400")
    assert said.status == 3
    assert "its evidence is of 2026-01-01T00:00:" in said.out
    assert "evidence of orchard/north is past its freshness target: scan again" in said.out
