"""Backing up: a whole store of one moment, brought up to date in place, and never less whole than it was."""

from __future__ import annotations

import errno
import hashlib
import resource
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from evidence_store.copies import backup as module
from evidence_store.copies.backup import NEXT, Backup, backup
from evidence_store.copies.copying import CopiedPacks, copy_packs, copy_rows
from evidence_store.database import DATABASE
from evidence_store.errors import BrokenSealError, StoreError
from evidence_store.keys.rotation import rotate
from evidence_store.schema import APPEND_ONLY, DERIVED
from evidence_store.verification.verify import verify
from evidence_store.writer import ScanWriter
from tests.evidence_store.worlds import Look, World, opening
from tests.postgresql import ON_SQLITE

LOOK = Look(doors={f"door-{number:03}": number for number in range(50)})
LEAVES_OF_A_SCAN = 4
WIDER = Look(doors={f"door-{number:03}": number + 1 for number in range(50)})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backup"


def back_up(world: World, folder: Path) -> Backup:
    with world.open() as store:
        return backup(store, folder)


def as_store(world: World, folder: Path) -> World:
    """A backup, as the store it is."""
    found = World(folder.parent)
    found.folder, found.key_file = folder, world.key_file
    return found


def rows(world: World) -> dict[str, list[tuple[object, ...]]]:
    """Everything that a store says in its log and its derived tables."""
    tables = (*APPEND_ONLY, *DERIVED)
    with world.open() as store, store.reading() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(table.select().order_by(*table.primary_key.columns))]
            for table in tables
        }


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_backup_is_a_store_with_the_same_rows_and_packs(world: World, folder: Path) -> None:
    world.scan(LOOK)
    world.scan(WIDER, Look(source="house/b", gap="the door is shut"))
    done = back_up(world, folder)
    assert (done.in_place, done.packs, done.unread, done.verification.problems) == (True, 2, (), ())
    assert done.brought == sum(path.stat().st_size for path in world.packs())
    assert sorted(files(folder)) == [
        "evidence.db",
        "evidence.lock",
        "log.pub",
        "packs/scan-001.zst",
        "packs/scan-002.zst",
    ]
    assert rows(as_store(world, folder)) == rows(world)
    with as_store(world, folder).open() as store:
        found = verify(store)
    assert found.problems == ()
    assert found == done.verification


def test_an_empty_store_has_an_empty_backup(world: World, folder: Path) -> None:
    world.create().close()
    assert back_up(world, folder).verification.leaves == 0
    world.scan(LOOK)
    assert back_up(world, folder).verification.leaves == 4


@ON_SQLITE
def test_a_second_backup_brings_only_what_is_new(world: World, folder: Path) -> None:
    world.scan(LOOK)
    first = back_up(world, folder)
    before = files(folder)
    assert back_up(world, folder).brought == 0
    world.scan(WIDER)
    second = back_up(world, folder)
    assert second.packs == 2
    assert 0 < second.brought == world.packs()[1].stat().st_size
    after = files(folder)
    assert after["packs/scan-001.zst"] == before["packs/scan-001.zst"]
    assert second.verification.leaves == 2 * first.verification.leaves


@contextmanager
def running(world: World) -> Iterator[ScanWriter]:
    """A scan that is not over."""
    with world.create() as store, closing(ScanWriter.begin(store, opening("running"), at=world.tick())) as writer:
        yield writer


@ON_SQLITE
def test_a_pack_that_grew_is_gone_on_with(world: World, folder: Path) -> None:
    """What stands behind the bytes that the earlier backup names may be anything: a killed one left it."""
    pack = folder / "packs" / "running.zst"
    with running(world) as writer:
        writer.seal_source("house/a", [LOOK.collect(world.now)], at=world.tick())
        first = back_up(world, folder)
        assert first.verification.pending == first.verification.leaves == 2
        with pack.open("ab") as file:
            file.write(bytes(5000))
        writer.seal_source("house/b", [Look(source="house/b").collect(world.now)], at=world.tick())
        second = back_up(world, folder)
        assert 0 < second.brought < first.brought
        writer.finish(["house/a", "house/b"], [], {}, at=world.tick())
    assert back_up(world, folder).verification.problems == ()
    assert pack.read_bytes() == (world.folder / "packs" / "running.zst").read_bytes()


