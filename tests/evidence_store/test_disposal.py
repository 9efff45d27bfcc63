"""What is too old goes for good and says so: seals hold, what stands stands, and nobody takes it for tampering."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from evidence_store import acts
from evidence_store.backends import local
from evidence_store.blobs import compaction
from evidence_store.blobs.read_ahead import ReadAhead
from evidence_store.derived.cuts import EXCHANGES, RESOURCES, VERDICTS, disposed_before
from evidence_store.derived.derive import Sealed
from evidence_store.errors import BrokenSealError, StoreError
from evidence_store.log.trail import prove
from evidence_store.questions.past import Past
from evidence_store.questions.queries import latest_evidence
from evidence_store.questions.standing import current_findings
from evidence_store.questions.states import FindingState
from evidence_store.retention import disposal
from evidence_store.retention.disposal import Decision, Done, dispose, plan
from evidence_store.retention.holds import Scope, place
from evidence_store.retention.policy import Plan, Rule
from evidence_store.retention.tombstones import Tombstones, read_tombstone
from evidence_store.schema import checkpoint
from evidence_store.store import Store
from evidence_store.verification import verify as verification
from evidence_store.verification.verify import Verification, verify
from evidence_store.writer import ScanWriter
from tests.evidence_store.test_histories import History
from tests.evidence_store.worlds import Door, Look, World, opening

DECISION = Decision(reason="it is too old", login="somebody", approver="Ada", policy={"resources": "10d"})
AT = datetime(2030, 1, 1, tzinfo=UTC)
EVERYTHING = (EXCHANGES, RESOURCES, VERDICTS)


def rules(before: datetime, *what: str) -> list[Rule]:
    return [Rule(each, before) for each in what or EVERYTHING]


def look_ahead(world: World, asked: Sequence[Rule]) -> Plan:
    with world.open() as store:
        return plan(store, asked)


def throw_away(world: World, asked: Sequence[Rule], shown: Plan | None = None) -> Done:
    with world.open() as store:
        return dispose(store, asked, shown or plan(store, asked), DECISION, at=world.tick())


def verified(world: World) -> Verification:
    with world.open() as store:
        return verify(store)


def digests(world: World) -> set[object]:
    return {digest for (digest,) in world.rows("SELECT digest FROM blob")}


def moments(world: World, looks: Sequence[Look]) -> list[datetime]:
    """When each of these scans began."""
    began = []
    for look in looks:
        began.append(world.tick())
        world.scan(look)
    return began


DOORS = [{"front": 90}, {"front": 90, "back": 120}, {"back": 130}, {"back": 130, "cellar": 70}]


@pytest.mark.parametrize("again", [True, False])
def test_packs_that_are_written_anew_while_somebody_verifies_break_no_seal(
    world: World, monkeypatch: pytest.MonkeyPatch, again: bool
) -> None:
    began = moments(world, [Look(doors=doors) for doors in DOORS])
    monkeypatch.setattr(local, "MOST_OPEN", 1)  # a store of many scans has more packs than are held open
    monkeypatch.setattr(ReadAhead, "_decode_all", lambda _self: None)
    if not again:
        monkeypatch.setattr(verification, "MOST_AGAIN", 0)
    done: list[Done] = []

    def meanwhile(*_: int) -> None:
        if not done:
            with world.open() as other:
                asked = rules(began[2])
                done.append(dispose(other, asked, plan(other, asked), DECISION, at=world.tick()))

    with world.open() as store:
        found = verify(store, progress=meanwhile)
    assert done
    assert (found.problems == ()) == again
    assert verified(world).problems == ()


@pytest.fixture
def years(world: World) -> tuple[World, list[datetime]]:
    """Four scans of one house, each of which saw something else."""
    return world, moments(world, [Look(doors=doors) for doors in DOORS])


def test_what_is_too_old_goes_and_every_seal_holds(years: tuple[World, list[datetime]]) -> None:
    world, began = years
    before, kept = digests(world), sum(path.stat().st_size for path in world.packs())
    shown = look_ahead(world, rules(began[2]))
    assert [(each.what, each.blobs) for each in shown.going] == [("exchanges", 2), ("resources", 1), ("verdicts", 1)]
    assert (shown.going[0].since < began[1] < shown.going[0].until) is True
    done = throw_away(world, rules(began[2]))
    assert done.leaf == 16
    assert len(before - digests(world)) == len(shown.digests) == 4
    assert set(shown.digests) == before - digests(world)
    assert done.compacted.freed > 0
    assert sum(path.stat().st_size for path in world.packs()) < kept + 1500, "the bytes are gone, but for the tombstone"
    found = verified(world)
    assert found.problems == ()
    assert (found.checkpoints, found.pending) == (5, 0)
    assert found.disposals == ("leaf 16: disposed of on 2026-01-31 by Ada: 4 blobs: it is too old",)


def test_scans_go_on_and_disposal_goes_on(years: tuple[World, list[datetime]]) -> None:
    world, began = years
    throw_away(world, rules(began[2]))
    world.scan(Look(doors=DOORS[0]))
    assert verified(world).problems == ()
    throw_away(world, rules(began[3]))
    world.scan(Look(doors=DOORS[3]))
    found = verified(world)
    assert found.problems == ()
    assert len(found.disposals) == 2
    assert world.rows("SELECT count(*) FROM disposal") == [(3,)]


def test_the_same_bytes_seen_again_are_kept_anew(years: tuple[World, list[datetime]]) -> None:
    world, began = years
    shown = look_ahead(world, rules(began[1]))
    throw_away(world, rules(began[1]))
    world.scan(Look(doors=DOORS[0]))
    assert set(shown.digests) <= digests(world)
    found = verified(world)
    assert found.problems == ()
    assert "still there" not in found.disposals[0]


def test_nothing_too_old_seals_nothing(years: tuple[World, list[datetime]]) -> None:
    world, began = years
    shown = look_ahead(world, rules(began[0]))
    assert (shown.cuts, shown.digests, shown.size) == ((), (), 0)
    assert throw_away(world, rules(began[0])).leaf == -1
    assert world.rows("SELECT max(position) FROM leaf") == [(15,)]


def test_what_was_thrown_away_is_not_thrown_away_again(years: tuple[World, list[datetime]]) -> None:
    world, began = years
    throw_away(world, rules(began[2]))
    assert look_ahead(world, rules(began[2])).cuts == ()


def test_the_newest_is_never_thrown_away(world: World) -> None:
    world.scan(Look(doors={"front": 90}))
    world.scan(Look(source="house/b", doors={"gate": 200}), agent="agent-2")
    world.scan(Look(source="house/c", doors={"hatch": 60}), agent="agent-3")
    later = world.tick()
    shown = look_ahead(world, rules(later))
    assert [each.what for each in shown.going] == ["exchanges"]
    assert shown.going[0].blobs == 2, "the newest scan stays whole"
    throw_away(world, rules(later))
    assert verified(world).problems == ()
    with world.open() as store, store.reading() as connection:
        assert len(latest_evidence(store, connection, {"door": Door})) == 3
        assert {each.resource for each in current_findings(store, connection)} == {"front", "gate", "hatch"}


def test_what_stands_though_the_newest_look_did_not_see_it_stays(world: World) -> None:
    """A door that only the first look saw, because the lamp was broken ever since."""
    world.scan(Look(doors={"front": 90, "hidden": 300}))
    for width in (91, 92, 93):
        world.scan(Look(doors={"front": width}, gap="the lamp broke"))
    later = world.tick()
    shown = look_ahead(world, rules(later, RESOURCES, VERDICTS))
    assert {(each.what, each.blobs) for each in shown.going} == {("resources", 1)}, "only the look between them"
    throw_away(world, rules(later, RESOURCES, VERDICTS))
    assert verified(world).problems == ()
    with world.open() as store, store.reading() as connection:
        assert {each.resource for each in current_findings(store, connection)} == {"front", "hidden", "*"}


def test_what_left_the_scope_before_the_cut_goes(world: World) -> None:
    world.scan(Look(doors={"front": 90}), Look(source="house/b", doors={"gate": 200}))
    world.scan(Look(doors={"front": 90}))
    world.scan(Look(doors={"front": 90}))
    world.scan(Look(doors={"front": 90}))
    shown = look_ahead(world, rules(world.tick(), RESOURCES))
    assert [(cut.source, cut.blobs) for cut in shown.cuts] == [("house/b", 1)]
    throw_away(world, rules(world.now, RESOURCES))
    assert verified(world).problems == ()
    assert world.rows("SELECT source FROM resource") == [("house/a",)]


def test_one_kind_of_evidence_leaves_the_others(years: tuple[World, list[datetime]]) -> None:
    world, began = years
    assert [each.what for each in look_ahead(world, rules(began[3], VERDICTS)).going] == ["verdicts"]
    narrow = [Rule(RESOURCES, began[3], "window"), Rule(RESOURCES, began[1])]
    assert look_ahead(world, narrow).going == (), "the newest before the cut stays"
    (cut,) = look_ahead(world, [Rule(RESOURCES, began[3], "door"), Rule(RESOURCES, began[0])]).cuts
    assert (cut.name, cut.blobs, cut.before) == ("door", 2, 12)


def test_bytes_that_something_else_leads_to_stay(world: World) -> None:
    """What was seen last week is what is seen today: one blob, and it is not too old."""
    moments(world, [Look(doors=DOORS[0]), Look(doors=DOORS[1]), Look(doors=DOORS[0]), Look(doors=DOORS[0])])
    shown = look_ahead(world, rules(world.tick(), RESOURCES))
    assert [(each.what, each.blobs) for each in shown.going] == [("resources", 1)]


# ------------------------------------------------------------------------------------------------------------ truth


def test_a_question_about_before_the_cut_finds_the_leaf_that_cut(years: tuple[World, list[datetime]]) -> None:
    world, began = years
    with world.open() as store, store.reading() as connection:
        assert disposed_before(connection, RESOURCES, 0) is None
    throw_away(world, rules(began[2], RESOURCES))
    with world.open() as store, store.reading() as connection:
        for size in (4, 8):
            found = disposed_before(connection, RESOURCES, size)
            assert found is not None
            assert (found.leaf, found.before, found.name, found.source) == (16, 8, "door", "house/a")
        assert disposed_before(connection, RESOURCES, 9) is None
        assert disposed_before(connection, RESOURCES, 4, names=["window"]) is None
        assert disposed_before(connection, VERDICTS, 4) is None
    assert world.rows('SELECT count(*) FROM resource WHERE "end" < 8') == [(0,)]


def test_who_misses_a_blob_learns_why(years: tuple[World, list[datetime]]) -> None:
    world, began = years
    shown = look_ahead(world, rules(began[2]))
    throw_away(world, rules(began[2]))
    with world.open() as store, store.reading() as connection:
        stones = Tombstones(connection, store.read_blob(connection))
        found = stones.of(shown.digests[0])
        assert str(found) == "disposed of on 2026-01-31 (leaf 16): it is too old"
        assert stones.of(shown.digests[0], position=16) is None, "a later leaf may not miss it"
        assert stones.of(b"never seen") is None


def test_a_missing_blob_that_no_tombstone_names_is_a_problem(years: tuple[World, list[datetime]]) -> None:
    world, began = years
    throw_away(world, rules(began[2]))
    ((population,),) = world.rows("SELECT population FROM coverage WHERE position = 13")
    world.alter("DELETE FROM blob WHERE digest = ?", population)
    (problem,) = verified(world).problems
    assert isinstance(population, bytes)
    assert problem == f"leaf 13: population of door in house/a: blob {population.hex()} is not in the store"


def test_a_tombstone_excuses_nothing_that_was_sealed_after_it(years: tuple[World, list[datetime]]) -> None:
    world, began = years
    throw_away(world, rules(began[1]))
    world.scan(Look(doors=DOORS[0]))
    ((population,),) = world.rows("SELECT population FROM coverage WHERE position = 18")
    world.alter("DELETE FROM blob WHERE digest = ?", population)
    assert any("leaf 18: population of door" in each for each in verified(world).problems)


def test_a_tombstone_whose_list_is_gone_excuses_nothing(years: tuple[World, list[datetime]]) -> None:
    world, began = years
    shown = look_ahead(world, rules(began[2]))
    throw_away(world, rules(began[2]))
    names = b"".join(each.hex().encode() + b"\n" for each in shown.digests)
    world.alter("DELETE FROM blob WHERE digest = ?", hashlib.sha256(names).digest())
    problems = verified(world).problems
    assert any(each.startswith("leaf 16: the list of what was thrown away") for each in problems)
    assert any(each.startswith("leaf 1: ") for each in problems)


def test_a_leaf_tells_who_decided_and_why(years: tuple[World, list[datetime]]) -> None:
    world, began = years
    throw_away(world, rules(began[2]))
    with world.open() as store, store.reading() as connection:
        act = prove(store, connection, 16).act
        assert (act["reason"], act["approver"], act["login"], act["count"]) == ("it is too old", "Ada", "somebody", 4)
        assert "salt" not in act
        assert prove(store, connection, 15).act == {}


def test_what_is_no_tombstone_is_refused() -> None:
    leaf = Sealed(3, b'{"at":"2026-01-31T12:00:00Z","body":"00","scan":"","type":"disposal"}')
    with pytest.raises(BrokenSealError, match="leaf 3: no disposal of this format"):
        read_tombstone(leaf, lambda _: b"{}")


def test_nothing_is_thrown_away_while_a_seal_does_not_hold(years: tuple[World, list[datetime]]) -> None:
    """What stands at the cut is sealed as it is found: it must be what the log says."""
    world, began = years
    shown = look_ahead(world, rules(began[2]))
    world.alter("UPDATE finding SET reason = 'all is well'")
    with pytest.raises(BrokenSealError, match="while a seal does not hold: table finding"):
        throw_away(world, rules(began[2]), shown)
    assert world.rows("SELECT max(position) FROM leaf") == [(15,)]


def test_what_would_go_must_be_what_was_shown(years: tuple[World, list[datetime]]) -> None:
    world, began = years
    shown = look_ahead(world, rules(began[2]))
    with pytest.raises(StoreError, match="not what was shown any more"):
        throw_away(world, rules(began[3]), shown)


@pytest.mark.parametrize("doors", [DOORS[0], {"new": 1}])
def test_what_is_sealed_meanwhile_may_need_it(
    years: tuple[World, list[datetime]], doors: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scan that runs sees again what is about to go, or something else."""
    world, began = years
    at = world.tick()
    seal = acts.seal_act
    with world.create() as store:
        writer = ScanWriter.begin(store, opening("slow"), at=at)

        def late(*given: Any, **more: Any) -> int:
            writer.seal_source("house/a", [Look(doors=doors).collect(at)], at=world.tick())
            return seal(*given, **more)

        monkeypatch.setattr(disposal, "seal_act", late)
        if doors == DOORS[0]:
            with pytest.raises(StoreError, match="leaf 17, sealed just now, leads to what was about to go"):
                throw_away(world, rules(began[2]))
        else:
            assert throw_away(world, rules(began[2])).leaf == 18
        writer.finish(["house/a"], [], {}, at=world.tick())
    assert verified(world).problems == ()


