"""Looks back at a population: every one, as far as it is kept, and a broken one is not passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence_store.errors import BrokenSealError
from evidence_store.questions.earlier import Look as Earlier
from evidence_store.questions.earlier import looks
from evidence_store.questions.past import Past
from evidence_store.retention.disposal import Decision, dispose, plan
from evidence_store.retention.policy import Rule
from tests.evidence_store.worlds import Look, World

HOUSE, DOOR = "house/a", "door"


def seen(world: World, past: Past | None = None) -> list[Earlier]:
    with world.open() as store, store.reading() as connection:
        return list(looks(store, connection, HOUSE, "", DOOR, past))


def doors(found: list[Earlier]) -> list[tuple[int, bool]]:
    return [(len(each.lines), each.complete) for each in found]


def test_every_look_is_there_the_newest_first(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.scan(Look(doors={"front": 90}))
    world.scan(Look(doors={"front": 90}, gap="dark"))
    (leaves,) = world.rows("SELECT max(position) + 1 FROM leaf")
    past = Past(size=int(str(leaves[0])), moment=world.now)
    world.scan(Look(doors={"front": 90, "back": 100}))
    found = seen(world)
    assert doors(found) == [(2, True), (1, False), (1, True)]
    assert [each.at for each in found] == sorted((each.at for each in found), reverse=True)
    assert found[1].lines is found[2].lines  # what did not change was read once
    assert seen(world, past) == found[1:]


def test_it_ends_where_evidence_was_disposed_of(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.scan(Look(doors={"front": 90}))
    world.scan(Look(doors={"front": 91}))
    before = world.tick()
    world.scan(Look(doors={"front": 92}))
    decision = Decision(reason="old", login="somebody", approver="Ada", policy={"resources": "1d"})
    with world.open() as store:
        asked = [Rule("resources", before)]
        dispose(store, asked, plan(store, asked), decision, at=world.tick())
    assert len(seen(world)) == 2  # what stood at the cut stays


def test_a_look_that_cannot_be_read_is_not_passed_over(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.scan(Look(doors={"front": 90}))
    world.alter("DELETE FROM blob WHERE digest IN (SELECT population FROM coverage)")
    with pytest.raises(BrokenSealError):
        seen(world)
