"""What checks said over a period: how many findings failed when, how long failures lasted, and how much was in sight.

One check at a time, so that memory does not grow with the number of checks.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from core.conclusions import Tally
from core.model import Severity
from evidence_store.questions.check_history import CheckHistory, Period
from evidence_store.questions.histories import (
    About,
    checks_ever_made,
    findings_about,
    first_moment,
    histories,
    kept_since,
)
from evidence_store.questions.measured import severities
from evidence_store.questions.past import Past
from evidence_store.questions.periods import Span, State, Timeline, Why, clipped
from evidence_store.store import Store

UNSEEN = (State.BLIND, State.UNKNOWN, State.ERROR)
"""Nobody can tell: neither that it fails, nor that it does not."""


class End(StrEnum):
    """How a failure ended: it was seen not to fail, its resource was seen to be gone, or the check, or a setting of it,
    became another at that very moment."""

    RESOLVED = "resolved"
    VANISHED = "vanished"
    JUDGED_OTHERWISE = "judged_otherwise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One failure from when it was first seen until it was seen not to be so any more.

    `unseen` is how much of that time nobody could tell, `in_sight` whether somebody could at its end, or at that of the
    period; `again` says that the same had failed, and had ended, before.
    """

    finding: str
    severity: Severity
    began: datetime
    ended: datetime | None
    end: End | None
    unseen: timedelta
    in_sight: bool
    again: bool

    @property
    def length(self) -> timedelta | None:
        return self.ended - self.began if self.ended else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRun:
    """One check over the period: its spans, and the failures that began before the end and were there in the period."""

    check: str
    severity: Severity
    spans: tuple[Span, ...]
    episodes: tuple[Episode, ...]

    def span_at(self, at: datetime) -> Span:
        """What could be said at a moment; at the end of the period, what was said last."""
        place = bisect_right(self.spans, at, key=lambda span: span.start) - 1
        return self.spans[max(place, 0)]

    def tally_at(self, at: datetime) -> Tally:
        """How many verdicts there were of each status. What is out of sight is unknown."""
        return tally_of(self.span_at(at))


def tally_of(span: Span) -> Tally:
    """Counts of a span. Where a part is out of sight that nobody counted, that is one thing we do not know."""
    counts = span.counts
    unknowns = sum(counts.get(state, 0) for state in UNSEEN)
    if span.blind and span.blind != (Why.NOT_LOOKED,) and not unknowns:
        unknowns = 1
    return Tally(
        passes=counts.get(State.PASS, 0),
        fails=counts.get(State.FAIL, 0),
        unknowns=unknowns,
        not_applicable=counts.get(State.NOT_APPLICABLE, 0),
    )


def check_runs(store: Store, connection: Any, period: Period, past: Past) -> Iterator[CheckRun]:
    """Every check that was ever made by then. Raises `BrokenSealError`."""
    grave = severities(connection, past)
    begins = first_moment(connection) or period.start
    for check in checks_ever_made(connection, past):
        kept = kept_since(connection, (check,))
        since = max(begins, kept[0]) if kept else min(begins, period.start)
        whole = Period(start=min(since, period.end), end=period.end, stale_after=period.stale_after)
        rows = findings_about(store, connection, About(checks=(check,)), past)
        for history in histories(store, connection, rows, (check,), whole, past):
            yield _run(history, grave[check], period, whole)


def _run(history: CheckHistory, severity: Severity, period: Period, whole: Period) -> CheckRun:
    spans = clipped(history.timeline.spans, period.start, period.end)
    if whole.start > period.start:  # what was said before was disposed of
        spans = [Span(period.start, whole.start, State.BLIND, (Why.DISPOSED,)), *spans]
    changed = {change.at for change in history.changes if change.what != "severity"}
    episodes = [
        each
        for finding in history.findings
        for each in episodes_of(finding.id, severity, finding.timeline, changed)
        if each.ended is None or each.ended >= period.start
    ]
    return CheckRun(check=history.check, severity=severity, spans=tuple(spans), episodes=tuple(episodes))


