"""Blobs as differences to earlier ones: smaller, in chains that end, restored by zstd alone, and found out when forged."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evidence_store.backends.local import LocalPacks
from evidence_store.blobs import bases, frames, packs
from evidence_store.blobs import reader as blobs
from evidence_store.blobs.compaction import compact, dependents, finished, rebase
from evidence_store.blobs.frames import LINK_SIZE, difference, link, restore, smallest, stand_alone
from evidence_store.errors import BrokenSealError, StoreError
from evidence_store.schema import blob
from evidence_store.store import Store
from evidence_store.verification.verify import verify
from tests.evidence_store.test_blobs import Shelf
from tests.evidence_store.worlds import CHECK, Look, World

CHANCE = random.Random(1)
LINES = [f'{{"id":"door-{n:04}","key":"{CHANCE.getrandbits(64):016x}"}}\n'.encode() for n in range(500)]
FIRST = b"".join(LINES)
SECOND = b"".join([*LINES[:100], b'{"id":"door-0100","key":"another"}\n', *LINES[101:]])


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


@pytest.fixture
def shelf(tmp_path: Path) -> Any:
    made = Shelf(tmp_path)
    yield made
    made.reader.close()
    made.engine.dispose()


def chain(shelf: Shelf, count: int, name: str = "one.zst") -> list[bytes]:
    """Blobs that each differ a little from the one before."""
    digests: list[bytes] = []
    with shelf.writer(name) as writer:
        for number in range(count):
            base = bases.same(digests[-1] if digests else None)
            digests.append(writer.put(FIRST + f"version {number}\n".encode(), base))
            shelf.flush(writer)
    return digests


def test_a_difference_is_small_and_reads_back(shelf: Shelf) -> None:
    (first,) = shelf.keep(FIRST)
    with shelf.writer("two.zst") as writer:
        second = writer.put(SECOND, bases.same(first))
        shelf.flush(writer)
    assert shelf.place(second).base == first
    assert shelf.place(second).length < shelf.place(first).length / 50
    assert shelf.read(second) == SECOND


def test_the_zstd_command_restores_a_difference(shelf: Shelf, tmp_path: Path) -> None:
    """FORMAT.md promises so: the base is all that is needed beside the frame, link included."""
    (first,) = shelf.keep(FIRST)
    with shelf.writer("two.zst") as writer:
        writer.put(SECOND, bases.same(first))
        shelf.flush(writer)
    (tmp_path / "base").write_bytes(FIRST)
    restored = subprocess.run(
        ["zstd", "-dc", f"--patch-from={tmp_path / 'base'}", str(shelf.folder / "two.zst")],
        capture_output=True,
        check=True,
    )
    assert restored.stdout == SECOND
    pack = (shelf.folder / "two.zst").read_bytes()
    assert pack[8:LINK_SIZE] == first


@pytest.mark.parametrize("size", [0, 1, 1000, 3_000_000])
def test_the_zstd_command_restores_every_size(size: int, tmp_path: Path) -> None:
    base = random.Random(size).randbytes(size)
    data = base[: size // 2] + b"something else" + base[size // 2 :]
    frame = difference(data, sha256(base), base)
    assert frame is not None
    (tmp_path / "base").write_bytes(base)
    (tmp_path / "frame.zst").write_bytes(frame)
    command = ["zstd", "-dc", f"--patch-from={tmp_path / 'base'}", str(tmp_path / "frame.zst")]
    assert subprocess.run(command, capture_output=True, check=True).stdout == data
    assert restore(frame, len(data), sha256(base), base) == data


def test_what_zstd_made_is_a_difference_like_ours(tmp_path: Path) -> None:
    (tmp_path / "base").write_bytes(FIRST)
    (tmp_path / "data").write_bytes(SECOND)
    command = [
        "zstd",
        "-q",
        f"--patch-from={tmp_path / 'base'}",
        str(tmp_path / "data"),
        "-o",
        str(tmp_path / "theirs"),
    ]
    subprocess.run(command, check=True)
    theirs = link(sha256(FIRST)) + (tmp_path / "theirs").read_bytes()
    assert restore(theirs, len(SECOND), sha256(FIRST), FIRST) == SECOND


def test_what_saves_little_stands_for_itself() -> None:
    unlike = random.Random(2).randbytes(5000)
    assert smallest(unlike, sha256(FIRST), FIRST) == (stand_alone(unlike), None)
    assert smallest(SECOND, sha256(FIRST), FIRST)[1] == sha256(FIRST)


def test_what_is_too_large_for_a_usual_decoder_stands_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "LARGEST_TOGETHER", len(FIRST) + len(SECOND) - 1)
    assert smallest(SECOND, sha256(FIRST), FIRST) == (stand_alone(SECOND), None)


def test_chains_end(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs, "LONGEST_CHAIN", 4)
    digests = chain(shelf, 12)
    alone = [number for number, digest in enumerate(digests) if shelf.place(digest).base is None]
    assert alone == [0, 5, 10]
    assert [shelf.read(digest) for digest in digests] == [FIRST + f"version {n}\n".encode() for n in range(12)]


def test_chains_end_across_packs(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each scan is another writer, and knows of the chain only what the index says."""
    monkeypatch.setattr(packs, "LONGEST_CHAIN", 4)
    before: bytes | None = None
    alone = []
    for number in range(12):
        with shelf.writer(f"{number:02}.zst") as writer:
            before = writer.put(FIRST + f"version {number}\n".encode(), bases.same(before))
            shelf.flush(writer)
        if shelf.place(before).base is None:
            alone.append(number)
    assert alone == [0, 5, 10]


