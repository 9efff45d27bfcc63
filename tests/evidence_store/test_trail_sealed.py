"""Whoever does the work again is given what the log proves, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evidence_store.errors import BrokenSealError
from evidence_store.log.sealed import SealedLog
from evidence_store.questions.queries import finished_scan, scans
from evidence_store.records import ASSESSMENT, SCAN_FINISHED, SCAN_STARTED, SOURCE
from tests.evidence_store.worlds import BEGINNING, CHECK, Look, World

LOOK = Look(doors={"front": 90, "back": 120})


@pytest.fixture
def sealed(world: World) -> World:
    """A store with one scan of one source with one unit."""
    world.scan(LOOK)
    return world


def leaves(world: World, name: str = "scan-001") -> tuple[list[str], list[str]]:
    with world.open() as store, store.reading() as connection:
        found, problems = SealedLog(store, connection).leaves(scans(store, connection, scan_id=name)[0])
        return [each.type for each in found], problems


def test_a_scan_is_the_leaves_that_carry_its_name(sealed: World) -> None:
    assert leaves(sealed) == ([SCAN_STARTED, SOURCE, ASSESSMENT, SCAN_FINISHED], [])


def test_what_is_sealed_is_read_back(sealed: World) -> None:
    with sealed.open() as store, store.reading() as connection:
        log = SealedLog(store, connection)
        assert log.checkpoint_size == 4
        (seen,) = log.units(1)
        assert log.units(1) is log.units(1)
        assert seen.unit.collector == "houses.doors"
        answer = seen.unit.exchanges[0].response
        assert log.blob(answer) == b"back 120\nfront 90"
        assert log.thrown_away(answer) is None
        assessed = log.assessed(log.leaf(2))
        assert assessed.check == CHECK
        assert [verdict.status for verdict in log.verdicts(assessed)] == ["fail", "pass"]


def test_leaves_of_a_scan_that_died_are_not_proven_yet(sealed: World) -> None:
    sealed.scan(LOOK, dies=True)
    assert leaves(sealed, "scan-002") == ([SCAN_STARTED, SOURCE, ASSESSMENT], [])
    with sealed.open() as store, store.reading() as connection:
        log = SealedLog(store, connection)
        assert [log.leaf(position).proven for position in (3, 4)] == [True, False]


def test_leaves_of_other_scans_between_them_are_left_out(sealed: World) -> None:
    sealed.scan(LOOK, dies=True)
    sealed.scan(LOOK)
    assert leaves(sealed, "scan-002") == ([SCAN_STARTED, SOURCE, ASSESSMENT], [])


def test_before_the_first_checkpoint_nothing_is_proven(world: World) -> None:
    world.scan(LOOK, dies=True)
    with world.open() as store, store.reading() as connection:
        log = SealedLog(store, connection)
        assert (log.checkpoint_size, log.leaf(0).proven) == (0, False)


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE leaf SET data = CAST(replace(data, 'scan-001', 'scan-009') AS BLOB) WHERE position = 2", "no proof"),
        ("UPDATE leaf SET data = x'00' WHERE position = 2", "leaf 2: "),
        ("UPDATE leaf SET data = CAST('[]' AS BLOB) WHERE position = 2", "leaf 2: "),
        ("DELETE FROM leaf WHERE position = 2", "leaf 2: "),
        ("UPDATE leaf SET data = CAST('[]' AS BLOB) WHERE position = 0", "leaf 0 does not open it"),
        ("DELETE FROM leaf WHERE position = 0", "leaf 0 does not open it"),
        ("UPDATE scan SET first = 1", "leaf 1 does not open it"),
        ('UPDATE scan SET "end" = 2', "leaves 0 to 2 are not those that open and end it"),
    ],
)
def test_what_was_altered_is_named(sealed: World, statement: str, problem: str) -> None:
    sealed.alter(statement)
    try:
        _, problems = leaves(sealed)
    except BrokenSealError as error:
        problems = [str(error)]
    assert problem in problems[0]


def test_a_scan_without_a_leaf_of_its_own_is_none(sealed: World) -> None:
    sealed.scan(LOOK)
    with sealed.open() as store, store.reading() as connection:
        (state,) = scans(store, connection, scan_id="scan-001")
        found, problems = SealedLog(store, connection).leaves(replace(state, first_leaf=4, last_leaf=7))
    assert found == []
    assert problems == ["scan scan-001: leaves 4 to 7 are not those that open and end it"]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM entry",
        "UPDATE entry SET data = x'00'",
        "INSERT INTO entry SELECT position, 1, data FROM entry",
        "UPDATE entry SET position = 2",
    ],
)
def test_units_count_only_with_the_root_that_their_leaf_seals(sealed: World, statement: str) -> None:
    sealed.alter(statement)
    with sealed.open() as store, store.reading() as connection, pytest.raises(BrokenSealError, match="leaf 1: the ent"):
        SealedLog(store, connection).units(1)


def test_a_body_of_another_format_is_refused(sealed: World) -> None:
    with sealed.open() as store, store.reading() as connection:
        log = SealedLog(store, connection)
        with pytest.raises(BrokenSealError, match="leaf 0: its body is not of this format"):
            log.assessed(log.leaf(0))


def test_a_verdict_list_of_another_format_is_refused(sealed: World) -> None:
    with sealed.open() as store, store.reading() as connection:
        log = SealedLog(store, connection)
        assessed = log.assessed(log.leaf(2))
        (population,) = log.units(1)[0].populations
        with pytest.raises(BrokenSealError, match=f"the verdicts of {CHECK} are not of this format"):
            log.verdicts(replace(assessed, verdicts=population.lines))


def test_a_blob_that_was_altered_is_refused(sealed: World) -> None:
    (pack,) = sealed.packs()
    pack.write_bytes(b"\x00" * pack.stat().st_size)
    with sealed.open() as store, store.reading() as connection, pytest.raises(BrokenSealError, match="altered"):
        SealedLog(store, connection).units(1)


def test_the_newest_scan_that_had_finished_is_found_by_moments_and_not_by_their_spelling(sealed: World) -> None:
    finished = sealed.now
    sealed.scan(LOOK)
    sealed.scan(LOOK, dies=True)
    with sealed.open() as store, store.reading() as connection:
        assert finished_scan(connection, None) == "scan-002"
        assert finished_scan(connection, finished) == "scan-001"
        assert finished_scan(connection, finished.replace(microsecond=500)) == "scan-001"
        assert finished_scan(connection, BEGINNING) is None
