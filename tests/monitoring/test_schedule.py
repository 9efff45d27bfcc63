"""When what is due: pure, so years and changes of clocks pass in no time."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.errors import AnnexaError
from monitoring.schedule import WAITS, Due, Last, Timetable, simulate
from runs.schedule_settings import OwnTimes, ScheduleSettings

BERLIN = ZoneInfo("Europe/Berlin")
ONE = "host/web-1"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def table(*sources: str, **settings: Any) -> Timetable:
    return Timetable.of(ScheduleSettings(**settings), sources or (ONE,))


def times(timetable: Timetable, start: str, end: str) -> list[str]:
    """When the one source is looked at, in Berlin."""
    begun = {name: Last(moment(start)) for name in timetable.timings}
    found = simulate(timetable, begun, moment(start), moment(end))
    return [f"{when.astimezone(BERLIN):%m-%d %H:%M %Z}" for when, _ in found]


def test_an_interval_is_counted_from_the_same_moment_for_ever() -> None:
    timetable = table(every=6 * HOUR)
    assert timetable.next(ONE, Last(moment("2026-01-31T11:59:59")), moment("2026-01-31T11:59:59")) == moment(
        "2026-01-31T12:00"
    )
    assert timetable.next(ONE, Last(moment("2026-01-31T12:00")), moment("2026-01-31T12:00")) == moment(
        "2026-01-31T18:00"
    )


def test_a_time_of_the_night_that_clocks_skip_or_have_twice_comes_once() -> None:
    timetable = table(cron="30 2 * * *", timezone="Europe/Berlin")
    assert times(timetable, "2026-03-28T00:00", "2026-03-30T12:00") == [
        "03-28 02:30 CET",
        "03-29 03:30 CEST",  # when half past two would have been
        "03-30 02:30 CEST",
    ]
    assert times(timetable, "2026-10-24T00:00", "2026-10-26T12:00") == [
        "10-24 02:30 CEST",
        "10-25 02:30 CEST",
        "10-26 02:30 CET",
    ]


def test_hours_pass_whatever_clocks_do() -> None:
    timetable = table(cron="0 * * * *", timezone="Europe/Berlin")
    assert times(timetable, "2026-10-24T23:30", "2026-10-25T02:30") == [
        "10-25 02:00 CEST",
        "10-25 02:00 CET",
        "10-25 03:00 CET",
    ]
    assert times(timetable, "2026-03-28T23:30", "2026-03-29T02:30") == [
        "03-29 01:00 CET",
        "03-29 03:00 CEST",
        "03-29 04:00 CEST",
    ]


def test_a_leap_day_comes_when_there_is_one() -> None:
    assert times(table(cron="0 12 29 2 *"), "2026-01-01T00:00", "2033-01-01T00:00") == [
        "02-29 13:00 CET",
        "02-29 13:00 CET",
    ]
    assert "02-29 13:00 CET" in times(table(cron="0 12 * * *"), "2028-02-28T13:00", "2028-03-01T13:00")


def test_weekdays_are_those_of_cron() -> None:
    (due,) = times(table(cron="0 12 * * 0"), "2026-02-01T00:00", "2026-02-02T00:00")  # a Sunday
    assert due == "02-01 13:00 CET"


def test_a_source_always_comes_later_by_the_same() -> None:
    names = [f"host/web-{number}" for number in range(200)]
    timetable = table(*names, jitter=HOUR)
    later = {name: timetable.timings[name].later for name in names}
    assert later == {name: each.later for name, each in table(*reversed(names), jitter=HOUR).timings.items()}
    assert timedelta(0) <= min(later.values()) < 5 * MINUTE
    assert 55 * MINUTE < max(later.values()) <= HOUR
    assert len(set(later.values())) > 150
    began = moment("2026-01-31T12:00")
    assert timetable.next(ONE, None, began) == began
    assert timetable.next(names[0], Last(began), began) == moment("2026-02-01T00:00") + later[names[0]]


def test_a_source_nobody_looked_at_is_due_at_once_and_what_was_missed_once() -> None:
    timetable, now = table(every=HOUR), moment("2026-01-31T12:30")
    assert list(timetable.due({}, (), now)) == [Due((ONE,))]
    after_a_week = list(simulate(timetable, {ONE: Last(now - 7 * DAY)}, now, now + HOUR))
    assert [when for when, _ in after_a_week] == [now, moment("2026-01-31T13:00")]


def test_what_is_due_together_is_one_scan_but_of_what_runs_nothing() -> None:
    timetable = table(
        "host/a", "host/b", "aws/1", every=DAY, own=[OwnTimes(sources=["aws"], every=HOUR), OwnTimes(sources=["aws/1"])]
    )
    now = moment("2026-01-31T12:30")
    assert list(timetable.due({}, (), now)) == [Due(("host/a", "host/b")), Due(("aws/1",))]
    assert list(timetable.due({}, ("host/a", "aws/1"), now)) == [Due(("host/b",))]
    began = dict.fromkeys(timetable.timings, Last(now))
    assert list(timetable.due(began, (), now + HOUR)) == [Due(("aws/1",))]


def test_times_of_what_there_is_not_are_refused() -> None:
    with pytest.raises(
        AnnexaError, match=r"schedule.own\[0\].sources: no source matches hots/a, did you mean host/a"
    ) as it:
        table("host/a", own=[OwnTimes(sources=["hots/a"])])
    assert "the configured sources are host/a" in it.value.hint


def test_what_failed_is_tried_again_ever_later_and_then_no_more() -> None:
    timetable, now = table(every=DAY), moment("2026-01-31T12:00")
    last, waited = Last(now), []
    while (again := last.failed(now, now)).retry_at is not None:
        waited.append(again.retry_at - now)
        assert timetable.next(ONE, again, now) == again.retry_at
        assert list(timetable.due({ONE: again}, (), again.retry_at)) == [Due((ONE,), again=True, since=now)]
        last = again
    assert tuple(waited) == WAITS
    assert timetable.next(ONE, again, now) == moment("2026-02-01T00:00")


def test_a_regular_run_goes_before_a_retry() -> None:
    timetable, began = table(every=HOUR), moment("2026-01-31T12:00")
    last = Last(began).failed(began + 59 * MINUTE + timedelta(seconds=30), began)
    assert list(timetable.due({ONE: last}, (), began + HOUR)) == [Due((ONE,))]


def test_a_clock_that_is_put_back_stops_nothing_and_repeats_nothing() -> None:
    timetable, now = table(every=HOUR), moment("2026-01-31T12:30")
    little = Last(now + 10 * MINUTE)
    assert timetable.believed(ONE, little, now) is little
    assert timetable.believed(ONE, Last(now), now) == Last(now)
    years = timetable.believed(ONE, Last(now + 2000 * DAY, 1, now + 2000 * DAY, now), now)
    assert years == Last(now, 1, now, now)
    assert timetable.next(ONE, timetable.believed(ONE, Last(now + 2 * DAY), now), now) == moment("2026-01-31T13:00")


def test_a_year_of_24_sources() -> None:
    names = [f"host/web-{number:02}" for number in range(20)] + [f"aws/{number}" for number in range(4)]
    own = [OwnTimes(sources=["aws"], cron="15 3 * * *", timezone="Europe/Berlin", jitter=HOUR)]
    timetable = table(*names, every=DAY, own=own)
    start = moment("2026-01-01T00:00")
    begun = {name: Last(start) for name in names}
    counted: Counter[str] = Counter()
    before: dict[str, datetime] = {}
    for when, due in simulate(timetable, begun, start, start + 365 * DAY):
        for source in due.sources:
            assert when > before.get(source, start)
            before[source] = when
            counted[source] += 1
    assert {counted[name] for name in names[:20]} == {364}
    assert {counted[name] for name in names[20:]} == {365}


def test_no_sources_are_no_work() -> None:
    empty = Timetable.of(ScheduleSettings(), ())
    assert list(simulate(empty, {}, moment("2026-01-01T00:00"), moment("2026-01-02T00:00"))) == []


def test_only_the_moment_that_was_asked_about_last_is_remembered() -> None:
    """A service lives for years, and each run is another moment to ask about."""
    timing = table(every=HOUR).timings[ONE]
    asked = [moment("2026-01-31T12:00") + number * HOUR for number in range(9)]
    assert [timing.after(each) for each in asked * 2] == [each + HOUR for each in asked * 2]
    assert len(timing._asked) == 1