def test_a_hold_that_is_placed_meanwhile_keeps_it(
    years: tuple[World, list[datetime]], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, began = years
    seal = acts.seal_act

    def late(store: Store, *given: Any, **more: Any) -> int:
        monkeypatch.undo()
        place(store, "case 7", Scope(), reason="a court asks", login="somebody", at=world.tick())
        return seal(store, *given, **more)

    before = digests(world)
    monkeypatch.setattr(disposal, "seal_act", late)
    with pytest.raises(StoreError, match="sealed just now, places a legal hold"):
        throw_away(world, rules(began[2]))
    assert before <= digests(world)
    assert verified(world).problems == ()


def test_a_scan_that_relied_on_what_went_keeps_it_anew(years: tuple[World, list[datetime]]) -> None:
    """It had found the bytes in the store, and they went before it sealed."""
    world, began = years
    at = world.tick()
    with world.create() as store:
        writer = ScanWriter.begin(store, opening("slow"), at=at)
        seen = Look(doors=DOORS[0]).collect(at)
        flush = writer._pack.flush

        def slow() -> None:
            flush()
            writer._pack.flush = flush  # type: ignore[method-assign]
            throw_away(world, rules(began[2]))

        writer._pack.flush = slow  # type: ignore[method-assign]
        writer.seal_source("house/a", [seen], at=world.tick())
        writer.finish(["house/a"], [], {}, at=world.tick())
    found = verified(world)
    assert found.problems == ()
    assert ": 2 blobs:" in found.disposals[0], "answer and population are there again"


# ---------------------------------------------------------------------------------------------------------- crashes


class Killed(BaseException):
    """The process was killed here."""


def kill(*_: object, **__: object) -> None:
    raise Killed


def unlinked_then_killed(path: Path) -> None:
    path.rename(path.parent.parent / "unlinked")
    raise Killed


def rebased_then_killed(*given: Any) -> None:
    compaction.rebase(*given)
    raise Killed


CRASHES: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "bodies written": lambda patch: patch.setattr(disposal, "_refuse_changed_since", kill),
    "leaning blobs written anew": lambda patch: patch.setattr(disposal, "rebase", rebased_then_killed),
    "rows removed": lambda patch: patch.setattr(acts, "Appender", kill),
    "leaf appended": lambda patch: patch.setattr(acts, "sign_checkpoint", kill),
    "committed": lambda patch: patch.setattr(disposal, "compact", kill),
    "first pack copied": lambda patch: patch.setattr(compaction, "update", kill),
    "first pack gone": lambda patch: patch.setattr(Path, "unlink", unlinked_then_killed),
}


