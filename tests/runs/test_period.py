"""Controls and checks over a period, held against somebody who walks through it minute by minute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.model import Control, DescribedCheck, Link, Severity
from evidence_store.questions.check_history import Period
from evidence_store.questions.histories import About, findings_about, histories
from evidence_store.questions.past import Past
from evidence_store.questions.periods import State, Timeline, Why
from evidence_store.schema import disposal
from runs.period import Statistics, statistics
from tests.evidence_store.test_histories import History
from tests.evidence_store.worlds import BEGINNING, CHECK, Look, World

MINUTE = timedelta(minutes=1)
OTHER = "doors.other"
CHECKS = {
    name: DescribedCheck(
        id=name, title="", rationale="", remediation="", objective=objective, severity=Severity.LOW, kind="door"
    )
    for name, objective in ((CHECK, "doors-fit"), (OTHER, "doors-close"), ("doors.never_made", "doors-close"))
}


def control(name: str, *objectives: str) -> Control:
    links = tuple(Link(objective, "some", "doors") for objective in objectives)
    return Control(id=name, title=name, theme="", potential="", links=links)


BOTH, ONE, NONE = control("both", "doors-fit", "doors-close"), control("one", "doors-fit"), control("none", "other")


def figures(world: World, start: datetime, end: datetime, *sources: str, stale: int = 7) -> Statistics:
    period = Period(start=start, end=end, stale_after=stale * MINUTE)
    with world.open() as store:
        past = Past(size=int(str(world.rows("SELECT count(*) FROM leaf")[0][0])), moment=world.now)
        about = sources.__contains__ if sources else None
        return statistics(store, period, (BOTH, ONE, NONE), CHECKS, past, about)


def state_at(timeline: Timeline, at: datetime) -> tuple[State, tuple[Why, ...]]:
    return next((span.state, span.blind) for span in timeline.spans if span.start <= at < span.end)


def naive(members: Iterable[Timeline], start: datetime, end: datetime) -> Counter[State]:
    """How many minutes each state lasted: it fails when one fails, else is blind when one that was ever looked at is."""
    found: Counter[State] = Counter()
    timelines = list(members)
    at = start
    while at < end:
        now = [state_at(each, at) for each in timelines if not _before_first_look(each, at)]
        states = {state for state, _ in now}
        if State.FAIL in states:
            found[State.FAIL] += 1
        elif not now or any(blind for _, blind in now):
            found[State.BLIND] += 1
        else:
            found[next(state for state in State if state in states)] += 1
        at += MINUTE
    return found


def _before_first_look(timeline: Timeline, at: datetime) -> bool:
    first = timeline.spans[0]
    return first.blind == (Why.NOT_LOOKED,) and first.start <= at < first.end


def minutes(timeline: Timeline) -> Counter[State]:
    assert all(length % MINUTE == timedelta() for length in timeline.totals.values())
    return Counter({state: length // MINUTE for state, length in timeline.totals.items()})


@pytest.mark.parametrize("seed", [2, 9])
def test_a_control_is_what_somebody_sees_who_walks_through_the_period(tmp_path: Path, seed: int) -> None:
    world = World(tmp_path)
    history = History(world, seed)
    for _ in range(10):
        history.scan()
    start, end = BEGINNING + 9 * MINUTE, world.now + 12 * MINUTE
    found = figures(world, start, end)
    for each in found.controls:
        assert sum(each.timeline.totals.values(), timedelta()) == end - start
        assert minutes(each.timeline) == naive((found.checks[name].timeline for name in each.checks), start, end)
    assert {each.control.id: each.checks for each in found.controls}["one"] == (CHECK,)
    assert "doors.never_made" not in found.checks
    assert found.controls[2].timeline.totals == {State.BLIND: end - start}


@pytest.mark.parametrize("seed", [5])
def test_a_check_fails_when_one_of_its_findings_does(tmp_path: Path, seed: int) -> None:
    world = World(tmp_path)
    history = History(world, seed)
    for _ in range(10):
        history.scan()
    start, end = BEGINNING, world.now + 3 * MINUTE
    found = figures(world, start, end).checks[CHECK]
    with world.open() as store, store.reading() as connection:
        rows = findings_about(store, connection, About(checks=(CHECK,)))
        (check,) = histories(store, connection, rows, (CHECK,), Period(start=start, end=end, stale_after=7 * MINUTE))
    members: Sequence[Timeline] = [each.timeline for each in check.findings]
    at = start
    while at < end:
        failing = any(state_at(each, at)[0] is State.FAIL for each in members)
        assert (state_at(found.timeline, at)[0] is State.FAIL) is failing
        at += MINUTE
    assert found.failed == sum(State.FAIL in each.totals for each in members)
    assert found.verdicts <= len(members)
    assert found.sizes == check.sizes
    assert found.changes == check.changes != ()


def test_one_source_alone(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.scan(Look(doors={"front": 200}), Look(source="house/b", doors={"back": 80}, gap="the lamp broke"))
    end = world.now + MINUTE
    both, a, b = (figures(world, BEGINNING, end, *each) for each in ((), ("house/a",), ("house/b",)))
    assert both.checks[CHECK].timeline.first_failure == a.checks[CHECK].timeline.first_failure is not None
    assert (both.checks[CHECK].timeline.partly_blind, a.checks[CHECK].timeline.partly_blind) == (
        end - BEGINNING,
        4 * MINUTE,
    )
    assert (b.checks[CHECK].failed, b.checks[CHECK].fewest, b.checks[CHECK].most) == (0, *b.checks[CHECK].sizes * 2)
    assert not b.checks[CHECK].sizes[0].complete


def test_what_was_disposed_of_is_blind_and_says_so(tmp_path: Path) -> None:
    world = World(tmp_path)
    for width in (200, 90):
        world.scan(Look(doors={"front": width}))
    with world.open() as store, store.writing() as connection:
        row = {
            "what": "verdicts",
            "name": CHECK,
            "source": "",
            "before": 4,
            "position": 8,
            "at": "2026-02-01T00:00:00Z",
        }
        connection.execute(disposal.insert(), row)
    found = figures(world, BEGINNING, world.now).checks[CHECK].timeline
    assert found.spans[0].blind == (Why.DISPOSED,)
    assert found.spans[0].end == BEGINNING + 4 * MINUTE
    assert found.longest_blind is not None
    assert sum(found.totals.values(), timedelta()) == world.now - BEGINNING
    later = figures(world, BEGINNING + 5 * MINUTE, world.now).checks[CHECK].timeline
    assert Why.DISPOSED not in {why for span in later.spans for why in span.blind}