@ON_SQLITE
def test_a_running_scan_is_a_dead_one_in_its_backup(world: World, folder: Path) -> None:
    with running(world):
        assert back_up(world, folder).verification.problems == ()
    assert as_store(world, folder).scan(LOOK) is not None
    assert as_store(world, folder).rows("SELECT id, status FROM scan ORDER BY first") == [
        ("running", "died"),
        ("scan-001", "finished"),
    ]


def test_scans_go_on_meanwhile(world: World, folder: Path) -> None:
    """Every backup that was taken while another process sealed is whole, and has no more than there was."""
    world.scan(LOOK)
    fork = get_context("fork")
    enough = fork.Event()
    process = fork.Process(target=scan_until, args=(world, enough))
    process.start()
    found = [back_up(world, folder)]
    while process.is_alive() and len({each.verification.leaves for each in found}) < 4:
        found.append(back_up(world, folder))
    enough.set()
    process.join()
    assert process.exitcode == 0
    found.append(back_up(world, folder))
    assert all(each.verification.problems == () and each.in_place and not each.unread for each in found)
    sizes = [each.verification.leaves for each in found]
    assert sizes == sorted(sizes)
    assert sizes[-1] % LEAVES_OF_A_SCAN == 0
    assert len(set(sizes)) > 3


def scan_until(world: World, enough: Event) -> None:
    for number in count():
        world.scan(LOOK, Look(source="house/a", scope="attic", doors={"hatch": number}), name=f"often-{number}")
        if enough.is_set():
            return


