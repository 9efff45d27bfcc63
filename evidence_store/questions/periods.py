"""How long something was so between two moments, and when nobody could tell: exact arithmetic on spans. Pure.

A verdict holds from the look that came to it until the next one, but no longer than its evidence is believed. Where
nobody looked, where a look met a gap, and past the freshness target we were *blind*, which is neither pass nor fail.
The spans of a timeline follow one another without a hole, and their lengths add up to the period.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

from core.model import Status


class State(StrEnum):
    """What can be said about one moment: a verdict, or that we were blind, or that there was nothing to judge."""

    FAIL = "fail"
    BLIND = "blind"
    ERROR = "error"
    UNKNOWN = "unknown"
    PASS = "pass"  # noqa: S105 - a verdict, not a password
    NOT_APPLICABLE = "not_applicable"
    ABSENT = "absent"


class Why(StrEnum):
    """Why we were blind: nobody looked there, the look met a gap, what was seen had grown too old, or it is gone."""

    NOT_LOOKED = "nobody looked"
    GAP = "could not look"
    STALE = "evidence too old"
    DISPOSED = "disposed of since"


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` up to, not including, `end`. `counts` says how many verdicts, or checks, were in which state.

    `blind` says why all of it, or a part, was out of sight; it is empty when all could be seen.
    """

    start: datetime
    end: datetime
    state: State
    blind: tuple[Why, ...] = ()
    counts: Mapping[State, int] = field(default_factory=dict[State, int])

    @property
    def length(self) -> timedelta:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looked at a place at `at`, and what was seen is believed from `since` until `until`.

    `saw` is false where a gap hid what is asked for, and `left` true where the place was given up.
    """

    at: datetime
    since: datetime
    until: datetime
    saw: bool = True
    left: bool = False


@dataclass(frozen=True)
class Timeline:
    """A period, cut into spans."""

    spans: tuple[Span, ...]

    @cached_property
    def totals(self) -> Mapping[State, timedelta]:
        """How long each state lasted. They add up to the period."""
        found: dict[State, timedelta] = {}
        for span in self.spans:
            found[span.state] = found.get(span.state, timedelta()) + span.length
        return found

    @property
    def length(self) -> timedelta:
        """The whole period."""
        return sum((span.length for span in self.spans), timedelta())

    @property
    def partly_blind(self) -> timedelta:
        """How long at least a part of it was out of sight, whatever the rest was."""
        return sum((span.length for span in self.spans if span.blind), timedelta())

    @property
    def longest_blind(self) -> Span | None:
        """The longest stretch in which we were blind, for whatever reasons; the first of several."""
        blind = [Span(s.start, s.end, State.BLIND) for s in self.spans if s.state is State.BLIND]
        return max(merged(blind), key=lambda span: span.length, default=None)

    @property
    def first_failure(self) -> datetime | None:
        """When it was first seen to fail."""
        return next((span.start for span in self.spans if span.state is State.FAIL), None)

    @property
    def last_failure(self) -> datetime | None:
        """Until when it was last seen to fail: the end of the period, where it still fails."""
        return next((span.end for span in reversed(self.spans) if span.state is State.FAIL), None)


def sight(looks: Sequence[Look], start: datetime, end: datetime) -> list[Span]:
    """When a place was in sight. `looks` are in order. What was seen is `ABSENT` here: no verdict is known yet."""
    spans = [Span(start, looks[0].at if looks else end, State.BLIND, (Why.NOT_LOOKED,))]
    for number, look in enumerate(looks):
        following = looks[number + 1].at if number + 1 < len(looks) else max(end, look.at)
        if look.left:
            spans.append(Span(look.at, following, State.BLIND, (Why.NOT_LOOKED,)))
        elif not look.saw:
            spans.append(Span(look.at, following, State.BLIND, (Why.GAP,)))
        else:
            since = min(max(look.since, look.at), following)
            until = min(max(look.until, since), following)
            spans.append(Span(look.at, since, State.BLIND, (Why.STALE,)))
            spans.append(Span(since, until, State.ABSENT))
            spans.append(Span(until, following, State.BLIND, (Why.STALE,)))
    return merged(clipped(spans, start, end))


def lived(verdicts: Sequence[Span], seen: Iterable[Span]) -> list[Span]:
    """What stood, where it could be seen. `verdicts` are in order and do not overlap; `seen` comes from `sight`."""
    spans: list[Span] = []
    for span in seen:
        if span.state is State.BLIND:
            spans.append(span)
            continue
        at = span.start
        for verdict in clipped(verdicts, span.start, span.end):
            spans += [Span(at, verdict.start, State.ABSENT), verdict]
            at = verdict.end
        spans.append(Span(at, span.end, State.ABSENT))
    return merged(spans)


def known(verdicts: Sequence[Span], spans: Sequence[Span]) -> list[Span]:
    """What `lived` gave, while there was something to know: what stood, and where we were blind to what had stood."""
    stood = merged(Span(each.start, each.end, State.ABSENT) for each in verdicts)
    return [span for each in stood for span in clipped(spans, each.start, each.end) if span.state is not State.ABSENT]


def together(
    members: Iterable[Iterable[Span]], start: datetime, end: datetime, places: Iterable[Iterable[Span]] = ()
) -> list[Span]:
    """Many timelines as one: it fails where one fails, and else is blind where one is, or one of the `places`.

    Members and places need not fill the period. Where there is none of either, nobody looked.
    """
    counts: dict[datetime, Counter[State]] = {start: Counter(), end: Counter()}
    blind: dict[datetime, Counter[Why]] = defaultdict(Counter)
    for timelines, counted in ((members, True), (places, False)):
        for span in (each for timeline in timelines for each in clipped(timeline, start, end)):
            state = span.state if counted else State.ABSENT
            counts.setdefault(span.start, Counter())[state] += 1
            counts.setdefault(span.end, Counter())[state] -= 1
            blind[span.start].update(span.blind)
            blind[span.end].subtract(span.blind)
    now: Counter[State] = Counter()
    out_of_sight: Counter[Why] = Counter()
    spans = []
    for begins, ends in pairwise(sorted(counts)):
        now.update(counts[begins])
        out_of_sight.update(blind[begins])
        whys = tuple(why for why in Why if out_of_sight[why])
        present = {state: now[state] for state in State if now[state]}
        if not present:
            whys = (Why.NOT_LOOKED,)
        gravest = next(iter(present), State.BLIND)
        state = State.BLIND if whys and gravest is not State.FAIL else gravest
        spans.append(Span(begins, ends, state, whys, {s: n for s, n in present.items() if s is not State.ABSENT}))
    return merged(spans)


def clipped(spans: Iterable[Span], start: datetime, end: datetime) -> list[Span]:
    """The parts of spans that lie in a period; those without any length are left out."""
    return [
        Span(max(span.start, start), min(span.end, end), span.state, span.blind, span.counts)
        for span in spans
        if max(span.start, start) < min(span.end, end)
    ]


def merged(spans: Iterable[Span]) -> list[Span]:
    """Neighbours that say the same as one span, and none without length."""
    found: list[Span] = []
    for span in spans:
        if span.start >= span.end:
            continue
        last = found[-1] if found else None
        if last and last.end == span.start and _says(last) == _says(span):
            found[-1] = Span(last.start, span.end, last.state, last.blind, last.counts)
        else:
            found.append(span)
    return found


def _says(span: Span) -> tuple[State, tuple[Why, ...], Mapping[State, int]]:
    return span.state, span.blind, span.counts


def state_of(status: str) -> State:
    """A verdict's status as a state."""
    return State(Status(status).value)
