"""Sealing a scan: what a killed, failing or second scan leaves behind, and what the record says of it."""

from __future__ import annotations

import errno
import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from core.codec import parse
from evidence_store import writer as writing
from evidence_store.derived.derive import Sealed, apply
from evidence_store.errors import BrokenSealError, StoreError
from evidence_store.questions import queries
from evidence_store.records import leaf
from evidence_store.running import told_apart
from evidence_store.verification.verify import verify
from evidence_store.writer import ScanWriter
from tests.evidence_store.worlds import BEGINNING, Look, World, opening
from tests.postgresql import ON_SQLITE


def running(world: World) -> list[str]:
    """The locks that somebody still holds: lock files, or sessions of the database."""
    if world.address:
        here = "pg_locks JOIN pg_database ON pg_database.oid = database AND datname = current_database()"
        return [str(row) for row in world.rows(f"SELECT objid FROM {here} WHERE locktype = 'advisory'")]
    return [path.name for path in (world.folder / "running").iterdir()]


def test_a_leaf_names_nobody_and_nothing(world: World) -> None:
    world.scan(Look(source="house/of-evangeline", doors={"front": 90}))
    for (data,) in world.rows("SELECT data FROM leaf UNION ALL SELECT data FROM entry"):
        assert isinstance(data, bytes)
        assert set(parse(data)) <= {"at", "body", "scan", "type", "root", "units"}
        assert b"evangeline" not in data


def test_bodies_are_salted(tmp_path: Path) -> None:
    digests = []
    for name in ("one", "two"):
        world = World(tmp_path / name)
        world.scan(Look(doors={"front": 90}))
        digests.append(
            {parse(data)["body"] for (data,) in world.rows("SELECT data FROM leaf") if isinstance(data, bytes)}
        )
    assert not digests[0] & digests[1]


def test_the_next_scan_says_which_one_died(world: World) -> None:
    world.scan(Look(doors={"front": 90}), dies=True)
    world.scan(Look(doors={"front": 90}))
    assert world.rows("SELECT id, status FROM scan ORDER BY id") == [("scan-001", "died"), ("scan-002", "finished")]
    with world.open() as store, store.reading() as connection:
        assert queries.scans(store, connection)[0].died == ("scan-001",)
    assert running(world) == []


@ON_SQLITE
def test_a_scan_that_left_its_lock_behind_died_too(world: World) -> None:
    """A killed process leaves the file, and the operating system drops the lock."""
    world.scan(Look(doors={"front": 90}), dies=True)
    (world.folder / "running" / "scan-001").touch()
    world.scan(Look(doors={"front": 90}))
    assert world.rows("SELECT status FROM scan WHERE id = 'scan-001'") == [("died",)]
    assert running(world) == []


@ON_SQLITE
def test_a_lock_that_nobody_can_look_at_is_not_taken_for_that_of_a_dead_scan(world: World) -> None:
    world.scan(Look(doors={"front": 90}), dies=True)
    lock = world.folder / "running" / "scan-001"
    lock.symlink_to(lock)  # which nobody can open, not even root
    assert status(world) == "running"


def test_a_dead_scan_is_told_from_a_running_one_before_the_next_says_so(world: World) -> None:
    world.scan(Look(doors={"front": 90}), dies=True)
    assert world.rows("SELECT status FROM scan") == [("running",)]
    assert status(world) == "died"
    with world.create() as store:
        second = ScanWriter.begin(store, opening("second"), at=world.tick())
        assert status(world) == "running"
        second.close()
        assert status(world) == "died"


def status(world: World) -> str:
    """What is said of the newest scan."""
    with world.open() as store, store.reading() as connection:
        return told_apart(store, queries.scans(store, connection))[0].status


def test_a_scan_that_is_running_has_not_died(world: World) -> None:
    with world.create() as store:
        first = ScanWriter.begin(store, opening("first"), at=world.tick())
        second = ScanWriter.begin(store, opening("second"), at=world.tick())
        assert second.died == ()
        for each in (first, second):
            each.finish([], [], {}, at=world.tick())
        assert verify(store).problems == ()


