"""Derived tables made again: whatever somebody did to them, they are what log and blobs say."""

from __future__ import annotations

import pytest

from evidence_store.derived import rebuild as module
from evidence_store.derived.rebuild import rebuild
from evidence_store.errors import BrokenSealError
from evidence_store.verification.verify import verify
from tests.evidence_store.test_backup import LOOK, WIDER, rows
from tests.evidence_store.worlds import Look, World
from tests.postgresql import ON_SQLITE


def rebuilt(world: World) -> list[int]:
    """The positions that were told meanwhile."""
    told: list[int] = []
    with world.create() as store:
        assert rebuild(store, lambda done, _all: told.append(done)) == 13
    return told


@pytest.fixture
def kept(world: World) -> World:
    world.scan(LOOK)
    world.scan(WIDER, Look(source="house/b", gap="the door is shut"))
    world.scan(Look(source="house/b", doors={"back": 3}))
    return world


def test_altered_tables_are_mended(kept: World) -> None:
    before = rows(kept)
    kept.alter("UPDATE finding SET reason = 'it is fine'")
    kept.alter("DELETE FROM resource WHERE id = 'door-007'")
    kept.alter("UPDATE scan SET status = 'died'")
    with kept.open() as store:
        assert len(verify(store).problems) == 3
    assert rebuilt(kept) == [0]
    assert rows(kept) == before
    with kept.open() as store:
        assert verify(store).problems == ()


@ON_SQLITE
def test_all_is_told_of_a_long_log(kept: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PROGRESS_EVERY", 5)
    assert rebuilt(kept) == [0, 5, 10]


@ON_SQLITE
@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE leaf SET data = CAST('{}' AS BLOB) WHERE position = 5",
            "no tables can be derived from this log: KeyError: 'type'",
        ),
        ("DELETE FROM blob", "is not in the store"),
        (
            "UPDATE leaf SET hash = zeroblob(32) WHERE position = 12",
            "the log is not the one its newest checkpoint signs",
        ),
    ],
)
def test_from_what_was_altered_nothing_is_made(kept: World, statement: str, said: str) -> None:
    before = rows(kept)
    kept.alter(statement)
    with pytest.raises(BrokenSealError, match=said):
        rebuilt(kept)
    after = rows(kept)
    assert {**after, "leaf": ()} == {**before, "leaf": ()}
