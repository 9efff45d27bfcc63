"""Restoring: the store that was backed up, in whichever database and place, and what it cannot know is said."""

from __future__ import annotations

import errno
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.codec import decode, parse
from evidence_store.backends.address import parse_address
from evidence_store.copies import restore as module
from evidence_store.copies.copying import copy_packs
from evidence_store.copies.restore import Restored, restore
from evidence_store.database import DATABASE
from evidence_store.errors import BrokenSealError, StoreError
from evidence_store.keys.rotation import rotate
from evidence_store.log.notes import Verifier
from evidence_store.log.publication import publish
from evidence_store.people.keyring import secret_path
from evidence_store.records import ScanStarted
from evidence_store.schema import leaf
from evidence_store.verification.verify import Verification, verify
from tests.evidence_store.test_backup import LOOK, WIDER, as_store, back_up, files, rows
from tests.evidence_store.worlds import World
from tests.postgresql import ON_SQLITE, Server

GOLDEN = Path(__file__).parents[1] / "golden" / "0001.tar.xz"
NOTHING_PUBLISHED = "no checkpoints are published (store.publish): nobody can tell whether the backup was the newest"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backup"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where checkpoints are published."""
    found = tmp_path / "published"
    found.mkdir()
    return found


@pytest.fixture
def target(tmp_path: Path, world: World) -> World:
    """An empty store, with the keys that the backup has not."""
    made = World(tmp_path / "target")
    made.key_file, made.count = world.key_file, 10
    return made


@pytest.fixture(params=["sqlite", "postgresql"])
def anywhere(request: pytest.FixtureRequest, target: World) -> Iterator[World]:
    """The same in the one database or the other."""
    if request.param == "sqlite":
        yield target
        return
    server: Server = request.getfixturevalue("postgresql")
    target.address = server.database()
    yield target
    server.drop(target.address)


def restored(folder: Path, target: World, **more: Any) -> Restored:
    return restore(folder, target.location, target.tick(), **more)


def verified(world: World) -> Verification:
    with world.open() as store:
        return verify(store)


def test_from_either_database_into_either(world: World, folder: Path, anywhere: World) -> None:
    world.scan(LOOK)
    world.scan(WIDER)
    with world.create() as store:
        rotate(store, world.tick())
    back_up(world, folder)
    before = files(folder)
    done = restored(folder, anywhere)
    assert (done.lost, done.lacks, done.verification.problems) == ((), (NOTHING_PUBLISHED,), ())
    assert done.leaves == 9
    assert rows(anywhere) == rows(world)
    assert [path.read_bytes() for path in anywhere.packs()] == [path.read_bytes() for path in world.packs()]
    assert (anywhere.folder / "log.pub").read_bytes() == (world.folder / "log.pub").read_bytes()
    assert files(folder) == before, "the backup is only read"
    assert anywhere.scan(LOOK) is not None
    assert verified(anywhere).problems == ()
    assert back_up(anywhere, folder).verification.leaves == 13, "the restored store goes on where the backup ended"


def test_there_and_back_again_changes_no_row(world: World, folder: Path, anywhere: World, tmp_path: Path) -> None:
    world.scan(LOOK)
    back_up(world, folder)
    restored(folder, anywhere)
    back_up(anywhere, tmp_path / "again")
    assert rows(as_store(world, tmp_path / "again")) == rows(world)
    assert files(tmp_path / "again").keys() == files(folder).keys()


def test_nothing_is_restored_over_a_store(world: World, folder: Path) -> None:
    world.scan(LOOK)
    back_up(world, folder)
    before = rows(world)
    with pytest.raises(StoreError, match="there is a store here already, and nothing is restored over it"):
        restored(folder, world)
    assert rows(world) == before


@ON_SQLITE
def test_a_store_that_nobody_named_yet_takes_a_backup(world: World, folder: Path, tmp_path: Path) -> None:
    """As a restore that was killed leaves it, and a file that SQLite made and nobody filled."""
    world.scan(LOOK)
    back_up(world, folder)
    made = World(tmp_path / "target")
    made.key_file = world.key_file
    made.folder.mkdir(parents=True)
    (made.folder / DATABASE).touch()
    (made.folder / "packs").mkdir()
    (made.folder / "packs" / "scan-001.zst").write_bytes(b"half of a pack")
    assert restored(folder, made).verification.problems == ()


