"""What the derived tables answer, and the way down from a verdict to the leaf that seals it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import AnnexaError
from core.model import Severity, Status
from evidence_store.errors import BrokenSealError
from evidence_store.log.append import Appender, loader
from evidence_store.log.trail import prove, units_below
from evidence_store.log.tree import verify_inclusion
from evidence_store.questions import queries
from evidence_store.questions.standing import current_findings
from evidence_store.records import finding_id, leaf
from evidence_store.verification.verify import verify
from evidence_store.writer import ScanWriter
from tests.evidence_store.worlds import BEGINNING, CHECK, WHOLE, Door, Look, World, opening

A, B = "house/a", "house/b"


@pytest.fixture
def lived(world: World) -> World:
    """Two scans: a door widened, one vanished, one is new, and house b went dark."""
    world.scan(Look(source=A, doors={"back": 80, "front": 90}), Look(source=B, doors={"gate": 70}))
    world.scan(Look(source=A, doors={"front": 120, "side": 60}), Look(source=B, gap="the lamp broke"))
    return world


def test_findings_stand_with_all_one_needs_to_follow_them(lived: World) -> None:
    with lived.open() as store, store.reading() as connection:
        found = {each.resource: each for each in current_findings(store, connection)}
        began = queries.scans(store, connection)[0].first_leaf
    assert {name: each.status for name, each in found.items()} == {
        "front": Status.FAIL,
        "side": Status.PASS,
        "gate": Status.PASS,
        "*": Status.UNKNOWN,
    }
    front = found["front"]
    assert front.id == finding_id(CHECK, A, "", "front")
    assert (front.check, front.source, front.severity) == (CHECK, A, Severity.LOW)
    assert front.reason == "it is 120 wide, 100 are allowed"
    assert front.leaf > began
    assert front.evidence == (began + 1,)
    assert front.since > found["gate"].since
    assert front.change == ""


def test_changes_since_a_scan_are_marked(lived: World) -> None:
    with lived.open() as store, store.reading() as connection:
        began = queries.scans(store, connection)[0].first_leaf
        changes = {e.resource: e.change for e in current_findings(store, connection, since=began)}
        ended = queries.ended_findings(store, connection, began)
    assert changes == {"front": "changed", "side": "new", "gate": "", "*": "new"}
    assert [(each.resource, each.status, each.ended) for each in ended] == [("back", Status.PASS, "vanished")]


def test_a_finding_is_found_by_the_beginning_of_its_id(lived: World) -> None:
    with lived.open() as store, store.reading() as connection:
        name = finding_id(CHECK, A, "", "front")[:8]
        assert [e.resource for e in current_findings(store, connection, finding_id=name)] == ["front"]
        assert current_findings(store, connection, finding_id="%") == []


def test_coverage_and_gaps_say_where_we_could_not_look(lived: World) -> None:
    with lived.open() as store, store.reading() as connection:
        covered = [(each.source, each.count, each.complete) for each in queries.current_coverage(connection)]
        (gap,) = queries.current_gaps(store, connection)
    assert covered == [(A, 2, True), (B, 0, False)]
    assert (gap.source, gap.collector, gap.kinds, gap.reason) == (B, "houses.doors", ("door",), "the lamp broke")
    assert (gap.hint, gap.retryable) == ("knock", True)


def test_the_newest_evidence_reads_back_as_it_was_collected(lived: World) -> None:
    with lived.open() as store, store.reading() as connection:
        placed = queries.latest_evidence(store, connection, {"door": Door})
        assert queries.latest_evidence(store, connection, {}) == []
    assert [(each.evidence.source, each.evidence.complete) for each in placed] == [(A, True), (B, False)]
    assert placed[0].evidence.resources == (Door(id="front", width=120), Door(id="side", width=60))
    assert placed[1].evidence.gaps[0].reason == "the lamp broke"


def test_one_unit_may_bring_several_kinds(world: World) -> None:
    seen = Look(doors={"front": 90}).collect(world.now)
    seen = replace(seen, evidence=(*seen.evidence, replace(seen.evidence[0], kind="gate")))
    with world.create() as store:
        scan = ScanWriter.begin(store, opening("first"), at=world.tick())
        scan.seal_source("house/a", [seen], at=world.tick())
        scan.finish(["house/a"], [], {}, at=world.tick())
        with store.reading() as connection:
            placed = queries.latest_evidence(store, connection, {"door": Door, "gate": Door})
        assert verify(store).problems == ()
    assert [(each.evidence.kind, each.leaf) for each in placed] == [("door", 1), ("gate", 1)]
    assert placed[0].evidence.resources == placed[1].evidence.resources


def test_scans_tell_how_they_went(lived: World) -> None:
    lived.scan(Look(source=A, doors={"front": 120}), dies=True)
    lived.scan(Look(source=A, doors={"front": 120}), narrowed=True)
    with lived.open() as store, store.reading() as connection:
        newest = queries.scans(store, connection, newest=10)
        (second,) = queries.scans(store, connection, scan_id="scan-002")
        assert queries.scans(store, connection, scan_id="scan-999") == []
        before = [queries.previous_scan(connection, each.id) for each in newest]
    assert [(each.id, each.status) for each in newest] == [
        ("scan-004", "finished"),
        ("scan-003", "died"),
        ("scan-002", "finished"),
        ("scan-001", "finished"),
    ]
    assert newest[0].died == ("scan-003",)
    assert newest[0].left_out == ("source house/z: not asked for",)
    assert newest[1].finished is None
    assert second.finished
    assert second.started < second.finished
    assert (second.sources, second.units, second.exchanges) == ((A, B), 2, 4)
    assert before == [second.first_leaf, second.first_leaf, newest[3].first_leaf, None]


def test_leaves_after_the_last_checkpoint_are_pending(lived: World) -> None:
    with lived.open() as store, store.reading() as connection:
        sealed = queries.seal(store, connection)
        assert queries.pending(store, connection) == 0
    lived.scan(Look(source=A, doors={"front": 120}), dies=True)
    with lived.open() as store, store.reading() as connection:
        assert queries.pending(store, connection) == 3
        still = queries.seal(store, connection)
    assert sealed
    assert still == sealed
    assert sealed.note.startswith(f"{sealed.origin}\n{sealed.size}\n")
    assert sealed.public_key == (lived.folder / "log.pub").read_text(encoding="utf-8").strip()


def test_before_the_first_scan_nothing_is_sealed(world: World) -> None:
    with world.create() as store, store.reading() as connection:
        assert queries.seal(store, connection) is None
        assert queries.pending(store, connection) == 0
        assert queries.scans(store, connection) == []


def test_every_leaf_has_a_proof_that_leads_to_the_checkpoint(lived: World) -> None:
    with lived.open() as store, store.reading() as connection:
        sealed = queries.seal(store, connection)
        assert sealed
        for position in range(sealed.size):
            proof = prove(store, connection, position)
            path = [bytes.fromhex(each) for each in proof.path]
            assert proof.proven
            assert verify_inclusion(bytes.fromhex(proof.hash), position, sealed.size, path, bytes.fromhex(sealed.root))


def test_a_pending_leaf_has_no_proof_yet_and_does_not_claim_one(world: World) -> None:
    world.scan(Look(doors={"front": 90}), dies=True)
    with world.open() as store, store.reading() as connection:
        proof = prove(store, connection, 0)
        with pytest.raises(AnnexaError, match="the log has no leaf 99"):
            prove(store, connection, 99)
    assert (proof.proven, proof.path, proof.checkpoint_size) == (False, (), 0)


def test_an_altered_leaf_is_not_proven(lived: World) -> None:
    lived.alter("UPDATE leaf SET data = CAST(replace(data, 'scan-001', 'scan-007') AS BLOB) WHERE position = 0")
    with lived.open() as store, store.reading() as connection:
        assert not prove(store, connection, 0).proven


def test_a_missing_node_is_named(lived: World) -> None:
    lived.alter("DELETE FROM node WHERE level = 1")
    with lived.open() as store, store.reading() as connection:
        with pytest.raises(BrokenSealError, match=r"node [0-9]+ of level 1 of the log is missing"):
            prove(store, connection, 0)
        with pytest.raises(BrokenSealError, match="node 77 of level 0 of the log is missing"):
            loader(connection)(0, 77)


def test_a_verdict_leads_to_the_answers_it_rests_on(lived: World) -> None:
    with lived.open() as store, store.reading() as connection:
        (finding,) = (e for e in current_findings(store, connection) if e.resource == "front")
        body = queries.assessed(store, connection, finding.leaf)
        (unit,) = units_below(store, connection, finding.evidence[0], {"door"}, "")
        assert units_below(store, connection, finding.evidence[0], {"door"}, "elsewhere") == []
        assert queries.leaf_data(connection, 999) is None
    assert (body.check, body.settings, body.count) == (CHECK, {"limit": 100}, 3)
    assert [(each.source, each.leaf) for each in body.subjects] == [
        (A, finding.evidence[0]),
        (B, finding.evidence[0] + 1),
    ]
    assert [(exchange.operation, answer) for exchange, answer in unit.exchanges] == [
        ("ListDoors", b"front 120\nside 60"),
        ("GetToken", b""),
    ]


def test_a_blob_that_is_not_there_is_named(lived: World) -> None:
    with lived.open() as store, store.reading() as connection:
        read = store.read_blob(connection)
        with pytest.raises(BrokenSealError, match=r"blob 0{64} is not in the store"):
            read(bytes(32))


def test_appended_leaves_have_the_nodes_they_complete(world: World) -> None:
    with world.create() as store, store.writing() as connection:
        appender = Appender(connection)
        positions = [appender.append(leaf("x", "s", BEGINNING, bytes([n]) * 32)) for n in range(9)]
        assert positions == list(range(9))
        assert Appender(connection).size == 9
        load = loader(connection)
        assert load(3, 0) == load(3, 0) == Appender(connection).load(3, 0) == appender.load(3, 0)
    assert world.rows('SELECT level, "index" FROM node ORDER BY level, "index"') == [
        (1, 0), (1, 1), (1, 2), (1, 3), (2, 0), (2, 1), (3, 0),
    ]  # fmt: skip


def test_a_thousand_verdicts_are_listed_whole(tmp_path: Path) -> None:
    """More changes than one question to the database may name at once."""
    world = World(tmp_path)
    for width in range(3):
        world.scan(Look(doors={f"door-{n:04}": n * (width + 1) for n in range(400)}))
    with world.open() as store, store.reading() as connection:
        assert len(current_findings(store, connection)) == 400


def test_what_was_out_of_sight_is_as_old_as_it_was_seen_last(world: World) -> None:
    world.scan(Look(doors={"back": 80, "front": 90, "side": 70}))
    world.scan(Look(doors={"back": 80, "front": 90, "side": 70}))
    seen = world.now
    for _ in range(3):
        world.scan(Look(doors={"back": 80}, gap="the lamp broke"))
    with world.open() as store, store.reading() as connection:
        found = {each.resource: each for each in current_findings(store, connection)}
        said = {name: queries.assessed(store, connection, each.leaf) for name, each in found.items()}
    assert found["front"].as_of < seen < found["back"].as_of == found["*"].as_of
    assert found["front"].collected_at < found["front"].as_of
    assert found["front"].evidence == (said["front"].subjects[0].leaf,)
    assert (said["front"].count, said["back"].count) == (3, 2)
    assert (found["side"].leaf, found["side"].as_of) == (found["front"].leaf, found["front"].as_of)
    assert found["front"].since < found["front"].as_of  # it stood before, and was said again


def test_a_verdict_rests_on_what_its_own_agent_saw(world: World) -> None:
    world.scan(Look(source=A, doors={"front": 90}), agent="one", checks=(CHECK, WHOLE))
    world.scan(Look(source=B, doors={"gate": 90}), agent="two", checks=(CHECK, WHOLE))
    with world.open() as store, store.reading() as connection:
        found = current_findings(store, connection)
        sources = {each.resource: queries.assessed(store, connection, each.leaf).subjects for each in found}
    assert {name: [each.source for each in seen] for name, seen in sources.items()} == {
        "front": [A], "gate": [B], A: [A], B: [B],
    }  # fmt: skip
    assert all(len(each.evidence) == 1 for each in found)


@pytest.mark.parametrize("table", ["assessment", "finding"])
def test_a_verdict_that_nobody_came_to_is_a_broken_seal(world: World, table: str) -> None:
    world.scan(Look(doors={"front": 90}))
    world.alter("DELETE FROM assessment" if table == "assessment" else "UPDATE finding SET source = 'house/z'")
    with (
        world.open() as store,
        store.reading() as connection,
        pytest.raises(BrokenSealError, match=f"no assessment of {CHECK} came to the finding"),
    ):
        current_findings(store, connection)
