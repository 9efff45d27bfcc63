"""What was known at a place in the log: histories, populations and leaves are told as they were told then."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from itertools import pairwise

import pytest

from core.errors import AnnexaError
from evidence_store.errors import BrokenSealError
from evidence_store.questions.check_history import CheckHistory, Period
from evidence_store.questions.histories import About, checks_ever_made, findings_about, histories
from evidence_store.questions.leaves import leaves_of_period
from evidence_store.questions.past import Past
from evidence_store.questions.populations import Population, Populations
from evidence_store.retention.tombstones import Tombstone, Tombstones
from tests.evidence_store.test_histories import SOURCES, History
from tests.evidence_store.worlds import BEGINNING, Look, World

LATER = BEGINNING + timedelta(days=9)
PERIOD = Period(start=BEGINNING, end=LATER, stale_after=timedelta(days=1))


def told(world: World, past: Past | None, *sources: str) -> list[CheckHistory]:
    about = sources.__contains__ if sources else None
    with world.open() as store, store.reading() as connection:
        checks = checks_ever_made(connection, past)
        rows = [
            row
            for row in findings_about(store, connection, About(checks=tuple(checks)), past)
            if about is None or about(row.source)
        ]
        return histories(store, connection, rows, checks, PERIOD, past, about)


def test_a_history_asked_of_the_past_is_what_was_told_then(world: World) -> None:
    history, then = History(world, 3), []
    for _ in range(8):
        history.scan()
        size = world.rows("SELECT count(*) FROM leaf")[0][0]
        then.append((Past(size=int(str(size)), moment=world.now), told(world, None)))
    assert any(before != after for (_, before), (_, after) in pairwise(then))
    for past, found in then:
        assert told(world, past) == found


def test_a_history_of_some_sources_says_nothing_of_others(world: World) -> None:
    history = History(world, 4)
    for _ in range(8):
        history.scan()
    everything = told(world, None, *SOURCES)
    assert everything == told(world, None)
    apart = {source: {each.check: each for each in told(world, None, source)} for source in SOURCES}
    for check in everything:
        mine = {source: found[check.check] for source, found in apart.items() if check.check in found}
        assert sorted(each.id for found in mine.values() for each in found.findings) == sorted(
            each.id for each in check.findings
        )
        for source, found in mine.items():
            assert {each.source for each in found.findings} <= {source}
            assert found.findings == tuple(each for each in check.findings if each.source == source)
    assert told(world, None, "house/nowhere") == []


def populations(world: World, past: Past | None = None) -> list[tuple[Population, list[bytes], str]]:
    with world.open() as store, store.reading() as connection:
        asked = Populations(store, connection, lambda line: line.replace(b"front", b"person-1"), past)
        return [
            (each, list(map(asked.revealed, asked.sealed_lines(each))), asked.unit(each).principal)
            for each in asked.all(["door"])
        ]


def test_populations_are_whole_as_they_were_sealed(world: World) -> None:
    world.scan(Look(doors={"front": 90, "back": 80}))
    then = Past(size=int(str(world.rows("SELECT count(*) FROM leaf")[0][0])), moment=world.now)
    world.scan(Look(doors={"front": 90}, gap="the lamp broke"))
    ((now, lines, principal),) = populations(world)
    assert (now.count, now.complete, now.leaf, principal) == (1, False, 5, "visitor")
    assert lines == [b'{"id":"person-1","width":90}']
    ((before, lines, _),) = populations(world, then)
    assert (before.count, before.complete, before.leaf, before.ordinal) == (2, True, 1, 0)
    sealed = b'{"id":"back","width":80}\n{"id":"front","width":90}\n'
    assert before.lines == sha256(sealed).hexdigest()
    assert before.collected_at < now.collected_at
    with world.open() as store, store.reading() as connection:
        assert list(Populations(store, connection, bytes, None).all()) == [now]


def test_a_population_that_is_not_there_was_disposed_of_or_altered(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.scan(Look(doors={"front": 90}))
    with world.open() as store, store.reading() as connection:
        asked = Populations(store, connection, bytes)
        gone = replace(next(iter(asked.all())), lines="00" * 32)
        with pytest.raises(BrokenSealError):
            asked.sealed_lines(gone)
        stone = Tombstone(leaf=7, at=BEGINNING, reason="two years are over", approver="ada", remains="")
        monkeypatch.setattr(Tombstones, "of", lambda *_: stone)
        with pytest.raises(AnnexaError, match=r"door of house/a as of leaf 1: disposed of .*: two years are over"):
            asked.sealed_lines(gone)


def test_the_leaves_of_a_period(world: World) -> None:
    world.scan(Look(doors={"front": 90}))
    began = world.now
    world.scan(Look(doors={"front": 95}))
    with world.open() as store, store.reading() as connection:
        found = list(leaves_of_period(connection, began + timedelta(seconds=1), Past(size=7, moment=LATER)))
        assert [(each.position, each.type, each.scan) for each in found] == [
            (4, "scan_started", "scan-002"), (5, "source", "scan-002"), (6, "assessment", "scan-002"),
        ]  # fmt: skip
        assert all(len(each.hash) == len(each.body) == 64 for each in found)
        assert found[2].at > found[0].at > began
        assert len(list(leaves_of_period(connection, BEGINNING, Past(size=8, moment=LATER)))) == 8