def test_a_chain_is_followed_once_for_all_its_members(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    digests = chain(shelf, 20)
    shelf.reader.close()
    read: list[int] = []
    original = shelf.reader.packs.read

    def counted(*place: Any) -> bytes:
        read.append(1)
        return original(*place)

    monkeypatch.setattr(shelf.reader.packs, "read", counted)
    with shelf.blob_index() as index:
        for digest in (*reversed(digests), *digests):
            index.read(digest)
    assert len(read) == 20


def test_what_a_reader_remembers_is_bounded(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    digests = chain(shelf, 6)
    monkeypatch.setattr(blobs, "KEPT_DECODED", len(FIRST) * 2 + 100)
    shelf.reader.close()
    with shelf.blob_index() as index:
        for digest in digests:
            index.read(digest)
    assert list(shelf.reader._decoded) == digests[-2:]
    assert shelf.reader._remembered == sum(map(len, shelf.reader._decoded.values()))


def test_a_base_that_is_gone_is_named_with_what_leans_on_it(shelf: Shelf) -> None:
    first, second = chain(shelf, 2)
    with shelf.engine.begin() as connection:
        connection.execute(blob.delete().where(blob.c.digest == first))
    with pytest.raises(BrokenSealError, match=f"blob {first.hex()}, the base of blob {second.hex()}, is not in the"):
        shelf.read(second)


@pytest.mark.parametrize("base", ["itself", "circle", "other", "none", "text"])
def test_a_base_that_was_forged_is_found(shelf: Shelf, base: str) -> None:
    first, second = chain(shelf, 2)
    (other,) = shelf.keep(b"other", name="other.zst")
    forged: Any = {"itself": second, "circle": second, "other": other, "none": None, "text": "text"}[base]
    target = first if base == "circle" else second
    with shelf.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE blob SET base = ? WHERE digest = ?", (forged, target))
    with pytest.raises(BrokenSealError, match=r"base|length"):
        shelf.read(second)


def test_a_base_of_a_blob_that_needs_none_is_found(shelf: Shelf) -> None:
    one, two = shelf.keep(FIRST, b"two")
    with shelf.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE blob SET base = ? WHERE digest = ?", (two, one))
    with pytest.raises(BrokenSealError, match="it does not name the base that the index names"):
        shelf.read(one)


def test_no_flip_of_a_byte_of_a_difference_gives_other_content(shelf: Shelf) -> None:
    first, second = chain(shelf, 2)
    place = shelf.place(second)
    data = shelf.read(second)
    pack = shelf.folder / "one.zst"
    whole = pack.read_bytes()
    harmless = 0
    for at in range(place.offset, place.offset + place.length):
        for bit in range(8):
            pack.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])
            try:
                assert shelf.read(second) == data
                harmless += 1
            except BrokenSealError as error:
                assert second.hex() in str(error)  # noqa: PT017 - what is named is the point
    assert harmless <= 8
    assert first != second


