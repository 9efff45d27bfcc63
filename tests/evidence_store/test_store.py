"""The store as a folder: made on first use, opened without a key, never written under another key."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from sqlalchemy import delete

from evidence_store.errors import BrokenSealError, StoreError
from evidence_store.log.notes import Verifier
from evidence_store.schema import about
from evidence_store.store import default_key_file
from evidence_store.verification.verify import verify
from tests.evidence_store.worlds import Look, World
from tests.postgresql import ON_SQLITE


def test_the_first_use_makes_folder_tables_name_and_key(world: World) -> None:
    with world.create() as store, store.reading() as connection:
        verifier = store.verifier(connection)
    assert verifier.name.startswith("annexa.log/")
    assert (world.folder / "log.pub").read_text(encoding="utf-8") == f"{verifier}\n"
    assert world.key_file.is_file()


@ON_SQLITE
def test_others_cannot_read_what_is_kept(world: World) -> None:
    world.scan(Look(doors={"front": 90}))
    for path in (world.folder, world.folder / "evidence.db", *world.packs()):
        assert stat.S_IMODE(path.stat().st_mode) & 0o007 == 0, path


def test_two_stores_never_share_a_name(tmp_path: Path) -> None:
    names = set()
    for name in ("one", "two"):
        world = World(tmp_path / name)
        with world.create() as store, store.reading() as connection:
            names.add(store.verifier(connection).name)
    assert len(names) == 2


@ON_SQLITE
def test_a_store_that_is_not_there_is_not_made_by_reading(world: World) -> None:
    with pytest.raises(StoreError, match="there is no evidence store here") as raised:
        world.open()
    assert raised.value.hint == "make one with: annexa scan"
    assert not world.folder.exists()


def test_reading_needs_no_key(world: World) -> None:
    world.scan(Look(doors={"front": 90}))
    world.key_file.unlink()
    with world.open() as store, store.reading() as connection:
        assert store.latest_checkpoint(connection)


def test_a_lost_key_is_not_replaced_by_a_new_one(world: World) -> None:
    world.scan(Look(doors={"front": 90}))
    world.key_file.unlink()
    with pytest.raises(StoreError, match="the signing key is not there"):
        world.create()
    assert not world.key_file.exists()


def test_another_key_is_refused_before_anything_is_written(world: World, tmp_path: Path) -> None:
    world.scan(Look(doors={"front": 90}))
    other = World(tmp_path / "other")
    other.create().close()
    world.key_file = other.key_file
    with pytest.raises(StoreError, match="not the key that signs") as raised:
        world.create()
    assert "set store.key" in raised.value.hint


def test_a_key_that_is_already_there_is_used(world: World, tmp_path: Path) -> None:
    other = World(tmp_path / "other")
    other.create().close()
    world.key_file = other.key_file
    with world.create() as store, store.reading() as connection:
        store.signing_key(connection)


def test_a_public_key_that_a_dying_first_scan_did_not_write_is_written_by_the_next(world: World) -> None:
    world.create().close()
    published = (world.folder / "log.pub").read_bytes()
    (world.folder / "log.pub").unlink()
    world.create().close()
    assert (world.folder / "log.pub").read_bytes() == published


def test_a_public_key_that_cannot_be_written_is_said(world: World) -> None:
    world.create().close()
    (world.folder / "log.pub").unlink()
    (world.folder / "log.pub.next").mkdir()
    with pytest.raises(StoreError, match=r"log.pub: cannot be written: Is a directory"):
        world.create()


def test_a_store_without_a_public_key_is_broken(world: World) -> None:
    with world.create() as store:
        with store.writing() as connection:
            connection.execute(delete(about))
        with store.reading() as connection, pytest.raises(BrokenSealError, match="does not name its public key"):
            store.verifier(connection)


def test_a_public_key_in_another_spelling_is_broken(world: World) -> None:
    world.create().close()
    world.alter("UPDATE about SET value = value || ' '")
    with world.open() as store, store.reading() as connection, pytest.raises(BrokenSealError, match="was altered"):
        store.verifier(connection)


@pytest.mark.parametrize("wrong", ["file", "file/below"])
def test_a_file_where_the_folder_should_be_is_said(world: World, tmp_path: Path, wrong: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    world.folder = tmp_path / wrong
    with pytest.raises(StoreError, match="the store cannot be made") as raised:
        world.create()
    assert "store.folder" in raised.value.hint


@ON_SQLITE
def test_a_database_that_cannot_be_made_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: object, *_: object) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(StoreError, match=r"evidence.db: cannot be written: Permission denied"):
        world.create()


def test_a_folder_that_may_not_be_written_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(StoreError, match="not writable"):
        world.create()


@ON_SQLITE
def test_opening_a_store_again_leaves_the_locks_of_others_alone(world: World) -> None:
    """POSIX drops all of a process's locks on a file when any of its descriptors on it is closed."""
    world.scan(Look(doors={"front": 90}))
    with world.open() as first, first.reading():
        before = _locks(world)
        world.create().close()
        assert before
        assert _locks(world) == before


def test_the_store_of_one_key_does_not_verify_as_that_of_another(world: World, tmp_path: Path) -> None:
    world.scan(Look(doors={"front": 90}))
    other = World(tmp_path / "other")
    with other.create() as store, store.reading() as connection:
        theirs = store.verifier(connection)
    with world.open() as store:
        found = verify(store, verifier=theirs)
    assert "not by the given" in found.problems[0]
    assert found.checkpoints == 0


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "/home/eve/.config/annexa/signing-key.pem"),
        ({"XDG_CONFIG_HOME": ""}, "/home/eve/.config/annexa/signing-key.pem"),
        ({"XDG_CONFIG_HOME": "relative"}, "/home/eve/.config/annexa/signing-key.pem"),
        ({"XDG_CONFIG_HOME": "/etc/xdg"}, "/etc/xdg/annexa/signing-key.pem"),
    ],
)
def test_the_key_lies_outside_every_store(environment: dict[str, str], expected: str) -> None:
    assert default_key_file(environment, Path("/home/eve")) == Path(expected)


def test_a_verifier_given_as_text_is_the_store_s(world: World) -> None:
    with world.create() as store, store.reading() as connection:
        assert Verifier.parse((world.folder / "log.pub").read_text(encoding="utf-8")) == store.verifier(connection)


def _locks(world: World) -> list[str]:
    """The POSIX locks that this process holds on the database file."""
    inode = f":{(world.folder / 'evidence.db').stat().st_ino} "
    held = Path("/proc/locks").read_text(encoding="utf-8").splitlines()
    return [line.split(maxsplit=1)[1] for line in held if inode in line and f" {os.getpid()} " in line]