def test_a_scan_that_ends_while_another_looks_for_the_dead_has_not_died(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world.create() as store:
        first = ScanWriter.begin(store, opening("first"), at=world.tick())
        is_held = store.database.is_held

        def ends_meanwhile(name: str) -> bool:
            first.finish([], [], {}, at=world.tick())
            return is_held(name)

        monkeypatch.setattr(store.database, "is_held", ends_meanwhile)
        assert ScanWriter.begin(store, opening("second"), at=world.tick()).died == ()


def test_a_clock_that_went_back_is_written_down(world: World) -> None:
    world.scan(Look(doors={"front": 90}))
    world.now -= timedelta(days=1)
    with world.create() as store:
        second = ScanWriter.begin(store, opening("second"), at=world.tick())
        assert second.clock_note.startswith("the clock went back: the last leaf says 2026-01-31T")
        second.finish([], [], {}, at=world.tick())
        assert verify(store).problems == ()


def test_nothing_is_signed_on_top_of_a_log_that_was_altered(world: World) -> None:
    world.scan(Look(doors={"front": 90}))
    world.alter("UPDATE leaf SET hash = zeroblob(32) WHERE position = 1")
    world.alter("UPDATE node SET hash = zeroblob(32)")
    with pytest.raises(BrokenSealError):
        world.scan(Look(doors={"front": 90}))
    assert world.rows("SELECT count(*) FROM checkpoint") == [(1,)]
    assert running(world) == []


def test_a_full_disk_stops_the_scan_and_spoils_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.scan(Look(doors={"front": 90}))
    with world.create() as store:
        scan = ScanWriter.begin(store, opening("second"), at=world.tick())
        with monkeypatch.context() as full:
            full.setattr(os, "fsync", _no_space)
            with pytest.raises(StoreError, match="No space left"):
                scan.seal_source("house/a", [Look(doors={"front": 95}).collect(world.now)], at=world.tick())
        scan.seal_source("house/a", [Look(doors={"front": 95}).collect(world.now)], at=world.tick())
        scan.finish(["house/a"], [], {}, at=world.tick())
        assert verify(store).problems == ()


def test_a_transaction_that_fails_leaves_no_half_of_a_leaf(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with world.create() as store:
        scan = ScanWriter.begin(store, opening("first"), at=world.tick())
        before = world.rows("SELECT count(*) FROM leaf UNION ALL SELECT count(*) FROM blob")
        with monkeypatch.context() as broken:
            broken.setattr(writing, "apply", _break)
            with pytest.raises(ZeroDivisionError):
                scan.seal_source("house/a", [Look(doors={"front": 95}).collect(world.now)], at=world.tick())
        assert world.rows("SELECT count(*) FROM leaf UNION ALL SELECT count(*) FROM blob") == before
        scan.seal_source("house/a", [Look(doors={"front": 95}).collect(world.now)], at=world.tick())
        scan.finish(["house/a"], [], {}, at=world.tick())
        assert verify(store).problems == ()


def test_a_scan_whose_key_was_taken_away_ends_without_its_last_leaf(world: World) -> None:
    with world.create() as store:
        scan = ScanWriter.begin(store, opening("first"), at=world.tick())
        world.key_file.unlink()
        with pytest.raises(StoreError, match="the signing key is not there"):
            scan.finish([], [], {}, at=world.tick())
        scan.close()
        assert verify(store).problems == ()
        assert verify(store).pending == 1


def test_a_beginning_that_fails_lets_go_of_its_lock(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "apply", _break)
    with world.create() as store, pytest.raises(ZeroDivisionError):
        ScanWriter.begin(store, opening("first"), at=world.tick())
    assert running(world) == []


@ON_SQLITE
def test_a_lock_that_cannot_be_made_is_said(world: World) -> None:
    with world.create() as store:
        (world.folder / "running").rmdir()
        with pytest.raises(StoreError, match="first: cannot be written: No such file"):
            ScanWriter.begin(store, opening("first"), at=world.tick())


def test_a_leaf_of_a_kind_we_do_not_know_derives_nothing(world: World) -> None:
    with world.create() as store, store.writing() as connection:
        sealed = Sealed(0, leaf("of tomorrow", "s", BEGINNING, bytes(32)))
        apply(connection, sealed, lambda _digest: b"{}")
        assert connection.execute(text("SELECT count(*) FROM scan")).scalar() == 0


def _no_space(_descriptor: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _break(*_: object) -> None:
    raise ZeroDivisionError


@pytest.mark.parametrize("garbage", ["[]", "{}", '{"at":"never"}', "no JSON"])
def test_a_scan_does_not_go_on_after_a_leaf_that_is_none(world: World, garbage: str) -> None:
    """No checkpoint covers what a killed scan left, so the newest one does not show it."""
    world.scan(Look(doors={"front": 90}))
    world.scan(Look(doors={"front": 91}), dies=True)
    world.alter("UPDATE leaf SET data = ? WHERE position = (SELECT max(position) FROM leaf)", garbage.encode())
    with pytest.raises(BrokenSealError, match=re.escape(world.name) + r": leaf \d+ is not a leaf: it was altered"):
        world.scan(Look(doors={"front": 92}))
