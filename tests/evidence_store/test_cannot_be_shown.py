"""What FORMAT.md says verification cannot show, it does not show; and what it says catches that, does.

Older copies, logs rewritten with the key, and stores replaced together with their key are in `test_tampering.py`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence_store.log.publication import publish
from evidence_store.verification.verify import verify
from runs.clock import now
from tests.evidence_store.tampering.ground import Ground
from tests.evidence_store.tampering.log import fit
from tests.evidence_store.worlds import Look, World
from tests.postgresql import ON_SQLITE

HOUSE = Look(doors={"front": 90})


def problems(world: World) -> tuple[str, ...]:
    with world.open() as store:
        return verify(store).problems


@ON_SQLITE
def test_a_pending_leaf_can_be_rewritten_until_somebody_signs_for_it(world: World) -> None:
    world.scan(HOUSE)
    world.scan(HOUSE, dies=True)
    assert rewritten(world) == ()
    world.scan(HOUSE)
    (problem, *_) = rewritten(world)
    assert "its root is not that of the leaves" in problem


def rewritten(world: World) -> tuple[str, ...]:
    """What is found when the source leaf of the second scan says another time, and hashes fit again."""
    ground = Ground.__new__(Ground)
    ground.folder = world.folder
    leaf = next(row for row in ground.rows("leaf") if b'"scan-002","type":"source"' in bytes(row["data"]))  # type: ignore[arg-type]
    data = bytes(leaf["data"])  # type: ignore[arg-type]
    ground.change(
        "leaf", leaf, data=data.replace(b"T12:", b"T13:") if b"T12:" in data else data.replace(b"T13:", b"T14:")
    )
    fit(ground)
    return problems(world)


def test_pending_leaves_can_be_removed(world: World, tmp_path: Path) -> None:
    done = world.scan(HOUSE)
    before = world.copy(tmp_path / "before")
    world.scan(HOUSE, dies=True)
    assert done is not None
    with before.open() as store:
        assert verify(store, published=[done[1]]).problems == ()


@pytest.mark.parametrize("change", ["UPDATE publication SET problem = 'none'", "DELETE FROM publication"])
def test_what_came_of_publishing_can_be_altered_until_a_scan_seals_it(
    world: World, tmp_path: Path, change: str
) -> None:
    world.scan(HOUSE)
    with world.open() as store:
        publish(store, [tmp_path], now)
    early = world.copy(tmp_path / "early")
    early.alter(change)
    assert problems(early) == ()
    world.scan(HOUSE)
    assert problems(world) == ()
    world.alter(change)
    (problem,) = problems(world)
    assert problem == "publication of checkpoint 4: leaf 4 seals a row that is not there"


@ON_SQLITE
def test_a_row_that_is_no_row_of_ours_does_not_break_the_walk(world: World, tmp_path: Path) -> None:
    world.scan(HOUSE)
    with world.open() as store:
        publish(store, [tmp_path], now)
    world.scan(HOUSE)
    world.alter("UPDATE publication SET attempt = 1.5, alarm = 7")
    (problem,) = problems(world)
    assert "publication of checkpoint 4" in problem
