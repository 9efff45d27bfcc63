"""The period as tables: for how long controls and checks were how, what there was to judge, and what changed meanwhile.

Lengths are exact, in seconds; shares beside them are words that round nothing away.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

from evidence_store.questions.check_history import Period
from evidence_store.questions.periods import State, Timeline
from exports.bundle.parts import Snapshot
from exports.tables import Cell, Table
from exports.words import share
from runs.period import Statistics, statistics
from runs.rules import in_force

STATES = (State.PASS, State.FAIL, State.BLIND, State.UNKNOWN, State.ERROR, State.NOT_APPLICABLE, State.ABSENT)
NAMES = {State.ABSENT: "nothing_to_judge", State.ERROR: "error_of_annexa"}
TIMELINE = (
    *(f"{NAMES.get(state, state.value)}_{unit}" for state in STATES for unit in ("share", "seconds")),
    "partly_blind_share", "partly_blind_seconds", "longest_blind_seconds", "longest_blind_from", "longest_blind_to",
    "blind_because", "first_failure", "last_failure", "fails_at_the_end",
)  # fmt: skip


def period_of(snapshot: Snapshot) -> Statistics:
    """How controls and checks in question were. Raises `BrokenSealError`."""
    question = snapshot.question
    stale_after = in_force(snapshot.store, snapshot.configuration, snapshot.past).stale_after
    period = Period(start=question.start, end=snapshot.past.moment, stale_after=stale_after)
    return statistics(
        snapshot.store,
        period,
        [each.control for each in snapshot.conclusions.controls],
        snapshot.report.checks,
        snapshot.past,
        question.asks_for if question.sources else None,
    )


def tables(found: Statistics) -> Iterator[Table]:
    """Controls, checks, populations and changes."""
    yield Table(
        name="period_controls",
        about="A control, and how its checks together were in the period.",
        columns=("control", "title", "checks", *TIMELINE),
        rows=(
            (each.control.id, each.control.title, len(each.checks), *_timeline(each.timeline))
            for each in found.controls
        ),
    )
    yield Table(
        name="period_checks",
        about="A check, and how all its verdicts together were in the period.",
        columns=("check", "verdicts", "ever_failed", "fewest_resources", "most_resources", "changes", *TIMELINE),
        rows=(
            (
                each.check,
                each.verdicts,
                each.failed,
                each.fewest.count if each.fewest else None,
                each.most.count if each.most else None,
                len(each.changes),
                *_timeline(each.timeline),
            )
            for each in found.checks.values()
        ),
    )
    yield Table(
        name="period_populations",
        about="What there was to judge by a check from a moment on; at least so many, where it is not complete.",
        columns=("check", "since", "resources", "complete"),
        rows=(
            (each.check, size.since, size.count, size.complete) for each in found.checks.values() for size in each.sizes
        ),
    )
    yield Table(
        name="period_changes",
        about="A check was made otherwise than before: its code (check_digest), its settings or its severity.",
        columns=("check", "at", "what", "before", "after"),
        rows=(
            (each.check, change.at, change.what, _spelt(change.before), _spelt(change.after))
            for each in found.checks.values()
            for change in each.changes
        ),
    )


def _timeline(timeline: Timeline) -> Iterator[Cell]:
    whole, nothing = timeline.length, timeline.length - timeline.length
    for state in STATES:
        lasted = timeline.totals.get(state, nothing)
        yield share(lasted, whole)
        yield _seconds(lasted)
    yield share(timeline.partly_blind, whole)
    yield _seconds(timeline.partly_blind)
    longest = timeline.longest_blind
    yield _seconds(longest.length) if longest else 0
    yield longest.start if longest else None
    yield longest.end if longest else None
    yield ", ".join(dict.fromkeys(why.value for span in timeline.spans for why in span.blind))
    yield timeline.first_failure
    yield timeline.last_failure
    yield timeline.last_failure is not None and timeline.last_failure == timeline.spans[-1].end


def _seconds(length: timedelta) -> int | float:
    """Whole seconds without a fraction: moments are exact, and so is what lies between them."""
    return length.total_seconds() if length.microseconds else length // timedelta(seconds=1)


def _spelt(value: object) -> str:
    """A value as one writes it in the configuration."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