def test_a_base_that_cannot_be_read_is_no_base(shelf: Shelf) -> None:
    (first,) = shelf.keep(FIRST)
    (shelf.folder / "one.zst").write_bytes(b"spoilt")
    shelf.reader.close()
    with shelf.writer("two.zst") as writer:
        second = writer.put(SECOND, bases.same(first))
        third = writer.put(SECOND + b"more", bases.same(sha256(b"never kept")))
        fourth = writer.put(b"four", lambda _: sha256(b"four"))
        shelf.flush(writer)
    assert {shelf.place(each).base for each in (second, third, fourth)} == {None}
    assert shelf.read(second) == SECOND


def test_what_was_thrown_away_between_looking_and_naming_is_written_anew(shelf: Shelf) -> None:
    first, known = shelf.keep(FIRST, b"known")
    with shelf.writer("two.zst") as writer:
        second = writer.put(SECOND, bases.same(first))
        writer.put(b"known")
        writer.flush()
        with shelf.engine.begin() as connection:
            connection.execute(blob.delete().where(blob.c.digest.in_([first, known])))
            writer.index(connection)
    assert shelf.place(second).base is None
    assert shelf.read(second) == SECOND
    assert shelf.read(known) == b"known"


def test_what_another_writer_kept_meanwhile_stays_as_it_is(shelf: Shelf) -> None:
    with shelf.writer("one.zst") as one, shelf.writer("two.zst") as two:
        for writer in (one, two):
            writer.put(FIRST)
            writer.flush()
        for writer in (one, two):
            with shelf.engine.begin() as connection:
                writer.index(connection)
    assert shelf.place(sha256(FIRST)).pack == "one.zst"


def estate(width: int) -> Look:
    return Look(doors={f"door-{number:03}": number + (width if number == 50 else 0) for number in range(100)})


def lengths(world: World, table: str = "blob") -> list[tuple[object, ...]]:
    return world.rows(f"SELECT length, size, base IS NULL FROM {table} WHERE size > 1100 ORDER BY pack, length")


def test_scans_keep_populations_answers_and_verdicts_as_differences(world: World) -> None:
    for width in range(3):
        world.scan(estate(width))
    rows = world.rows("SELECT pack, length, base FROM blob WHERE size > 1100 ORDER BY pack")
    assert len([row for row in rows if row[0] == "scan-001.zst"]) == len([row for row in rows if row[2] is None]) == 3
    assert len([row for row in rows if row[2] is not None]) == 6
    assert max(int(str(row[1])) for row in rows if row[2] is not None) < 120
    with world.open() as store:
        assert verify(store).problems == ()


def test_bodies_of_one_make_lean_on_the_first(world: World) -> None:
    world.scan(*(Look(source="house/a", scope=f"floor {n}", doors={"front": n}) for n in range(8)))
    assert world.rows("SELECT count(*) FROM blob WHERE base IS NOT NULL") == [(7,)]
    with world.open() as store:
        assert verify(store).problems == ()


def test_a_page_that_is_asked_for_anew_each_time_has_its_base(world: World) -> None:
    """A token for the next page is another each time: what counts then is which page it was."""
    world.scan(estate(0))
    seen = estate(1).collect(world.now).unit
    asked = seen.exchanges[0]
    last = bytes.fromhex(estate(0).collect(world.now).unit.exchanges[0].response)
    page = replace(asked, parameters={"token": "another"}, response=sha256(b"page").hex())
    second = replace(page, response=sha256(b"second page").hex())
    answers = bases.Answers(replace(seen, exchanges=(page, second)))
    large = b"x" * bases.SMALLEST
    assert answers.base(large, sha256(b"nobody asked")) is None
    assert answers.base(b"small", sha256(b"page")) is None
    with world.create() as store, store.blob_index() as index:
        found = [answers.base(large, sha256(each)) for each in (b"page", b"second page")]
        assert [base and base(index) for base in found] == [last, None]


def test_guesses_that_cannot_be_read_are_no_bases(world: World) -> None:
    world.scan(estate(0))
    for pack in world.packs():
        pack.write_bytes(b"spoilt")
    with world.create() as store, store.blob_index() as index:
        unit = estate(1).collect(world.now).unit
        base = bases.Answers(unit).base(b"x" * 2000, bytes.fromhex(unit.exchanges[0].response))
        verdicts = bases.verdicts(b"x" * 2000, CHECK)
        assert base is not None
        assert verdicts is not None
        assert base(index) is None
        assert verdicts(index) is None


def going(store: Store, *, kept: int) -> list[bytes]:
    """The oldest populations, answers and verdicts: all but the newest `kept` packs' larger blobs."""
    with store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT digest FROM blob WHERE size > 1100 ORDER BY pack").scalars().all()
    return [bytes(each) for each in rows][: -3 * kept]