@ON_SQLITE
def test_packs_that_move_meanwhile_are_followed(world: World, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between rows and packs, somebody writes a pack anew under another name, as disposal does."""
    world.scan(LOOK)
    world.scan(WIDER)
    moved: list[Path] = []

    def move_first(*arguments: object, **more: object) -> CopiedPacks:
        if not moved:
            old = world.packs()[0]
            moved.append(old.rename(old.with_name("moved.zst")))
            world.alter("UPDATE blob SET pack = 'moved.zst' WHERE pack = ?", old.name)
        return copy_packs(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "copy_packs", move_first)
    done = back_up(world, folder)
    assert (done.unread, done.verification.problems) == ((), ())
    assert sorted(path.name for path in (folder / "packs").iterdir()) == ["moved.zst", "scan-002.zst"]


@ON_SQLITE
def test_what_is_gone_from_the_store_goes_from_the_backup(world: World, folder: Path) -> None:
    world.scan(LOOK)
    back_up(world, folder)
    packs = folder / "packs"
    (packs / "gone.zst").write_bytes(b"thrown away since")
    (packs / "scan-002.zst.part").write_bytes(b"killed")
    with (packs / "scan-001.zst").open("ab") as file:
        file.write(b"killed")
    back_up(world, folder)
    assert [path.name for path in packs.iterdir()] == ["scan-001.zst"]
    assert (packs / "scan-001.zst").read_bytes() == world.packs()[0].read_bytes()


@ON_SQLITE
def test_what_is_gone_from_the_backup_is_brought_again(world: World, folder: Path) -> None:
    world.scan(LOOK)
    back_up(world, folder)
    pack = folder / "packs" / "scan-001.zst"
    whole = pack.read_bytes()
    pack.write_bytes(whole[:-1])
    assert back_up(world, folder).brought == len(whole)
    pack.unlink()
    assert back_up(world, folder).brought == len(whole)
    pack.write_bytes(bytes(len(whole)))
    assert "in packs/scan-001.zst: altered" in back_up(world, folder).verification.problems[0]
    pack.unlink()
    assert back_up(world, folder).in_place
    (folder / DATABASE).unlink()  # a pack has its name only when it is whole, and nothing says how much was named
    assert back_up(world, folder).brought == 0
    assert pack.read_bytes() == whole


@ON_SQLITE
def test_the_public_key_follows_the_log(world: World, folder: Path) -> None:
    world.scan(LOOK)
    back_up(world, folder)
    with world.create() as store:
        rotate(store, world.tick())
    assert back_up(world, folder).verification.problems == ()
    assert (folder / "log.pub").read_bytes() == (world.folder / "log.pub").read_bytes()


@ON_SQLITE
def test_what_an_erasure_left_to_purge_is_not_copied(world: World, folder: Path) -> None:
    world.scan(LOOK)
    world.alter("INSERT INTO about VALUES ('unpurged', 'keys of people')")
    back_up(world, folder)
    assert as_store(world, folder).rows("SELECT name FROM about ORDER BY name") == [("persons",), ("verifier",)]


def test_a_store_that_was_rolled_back_is_not_copied_over_its_backup(world: World, folder: Path, tmp_path: Path) -> None:
    world.scan(LOOK)
    older = world.copy(tmp_path / "older")
    world.scan(LOOK)
    back_up(world, folder)
    before = rows(as_store(world, folder))
    with pytest.raises(BrokenSealError, match=r"THE STORE WAS ROLLED BACK: it has 4 leaves, .* has 8$"):
        back_up(older, folder)
    older.scan(LOOK)
    with pytest.raises(BrokenSealError, match="THE STORE IS NOT WHAT WAS BACKED UP: its first 8 leaves"):
        back_up(older, folder)
    assert rows(as_store(world, folder)) == before
    assert back_up(world, folder).verification.problems == ()


@ON_SQLITE
def test_a_folder_that_is_not_for_this_store(world: World, folder: Path, tmp_path: Path) -> None:
    world.scan(LOOK)
    other = World(tmp_path / "other")
    other.scan(LOOK)
    back_up(other, folder)
    with pytest.raises(StoreError, match="holds a backup of another log, "):
        back_up(world, folder)
    for inside in (world.folder, world.folder / "packs" / "backup"):
        with pytest.raises(StoreError, match="this is inside the store itself"):
            back_up(world, inside)
    with pytest.raises(StoreError, match="there is something else here: "):
        back_up(world, tmp_path)
    with pytest.raises(StoreError, match="cannot be made: No such file or directory"):
        back_up(world, tmp_path / "not" / "mounted")
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(StoreError, match="cannot be made: File exists"):
        back_up(world, file)


@ON_SQLITE
def test_a_folder_that_cannot_be_read(world: World, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A share that went away says so in its own way, to root as well."""
    world.scan(LOOK)

    def gone(path: Path) -> Iterator[Path]:
        raise OSError(errno.ESTALE, "Stale file handle", str(path))

    with world.open() as store:
        monkeypatch.setattr(Path, "iterdir", gone)
        with pytest.raises(StoreError, match="cannot be read: Stale file handle"):
            backup(store, folder)


@ON_SQLITE
def test_an_altered_blob_is_named_and_the_earlier_backup_stays(world: World, folder: Path, tmp_path: Path) -> None:
    world.scan(LOOK)
    back_up(world, folder)
    before = rows(as_store(world, folder))
    world.scan(WIDER)
    pack = world.packs()[1]
    data = bytearray(pack.read_bytes())
    data[len(data) // 2] ^= 1
    pack.write_bytes(data)
    done = back_up(world, folder)
    assert not done.in_place
    assert "in packs/scan-002.zst: altered" in done.verification.problems[0]
    assert rows(as_store(world, folder)) == before
    assert not (folder / NEXT).exists()
    elsewhere = back_up(world, tmp_path / "elsewhere")  # the best there is
    assert elsewhere.in_place
    assert elsewhere.verification.problems == done.verification.problems


@ON_SQLITE
@pytest.mark.parametrize("missing", [True, False])
def test_a_missing_pack_is_named(world: World, folder: Path, missing: bool) -> None:
    world.scan(LOOK)
    world.scan(WIDER)
    first, second = world.packs()
    size = second.stat().st_size
    if missing:
        second.unlink()
    else:
        second.write_bytes(second.read_bytes()[:-1])
    done = back_up(world, folder)
    why = "No such file or directory" if missing else f"it ends before byte {size}"
    assert done.unread == (f"packs/scan-002.zst: {why}",)
    assert any("scan-002.zst" in problem for problem in done.verification.problems)
    assert done.in_place
    assert [path.name for path in (folder / "packs").iterdir()] == [first.name]


@ON_SQLITE
@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE blob SET pack = '../elsewhere'", r"rows name \d+ bytes of a pack called \.\./elsewhere"),
        ('UPDATE blob SET "offset" = -99999999', r"rows name -\d+ bytes of a pack called scan-001.zst"),
        ("UPDATE leaf SET data = 5.5 WHERE position = 1", "table leaf was altered"),
        ("UPDATE about SET value = 'nobody' WHERE name = 'verifier'", "not an Ed25519 verifier key"),
    ],
)
def test_rows_that_are_none_are_named(world: World, folder: Path, statement: str, said: str) -> None:
    world.scan(LOOK)
    world.alter(statement)
    with pytest.raises(BrokenSealError, match=said):
        back_up(world, folder)
    assert not (folder / DATABASE).exists()