@pytest.mark.parametrize("where", CRASHES)
def test_killed_anywhere_the_store_verifies_and_the_next_disposal_finishes(
    years: tuple[World, list[datetime]], where: str
) -> None:
    world, began = years
    with pytest.MonkeyPatch.context() as patch:
        CRASHES[where](patch)
        with pytest.raises(Killed):
            throw_away(world, rules(began[2]))
    found = verified(world)
    assert found.problems == ()
    assert len(found.disposals) == (where in {"committed", "first pack copied", "first pack gone"})
    world.scan(Look(doors=DOORS[2]))
    assert verified(world).problems == ()
    throw_away(world, rules(began[2]))
    found = verified(world)
    assert (found.problems, len(found.disposals)) == ((), 1)
    named = world.rows("SELECT pack, sum(length) FROM blob GROUP BY pack")
    assert set(named) == {(path.name, path.stat().st_size) for path in world.packs()}, "no byte is left over"


# -------------------------------------------------------------------------------------------------------- histories


def standing(store: Store, sizes: Iterable[int]) -> list[list[FindingState]]:
    with store.reading() as connection:
        return [current_findings(store, connection, past=Past(size=size, moment=AT)) for size in sizes]


SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(1, 40))]


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_happened_what_stood_after_the_cut_is_told_the_same(world: World, seed: int) -> None:
    history, chance = History(world, seed), random.Random(seed)
    began = []
    for number in range(14):
        began.append(world.tick())
        history.scan()
        if number % 5 < 3:
            continue
        asked = [Rule(each, chance.choice(began)) for each in chance.sample(EVERYTHING, chance.randint(1, 3))]
        shown = look_ahead(world, asked)
        ((earlier,),) = world.rows("SELECT coalesce(max(before), 0) FROM disposal")
        assert isinstance(earlier, int)
        cut = max(earlier, *(each.before for each in shown.cuts), 0)
        with world.open() as store:
            with store.reading() as connection:
                sizes = [size for size in connection.execute(select(checkpoint.c.size)).scalars() if size > cut]
                evidence = latest_evidence(store, connection, {"door": Door})
            before = standing(store, sizes)
            dispose(store, asked, shown, DECISION, at=world.tick())
        with world.open() as store:
            assert verify(store).problems == ()
            assert standing(store, sizes) == before
            with store.reading() as connection:
                assert latest_evidence(store, connection, {"door": Door}) == evidence
    expected = {(*place, name) for place, doors in history.stands.items() for name in doors}
    assert set(world.rows('SELECT source, scope, id FROM resource WHERE "end" IS NULL')) == expected