def test_what_leans_on_what_goes_is_written_anew_and_packs_lose_the_rest(world: World) -> None:
    for width in range(4):
        world.scan(estate(width))
    before = sum(path.stat().st_size for path in world.packs())
    with world.create() as store:
        gone = going(store, kept=2)
        with store.reading() as connection:
            leaning = dependents(connection, gone)
            kept = {digest: store.read_blob(connection)(digest) for digest in leaning}
        assert len(leaning) == 3
        with store.writing() as connection:
            assert rebase(store, connection, gone) == 3
            assert dependents(connection, gone) == []
            connection.execute(blob.delete().where(blob.c.digest.in_(gone)))
        done = compact(store, world.now)
        assert done.freed > 0
        assert len(done.rewritten) >= 2
        with store.reading() as connection:
            read = store.read_blob(connection)
            assert {digest: read(digest) for digest in leaning} == kept
        assert sum(path.stat().st_size for path in world.packs()) < before
        assert compact(store, world.now).freed == 0
        problems = [each for each in verify(store).problems if "is not in the store" not in each]
        assert problems == []


def test_rebasing_takes_little_memory_at_a_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evidence_store.blobs.compaction.MOST_IN_MEMORY", 1)
    for width in range(3):
        world.scan(estate(width))
    with world.create() as store:
        gone = going(store, kept=1)
        with store.writing() as connection:
            assert rebase(store, connection, gone) == 3


def test_compaction_takes_tails_and_whole_packs_and_leaves_what_is_in_use(world: World) -> None:
    world.scan(estate(0))
    (pack,) = world.packs()
    size = pack.stat().st_size
    with pack.open("ab") as file:
        file.write(b"tail of a killed scan")
    (pack.parent / "orphan.zst").write_bytes(b"never named")
    with world.create() as store, store.pack("running") as running:
        running.put(b"some")
        running.flush()
        done = compact(store, world.now)
        assert done.removed == ("orphan.zst",)
        assert done.rewritten == ("scan-001.zst",)
        assert done.freed == len(b"tail of a killed scan") + len(b"never named")
        assert done.busy == ("running.zst",)
        assert pack.stat().st_size == size
        assert verify(store).problems == ()


def test_a_pack_that_is_gone_meanwhile_is_nobody_s(tmp_path: Path) -> None:
    with finished(tmp_path / "none.zst") as descriptor:
        assert descriptor is None


def test_a_damaged_pack_is_not_written_anew(world: World) -> None:
    for width in range(2):
        world.scan(estate(width))
    with world.create() as store:
        with store.writing() as connection:
            first = connection.exec_driver_sql('SELECT digest FROM blob ORDER BY pack, "offset" LIMIT 1').scalar()
            connection.execute(blob.delete().where(blob.c.digest == first))
        os.truncate(world.packs()[0], world.packs()[0].stat().st_size - 5)
        with world.packs()[0].open("ab") as file:
            file.write(b"")
        with store.writing() as connection:
            connection.exec_driver_sql(
                'UPDATE blob SET "offset" = "offset" + 100000 WHERE "offset" = (SELECT max("offset") FROM blob)'
            )
        with pytest.raises(StoreError, match="cannot be compacted: it is shorter than the index says"):
            compact(store, world.now)


def test_what_differs_much_is_kept_whole_beside_its_base(shelf: Shelf) -> None:
    (first,) = shelf.keep(FIRST)
    with shelf.writer("two.zst") as writer:
        writer.flush()  # nothing yet
        unlike = writer.put(random.Random(3).randbytes(3000), bases.same(first))
        shelf.flush(writer)
    assert shelf.place(unlike).base is None


@pytest.mark.parametrize("spoilt", [stand_alone(b"")[:-1], stand_alone(b"") + b"x"])
def test_a_frame_of_nothing_is_looked_at_as_well(spoilt: bytes) -> None:
    assert restore(stand_alone(b""), 0, None, b"") == b""
    with pytest.raises(ValueError):
        restore(spoilt, 0, None, b"")


def test_a_name_that_is_none_of_a_pack_can_be_told(shelf: Shelf) -> None:
    packs_here = LocalPacks(shelf.folder)
    for name in ("a\0b", "x" * 5000):
        assert packs_here.where(name) == f"{shelf.folder.name}/{name}"
        assert not packs_here.has(name)
