"""Blobs that are read ahead are those that would be read; what cannot be is left to whoever asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select, update

from evidence_store.blobs import read_ahead
from evidence_store.blobs.read_ahead import ReadAhead
from evidence_store.people.persons import subjects
from evidence_store.schema import blob
from evidence_store.store import Store
from evidence_store.verification.verify import verify
from tests.evidence_store.worlds import Look, World


@contextmanager
def reading_ahead(world: World) -> Iterator[tuple[ReadAhead, dict[bytes, bytes], Store]]:
    """A reader, and what each blob is, after a few scans."""
    with world.open() as store, store.reading() as connection:
        read = store.read_blob(connection)
        plain = {digest: read(digest) for digest in connection.execute(select(blob.c.digest)).scalars()}
        ahead = ReadAhead(store)
        try:
            yield ahead, plain, store
        finally:
            ahead.close()


def scanned(world: World, count: int = 3) -> None:
    for number in range(count):
        world.scan(Look(doors={"front": number, "back": 1}))


@pytest.mark.parametrize("small", [0, read_ahead.SMALL])
def test_every_blob_is_what_it_is(world: World, monkeypatch: pytest.MonkeyPatch, small: int) -> None:
    monkeypatch.setattr(read_ahead, "SMALL", small)
    scanned(world)
    with reading_ahead(world) as (ahead, plain, _):
        assert len(plain) > 10
        for digest, data in plain.items():
            assert ahead.take(digest) == data
            seen = ahead.seen(digest)
            assert seen is not None
            assert (seen.size, seen.people) == (len(data), frozenset(subjects(data)))
        assert ahead.take(bytes(32)) is None
        assert ahead.seen(bytes(32)) is None


def test_little_is_held_and_nobody_waits_for_ever(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_ahead, "AHEAD", 1)
    monkeypatch.setattr(read_ahead, "HELD", 1)
    scanned(world)
    with reading_ahead(world) as (ahead, plain, _):
        taken = [ahead.take(digest) for digest in plain]
        assert all(data is None or data in plain.values() for data in taken)
        assert None in taken
        assert ahead.take(bytes(32)) is None
        ahead.close()
        assert ahead.take(next(iter(plain))) in (None, *plain.values())


def test_what_cannot_be_read_is_left_to_others(world: World) -> None:
    scanned(world)
    with world.open() as store, store.writing() as connection:
        place = select(blob.c.digest).order_by(blob.c.pack, blob.c.offset)
        first, second, *_ = connection.execute(place).scalars()
        connection.execute(update(blob).where(blob.c.digest == second).values(length=3))
    with world.open() as store:
        ahead = ReadAhead(store)
        assert ahead.take(first) is not None
        assert ahead.take(second) is None
        ahead.close()
        assert any(second.hex() in problem for problem in verify(store).problems)


def test_a_thread_that_breaks_down_leaves_everything_to_others(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    scanned(world)
    with world.open() as store:
        monkeypatch.setattr(read_ahead, "subjects", lambda _data: 1 // 0)
        ahead = ReadAhead(store)
        assert ahead.take(bytes(32)) is None
        ahead.close()
        assert verify(store).problems == ()
