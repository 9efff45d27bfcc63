"""Timelines on a terminal: bars, shares and lengths that round nothing away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from commands.output import say, table, when
from evidence_store.questions.periods import Span, State, Timeline, clipped
from exports.words import length, share

WORDS = {
    State.FAIL: ("✗ failing", "red"),
    State.BLIND: ("? blind", "yellow"),
    State.ERROR: ("! error", "magenta"),
    State.UNKNOWN: ("? unknown", "yellow"),
    State.PASS: ("✓ passing", "green"),
    State.NOT_APPLICABLE: ("– not applicable", "dim"),  # noqa: RUF001 - a dash, meant as one
    State.ABSENT: ("○ nothing to judge", "dim"),
}
"""A sign and words for each state, and the style they are printed in."""

CELLS = {
    State.FAIL: "█",
    State.BLIND: "░",
    State.ERROR: "!",
    State.UNKNOWN: "?",
    State.PASS: "─",
    State.NOT_APPLICABLE: "·",
    State.ABSENT: " ",
}
"""What stands for each state in a bar. A cell shows the gravest of what it covers."""

MIXED = "▓"
"""In a bar: failing, and blind as well."""


def show_totals(timeline: Timeline) -> None:
    """Each state with its share, how long it lasted and how often; then when it failed, and when we were blind."""
    order = [state for state in State if state in timeline.totals]
    rows = [
        (WORDS[s], share(timeline.totals[s], timeline.length), length(timeline.totals[s]), _times(timeline.spans, s))
        for s in order
    ]
    table(["State", "Share", "How long", "Times"], rows)
    if timeline.first_failure and timeline.last_failure:
        still = ", and still does" if timeline.last_failure == timeline.spans[-1].end else ""
        say(f"  seen to fail first on {when(timeline.first_failure)}, last until {when(timeline.last_failure)}{still}")
    if longest := timeline.longest_blind:
        whys = ", ".join(dict.fromkeys(why for span in timeline.spans for why in span.blind))
        say(f"  longest blind {length(longest.length)}: {when(longest.start)} to {when(longest.end)}; because: {whys}")
    if timeline.partly_blind > timeline.totals.get(State.BLIND, timedelta()):
        say(f"  a part of it was out of sight for {length(timeline.partly_blind)}", style="yellow")


def bar(spans: Sequence[Span], start: datetime, end: datetime, width: int) -> str:
    """The period from left to right, in `width` cells."""
    edges = [start + (end - start) * cell / width for cell in range(width)] + [end]
    return "".join(_cell(clipped(spans, *each)) for each in pairwise(edges))


def legend(timeline: Timeline) -> str:
    """What the cells of a bar mean, those that occur."""
    found = [
        f"{CELLS[state].replace(' ', '(empty)')} {WORDS[state][0][2:]}" for state in State if state in timeline.totals
    ]
    both = timeline.partly_blind and State.FAIL in timeline.totals
    return ", ".join([*found, f"{MIXED} failing and blind"] if both else found)


def _times(spans: Iterable[Span], state: State) -> str:
    return str(sum(span.state is state for span in spans))


def _cell(spans: Sequence[Span]) -> str:
    states = {span.state for span in spans}
    if State.FAIL in states and any(span.blind for span in spans):
        return MIXED
    return next((CELLS[state] for state in State if state in states), " ")
