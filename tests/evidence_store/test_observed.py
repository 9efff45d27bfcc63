"""What evidence says of some subjects since a moment: looks and time in sight, and nothing that nobody looked at."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core.management.subject import Subject
from evidence_store.questions.check_history import Period
from evidence_store.questions.observed import Watched, watched
from evidence_store.retention.disposal import Decision, dispose, plan
from evidence_store.retention.policy import Rule
from tests.evidence_store.worlds import CHECK, Look, World
from tests.postgresql import ON_SQLITE

A, B = "house/a", "house/b"
FRONT = Subject(check=CHECK, source=A)
ALL = Subject(check=CHECK)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def seen(world: World, since: datetime, *subjects: Subject, stale_after: timedelta = DAY) -> Watched:
    with world.open() as store, store.reading() as connection:
        period = Period(start=since, end=world.now, stale_after=stale_after)
        return watched(store, connection, subjects or (FRONT,), period)


@pytest.fixture
def house(world: World) -> World:
    """The front door is wide, and the one next door as well."""
    world.scan(Look(doors={"front": 120}), Look(source=B, doors={"gate": 130}))
    return world


def test_clean_looks_and_their_time_count_since_the_last_failure(house: World) -> None:
    since = house.now
    for width in (90, 91, 130, 92, 93):
        house.scan(Look(doors={"front": width}), Look(source=B, doors={"gate": 130}))
    found = seen(house, since)
    assert (found.looks, found.failed, found.left, found.known, found.in_sight) == (2, ((A, ""),), (), True, True)
    assert found.clean == house.now - found.clean_since
    assert found.blind == timedelta()
    everywhere = seen(house, since, ALL)
    assert (everywhere.looks, everywhere.clean, everywhere.clean_since) == (0, timedelta(), house.now)


@ON_SQLITE
def test_the_place_with_the_fewest_looks_counts(house: World) -> None:
    since = house.now
    house.scan(Look(doors={"front": 90}), Look(source=B, doors={"gate": 80}))
    house.scan(Look(doors={"front": 90}), narrowed=True)
    house.scan(Look(doors={"front": 90}), narrowed=True)
    assert seen(house, since).looks == 3
    assert seen(house, since, ALL).looks == 1, "judging again what was seen before is no look"


@ON_SQLITE
def test_evidence_of_before_is_no_look(house: World) -> None:
    house.scan(Look(doors={"front": 90}), Look(source=B, doors={"gate": 80}))
    since = house.now
    house.scan(Look(source=B, doors={"gate": 81}), narrowed=True)
    found = seen(house, since)
    assert (found.looks, found.in_sight, found.clean > timedelta()) == (0, True, True)


@ON_SQLITE
def test_while_blind_the_clock_stands_still(house: World) -> None:
    since = house.now
    house.scan(Look(doors={"front": 90}))
    before = seen(house, since)
    house.scan(Look(gap="the lamp broke"))
    house.now += DAY
    found = seen(house, since)
    assert (found.in_sight, found.looks) == (False, 1)
    assert found.blind >= DAY
    assert found.clean - before.clean < 10 * MINUTE
    assert not seen(house, house.now - MINUTE, stale_after=MINUTE).in_sight


@ON_SQLITE
def test_a_place_that_was_given_up_is_left(house: World) -> None:
    since = house.now
    house.scan(Look(source=B, doors={"gate": 80}))
    found = seen(house, since)
    assert (found.failed, found.left, found.looks, found.in_sight) == (((A, ""),), ((A, ""),), 0, False)
    both = seen(house, since, ALL)
    assert (both.left, both.looks, both.in_sight) == (((A, ""),), 1, True)


@ON_SQLITE
def test_nothing_was_ever_judged(house: World) -> None:
    for subjects in ((Subject(check="windows.open"),), ()):
        with house.open() as store, store.reading() as connection:
            found = watched(store, connection, subjects, Period(start=house.now, end=house.now, stale_after=DAY))
        assert (found.known, found.in_sight, found.looks, found.failed) == (False, False, 0, ())


@ON_SQLITE
def test_what_was_thrown_away_counts_for_nothing(house: World) -> None:
    since = house.now
    began = []
    for width in (90, 120, 91, 92, 93):
        began.append(house.now + MINUTE)
        house.scan(Look(doors={"front": width}))
    whole = seen(house, since)
    rules = [Rule("verdicts", began[4])]
    with house.open() as store:
        decision = Decision(reason="old", login="x", approver="y", policy={})
        assert dispose(store, rules, plan(store, rules), decision, at=house.tick()).leaf >= 0
    found = seen(house, since)
    assert found.clean_since >= began[3]
    assert found.looks < whole.looks
