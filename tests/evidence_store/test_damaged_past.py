"""A scan goes on where the blobs of the scan before are lost: that is for verification to name, and costs no verdict."""

from __future__ import annotations

from evidence_store.writer import ScanWriter
from tests.evidence_store.worlds import Look, World, opening

BEFORE = {f"door-{number:02}": 60 + number for number in range(30)}
NOW = {**BEFORE, "door-03": 200, "gate": 90}
STANDING = (
    'SELECT resource, status, first FROM finding WHERE "end" IS NULL ORDER BY 1',
    'SELECT id, first FROM resource WHERE "end" IS NULL ORDER BY 1',
    'SELECT resource, ended FROM finding WHERE "end" IS NOT NULL ORDER BY 1',
)


def test_what_stands_is_the_same_whether_or_not_the_last_lists_can_be_read(world: World) -> None:
    world.scan(Look(doors=BEFORE))
    world.scan(Look(doors=NOW))
    whole = [world.rows(query) for query in STANDING]
    assert whole[2] == [("door-03", "changed")]


def test_lost_lists_of_the_scan_before_cost_nothing(world: World) -> None:
    world.scan(Look(doors=BEFORE))
    world.alter("DELETE FROM blob WHERE size > 500")
    world.scan(Look(doors=NOW))
    standing = [world.rows(query) for query in STANDING]
    assert standing[2] == [("door-03", "changed")]
    assert [row[0] for row in standing[0]] == sorted(NOW)
    assert {row[0]: row[1] for row in standing[1]} == {name: 5 if NOW[name] != BEFORE.get(name) else 1 for name in NOW}


def test_a_source_without_units_is_sealed_and_derives_nothing(world: World) -> None:
    with world.create() as store:
        writer = ScanWriter.begin(store, opening("scan-001"), at=world.tick())
        assert writer.seal_source("house/a", [], at=world.tick()) == 1
        writer.finish(["house/a"], [], {}, at=world.tick())
    assert world.rows("SELECT * FROM unit") == []