@ON_SQLITE
def test_packs_that_know_more_than_the_backup_are_not_touched(world: World, folder: Path) -> None:
    world.scan(LOOK)
    back_up(world, folder)
    world.scan(LOOK)
    (world.folder / DATABASE).unlink()
    with pytest.raises(StoreError, match=r"scan-002\.zst: this pack holds evidence that the backup does not have"):
        restored(folder, world)
    assert len(world.packs()) == 2


@ON_SQLITE
def test_two_at_once_do_not_mix(world: World, folder: Path, target: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.scan(LOOK)
    back_up(world, folder)

    def meanwhile(*arguments: Any, **more: Any) -> Any:
        monkeypatch.undo()
        restored(folder, target)
        return copy_packs(*arguments, **more)

    monkeypatch.setattr(module, "copy_packs", meanwhile)
    with pytest.raises(StoreError, match="somebody else wrote to it meanwhile"):
        restored(folder, target)
    assert verified(target).problems == ()


@ON_SQLITE
def test_a_folder_that_holds_no_backup(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StoreError, match="there is no backup here"):
        restored(tmp_path / "nowhere", world)
    (tmp_path / DATABASE).touch()
    with pytest.raises(StoreError, match="the store is empty"):
        restored(tmp_path, world)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "copy")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(StoreError, match="copy: cannot be copied: No space left on device"):
        restored(tmp_path, world)
    assert not world.folder.exists()


@ON_SQLITE
def test_a_backup_that_was_altered_is_refused(world: World, folder: Path, target: World) -> None:
    world.scan(LOOK)
    back_up(world, folder)
    as_store(world, folder).alter("UPDATE finding SET reason = 'it is fine'")
    with pytest.raises(
        BrokenSealError, match=r"the backup does not verify: table finding: the row .* was altered: reason$"
    ):
        restored(folder, target)
    (folder / "packs" / "scan-001.zst").unlink()
    with pytest.raises(BrokenSealError, match=r"the backup does not verify: leaf 0: .* \(and \d+ more\)$"):
        restored(folder, target)
    assert not target.folder.exists()


@ON_SQLITE
def test_a_backup_is_held_against_the_key_that_is_given(world: World, folder: Path, target: World) -> None:
    world.scan(LOOK)
    back_up(world, folder)
    stranger = Verifier("annexa.log/0123456789abcdef", bytes(32))
    with pytest.raises(BrokenSealError, match="not by the given "):
        restored(folder, target, verifier=stranger)
    with world.open() as store, store.reading() as connection:
        own = store.verifier(connection)
    assert restored(folder, target, verifier=own).verification.trusted == "the key that was given"


@ON_SQLITE
def test_without_its_keys_a_store_is_restored_and_says_what_it_lacks(world: World, folder: Path, target: World) -> None:
    world.scan(LOOK)
    back_up(world, folder)
    target.key_file = target.folder.parent / "signing-key.pem"
    done = restored(folder, target)
    assert done.verification.problems == ()
    key, people, _ = done.lacks
    assert key == f"no scan can be sealed: {target.key_file}: the signing key is not there"
    said = "people are shown by pseudonyms, and no scan can be sealed"
    assert people == f"{said}: {secret_path(target.key_file)}: the file is not there"
    with pytest.raises(StoreError, match="the signing key is not there"):
        target.scan(LOOK)


