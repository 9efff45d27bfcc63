"""Blobs: kept once, read back whole, and every kind of damage named."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import zstandard
from sqlalchemy import create_engine, select

from evidence_store.backends import local
from evidence_store.backends.local import LocalPacks
from evidence_store.blobs.packs import PackWriter
from evidence_store.blobs.reader import BlobReader, Place
from evidence_store.errors import BrokenSealError, StoreError
from evidence_store.schema import blob, metadata
from evidence_store.store import BlobIndex

DATA = [b"", b"one", b"two" * 5000, bytes(range(256)) * 10]


class Shelf:
    """A folder of packs, and an index in memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reader = BlobReader(LocalPacks(folder))
        self.engine = create_engine("sqlite://")
        metadata.create_all(self.engine)

    @contextmanager
    def blob_index(self) -> Iterator[BlobIndex]:
        with self.engine.begin() as connection:
            yield BlobIndex(connection, self.reader)

    def writer(self, name: str = "one.zst") -> PackWriter:
        return PackWriter(self.folder, name, self.blob_index)

    def flush(self, writer: PackWriter) -> None:
        writer.flush()
        with self.engine.begin() as connection:
            writer.index(connection)

    def keep(self, *blobs: bytes, name: str = "one.zst") -> list[bytes]:
        with self.writer(name) as writer:
            digests = [writer.put(data) for data in blobs]
            self.flush(writer)
        return digests

    def place(self, digest: bytes) -> Place:
        with self.blob_index() as index:
            found = index.find(digest)
        assert found is not None
        return found

    def places(self) -> dict[bytes, Place]:
        with self.engine.begin() as connection:
            digests = connection.execute(select(blob.c.digest).order_by(blob.c.pack, blob.c.offset)).scalars().all()
        return {digest: self.place(digest) for digest in digests}

    def read(self, digest: bytes, place: Place | None = None) -> bytes:
        """With nothing remembered; with a place, as if the index said so."""
        self.reader.close()
        with self.blob_index() as index:
            return self.reader.read(digest, lambda d: place if d == digest and place else index.find(d))


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = Shelf(tmp_path)
    yield made
    made.reader.close()
    made.engine.dispose()


def test_what_was_put_reads_back_under_its_digest(shelf: Shelf) -> None:
    digests = shelf.keep(*DATA)
    assert digests == [hashlib.sha256(data).digest() for data in DATA]
    assert [shelf.read(digest) for digest in digests] == DATA


def test_the_same_bytes_are_kept_once(shelf: Shelf) -> None:
    shelf.keep(b"one", b"one", b"two")
    size = (shelf.folder / "one.zst").stat().st_size
    shelf.keep(b"one", name="two.zst")
    assert not (shelf.folder / "two.zst").exists()
    assert (shelf.folder / "one.zst").stat().st_size == size


def test_a_pack_grows_with_each_flush(shelf: Shelf) -> None:
    with shelf.writer() as writer:
        for data in DATA:
            writer.put(data)
            shelf.flush(writer)
    assert [shelf.read(hashlib.sha256(data).digest()) for data in DATA] == DATA


def test_the_zstd_command_prints_a_whole_pack(shelf: Shelf) -> None:
    shelf.keep(*DATA)
    frames = (shelf.folder / "one.zst").read_bytes()
    with zstandard.ZstdDecompressor().stream_reader(frames, read_across_frames=True) as reader:
        assert reader.read() == b"".join(DATA)


def test_others_cannot_read_a_pack(shelf: Shelf) -> None:
    shelf.keep(b"one")
    assert (shelf.folder / "one.zst").stat().st_mode & 0o007 == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"pack": "none.zst"},
        {"pack": "../one.zst"},
        {"pack": "folder/one.zst"},
        {"pack": ""},
        {"pack": "."},
        {"pack": "a\0b"},
        {"pack": None},
        {"offset": 0},
        {"offset": 1},
        {"offset": -1},
        {"offset": 10**9},
        {"offset": 2**70},
        {"offset": "12"},
        {"length": 0},
        {"length": 5},
        {"length": -1},
        {"length": 2**40},
        {"length": None},
        {"size": 0},
        {"size": 2**62},
        {"size": "3"},
    ],
)
def test_a_place_that_is_not_the_blobs_is_named(shelf: Shelf, wrong: dict[str, Any]) -> None:
    digest = shelf.keep(b"zero", b"one" * 50, b"two")[1]
    with pytest.raises(BrokenSealError, match=f"blob {digest.hex()} in {shelf.folder.name}/"):
        shelf.read(digest, replace(shelf.place(digest), **wrong))


def test_a_length_that_reaches_into_the_next_blob_is_named(shelf: Shelf) -> None:
    digest = shelf.keep(b"one", b"two")[0]
    for more in (1, shelf.place(hashlib.sha256(b"two").digest()).length):
        place = replace(shelf.place(digest), length=shelf.place(digest).length + more)
        with pytest.raises(BrokenSealError, match="altered or damaged"):
            shelf.read(digest, place)


def test_a_length_that_reaches_past_the_end_is_named(shelf: Shelf) -> None:
    digest = shelf.keep(b"one")[0]
    with pytest.raises(BrokenSealError, match="another length than the index says"):
        shelf.read(digest, replace(shelf.place(digest), length=shelf.place(digest).length + 1))


