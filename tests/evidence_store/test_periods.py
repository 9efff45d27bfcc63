"""Arithmetic on spans: they partition the period, sums are exact, and blind is never anything else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as some

from core.model import Status
from evidence_store.questions.periods import (
    Look,
    Span,
    State,
    Timeline,
    Why,
    clipped,
    known,
    lived,
    merged,
    sight,
    state_of,
    together,
)

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
UNIT = timedelta(microseconds=1)


def at(number: int) -> datetime:
    return NOON + number * HOUR


def look(when: int, *, lasts: int = 2, saw: bool = True, left: bool = False) -> Look:
    return Look(at(when), at(when - lasts), at(when + lasts), saw, left)


def span(start: int, end: int, state: State, *blind: Why) -> Span:
    return Span(at(start), at(end), state, blind)


def short(spans: Sequence[Span]) -> list[tuple[int, int, str]]:
    return [((s.start - NOON) // HOUR, (s.end - NOON) // HOUR, s.blind[0] if s.blind else s.state.value) for s in spans]


def test_a_place_is_in_sight_until_its_evidence_is_too_old() -> None:
    looks = [look(1), look(2), look(8, saw=False), look(9), look(10, left=True)]
    assert short(sight(looks, at(0), at(12))) == [
        (0, 1, "nobody looked"),
        (1, 4, "absent"),
        (4, 8, "evidence too old"),
        (8, 9, "could not look"),
        (9, 10, "absent"),
        (10, 12, "nobody looked"),
    ]


def test_what_nobody_ever_looked_at_is_blind() -> None:
    assert short(sight([], at(0), at(3))) == [(0, 3, "nobody looked")]


def test_evidence_of_a_clock_that_was_ahead_is_not_believed_until_then() -> None:
    ahead = Look(at(1), at(3), at(7))
    assert short(sight([ahead], at(0), at(4))) == [
        (0, 1, "nobody looked"),
        (1, 3, "evidence too old"),
        (3, 4, "absent"),
    ]


def test_only_the_period_counts() -> None:
    looks = [look(number) for number in (-20, -1, 1, 30)]
    assert short(sight(looks, at(0), at(2))) == [(0, 2, "absent")]
    assert sight([look(9)], at(0), at(2)) == [span(0, 2, State.BLIND, Why.NOT_LOOKED)]


VERDICTS = [span(1, 3, State.PASS), span(3, 9, State.FAIL)]


def test_a_verdict_holds_where_it_can_be_seen() -> None:
    seen = sight([look(1), look(3), look(8), look(9, saw=False)], at(0), at(12))
    assert short(lived(VERDICTS, seen)) == [
        (0, 1, "nobody looked"),
        (1, 3, "pass"),
        (3, 5, "fail"),
        (5, 8, "evidence too old"),
        (8, 9, "fail"),
        (9, 12, "could not look"),
    ]
    assert short(known(VERDICTS, lived(VERDICTS, seen)))[-1] == (8, 9, "fail")


def test_what_a_whole_look_does_not_show_is_absent() -> None:
    assert short(lived([span(1, 2, State.PASS)], sight([look(1), look(2)], at(1), at(4)))) == [
        (1, 2, "pass"),
        (2, 4, "absent"),
    ]


def test_many_fail_while_one_does_and_else_are_blind_while_one_is() -> None:
    members = [
        [span(0, 4, State.PASS), span(4, 6, State.FAIL)],
        [span(0, 2, State.PASS), span(2, 5, State.BLIND, Why.GAP), span(5, 9, State.UNKNOWN)],
    ]
    places = [[span(0, 8, State.ABSENT), span(8, 9, State.BLIND, Why.STALE)]]
    found = together(members, at(0), at(10), places)
    assert [(*short([s])[0][:2], s.state.value, s.blind, dict(s.counts)) for s in found] == [
        (0, 2, "pass", (), {State.PASS: 2}),
        (2, 4, "blind", (Why.GAP,), {State.PASS: 1, State.BLIND: 1}),
        (4, 5, "fail", (Why.GAP,), {State.FAIL: 1, State.BLIND: 1}),
        (5, 6, "fail", (), {State.FAIL: 1, State.UNKNOWN: 1}),
        (6, 8, "unknown", (), {State.UNKNOWN: 1}),
        (8, 9, "blind", (Why.STALE,), {State.UNKNOWN: 1}),
        (9, 10, "blind", (Why.NOT_LOOKED,), {}),
    ]
    timeline = Timeline(tuple(found))
    assert timeline.totals == {
        State.PASS: 2 * HOUR, State.BLIND: 4 * HOUR, State.FAIL: 2 * HOUR, State.UNKNOWN: 2 * HOUR,
    }  # fmt: skip
    assert (timeline.length, timeline.partly_blind) == (10 * HOUR, 5 * HOUR)
    assert timeline.longest_blind == span(2, 4, State.BLIND)
    assert (timeline.first_failure, timeline.last_failure) == (at(4), at(6))


def test_a_period_in_which_nothing_failed_has_no_failure() -> None:
    timeline = Timeline((span(0, 1, State.PASS),))
    assert (timeline.first_failure, timeline.last_failure, timeline.longest_blind) == (None, None, None)


def test_a_place_in_sight_where_nothing_is_judged_is_not_blind() -> None:
    assert together([], at(0), at(1), [[span(0, 1, State.ABSENT)]]) == [span(0, 1, State.ABSENT)]


def test_every_status_is_a_state() -> None:
    assert [state_of(status.value).value for status in Status] == [status.value for status in Status]


instants = some.integers(-(10**7), 10**7).map(lambda number: NOON + number * UNIT)
looks_by_chance = some.lists(
    some.tuples(instants, some.integers(-(10**6), 10**6), some.integers(0, 10**7), some.booleans(), some.booleans())
).map(
    lambda drawn: [
        Look(when, when + (offset - lasts) * UNIT, when + (offset + lasts) * UNIT, saw, left)
        for when, offset, lasts, saw, left in sorted(drawn)
    ]
)
periods = some.tuples(instants, instants).filter(lambda pair: pair[0] != pair[1]).map(sorted)


@some.composite
def verdicts_by_chance(draw: some.DrawFn) -> list[Span]:
    edges = sorted(draw(some.sets(instants, max_size=12)))
    states = some.sampled_from([State.PASS, State.FAIL, State.UNKNOWN, State.ERROR, State.NOT_APPLICABLE])
    return [Span(start, end, draw(states)) for start, end in pairwise(edges) if draw(some.booleans())]


def assert_partition(spans: Sequence[Span], start: datetime, end: datetime) -> None:
    assert spans[0].start == start
    assert spans[-1].end == end
    assert all(before.end == after.start for before, after in pairwise(spans))
    assert all(each.start < each.end for each in spans)
    timeline = Timeline(tuple(spans))
    assert timeline.length == sum(timeline.totals.values(), timedelta()) == end - start
    assert all(bool(each.blind) for each in spans if each.state is State.BLIND)


def state_at(spans: Sequence[Span], moment: datetime) -> State | None:
    return next((each.state for each in spans if each.start <= moment < each.end), None)


@given(looks_by_chance, verdicts_by_chance(), periods, instants)
def test_spans_partition_the_period_and_say_what_each_moment_was(
    looks: list[Look], verdicts: list[Span], period: list[datetime], moment: datetime
) -> None:
    start, end = period
    seen = sight(looks, start, end)
    assert_partition(seen, start, end)
    spans = lived(verdicts, seen)
    assert_partition(spans, start, end)
    if start <= moment < end:
        last = [each for each in looks if each.at <= moment][-1:]
        believed = last and last[0].saw and not last[0].left and last[0].since <= moment < last[0].until
        expected = (state_at(verdicts, moment) or State.ABSENT) if believed else State.BLIND
        assert state_at(spans, moment) is expected
        stood = state_at(verdicts, moment)
        assert state_at(known(verdicts, spans), moment) is (
            None if stood is None else stood if believed else State.BLIND
        )


@given(some.lists(verdicts_by_chance(), max_size=5), some.lists(looks_by_chance, max_size=3), periods, instants)
def test_many_timelines_partition_the_period_and_count_each_moment(
    members: list[list[Span]], places: list[list[Look]], period: list[datetime], moment: datetime
) -> None:
    start, end = period
    sights = [sight(looks, start, end) for looks in places]
    spans = together(members, start, end, sights)
    assert_partition(spans, start, end)
    if start <= moment < end:
        states = [state for each in members if (state := state_at(each, moment))]
        here = next(each for each in spans if each.start <= moment < each.end)
        assert dict(here.counts) == {state: states.count(state) for state in set(states)}
        assert (here.state is State.FAIL) == (State.FAIL in states)
        hidden = any(state_at(each, moment) is State.BLIND for each in sights) or not (states or sights)
        assert bool(here.blind) == hidden
        assert here.state is not State.PASS or not hidden


@given(verdicts_by_chance(), periods)
def test_merging_and_clipping_change_nothing_that_is_said(spans: list[Span], period: list[datetime]) -> None:
    assert merged(merged(spans)) == merged(spans)
    assert clipped(clipped(spans, *period), *period) == clipped(spans, *period)
    assert merged([Span(NOON, NOON, State.PASS)]) == []
