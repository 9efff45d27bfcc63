"""When what is due: pure functions of the configuration, of when each source was last begun, and of the moment.

The times come from the triggers of APScheduler, which only this module knows. Its scheduler is not used: that waits by
the wall clock, and would sleep for as long as a clock was set back (docs/decisions/0022).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.base import BaseTrigger  # type: ignore[import-untyped] # it has no types
from apscheduler.triggers.cron import CronTrigger  # type: ignore[import-untyped] # it has no types
from apscheduler.triggers.interval import IntervalTrigger  # type: ignore[import-untyped] # it has no types

from core.errors import AnnexaError, did_you_mean
from runs.crontab import WEEKDAYS, Crontab
from runs.schedule_settings import ScheduleSettings, Times
from runs.selection import matches

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SOON = timedelta(microseconds=1)

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
"""How long to wait before each further attempt at what could not be looked at, if it may be different then."""


@dataclass(frozen=True, slots=True)
class Last:
    """What is known of the runs of a source: when the last one that was due began, and what is to be tried again.

    `attempt` counts attempts at the same; `retry_at` is when the next is due; what was seen since `retry_since` without
    such a gap need not be asked again then, and nothing of that holds when it is `None`.
    """

    began: datetime
    attempt: int = 0
    retry_at: datetime | None = None
    retry_since: datetime | None = None

    def failed(self, now: datetime, since: datetime | None) -> Last:
        """The same after an attempt after which something is left to try again; or not, after the last."""
        if self.attempt >= len(WAITS):
            return Last(self.began)
        return Last(self.began, self.attempt + 1, now + WAITS[self.attempt], since)


@dataclass(frozen=True, slots=True)
class Timing:
    """When one source is looked at: the times of a trigger, each `later` by as much as this source always is."""

    trigger: BaseTrigger
    later: timedelta
    group: int
    """Which times of the configuration these are: sources of one group that are due together are one scan."""
    times_of_day: bool = False
    _asked: dict[datetime, datetime] = field(default_factory=dict[datetime, datetime], compare=False, repr=False)

    def after(self, moment: datetime) -> datetime:
        """The first time after a moment. A time of the day that comes twice, because clocks are put back, counts the
        first time only."""
        found = self._asked.get(moment)
        if found is None:
            found = self._first_after(moment)
            self._asked.clear()  # whoever asks every second asks about one moment for hours: that of the last run
            self._asked[moment] = found
        return found

    def _first_after(self, moment: datetime) -> datetime:
        since = moment.astimezone(UTC) - self.later
        while True:
            local: datetime = self.trigger.get_next_fire_time(None, since + SOON)
            since = local.astimezone(UTC)  # where adding to it adds time that passes
            if not (self.times_of_day and local.fold):
                return since + self.later


@dataclass(frozen=True, slots=True)
class Due:
    """Sources to look at in one scan. `since` is there when it tries again what earlier attempts could not see."""

    sources: tuple[str, ...]
    again: bool = False
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Timetable:
    """When each source is looked at, by its id."""

    timings: Mapping[str, Timing] = field(default_factory=dict[str, Timing])

    @classmethod
    def of(cls, settings: ScheduleSettings, sources: Iterable[str]) -> Timetable:
        """The timetable of these sources. Raises `AnnexaError` for times that no source has."""
        names = tuple(sources)
        _refuse_times_of_nothing(settings, names)
        groups: list[Times] = [*settings.own, settings]
        triggers = [_trigger(each) for each in groups]
        timings = {}
        for name in names:
            group = next(
                (n for n, own in enumerate(settings.own) if any(matches(name, each) for each in own.sources)),
                len(settings.own),
            )
            crontab = groups[group].cron
            timings[name] = Timing(
                triggers[group],
                _later(name, groups[group].jitter),
                group,
                times_of_day=bool(crontab) and not Crontab.parse(crontab).every_hour,
            )
        return cls(timings)

    def next(self, source: str, last: Last | None, now: datetime) -> datetime:
        """When a source is due: at once if nobody has looked yet, and once however many times were missed."""
        if last is None:
            return now
        regular = self.timings[source].after(last.began)
        return regular if last.retry_at is None else min(regular, last.retry_at)

    def believed(self, source: str, last: Last, now: datetime) -> Last:
        """What is known of a source, put right if it is from a time that has not come: the clock went back, or had been
        ahead. By less than a time of the trigger it is left, so that none comes twice."""
        timing = self.timings[source]
        began, retry_at = last.began, last.retry_at
        if began > now and timing.after(began) > timing.after(timing.after(now)):
            began = now
        if retry_at is not None and retry_at > now + WAITS[-1]:
            retry_at = now
        if (began, retry_at) == (last.began, last.retry_at):
            return last
        return Last(began, last.attempt, retry_at, last.retry_since)

    def due(self, known: Mapping[str, Last], running: Iterable[str], now: datetime) -> Iterator[Due]:
        """The scans to begin now, each of sources of one group; none of a source that is being looked at.

        What has waited longest comes first, and before that what nobody has looked at: so nothing waits for ever where
        there is not room for all.
        """
        busy = set(running)
        together: dict[tuple[int, bool, datetime | None], list[str]] = {}
        waiting: dict[tuple[int, bool, datetime | None], datetime] = {}
        for source, timing in self.timings.items():
            last = known.get(source)
            since_when = self.next(source, last, now) if last else EPOCH
            if source in busy or since_when > now:
                continue
            again = last is not None and timing.after(last.began) > now  # else a regular run does more than a retry
            key = (timing.group, again, last.retry_since if last and again else None)
            together.setdefault(key, []).append(source)
            waiting[key] = min(since_when, waiting.get(key, since_when))
        for key in sorted(together, key=lambda each: waiting[each]):
            _, again, since = key
            yield Due(tuple(together[key]), again, since)


def simulate(
    timetable: Timetable, known: Mapping[str, Last], start: datetime, end: datetime
) -> Iterator[tuple[datetime, Due]]:
    """What would be begun between two moments if each scan took no time and saw everything."""
    state, now = dict(known), start
    while now < end:
        for due in timetable.due(state, (), now):
            state |= {source: Last(now) for source in due.sources}
            yield now, due
        following = [timetable.next(source, state.get(source), now) for source in timetable.timings]
        if not following:
            return
        now = min(following)


def _trigger(times: Times) -> BaseTrigger:
    if not times.cron:
        return IntervalTrigger(seconds=int(times.every.total_seconds()), start_date=EPOCH, timezone=UTC)
    crontab = Crontab.parse(times.cron)
    return CronTrigger(
        minute=_listed(crontab.minutes),
        hour=_listed(crontab.hours),
        day=_listed(crontab.days),
        month=_listed(crontab.months),
        day_of_week=",".join(WEEKDAYS[each] for each in crontab.weekdays),  # its numbers begin on another day
        timezone=ZoneInfo(times.timezone),
    )


def _listed(values: Sequence[int]) -> str:
    return ",".join(map(str, values))


def _later(source: str, jitter: timedelta) -> timedelta:
    """By how much a source comes later: always the same, and spread evenly over the sources."""
    if not jitter:
        return jitter
    number = int.from_bytes(hashlib.sha256(b"annexa jitter " + source.encode()).digest()[:8], "big")
    return timedelta(seconds=number % (int(jitter.total_seconds()) + 1))


def _refuse_times_of_nothing(settings: ScheduleSettings, names: Sequence[str]) -> None:
    for number, own in enumerate(settings.own):
        for pattern in own.sources:
            if not any(matches(name, pattern) for name in names):
                raise AnnexaError(
                    f"schedule.own[{number}].sources: no source matches {pattern}{did_you_mean(pattern, names)}",
                    f"the configured sources are {', '.join(names) or 'none'}; what one of them leads to is looked at "
                    "with it",
                )