def test_bytes_of_another_blob_are_named(shelf: Shelf) -> None:
    one, two = shelf.keep(b"one", b"two")
    with pytest.raises(BrokenSealError, match="its content has another digest"):
        shelf.read(one, shelf.place(two))


def test_no_flip_of_a_byte_gives_other_content(shelf: Shelf) -> None:
    """The container has bits that mean nothing; whatever is altered, what is read is what was sealed, or nothing."""
    data = b"The quick brown fox jumps over the lazy dog. " * 3
    digest = shelf.keep(data)[0]
    pack = shelf.folder / "one.zst"
    frame = pack.read_bytes()
    harmless = 0
    for at in range(len(frame)):
        for bit in range(8):
            pack.write_bytes(frame[:at] + bytes([frame[at] ^ 1 << bit]) + frame[at + 1 :])
            try:
                assert shelf.read(digest) == data
                harmless += 1
            except BrokenSealError as error:
                assert digest.hex() in str(error)  # noqa: PT017 - what is named is the point
    assert harmless <= 8


def test_a_pack_that_was_cut_or_removed_is_named(shelf: Shelf) -> None:
    digest = shelf.keep(b"one" * 50)[0]
    os.truncate(shelf.folder / "one.zst", 10)
    with pytest.raises(BrokenSealError, match="another length than the index says"):
        shelf.read(digest)
    shelf.reader.close()
    (shelf.folder / "one.zst").unlink()
    with pytest.raises(BrokenSealError, match=r"cannot be read: .*No such file"):
        shelf.read(digest)


def test_a_frame_that_promises_too_much_costs_no_memory(shelf: Shelf) -> None:
    """An altered header may ask for exabytes; only a size that the index says too is believed."""
    digest = hashlib.sha256(b"x").digest()
    frame = b"\x28\xb5\x2f\xfd\xe0" + (2**40).to_bytes(8, "little") + b"\x01\x00\x00"
    (shelf.folder / "one.zst").write_bytes(frame)
    with pytest.raises(BrokenSealError, match="another length"):
        shelf.read(digest, Place("one.zst", 0, len(frame), 1))
    with pytest.raises(BrokenSealError, match="altered or damaged"):
        shelf.read(digest, Place("one.zst", 0, len(frame), 2**40))


def test_a_full_disk_fails_one_flush_and_leaves_the_next_whole(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = shelf.writer()
    writer.put(b"before")
    shelf.flush(writer)
    writer.put(b"lost")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(StoreError, match="No space left on device") as raised:
            writer.flush()
    assert "make room" in raised.value.hint
    after = writer.put(b"after")
    shelf.flush(writer)
    writer.close()
    places = shelf.places()
    assert list(places) == [hashlib.sha256(b"before").digest(), after]  # what the failed leaf would have named is not
    assert [shelf.read(digest) for digest in places] == [b"before", b"after"]
    pack = (shelf.folder / "one.zst").read_bytes()
    assert len(pack) == sum(place.length for place in places.values())


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """64 KiB of memory as a disk; only root may mount it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("mounting a tmpfs is not allowed here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_disk_that_is_really_full_is_said_and_recovers(tiny_disk: Path) -> None:
    shelf = Shelf(tiny_disk)
    kept = shelf.keep(b"before")[0]
    writer = shelf.writer("two.zst")
    writer.put(os.urandom(100_000))
    with pytest.raises(StoreError, match=r"two\.zst: cannot be written: No space left on device"):
        writer.flush()
    writer.put(b"after")
    shelf.flush(writer)
    writer.close()
    assert sorted(shelf.read(digest) for digest in shelf.places()) == [b"after", b"before"]
    assert shelf.read(kept) == b"before"
    shelf.reader.close()


def test_a_reader_of_many_packs_holds_few_of_them_open(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store has a pack for each scan, and a process may open about a thousand files."""
    digests = [shelf.keep(f"blob {n}".encode(), name=f"{n}.zst")[0] for n in range(7)]
    monkeypatch.setattr(local, "MOST_OPEN", 3)
    shelf.reader.close()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for digest in (*digests, *digests):
        assert shelf.reader.packs.read(shelf.place(digest).pack, 0, 4)
        assert len(list(Path("/proc/self/fd").iterdir())) <= before + 3


def test_an_empty_pack_that_is_taken_before_it_is_held_is_made_again(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever carries packs away may meet it between its making and its lock: what it then gets would be lost."""
    lock = fcntl.flock

    def taken(descriptor: int, how: int) -> None:
        monkeypatch.undo()
        (shelf.folder / "one.zst").unlink()
        lock(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", taken)
    (digest,) = shelf.keep(b"ours")
    assert shelf.read(digest) == b"ours"


def test_the_pack_of_another_scan_is_not_cut_off(shelf: Shelf) -> None:
    (digest,) = shelf.keep(b"theirs")
    ours = shelf.writer()
    ours.put(b"ours")
    with pytest.raises(StoreError, match=r"one\.zst: cannot be written: File exists"):
        ours.flush()
    assert shelf.read(digest) == b"theirs"
