"""What stood then is what was said to stand then, whatever was written since."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from core.codec import canonical, decode, encode, parse
from core.errors import AnnexaError
from core.model import DescribedCheck, Severity
from evidence_store.errors import BrokenSealError
from evidence_store.keys.rotation import rotate
from evidence_store.log.append import log_size
from evidence_store.log.trail import prove
from evidence_store.questions.in_force import InForce, unseal
from evidence_store.questions.past import Past, leaf_moment, moment_of, sealed_by, unsigned_by
from evidence_store.questions.queries import (
    current_coverage,
    current_gaps,
    last_end,
    pending,
    previous_scan,
    scans,
    seal,
)
from evidence_store.questions.standing import current_findings
from evidence_store.records import ScanFinished
from evidence_store.schema import disposal
from evidence_store.store import Store
from evidence_store.verification.verify import verify
from evidence_store.writer import ScanWriter
from tests.evidence_store.test_histories import History
from tests.evidence_store.worlds import BEGINNING, Look, World, opening

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Said:
    """Everything that is shown of a store."""

    scans: object
    findings: object
    coverage: object
    gaps: object
    seal: object
    pending: int
    end: object
    proofs: object


def said(store: Store, connection: Connection, past: Past | None = None) -> Said:
    found = scans(store, connection, newest=3, past=past)
    before = previous_scan(connection, found[0].id, past)
    return Said(
        scans=found,
        findings=current_findings(store, connection, since=before, past=past),
        coverage=current_coverage(connection, past),
        gaps=current_gaps(store, connection, past),
        seal=seal(store, connection, (), past),
        pending=pending(store, connection, past),
        end=last_end(store, connection, past),
        proofs=prove(store, connection, found[0].first_leaf, (), past),
    )


def here(world: World) -> tuple[Past, Said]:
    """The place in the log that this is, and what is said now."""
    with world.open() as store, store.reading() as connection:
        return Past(size=log_size(connection), moment=world.now), said(store, connection)


@pytest.mark.parametrize("seed", [3, 8])
def test_nothing_that_was_written_later_shows(world: World, seed: int) -> None:
    history = History(world, seed)
    then: list[tuple[Past, Said]] = []
    for _ in range(12):
        history.scan()
        then.append(here(world))
    with world.open() as store, store.reading() as connection:
        for past, live in then:
            assert said(store, connection, past) == live
    assert len({str(live) for _, live in then}) == 12


def test_a_scan_is_dead_since_somebody_found_it_dead(world: World) -> None:
    world.scan(Look(doors={"front": 90}), dies=True)
    first, _ = here(world)
    world.scan(Look(doors={"front": 90}), dies=True)
    second, _ = here(world)
    with world.open() as store, store.reading() as connection:
        for past, status in ((first, "running"), (second, "died")):
            assert scans(store, connection, scan_id="scan-001", past=past)[0].status == status
        assert last_end(store, connection, second) is None
        assert seal(store, connection, (), second) is None
        assert pending(store, connection, second) == second.size


def test_a_scan_that_others_overtook_runs_until_somebody_finds_it_dead(world: World) -> None:
    with world.create() as store:
        slow = ScanWriter.begin(store, opening("slow"), at=world.tick())
        other = ScanWriter.begin(store, opening("other"), at=world.tick())
        slow.close()
        other.finish([], [], {}, at=world.tick())
        ScanWriter.begin(store, opening("third"), at=world.tick()).finish([], [], {}, at=world.tick())
        with store.reading() as connection:
            for size, status in ((1, "running"), (3, "running"), (4, "died")):
                past = Past(size=size, moment=world.now)
                assert scans(store, connection, scan_id="slow", past=past)[0].status == status
            (half,) = scans(store, connection, scan_id="other", past=Past(size=2, moment=world.now))
    assert (half.status, half.finished, half.last_leaf) == ("running", None, None)


def test_a_checkpoint_of_then_is_of_the_key_of_then(world: World) -> None:
    world.scan(Look(doors={"front": 90}))
    past, live = here(world)
    with world.open() as store:
        rotate(store, world.tick())
    world.scan(Look(doors={"front": 120}))
    with world.open() as store, store.reading() as connection:
        assert said(store, connection, past) == live
        assert seal(store, connection) != live.seal


def test_a_moment_means_the_last_checkpoint_by_then(world: World) -> None:
    ends = []
    for width in (90, 120):
        world.scan(Look(doors={"front": width}))
        ends.append(world.now)
    world.scan(Look(doors={"front": 90}), dies=True)
    with world.open() as store, store.reading() as connection:
        sizes = [sealed_by(connection, end + shift).size for end in ends for shift in (-MINUTE, 0 * MINUTE, MINUTE)]
        assert sizes == [0, 4, 4, 4, 8, 8]
        assert sealed_by(connection, BEGINNING).first == ends[0]
        assert unsigned_by(connection, 8, world.now) == 10
        assert unsigned_by(connection, 8, ends[1]) is None
        assert unsigned_by(connection, 8, ends[1] + MINUTE) == 8
        assert leaf_moment(connection, 7) == ends[1]
        assert leaf_moment(connection, 99) is None


def test_no_clock_shows_what_was_not_known_yet(world: World) -> None:
    world.scan(Look(doors={"front": 90}))
    first = world.now
    world.now = BEGINNING - timedelta(days=9)  # the clock of the next scan is behind
    world.scan(Look(doors={"front": 120}))
    world.now = first + timedelta(days=1)
    with world.open() as store, store.reading() as connection:
        assert sealed_by(connection, first - MINUTE).size == 0
        assert sealed_by(connection, first - MINUTE).ahead == 3
        assert (sealed_by(connection, first).size, sealed_by(connection, first).ahead) == (8, None)


def test_before_the_first_scan_there_is_no_checkpoint(world: World) -> None:
    with world.create() as store, store.reading() as connection:
        found = sealed_by(connection, world.now)
    assert (found.size, found.first, found.ahead) == (0, None, None)


def test_what_is_no_leaf_has_no_moment() -> None:
    with pytest.raises(BrokenSealError, match="leaf 3 is not a leaf"):
        moment_of(3, b"[]")


def test_a_leaf_that_was_not_there_yet_has_no_proof(world: World) -> None:
    world.scan(Look(doors={"front": 90}))
    with world.open() as store, store.reading() as connection:
        past = Past(size=2, moment=world.now)
        assert not prove(store, connection, 1, (), past).proven
        with pytest.raises(AnnexaError, match="the log had no leaf 2 then"):
            prove(store, connection, 2, (), past)


def test_what_was_disposed_of_is_said_to_be(world: World) -> None:
    world.scan(Look(doors={"front": 90}))
    with world.open() as store, store.writing() as connection:
        row = {
            "what": "verdicts",
            "name": "doors.x",
            "source": "",
            "before": 3,
            "position": 9,
            "at": "2026-02-01T00:00:00Z",
        }
        connection.execute(disposal.insert(), row)
        current_findings(store, connection, since=3, past=Past(size=4, moment=world.now))
        with pytest.raises(
            AnnexaError, match=r"verdicts of doors.x sealed before leaf 3 \(leaf 9, 2026-02-01"
        ) as refused:
            current_findings(store, connection, past=Past(size=3, moment=world.now))
        with pytest.raises(AnnexaError, match="what stood then was disposed of"):
            current_findings(store, connection, since=2, past=Past(size=4, moment=world.now))
    assert refused.value.hint == "ask about a scan that began later than leaf 3, which is of 2026-01-31T12:04:00Z"


IN_FORCE = InForce(
    documents={"iso.yaml": b"framework: One\n", "objectives.yaml": b"doors-shut: Doors are shut.\n"},
    checks=(
        DescribedCheck(
            id="doors.b", title="B", rationale="b", remediation="b", objective="o", severity=Severity.LOW, kind="door"
        ),
        DescribedCheck(
            id="doors.a", title="A", rationale="a", remediation="a", objective="o", severity=Severity.HIGH, kind="door"
        ),
    ),
    stale_after=timedelta(days=3),
)


def finish(world: World, in_force: InForce | None, at: Callable[[], datetime]) -> None:
    with world.create() as store:
        writer = ScanWriter.begin(store, opening(f"scan-{at()}"), at=at())
        writer.finish([], [], {"iso": "0" * 64}, at=at(), in_force=in_force)


def test_what_was_in_force_is_sealed_with_the_end_of_a_scan(world: World) -> None:
    finish(world, IN_FORCE, world.tick)
    past, _ = here(world)
    finish(world, replace(IN_FORCE, stale_after=timedelta(hours=1)), world.tick)
    finish(world, None, world.tick)
    with world.open() as store, store.reading() as connection:
        read = store.read_blob(connection)
        then, now = last_end(store, connection, past), last_end(store, connection)
        assert then
        assert now
        assert unseal(read, then) == replace(IN_FORCE, checks=IN_FORCE.checks[::-1])
        assert unseal(read, now) is None
        with pytest.raises(BrokenSealError, match="what was in force cannot be read"):
            unseal(read, replace(then, catalogue=then.documents["iso.yaml"]))
    with world.open() as store:
        assert verify(store).problems == ()


def test_an_end_of_the_first_format_still_reads(world: World) -> None:
    finish(world, None, world.tick)
    with world.open() as store, store.reading() as connection:
        end = last_end(store, connection)
        assert end
    new = {"documents", "catalogue", "stale_after_seconds"}
    old = {key: value for key, value in parse(encode(end)).items() if key not in new}
    assert decode(ScanFinished, canonical(old)) == end