@ON_SQLITE
def test_what_a_killed_reader_left_beside_a_backup_is_not_taken_for_the_next_one(world: World, folder: Path) -> None:
    world.scan(LOOK)
    back_up(world, folder)
    with as_store(world, folder).create() as store, store.writing() as connection:
        connection.exec_driver_sql("INSERT INTO about VALUES ('unpurged', '')")
        connection.commit()
        left = files(folder)
    assert "evidence.db-wal" in left
    for name, data in left.items():
        (folder / name).write_bytes(data)
    world.scan(WIDER)
    assert back_up(world, folder).verification.problems == ()
    assert "evidence.db-wal" not in files(folder)
    with as_store(world, folder).open() as store:
        assert verify(store).problems == ()


@ON_SQLITE
def test_a_backup_that_somebody_reads_is_left_alone(
    world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evidence_store.database.sqlite.SETTLING_MILLISECONDS", 10)
    world.scan(LOOK)
    back_up(world, folder)
    world.scan(WIDER)
    with as_store(world, folder).open() as store, store.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM leaf").scalar() == 4
        with pytest.raises(StoreError, match="database is locked"):
            back_up(world, folder)
    assert back_up(world, folder).verification.leaves == 8


@ON_SQLITE
@pytest.mark.parametrize("largest", [1_000, 20_000, 150_000])
def test_a_full_disk_leaves_the_earlier_backup_as_it_was(world: World, folder: Path, largest: int) -> None:
    world.scan(LOOK)
    back_up(world, folder)
    world.scan(Look(doors={hashlib.sha256(b"%d" % each).hexdigest(): 1 for each in range(400)}))
    with world.open() as store, files_no_larger_than(largest), pytest.raises(StoreError, match=str(folder)) as refused:
        backup(store, folder)
    assert refused.value.hint
    with as_store(world, folder).open() as store:
        found = verify(store)
    assert (found.problems, found.leaves) == ((), 4)
    assert back_up(world, folder).verification.problems == ()


@ON_SQLITE
def test_rows_find_no_place_beside_others(world: World, tmp_path: Path) -> None:
    world.scan(LOOK)
    other = World(tmp_path / "other")
    other.scan(LOOK)
    with (
        world.open() as source,
        source.reading() as view,
        other.create() as target,
        pytest.raises(StoreError, match="UNIQUE constraint failed"),
        target.writing() as connection,
    ):
        copy_rows(source, view, connection)


@ON_SQLITE
def test_a_pack_that_finds_no_room_is_named(world: World, tmp_path: Path) -> None:
    world.scan(LOOK)
    said = f"^{tmp_path}: cannot be written: File too large$"
    with world.open() as store, files_no_larger_than(100), pytest.raises(StoreError, match=said) as refused:
        copy_packs(store.blobs.packs, {"scan-001.zst": 1000}, tmp_path, earlier={})
    assert refused.value.hint.startswith("make room")
    assert not (tmp_path / "scan-001.zst").exists()


@contextmanager
def files_no_larger_than(limit: int) -> Iterator[None]:
    """As on a full disk, writing more fails. The signal that comes with it is one that Python does not obey."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