def episodes_of(
    finding: str, severity: Severity, timeline: Timeline, changed: set[datetime] | None = None
) -> Iterator[Episode]:
    """The failures of a finding. One lasts on while nobody can tell; only what is seen not to fail has ended.

    `changed` are the moments at which the check was made otherwise: who judges otherwise resolves nothing.
    """
    began: datetime | None = None
    unseen = timedelta()
    again = False
    for span in timeline.spans:
        if span.state is State.FAIL:
            began = began or span.start
        elif began is None:
            continue
        elif span.state in UNSEEN:
            unseen += span.length
        else:
            end = End.VANISHED if span.state is State.ABSENT else End.RESOLVED
            if span.start in (changed or ()):
                end = End.JUDGED_OTHERWISE
            yield Episode(
                finding=finding,
                severity=severity,
                began=began,
                ended=span.start,
                end=end,
                unseen=unseen,
                in_sight=True,
                again=again,
            )
            began, unseen, again = None, timedelta(), True
    if began is not None:
        yield Episode(
            finding=finding,
            severity=severity,
            began=began,
            ended=None,
            end=None,
            unseen=unseen,
            in_sight=timeline.spans[-1].state is State.FAIL,
            again=again,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """How long failures of a severity lasted that ended in the period: the mean, and the time within which 90 % did.

    `open` still fail, and `out_of_sight` have not been seen since they did; `oldest` is when the first of them all
    began. `reappeared` began in the period, and had ended before. `partly_unseen` are those among `resolved` during
    which nobody could tell for a while.
    """

    severity: Severity
    resolved: int
    vanished: int
    judged_otherwise: int
    open: int
    out_of_sight: int
    reappeared: int
    partly_unseen: int
    mean: timedelta | None
    p90: timedelta | None
    oldest: datetime | None


def resolution(severity: Severity, episodes: Sequence[Episode], start: datetime) -> Resolution:
    """What became of the failures of one severity. Those that vanished, or were judged otherwise, were not resolved."""
    done = [each for each in episodes if each.end is End.RESOLVED]
    lengths = [each.length for each in done if each.length is not None]
    still = [each for each in episodes if each.ended is None]
    return Resolution(
        severity=severity,
        resolved=len(done),
        vanished=sum(each.end is End.VANISHED for each in episodes),
        judged_otherwise=sum(each.end is End.JUDGED_OTHERWISE for each in episodes),
        open=sum(each.in_sight for each in still),
        out_of_sight=sum(not each.in_sight for each in still),
        reappeared=sum(each.again and each.began >= start for each in episodes),
        partly_unseen=sum(each.unseen > timedelta() for each in done),
        mean=mean(lengths),
        p90=percentile(lengths, 90),
        oldest=min((each.began for each in still), default=None),
    )


def mean(lengths: Sequence[timedelta]) -> timedelta | None:
    """The mean to the second; none of nothing."""
    return timedelta(seconds=round(sum(lengths, timedelta()).total_seconds() / len(lengths))) if lengths else None


def percentile(lengths: Sequence[timedelta], percent: int) -> timedelta | None:
    """The least of them that at least so many per cent do not exceed (nearest rank); none of nothing."""
    rank = -(-len(lengths) * percent // 100)
    return sorted(lengths)[rank - 1] if lengths else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingAt:
    """How many findings failed at a moment, by severity, and of how many nobody could tell. A part of the estate that
    was out of sight counts as one of these: nobody knows how many it hides. `judged`: of how many somebody could."""

    at: datetime
    judged: int
    failing: dict[Severity, int]
    unknown: dict[Severity, int]


def failing_at(runs: Sequence[CheckRun], moments: Sequence[datetime]) -> tuple[FailingAt, ...]:
    """The failures at each of these moments."""
    found = []
    for at in moments:
        failing, unknown = dict.fromkeys(Severity, 0), dict.fromkeys(Severity, 0)
        judged = 0
        for run in runs:
            tally = run.tally_at(at)
            judged += tally.passes + tally.fails + tally.not_applicable
            failing[run.severity] += tally.fails
            unknown[run.severity] += tally.unknowns
        found.append(FailingAt(at=at, judged=judged, failing=failing, unknown=unknown))
    return tuple(found)


def known_time(runs: Sequence[CheckRun]) -> tuple[timedelta, timedelta]:
    """For how long somebody could tell, and of how much: over all verdicts, each for as long as it stood."""
    whole = sum((span.length * sum(span.counts.values()) for run in runs for span in run.spans), timedelta())
    lost = sum(
        (span.length * sum(span.counts.get(state, 0) for state in UNSEEN) for run in runs for span in run.spans),
        timedelta(),
    )
    return whole - lost, whole