@ON_SQLITE
def test_what_was_published_since_is_lost_and_must_be_given_up(
    world: World, folder: Path, target: World, place: Path
) -> None:
    world.scan(LOOK)
    publish_all(world, place)
    back_up(world, folder)
    assert restored(folder, World(target.folder.parent / "newest"), publish=[place]).lost == ()
    world.scan(WIDER)
    publish_all(world, place)
    said = f"{place} has a checkpoint over 8 leaves, and the backup ends after 4"
    with pytest.raises(StoreError, match=f"this is not the newest: {said}$") as refused:
        restored(folder, target, publish=[place])
    assert "--accept-loss REASON" in refused.value.hint
    assert not target.folder.exists()
    done = restored(folder, target, publish=[place], accepted="the disk of the store burnt")
    assert (done.lost, done.verification.problems, done.lacks) == ((said,), (), ())
    target.scan(LOOK)
    alarm = f"restored from a backup, and what came after it was given up: {said}: the disk of the store burnt"
    assert sealed_alarms(target) == (alarm,)
    assert verified(target).problems == ()


def publish_all(world: World, place: Path) -> None:
    with world.create() as store:
        publish(store, [place], lambda: world.now)


def sealed_alarms(world: World) -> tuple[str, ...]:
    """What the newest scan said, when it began, of published checkpoints."""
    with world.open() as store, store.reading() as connection:
        data, *_ = [
            parse(row.data) for row in connection.execute(leaf.select().order_by(leaf.c.position.desc()).limit(4))
        ][::-1]
        return decode(ScanStarted, store.read_blob(connection)(bytes.fromhex(data["body"]))).alarms


@ON_SQLITE
def test_a_backup_that_a_published_checkpoint_does_not_fit_is_refused(
    world: World, folder: Path, target: World, place: Path, tmp_path: Path
) -> None:
    world.scan(LOOK)
    fork = world.copy(tmp_path / "fork")
    world.scan(LOOK)
    publish_all(world, place)
    fork.scan(WIDER)
    back_up(fork, folder)
    with pytest.raises(BrokenSealError, match="published checkpoint at size 8: its root is not that of the leaves"):
        restored(folder, target, publish=[place], accepted="whatever")


@ON_SQLITE
def test_a_place_that_cannot_be_read_may_know_of_more(
    world: World, folder: Path, target: World, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.scan(LOOK)
    back_up(world, folder)
    assert restored(folder, World(target.folder.parent / "unpublished"), publish=[place]).lost == ()
    unmounted = place / "not-mounted"
    with pytest.raises(
        StoreError, match=r"not-mounted cannot be read \(No such file or directory\), so nobody can tell"
    ):
        restored(folder, target, publish=[unmounted])

    def unreachable(*_: object) -> None:
        raise StoreError("s3://checkpoints/: it cannot be reached")

    monkeypatch.setattr(module, "notes_in", unreachable)
    bucket = parse_address("s3://checkpoints")
    done = restored(folder, target, publish=[bucket], accepted="the other site is gone")
    assert done.lost == (
        "s3://checkpoints/ cannot be read (s3://checkpoints/: it cannot be reached), so nobody can tell what is lost",
    )


@ON_SQLITE
def test_a_backup_that_was_looked_at_and_not_closed(world: World, folder: Path, target: World) -> None:
    """Part of it is in its write-ahead log."""
    world.scan(LOOK)
    back_up(world, folder)
    as_store(world, folder).scan(WIDER, name="later")
    with as_store(world, folder).create() as store:
        with store.writing() as connection:
            connection.exec_driver_sql("INSERT INTO about VALUES ('unpurged', '')")
        assert (folder / f"{DATABASE}-wal").stat().st_size
        assert restored(folder, target).leaves == 8


@ON_SQLITE
def test_a_backup_of_an_older_format(world: World, tmp_path: Path) -> None:
    """It is brought to the newest in what is restored, and is not changed itself. A new backup takes its place."""
    with tarfile.open(GOLDEN) as archive:
        archive.extractall(tmp_path, filter="data")
    (tmp_path / "store").rename(tmp_path / "backup")
    world.key_file = tmp_path / "keys" / "signing-key.pem"
    before = files(tmp_path / "backup")
    done = restored(tmp_path / "backup", world, publish=[tmp_path / "published"])
    assert (done.lost, done.lacks, done.verification.problems) == ((), (), ())
    assert files(tmp_path / "backup") == before
    assert back_up(world, tmp_path / "backup").brought == 0
    assert rows(as_store(world, tmp_path / "backup")) == rows(world)
