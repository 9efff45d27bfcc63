"""Controls and checks over a period: for how long each was so, and for how long nobody could tell.

The question is pinned to a place in the log, so that asking twice gives the same answer, whatever was sealed since.
A control fails while any check fails that speaks to it, whatever its share; `annexa history` says the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.conclusions import Serving, by_objective
from core.model import Control
from evidence_store.questions.check_history import Change, CheckHistory, Period, Size
from evidence_store.questions.histories import About, checks_ever_made, findings_about, histories, kept_since
from evidence_store.questions.past import Past
from evidence_store.questions.periods import Span, State, Timeline, Why, clipped, merged, together
from evidence_store.store import Store
from runs.history import since_looked_at


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPeriod:
    """One check: its timeline, how many verdicts there were and how many of them ever failed, what there was to judge,
    and what it was judged by that changed meanwhile."""

    check: str
    timeline: Timeline
    verdicts: int
    failed: int
    sizes: tuple[Size, ...]
    changes: tuple[Change, ...]

    @property
    def fewest(self) -> Size | None:
        return min(self.sizes, key=lambda size: size.count, default=None)

    @property
    def most(self) -> Size | None:
        return max(self.sizes, key=lambda size: size.count, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlPeriod:
    """One control, and the checks that speak to it and were ever made. Without any, nobody looked: it is all blind."""

    control: Control
    timeline: Timeline
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """A period, and how controls and checks were in it. Evidence was believed as long as was in force at its end."""

    period: Period
    controls: tuple[ControlPeriod, ...]
    checks: Mapping[str, CheckPeriod]


def statistics(
    store: Store,
    period: Period,
    controls: Sequence[Control],
    checks: Mapping[str, Serving],
    past: Past,
    about: Callable[[str], bool] | None = None,
) -> Statistics:
    """How these controls were, by the checks that served them at the end; of the sources asked `about`, or all.

    Raises `BrokenSealError`.
    """
    serving = _serving(controls, checks)
    wanted = {check for each in serving.values() for check in each}
    with store.reading() as connection:
        made = [check for check in checks_ever_made(connection, past) if check in wanted]
        found = {
            each.check: each for check in made for each in _of_check(store, connection, check, period, past, about)
        }
    return Statistics(
        period=period,
        controls=tuple(_of_control(control, serving[control.id], found, period) for control in controls),
        checks=found,
    )


def _serving(controls: Sequence[Control], checks: Mapping[str, Serving]) -> dict[str, list[str]]:
    """The checks that speak to each control."""
    serving = by_objective(checks.values())
    return {
        control.id: sorted({check.id for link in control.links for check in serving.get(link.objective, ())})
        for control in controls
    }


def _of_check(
    store: Store,
    connection: Any,
    check: str,
    period: Period,
    past: Past,
    about: Callable[[str], bool] | None,
) -> Iterator[CheckPeriod]:
    """One check at a time, so that the verdicts of the others need no memory."""
    rows = findings_about(store, connection, About(checks=(check,)), past)
    rows = [row for row in rows if about is None or about(row.source)]
    for each in histories(store, connection, rows, (check,), period, past, about):
        yield CheckPeriod(
            check=each.check,
            timeline=_without_what_is_gone(each, kept_since(connection, (check,)), period),
            verdicts=sum(bool(_seen(finding.timeline)) for finding in each.findings),
            failed=sum(finding.timeline.first_failure is not None for finding in each.findings),
            sizes=each.sizes,
            changes=each.changes,
        )


def _seen(timeline: Timeline) -> list[Span]:
    return [span for span in timeline.spans if span.state not in (State.BLIND, State.ABSENT)]


def _without_what_is_gone(history: CheckHistory, kept: tuple[datetime, int] | None, period: Period) -> Timeline:
    """Before the verdicts that are kept we are blind: what is left of others would tell half the story."""
    if kept is None or kept[0] <= period.start:
        return history.timeline
    since = min(kept[0], period.end)
    gone = Span(period.start, since, State.BLIND, (Why.DISPOSED,))
    return Timeline(tuple(merged([gone, *clipped(history.timeline.spans, since, period.end)])))


def _of_control(
    control: Control, serving: Sequence[str], found: Mapping[str, CheckPeriod], period: Period
) -> ControlPeriod:
    checks = tuple(check for check in serving if check in found)
    members = (since_looked_at(found[check].timeline) for check in checks)
    return ControlPeriod(
        control=control, timeline=Timeline(tuple(together(members, period.start, period.end))), checks=checks
    )
