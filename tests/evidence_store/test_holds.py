"""Legal holds: sealed when they are placed and when they end, and between them nothing they cover goes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core.errors import AnnexaError
from evidence_store import acts
from evidence_store.derived.cuts import RESOURCES
from evidence_store.retention import holds
from evidence_store.retention.disposal import dispose, plan
from evidence_store.retention.holds import Scope, holds_in_force, holds_on, keeps_nothing, place, release
from evidence_store.retention.policy import Plan
from evidence_store.verification.verify import verify
from tests.evidence_store.test_disposal import (
    DECISION,
    DOORS,
    digests,
    look_ahead,
    moments,
    rules,
    throw_away,
    verified,
)
from tests.evidence_store.worlds import CHECK, WHOLE, Look, World

DOOR, HOUSE = frozenset({"door"}), frozenset({"house/a"})


def hold(world: World, name: str, **scope: object) -> int:
    with world.open() as store:
        return place(store, name, Scope(**scope), reason="a dispute", login="somebody", at=world.tick())  # type: ignore[arg-type]


def let_go(world: World, name: str) -> int:
    with world.open() as store:
        return release(store, name, reason="settled", login="somebody", approver="Ada", at=world.tick())


def names(world: World) -> list[str]:
    with world.open() as store, store.reading() as connection:
        return [each.name for each in holds_in_force(store, connection)]


def gone(plan: Plan) -> dict[str, int]:
    return {each.what: each.blobs for each in plan.going}


@pytest.fixture
def years(world: World) -> tuple[World, list[datetime]]:
    return world, moments(world, [Look(doors=doors) for doors in DOORS])


def test_a_hold_is_sealed_and_signed_and_so_is_its_end(years: tuple[World, list[datetime]]) -> None:
    world, _ = years
    assert hold(world, "case 7", kind="door", source="house/a") == 16
    with world.open() as store, store.reading() as connection:
        (found,) = holds_in_force(store, connection)
    assert (found.name, found.leaf, found.reason, found.login) == ("case 7", 16, "a dispute", "somebody")
    assert str(found.scope) == "door, of house/a, from the beginning, and what is still to come"
    assert let_go(world, "case 7") == 17
    assert names(world) == []
    seals = verified(world)
    assert (seals.problems, seals.checkpoints, seals.pending) == ((), 6, 0)


def test_a_name_is_taken_until_it_is_released(years: tuple[World, list[datetime]]) -> None:
    world, _ = years
    hold(world, "case 7")
    with pytest.raises(AnnexaError, match="there is a hold named case 7 already"):
        hold(world, "case 7")
    let_go(world, "case 7")
    with pytest.raises(AnnexaError, match="no hold named case 7 is in force"):
        let_go(world, "case 7")
    hold(world, "case 7")
    assert names(world) == ["case 7"]
    assert verified(world).problems == ()


def test_two_who_release_at_once(years: tuple[World, list[datetime]], monkeypatch: pytest.MonkeyPatch) -> None:
    world, _ = years
    hold(world, "case 7")
    seal = acts.seal_act

    def late(*given: object, **more: object) -> int:
        monkeypatch.setattr(holds, "seal_act", seal)
        let_go(world, "case 7")
        return seal(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(holds, "seal_act", late)
    with pytest.raises(AnnexaError, match="no hold named case 7 is in force"):
        let_go(world, "case 7")
    assert world.rows("SELECT max(position) FROM leaf") == [(17,)]


def test_a_hold_without_end_keeps_the_whole_history_since(years: tuple[World, list[datetime]]) -> None:
    world, began = years
    hold(world, "case 7", since=began[1])
    shown = look_ahead(world, rules(began[3]))
    assert gone(shown) == {"exchanges": 1}, "of the first scan, and what else it saw stood at the cut"
    assert {cut.before for cut in shown.cuts} == {4}
    assert [(each.name, each.leaf, each.blobs) for each in shown.spared] == [("case 7", 16, 6)]
    assert str(shown.spared[0]) == "the hold of leaf 16 keeps 6 blobs"
    throw_away(world, rules(began[3]))
    assert verified(world).problems == ()
    let_go(world, "case 7")
    assert gone(look_ahead(world, rules(began[3]))) == {"exchanges": 2, "resources": 2, "verdicts": 2, "standing": 1}
    throw_away(world, rules(began[3]))
    assert verified(world).problems == ()


def test_a_hold_with_an_end_keeps_what_was_collected_until_then(years: tuple[World, list[datetime]]) -> None:
    world, began = years
    held = {digest for (digest,) in world.rows("SELECT population FROM coverage WHERE position < 8")}
    hold(world, "case 7", until=began[2])
    shown = look_ahead(world, rules(began[3]))
    assert gone(shown) == {"exchanges": 1}, "of the third scan, and what else it saw stood at the cut"
    throw_away(world, rules(began[3]))
    assert held <= digests(world)
    assert verified(world).problems == ()
    hold(world, "case 8", since=began[0], until=began[1])
    let_go(world, "case 7")
    shown = look_ahead(world, rules(began[3]))
    assert [each.name for each in shown.spared] == ["case 8"]
    throw_away(world, rules(began[3]))
    assert verified(world).problems == ()


@pytest.mark.parametrize(
    ("scope", "covered"),
    [
        ({"kind": "door"}, True),
        ({"kind": "window"}, False),
        ({"source": "house/a"}, True),
        ({"source": "house/b"}, False),
        ({"kind": "door", "source": "house/b"}, False),
    ],
)
def test_a_hold_covers_what_it_says(years: tuple[World, list[datetime]], scope: dict[str, str], covered: bool) -> None:
    world, began = years
    hold(world, "case 7", **scope)
    assert (gone(look_ahead(world, rules(began[3]))) == {}) is covered
    with world.open() as store, store.reading() as connection:
        assert bool(holds_on(store, connection, [(DOOR, HOUSE, None)])) is covered


def test_whoever_asks_about_a_moment_hears_of_holds_on_it(years: tuple[World, list[datetime]]) -> None:
    world, began = years
    hold(world, "case 7", since=began[1], until=began[2])
    with world.open() as store, store.reading() as connection:
        asked = (began[0], began[1], began[2], began[2] + timedelta(seconds=1))
        found = [holds_on(store, connection, [(DOOR, HOUSE, moment)]) for moment in asked]
    assert found == [[], ["case 7"], ["case 7"], []]


def test_what_stood_at_a_cut_stays_as_long_as_one_thing_needs_it(world: World) -> None:
    """The first disposal cuts both houses; the second only one, for the other is held."""

    def scan(width: int) -> None:
        world.scan(Look(doors={"front": width}))
        more = dict.fromkeys(map(str, range(width)), 80)
        world.scan(Look(source="house/b", doors=more), agent="agent-2", checks=(WHOLE,))

    def cut() -> set[tuple[str, str, str]]:
        return {(each.what, each.name, each.source) for each in throw_away(world, rules(world.tick())).plan.cuts}

    both = {
        ("exchanges", "", "house/a"),
        ("exchanges", "", "house/b"),
        ("resources", "door", "house/a"),
        ("resources", "door", "house/b"),
        ("verdicts", CHECK, ""),
        ("verdicts", WHOLE, ""),
    }
    for width in (90, 91, 92):
        scan(width)
    assert cut() == both
    hold(world, "case 7", source="house/b")
    for width in (93, 94):
        scan(width)
    assert cut() == {each for each in both if each[1] != WHOLE and each[2] != "house/b"}
    assert verified(world).problems == ()
    let_go(world, "case 7")
    scan(95)
    assert cut() == both
    assert verified(world).problems == ()


def test_a_hold_of_one_source_lets_the_other_go(world: World) -> None:
    for width in (90, 91, 92):
        world.scan(Look(doors={"front": width}), Look(source="house/b", doors={"gate": width}))
    hold(world, "case 7", source="house/b")
    asked = rules(world.tick(), RESOURCES)
    with world.open() as store:
        shown = plan(store, asked)
        assert [(cut.source, cut.blobs) for cut in shown.cuts] == [("house/a", 1)]
        dispose(store, asked, shown, DECISION, at=world.tick())
        assert verify(store).problems == ()


def test_a_hold_on_what_was_never_seen_keeps_nothing(years: tuple[World, list[datetime]]) -> None:
    world, _ = years
    typed, meant = hold(world, "typed", source="house/typo"), hold(world, "meant", source=Look().source)
    with world.open() as store:
        assert keeps_nothing(store, typed)
        assert not keeps_nothing(store, meant)
