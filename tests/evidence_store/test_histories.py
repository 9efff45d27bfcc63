"""Whatever happened, in whatever order: the store verifies, and what stands is what was last seen."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from sqlalchemy import delete, func, select

from evidence_store.derived.derive import Sealed, apply
from evidence_store.schema import DERIVED, entry, leaf, metadata
from evidence_store.verification.verify import verify
from evidence_store.verification.verify_blobs import PROGRESS_EVERY
from tests.evidence_store.worlds import CHECK, Look, World

SOURCES = ("house/a", "house/b", "house/c")
SCOPES = {"house/a": ("east", "west"), "house/b": ("",), "house/c": ("", "attic")}
Place = tuple[str, str]


class History:
    """Scans by chance, and beside the store what a reader of the scans would say stands."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.chance = random.Random(seed)
        self.stands: dict[Place, dict[str, int]] = {}
        self.agent_of: dict[Place, str] = {}

    def scan(self) -> None:
        agent = self.chance.choice(["agent-1", "agent-1", "agent-2"])
        narrowed, dies = self.chance.random() < 0.2, self.chance.random() < 0.15
        sources = self.chance.sample(SOURCES, self.chance.randint(1, len(SOURCES)))
        looks = [self._look(source, scope) for source in sources for scope in self._scopes(source)]
        limit = self.chance.choice([100, 100, 150])
        checks = self.chance.choice([(CHECK,), (CHECK, "doors.other")])
        self.world.scan(*looks, agent=agent, narrowed=narrowed, dies=dies, limit=limit, checks=checks)
        for look in looks:
            self._saw(look, agent)
        if not dies and not narrowed:
            self._left_behind(agent, {(look.source, look.scope) for look in looks})

    def _scopes(self, source: str) -> list[str]:
        return self.chance.sample(SCOPES[source], self.chance.randint(1, len(SCOPES[source])))

    def _look(self, source: str, scope: str) -> Look:
        known = self.stands.get((source, scope), {})
        doors = {name: width for name, width in known.items() if self.chance.random() < 0.8}
        doors |= {f"door-{self.chance.randrange(5)}": self.chance.choice([80, 120, 160]) for _ in range(2)}
        doors = known if known and self.chance.random() < 0.4 else doors
        return Look(source=source, scope=scope, doors=doors, gap=self.chance.choice(["", "", "", "the lamp broke"]))

    def _saw(self, look: Look, agent: str) -> None:
        place = (look.source, look.scope)
        self.agent_of[place] = agent
        before = self.stands.get(place, {}) if look.gap else {}
        self.stands[place] = {**before, **look.doors}

    def _left_behind(self, agent: str, seen: set[Place]) -> None:
        answered = {source for source, _ in seen}
        for place in [place for place, last in self.agent_of.items() if last == agent and place not in seen]:
            if place[0] not in answered or place[1]:
                self.stands.pop(place, None)


@pytest.mark.parametrize("seed", range(6))
def test_every_history_verifies_and_what_stands_is_what_was_last_seen(world: World, seed: int) -> None:
    history = History(world, seed)
    for _ in range(9):
        history.scan()
        expected = {(*place, name) for place, doors in history.stands.items() for name in doors}
        rows = world.rows('SELECT source, scope, id FROM resource WHERE "end" IS NULL')
        assert (len(rows), set(rows)) == (len(expected), expected)
        judged = world.rows(
            f"SELECT source, scope, resource FROM finding WHERE \"end\" IS NULL AND resource != '*' AND \"check\" = '{CHECK}'"
        )
        assert (len(judged), set(judged)) == (len(expected), expected)
    with world.open() as store:
        found = verify(store)
    assert found.problems == ()
    assert world.rows("SELECT count(*) FROM scan WHERE id IN (SELECT scan FROM unit)") == [(9,)]


def test_no_two_intervals_of_one_thing_overlap(world: World) -> None:
    history = History(world, 99)
    for _ in range(15):
        history.scan()
    for table, key in (("resource", "source, scope, kind, id"), ("finding", '"check", source, scope, resource')):
        rows = world.rows(f'SELECT first, "end", ended, {key} FROM {table} ORDER BY {key}, first')
        for (first, end, ended, *one), (following, _, _, *other) in pairwise(rows):
            assert isinstance(first, int)
            assert (end is None) == (ended == "")
            if one == other:
                assert isinstance(end, int)
                assert isinstance(following, int)
                assert first < end <= following


def test_derived_tables_can_be_thrown_away_and_made_again(world: World) -> None:
    history = History(world, 7)
    for _ in range(8):
        history.scan()
    queries = [
        f'SELECT * FROM "{table.name}" ORDER BY {", ".join(map(str, range(1, len(table.c) + 1)))}' for table in DERIVED
    ]
    before = [world.rows(query) for query in queries]
    with world.open() as store, store.writing() as connection:
        for table in DERIVED:
            connection.execute(delete(table))
        read = store.read_blob(connection)
        for position, data in connection.execute(select(leaf.c.position, leaf.c.data).order_by(leaf.c.position)).all():
            below = select(entry.c.data).where(entry.c.position == position).order_by(entry.c.ordinal)
            apply(connection, Sealed(position, data, tuple(connection.execute(below).scalars())), read)
    assert [world.rows(query) for query in queries] == before
    assert {table.name for table in DERIVED} < set(metadata.tables)


def test_a_long_log_verifies_and_says_how_far_it_is(world: World) -> None:
    for _ in range(30):
        world.scan(Look(doors={"front": 90}))
    heard: list[tuple[int, int]] = []
    with world.open() as store:
        found = verify(store, progress=lambda done, total: heard.append((done, total)))
        with store.reading() as connection:
            assert connection.execute(select(func.count()).select_from(leaf)).scalar() == found.leaves == 120
    assert found.problems == ()
    assert (PROGRESS_EVERY, 120) in heard


def test_an_empty_store_verifies(world: World) -> None:
    world.create().close()
    with world.open() as store:
        found = verify(store)
    assert (found.leaves, found.checkpoints, found.pending, found.problems) == (0, 0, 0, ())
