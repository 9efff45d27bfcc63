"""How long something was failing between two moments, and when we were blind: what a name means, and its timelines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import dropwhile

from core.codec import timestamp
from core.errors import AnnexaError
from evidence_store.questions.check_history import CheckHistory, Period
from evidence_store.questions.histories import (
    About,
    checks_ever_made,
    findings_about,
    first_moment,
    histories,
    kept_since,
)
from evidence_store.questions.periods import Span, State, Timeline, Why, together
from evidence_store.store import Store
from mappings.loader import framework, frameworks
from runs.as_of import spoken
from runs.configuration import Configuration
from runs.plugins import all_checks
from runs.selection import DEFAULT_FRAMEWORK, matches, objectives_of


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What `asked` was, `kind` says what that is: a finding, a check, checks, a control or a resource.

    `timeline` is all of it together: it fails while anything of it fails.
    """

    asked: str
    kind: str
    start: datetime
    end: datetime
    stale_after: timedelta
    timeline: Timeline
    checks: tuple[CheckHistory, ...]


def history(
    configuration: Configuration, store: Store, name: str, now: datetime, *, start: str = "", end: str = ""
) -> History:
    """The history of a finding, check, control or resource between two moments; from the first scan until now.

    Raises `AnnexaError` for a name that means nothing, and for a period that is none, lies ahead, or was disposed of.
    """
    until = spoken(end, now=now) if end else now
    if until > now:
        raise AnnexaError(f"{timestamp(until)} is still to come", f"it is {timestamp(now)} now")
    with store.reading() as connection:
        begins = first_moment(connection)
        if begins is None:
            raise AnnexaError(f"{store.folder}: there is no scan yet", "make one with: annexa scan")
        kind, about = _meant(name, checks_ever_made(connection))
        rows = findings_about(store, connection, about)
        if kind == "finding":
            _refuse_several(name, {row.id for row in rows})
        checks = sorted({*about.checks, *(row.check for row in rows)})
        if not checks:
            raise AnnexaError(
                f"no finding, check, control or resource is called {name}", "findings are listed by: annexa status"
            )
        kept = kept_since(connection, checks)
        since = spoken(start, begins=True) if start else max(begins, kept[0] if kept else begins)
        if kept and since < kept[0]:
            raise AnnexaError(
                f"verdicts from before {timestamp(kept[0])} were disposed of (leaf {kept[1]})",
                f"ask about the time since then: --from {timestamp(kept[0])}",
            )
        if since >= until:
            raise AnnexaError(
                f"the period ends at {timestamp(until)}, before it begins: {timestamp(since)}",
                "give --from the earlier moment; a day alone is its beginning there, and its end after --to",
            )
        period = Period(start=since, end=until, stale_after=configuration.stale_after)
        found = histories(store, connection, rows, checks, period)
    return History(
        asked=name,
        kind=kind,
        start=since,
        end=until,
        stale_after=configuration.stale_after,
        timeline=_together(kind, found, since, until),
        checks=tuple(found),
    )


def _meant(name: str, made: Sequence[str]) -> tuple[str, About]:
    """What a name means: checks first, then a control, then a finding, then whatever is judged under that name."""
    if name in made:
        return "check", About(checks=(name,))
    if below := tuple(check for check in made if matches(check, name)):
        return "checks", About(checks=below)
    edition, _, number = name.rpartition(":")
    edition = edition or DEFAULT_FRAMEWORK
    if edition in frameworks() and number in {control.id for control in framework(edition).controls}:
        objectives = objectives_of(name)
        serving = {check.id for check in all_checks().values() if check.objective in objectives}
        judged = tuple(check for check in made if check in serving)
        if not judged:
            raise AnnexaError(f"no check that serves {name} was ever made here", f"see why: annexa controls {number}")
        return "control", About(checks=judged)
    if re.fullmatch("[0-9a-f]{4,12}", name):
        return "finding", About(finding=name)
    return "resource", About(resource=name)


def _refuse_several(name: str, ids: set[str]) -> None:
    if len(ids) > 1:
        raise AnnexaError(
            f"{len(ids)} findings begin with {name}", "ids of findings are listed by: annexa status --all"
        )


def _together(kind: str, found: Sequence[CheckHistory], start: datetime, end: datetime) -> Timeline:
    if kind == "check":
        return found[0].timeline
    findings = [each.timeline for check in found for each in check.findings]
    if kind == "finding":
        return findings[0]
    members = findings if kind == "resource" else [check.timeline for check in found]
    return Timeline(tuple(together(map(since_looked_at, members), start, end)))


def since_looked_at(timeline: Timeline) -> Iterable[Span]:
    """A timeline without the time before anybody looked: a check of today takes nothing from what others saw before."""
    return dropwhile(lambda span: span.state is State.BLIND and span.blind == (Why.NOT_LOOKED,), timeline.spans)
