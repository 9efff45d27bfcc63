"""Stores that cannot be written: read-only, below a file, on a full disk, of a newer version, with another key."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.command_line import Folder, explained


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    place = tmp_path / "disk"
    place.mkdir()
    yield from _mounted(place, ["-t", "tmpfs", "-o", "size=1m", "tmpfs"])


def _mounted(place: Path, arguments: list[str]) -> Iterator[Path]:
    if os.geteuid() != 0:
        pytest.skip("only root may mount a file system")
    made = subprocess.run(["mount", *arguments, str(place)], check=False, capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"this machine does not let us mount: {made.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(filler: Path) -> None:
    """Write until the disk is full."""
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(os.urandom(4096))
    assert shutil.disk_usage(filler.parent).free == 0


@pytest.fixture
def read_only_store(folder: Folder) -> Iterator[Path]:
    """A store with one scan, on a file system that was mounted read-only."""
    assert folder.annexa("scan").status == 0
    os.sync()
    yield from _mounted(folder.store, ["-o", "bind,ro", str(folder.store)])


def test_a_store_on_a_read_only_file_system(folder: Folder, read_only_store: Path) -> None:
    error, hint = explained(folder.annexa("scan"))
    assert error.startswith("annexa-data: not writable")
    assert "store.folder" in hint
    for command in ("status", "verify"):
        _, hint = explained(folder.annexa(command))
        assert "copy the store to a folder you may write" in hint
    assert "annexa-data is not writable" in folder.annexa("doctor").out


def test_a_store_of_somebody_else(folder: Folder) -> None:
    assert folder.annexa("scan").status == 0
    folder.store.chmod(0o500)
    try:
        error, _ = explained(folder.annexa_without_power("scan"))
    finally:
        folder.store.chmod(0o750)
    assert error.startswith("annexa-data: not writable")


def test_a_store_below_a_file(folder: Folder) -> None:
    (folder.path / "a-file").touch()
    folder.configure(store={"folder": "a-file/data"})
    error, hint = explained(folder.annexa("scan"))
    assert error == "a-file/data: the store cannot be made: Not a directory"
    assert "store.folder" in hint


def test_a_file_where_the_store_should_be(folder: Folder) -> None:
    folder.store.touch()
    error, _ = explained(folder.annexa("scan"))
    assert error == "annexa-data: the store cannot be made: File exists"


def test_a_key_that_cannot_be_made(folder: Folder) -> None:
    (folder.path / "a-file").touch()
    folder.configure(store={"key": "a-file/key.pem"})
    error, hint = explained(folder.annexa("scan"))
    assert error == "a-file/key.pem: the signing key cannot be read: Not a directory"
    assert "store.key" in hint


def test_a_key_that_others_may_read(folder: Folder) -> None:
    assert folder.annexa("scan").status == 0
    folder.key.chmod(0o644)
    error, hint = explained(folder.annexa("scan"))
    assert "others may read the signing key (mode 0644)" in error
    assert hint == f"chmod 0600 {folder.key}"


def test_a_lost_key_is_asked_for_and_never_replaced(folder: Folder) -> None:
    assert folder.annexa("scan").status == 0
    folder.key.unlink()
    error, _ = explained(folder.annexa("scan"))
    assert error == f"{folder.key}: the signing key is not there"
    assert not folder.key.exists()


def test_another_key_is_refused(folder: Folder) -> None:
    assert folder.annexa("scan").status == 0
    shutil.move(folder.store, folder.path / "first")
    folder.key.unlink()
    assert folder.annexa("scan").status == 0
    folder.configure(store={"folder": "first"})
    error, hint = explained(folder.annexa("scan"))
    assert error == f"{folder.key}: this is not the key that signs first"
    assert "store.key" in hint


def test_a_full_disk_is_named_and_costs_nothing_that_was_sealed_before(folder: Folder, small_disk: Path) -> None:
    folder.configure(store={"folder": str(small_disk / "data")})
    folder.store = small_disk / "data"
    assert folder.annexa("scan").status == 0
    sealed = folder.verified()
    filler = small_disk / "filler"
    fill(filler)
    said = folder.annexa("scan")
    error, hint = explained(said)
    assert error.startswith(str(small_disk)), error
    assert "make room" in hint
    folder.store = shutil.copytree(folder.store, folder.path / "copy")  # SQLite needs a little room even to read
    after = folder.verified()
    assert after.problems == ()
    assert after.checkpoints == sealed.checkpoints
    folder.store = small_disk / "data"
    filler.unlink()
    assert folder.annexa("scan").status == 0
    assert folder.verified().problems == ()
    assert folder.verified().checkpoints == sealed.checkpoints + 1


def test_a_disk_that_fills_up_during_a_scan(folder: Folder, small_disk: Path) -> None:
    """The answers are too large for the disk: blobs are written first, so nothing half-done counts."""
    folder.configure(store={"folder": str(small_disk / "data")})
    folder.store = small_disk / "data"
    assert folder.annexa("scan").status == 0
    filler = small_disk / "filler"
    free = shutil.disk_usage(small_disk).free
    filler.write_bytes(os.urandom(free - 200_000))
    folder.configure({"says": os.urandom(400_000).hex()}, store={"folder": str(folder.store)})
    error, hint = explained(folder.annexa("scan"))
    assert "cannot be written: No space left on device" in error
    assert "make room" in hint
    assert folder.verified().problems == ()
    filler.unlink()
    folder.configure(store={"folder": str(folder.store)})
    said = folder.annexa("scan", "--json")
    assert said.status == 0
    assert folder.verified().problems == ()


def test_no_room_for_a_new_store(folder: Folder, small_disk: Path) -> None:
    (small_disk / "filler").write_bytes(bytes(shutil.disk_usage(small_disk).free))
    folder.configure(store={"folder": str(small_disk / "data")})
    error, hint = explained(folder.annexa("scan"))
    assert error.startswith(str(small_disk))
    assert "make room" in hint or "store.folder" in hint


def test_no_room_for_the_report(folder: Folder, small_disk: Path) -> None:
    (small_disk / "filler").write_bytes(bytes(shutil.disk_usage(small_disk).free))
    error, hint = explained(folder.annexa("scan", "--report", str(small_disk / "report.html")))
    assert str(small_disk / "report.html") in error
    assert hint
    assert folder.annexa("status").status == 0  # the evidence was sealed before the report was written


def test_a_report_where_nothing_can_be_written(folder: Folder) -> None:
    error, _ = explained(folder.annexa("scan", "--report", "nowhere/report.html"))
    assert error == "--report: nowhere is no folder"


def test_a_store_from_a_newer_version_is_left_alone(folder: Folder) -> None:
    assert folder.annexa("scan").status == 0
    database = folder.store / "evidence.db"
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9001'")
    connection.close()
    before = database.read_bytes()
    for command in ("scan", "status", "verify", "controls"):
        error, hint = explained(folder.annexa(command))
        assert error.startswith("annexa-data/evidence.db: a newer version of Annexa wrote this store (schema 9001")
        assert "newer version" in hint
    assert database.read_bytes() == before


@pytest.mark.parametrize("content", [b"this is no database, it only has a name like one" * 40, b""])
def test_something_else_instead_of_a_database(folder: Folder, content: bytes) -> None:
    folder.store.mkdir()
    (folder.store / "evidence.db").write_bytes(content)
    error, _ = explained(folder.annexa("status"))
    assert error.startswith("annexa-data/evidence.db: ")


def test_no_store_yet(folder: Folder) -> None:
    for command in (["status"], ["verify"], ["controls"], ["show", "1"]):
        error, hint = explained(folder.annexa(*command))
        assert error == "annexa-data: there is no evidence store here"
        assert hint == "make one with: annexa scan"
