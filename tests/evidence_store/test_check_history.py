"""How long findings were so, out of real stores: what was said then, or blind, and never more."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from evidence_store.errors import BrokenSealError
from evidence_store.questions.check_history import CheckHistory, FindingHistory, Period, Size
from evidence_store.questions.histories import (
    About,
    checks_ever_made,
    findings_about,
    first_moment,
    histories,
    kept_since,
)
from evidence_store.questions.periods import Span, State, Timeline, Why
from evidence_store.questions.standing import current_findings
from evidence_store.records import finding_id
from evidence_store.schema import disposal
from tests.evidence_store.test_histories import History
from tests.evidence_store.worlds import BEGINNING, CHECK, WHOLE, Look, World

A, B = "house/a", "house/b"
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def asked(
    world: World, about: About | None = None, *, stale_after: timedelta = DAY, end: datetime | None = None
) -> list[CheckHistory]:
    """The history of checks from the beginning until now."""
    about = about or About(checks=(CHECK,))
    period = Period(start=BEGINNING, end=end or world.now + MINUTE, stale_after=stale_after)
    with world.open() as store, store.reading() as connection:
        return histories(store, connection, findings_about(store, connection, about), about.checks, period)


def short(timeline: Timeline) -> list[tuple[int, str]]:
    """How many minutes each span lasts, and what it is."""
    return [
        (span.length // MINUTE, span.blind[0] if span.state is State.BLIND else span.state.value)
        for span in timeline.spans
    ]


def of(check: CheckHistory, resource: str) -> FindingHistory:
    return next(each for each in check.findings if each.resource == resource)


def test_a_door_that_was_wide_for_a_while(world: World) -> None:
    for width in (90, 120, 90):
        world.scan(Look(doors={"front": width, "back": 90}))
    (check,) = asked(world)
    front, back = of(check, "front"), of(check, "back")
    assert (front.id, front.check, front.source, front.scope) == (finding_id(CHECK, A, "", "front"), CHECK, A, "")
    assert short(front.timeline) == [(3, "nobody looked"), (4, "pass"), (4, "fail"), (2, "pass")]
    assert short(back.timeline) == [(3, "nobody looked"), (10, "pass")]
    assert short(check.timeline) == short(front.timeline)
    assert check.timeline.spans[1].counts == {State.PASS: 2}
    assert check.timeline.totals[State.FAIL] == 4 * MINUTE
    assert check.sizes == (Size(BEGINNING + 3 * MINUTE, 2, complete=True),)


def test_evidence_that_grew_old_between_scans(world: World) -> None:
    world.scan(Look(doors={"front": 120}))
    world.now += 10 * MINUTE
    world.scan(Look(doors={"front": 120}))
    (check,) = asked(world, stale_after=5 * MINUTE)
    # Collected one minute after the scan began, sealed as judged two minutes later: three of the five are left.
    assert short(check.timeline) == [(3, "nobody looked"), (3, "fail"), (11, "evidence too old"), (2, "fail")]
    assert check.timeline.longest_blind == Span(BEGINNING + 6 * MINUTE, BEGINNING + 17 * MINUTE, State.BLIND)


def test_where_a_look_met_a_gap_only_what_it_spoke_of_was_in_sight(world: World) -> None:
    world.scan(Look(doors={"front": 120, "back": 90}))
    world.scan(Look(doors={"back": 90}, gap="the lamp broke"))
    world.scan(Look(doors={"front": 120, "back": 90}))
    (check,) = asked(world)
    assert short(of(check, "front").timeline) == [(3, "nobody looked"), (4, "fail"), (4, "could not look"), (2, "fail")]
    assert short(of(check, "back").timeline) == [(3, "nobody looked"), (10, "pass")]
    assert short(of(check, "*").timeline) == [(3, "nobody looked"), (4, "absent"), (4, "unknown"), (2, "absent")]
    assert short(check.timeline) == short(of(check, "front").timeline)
    assert check.timeline.spans[2].counts == {State.PASS: 1, State.UNKNOWN: 1, State.BLIND: 1}
    assert [(size.count, size.complete) for size in check.sizes] == [(2, True), (1, False), (2, True)]


def test_a_failure_elsewhere_does_not_hide_that_a_part_was_out_of_sight(world: World) -> None:
    world.scan(Look(source=A, doors={"front": 120}), Look(source=B, doors={"gate": 90}))
    world.scan(Look(source=A, doors={"front": 120}), Look(source=B, gap="the lamp broke"))
    (check,) = asked(world)
    assert short(check.timeline)[1:] == [(5, "fail"), (2, "fail")]
    assert check.timeline.partly_blind == 4 * MINUTE + 2 * MINUTE  # before the first look, and since the gap
    assert check.timeline.spans[-1].blind == (Why.GAP,)


def test_what_vanished_is_absent_and_what_was_given_up_is_blind(world: World) -> None:
    world.scan(Look(source=A, doors={"front": 120, "back": 90}), Look(source=B, doors={"gate": 90}))
    world.scan(Look(source=A, doors={"back": 90}))
    (check,) = asked(world)
    assert short(of(check, "front").timeline)[1:] == [(4, "fail"), (2, "absent")]
    assert short(of(check, "gate").timeline)[1:] == [(5, "pass"), (1, "nobody looked")]
    assert short(check.timeline)[1:] == [(4, "fail"), (1, "pass"), (1, "pass")]  # who left is no part any more
    assert [size.count for size in check.sizes] == [3, 2, 1]


def test_a_check_that_was_retired_is_blind_from_then_on(world: World) -> None:
    world.scan(Look(doors={"front": 120}), checks=(CHECK, WHOLE))
    world.scan(Look(doors={"front": 120}), checks=(WHOLE,))
    narrow, whole = asked(world, About(checks=(CHECK, WHOLE)))
    assert short(narrow.timeline)[1:] == [(5, "fail"), (1, "nobody looked")]
    assert short(whole.timeline)[1:] == [(6, "pass")]


def test_a_verdict_about_a_whole_source_is_said_by_whoever_looked_anywhere_in_it(world: World) -> None:
    both = [Look(scope="east", doors={"front": 90}), Look(scope="west", doors={"back": 90})]
    world.scan(*both, checks=(WHOLE,))
    world.scan(both[0], Look(scope="west", gap="the lamp broke"), checks=(WHOLE,))
    world.scan(*both, checks=(WHOLE,))
    (check,) = asked(world, About(checks=(WHOLE,)))
    assert short(of(check, A).timeline)[1:] == [(4, "pass"), (4, "could not look"), (2, "pass")]


def test_changes_of_settings_are_told(world: World) -> None:
    for limit in (100, 150, 150):
        world.scan(Look(doors={"front": 120}), limit=limit)
    (check,) = asked(world)
    (change,) = check.changes
    assert (change.at, change.what, change.between) == (
        BEGINNING + 7 * MINUTE,
        "settings",
        ({"limit": 100}, {"limit": 150}),
    )
    assert asked(world, end=BEGINNING + 7 * MINUTE)[0].changes == ()


def test_a_period_in_the_middle_begins_with_what_was_known_before_it(world: World) -> None:
    for doors in ({"a": 90}, {"a": 90, "b": 90}, {"b": 120}):
        world.scan(Look(doors=doors))
    with world.open() as store, store.reading() as connection:
        rows = findings_about(store, connection, About(checks=(CHECK,)))
        for begin, sizes in ((5, [1, 2, 1]), (9, [2, 1]), (12, [1])):
            period = Period(start=BEGINNING + begin * MINUTE, end=BEGINNING + 15 * MINUTE, stale_after=DAY)
            (check,) = histories(store, connection, rows, (CHECK,), period)
            assert [size.count for size in check.sizes] == sizes
            assert check.sizes[0].since == period.start
            assert check.timeline.length == period.end - period.start
        (none,) = histories(
            store, connection, [], (CHECK,), Period(start=BEGINNING, end=BEGINNING + MINUTE, stale_after=DAY)
        )
    assert none.sizes == ()
    assert short(none.timeline) == [(1, "nobody looked")]


def test_stale_evidence_says_nothing_about_how_many_there_are(world: World) -> None:
    world.scan(Look(doors={"front": 90}))
    (check,) = asked(world, stale_after=timedelta.max)
    assert short(check.timeline) == [(3, "nobody looked"), (2, "pass")]


def test_findings_are_named_by_the_beginning_of_an_id_or_by_their_resource(world: World) -> None:
    world.scan(Look(source=A, doors={"front": 90}), Look(source=B, doors={"front": 120}), checks=(CHECK, WHOLE))
    (one,) = asked(world, About(finding=finding_id(CHECK, B, "", "front")[:9]))
    assert [(each.source, each.resource) for each in one.findings] == [(B, "front")]
    (both,) = asked(world, About(resource="front"))
    assert [each.source for each in both.findings] == [A, B]
    assert asked(world, About(resource="nothing")) == []
    with world.open() as store, store.reading() as connection:
        assert checks_ever_made(connection) == [CHECK, WHOLE]
        assert first_moment(connection) == BEGINNING + MINUTE


def test_before_the_first_scan_there_is_no_history(world: World) -> None:
    with world.create() as store, store.reading() as connection:
        assert first_moment(connection) is None


def test_of_what_was_disposed_of_nobody_knows(world: World) -> None:
    for gap in ("", "the lamp broke", ""):
        world.scan(Look(doors={"front": 90}, gap=gap))
    assert short(of(asked(world)[0], "front").timeline)[1:] == [(10, "pass")]
    with world.open() as store, store.writing() as connection:
        assert kept_since(connection, [CHECK]) is None
        row = {
            "what": "verdicts",
            "name": CHECK,
            "source": "",
            "before": 8,
            "position": 11,
            "at": "2026-02-01T00:00:00Z",
        }
        connection.execute(disposal.insert(), row)
        assert kept_since(connection, [CHECK, WHOLE]) == (BEGINNING + 8 * MINUTE, 11)
    assert short(of(asked(world)[0], "front").timeline)[1:] == [(4, "pass"), (4, "could not look"), (2, "pass")]


def test_clocks_that_go_back_do_not_turn_time_around(world: World) -> None:
    world.scan(Look(doors={"front": 90}))
    world.now = BEGINNING - 20 * MINUTE
    world.scan(Look(doors={"front": 120}))
    (check,) = asked(world, end=BEGINNING + 10 * MINUTE)
    assert short(check.timeline) == [(3, "nobody looked"), (7, "fail")]


def test_a_body_that_is_no_assessment_is_a_broken_seal(world: World) -> None:
    world.scan(Look(doors={"front": 90}))
    world.alter("UPDATE assessment SET body = (SELECT body FROM unit)")
    with pytest.raises(BrokenSealError, match="leaf 2: its body is no assessment"):
        asked(world)


@pytest.mark.parametrize("seed", [1, 5])
def test_a_history_says_what_was_said_then_or_that_we_were_blind(world: World, seed: int) -> None:
    history = History(world, seed)
    stale_after = 7 * MINUTE
    then: list[tuple[datetime, dict[tuple[str, str, str, str], str]]] = []
    for _ in range(12):
        history.scan()
        with world.open() as store, store.reading() as connection:
            found = current_findings(store, connection)
        stood = {
            (f.check, f.source, f.scope, f.resource): "blind"
            if world.now - f.collected_at > stale_after
            else f.status.value
            for f in found
        }
        then.append((world.now, stood))
    said: list[tuple[str, str]] = []
    for check in asked(world, About(checks=(CHECK, "doors.other")), stale_after=stale_after):
        for each in check.findings:
            key = (check.check, each.source, each.scope, each.resource)
            for moment, stood in then:
                state = next(s.state.value for s in each.timeline.spans if s.start <= moment < s.end)
                said.append((state, stood.get(key, "absent")))
    assert all(state in ("blind", live) for state, live in said)
    assert {state for state, _ in said} >= {"blind", "pass", "fail", "absent"}
    assert sum(state != "blind" for state, _ in said) > len(said) / 4
