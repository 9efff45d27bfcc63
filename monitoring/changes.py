"""What the difference between two places in the log means, one change at a time. Pure.

"Could not look" is neither "fixed" nor "gone": a verdict that became unknown is never resolved, and what nobody could
see before is not new.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.model import REST_OF_POPULATION, Severity, Status
from evidence_store.derived.endings import CHECK_RETIRED, OUT_OF_SCOPE, VANISHED
from evidence_store.questions.past import Past
from evidence_store.questions.resource_changes import ResourceChange
from evidence_store.questions.verdict_changes import BLIND, Stood, Throughout, VerdictChange
from monitoring.fields import FieldChange, changed_fields
from runs.freshness import aged


class Change(StrEnum):
    """What became of a verdict, a resource, a place or a gap, the gravest first."""

    NEW_FAILURE = "new_failure"
    REAPPEARED = "reappeared"
    BECAME_UNKNOWN = "became_unknown"
    RESOLVED = "resolved"
    GONE = "gone"
    COULD_LOOK_AGAIN = "could_look_again"
    LEFT_OUT = "left_out"
    ADDED = "added"
    APPEARED = "appeared"
    VANISHED = "vanished"
    CHANGED = "changed"
    SAID_OTHERWISE = "said_otherwise"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedFinding:
    """A verdict that changed. `status` and `reason` are `None` and empty where there is none any more, the same with
    `was_` where there was none before. `because` says what besides the resource may explain it.

    `since` is the leaf that began what stands now, `leaf` the assessment that says it (or said last what was).
    """

    change: Change
    id: str
    check: str
    severity: Severity
    status: Status | None
    reason: str
    was_status: Status | None
    was_reason: str
    resource: str
    source: str
    scope: str
    because: tuple[str, ...]
    since: int
    leaf: int
    controls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgedVerdicts:
    """So many verdicts of some checks in one place whose evidence went past its freshness target, or was renewed."""

    change: Change
    source: str
    scope: str
    collected_at: datetime
    count: int
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedResource:
    """A resource that came, went or changed. `told` is false where what it was has been disposed of.

    `since` is the leaf that began what stands now, or ended what stood.
    """

    change: Change
    kind: str
    resource: str
    source: str
    scope: str
    fields: tuple[FieldChange, ...] = ()
    told: bool = True
    since: int = 0


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two places, and how old evidence might be there; failures may count as such however old theirs is."""

    past: Past
    stale_after: timedelta
    failures_last: bool = False

    def of(self, stood: Stood | None) -> Stood | None:
        """What could be said there: unknown, where the evidence was too old by then."""
        if stood is None or (self.failures_last and stood.status is Status.FAIL):
            return stood
        status, reason = aged(stood.status, stood.reason, stood.collected_at, self.past.moment, self.stale_after)
        return stood if status is stood.status else replace(stood, status=status, reason=reason)


CANNOT_SAY = (Status.UNKNOWN, Status.ERROR)

MISSING = {
    VANISHED: ("the resource was not there before", "the resource is not there any more"),
    OUT_OF_SCOPE: ("nobody looked there before", "nobody looks there any more"),
    CHECK_RETIRED: ("the check was not made before", "the check is not made any more"),
    BLIND: ("nobody could look there before", ""),
}
"""Why there is no verdict before, and none after."""


def changed_finding(verdict: VerdictChange, start: Side, end: Side) -> ChangedFinding | None:
    """What became of a verdict; `None` when both places say the same."""
    before, after = start.of(verdict.before), end.of(verdict.after)
    change = _change(verdict, before, after)
    newest = after or before
    if change is None or newest is None:
        return None
    return ChangedFinding(
        change=change,
        id=verdict.id,
        check=verdict.check,
        severity=newest.severity,
        status=after.status if after else None,
        reason=after.reason if after else "",
        was_status=before.status if before else None,
        was_reason=before.reason if before else "",
        resource=verdict.resource,
        source=verdict.source,
        scope=verdict.scope,
        because=tuple(_because(verdict, before, after)),
        since=newest.first,
        leaf=newest.leaf,
    )


def _change(verdict: VerdictChange, before: Stood | None, after: Stood | None) -> Change | None:
    if before is None:
        return None if after is None else _came(verdict, after)
    if after is None:
        return _went(verdict)
    if before.status is after.status:
        if verdict.well_between and after.status is Status.FAIL:
            return Change.REAPPEARED
        return Change.SAID_OTHERWISE if before.reason != after.reason else None
    match before.status in CANNOT_SAY, after.status in CANNOT_SAY:
        case (True, True):
            return Change.SAID_OTHERWISE
        case (False, True):
            return Change.BECAME_UNKNOWN
        case (True, False):
            return Change.COULD_LOOK_AGAIN
    if after.status is Status.FAIL:
        return Change.REAPPEARED if verdict.failed_before or verdict.well_between else Change.NEW_FAILURE
    return Change.RESOLVED if before.status is Status.FAIL else Change.SAID_OTHERWISE


def _came(verdict: VerdictChange, after: Stood) -> Change:
    if after.status in CANNOT_SAY:
        return Change.BECAME_UNKNOWN
    if verdict.missing == BLIND:
        return Change.COULD_LOOK_AGAIN
    if after.status is Status.FAIL:
        return Change.REAPPEARED if verdict.failed_before else Change.NEW_FAILURE
    return Change.ADDED


def _went(verdict: VerdictChange) -> Change:
    if verdict.missing in (OUT_OF_SCOPE, CHECK_RETIRED):
        return Change.LEFT_OUT
    # What stood for everything unseen is not there any more: now all can be seen.
    return Change.COULD_LOOK_AGAIN if verdict.resource == REST_OF_POPULATION else Change.GONE


def _because(verdict: VerdictChange, before: Stood | None, after: Stood | None) -> Iterator[str]:
    if before is None or after is None:
        if verdict.resource != REST_OF_POPULATION or verdict.missing in (OUT_OF_SCOPE, CHECK_RETIRED):
            yield MISSING[verdict.missing][0 if before is None else 1]
        return
    if before.check_digest != after.check_digest:
        yield "the check changed"
    if before.settings != after.settings:
        yield "a setting of the check changed"


def aged_verdicts(unchanged: Throughout, start: Side, end: Side) -> AgedVerdicts | None:
    """What became of verdicts that nobody judged otherwise: unknown, when their evidence grew too old."""
    before, after = statuses_throughout(unchanged, start, end)
    if before is after:
        return None
    return AgedVerdicts(
        change=Change.BECAME_UNKNOWN if after is Status.UNKNOWN else Change.COULD_LOOK_AGAIN,
        source=unchanged.source,
        scope=unchanged.scope,
        collected_at=unchanged.seen_after,
        count=unchanged.count,
        checks=(unchanged.check,),
    )


def statuses_throughout(unchanged: Throughout, start: Side, end: Side) -> tuple[Status, Status]:
    """What verdicts that stood at both places counted as at either."""
    seen = ((start, unchanged.seen_before), (end, unchanged.seen_after))
    before, after = (aged(unchanged.status, "", at, side.past.moment, side.stale_after)[0] for side, at in seen)
    return before, after


def changed_resource(resource: ResourceChange) -> ChangedResource:
    """What became of a resource."""
    return ChangedResource(
        change=_resource_change(resource),
        kind=resource.kind,
        resource=resource.id,
        source=resource.source,
        scope=resource.scope,
        fields=changed_fields(resource.before, resource.after) if resource.before and resource.after else (),
        told=bool(resource.missing or (resource.before and resource.after)),
        since=resource.since,
    )


def _resource_change(resource: ResourceChange) -> Change:
    if not resource.missing:
        return Change.CHANGED
    if resource.missing == OUT_OF_SCOPE:
        return Change.ADDED if resource.came else Change.LEFT_OUT
    if resource.missing == BLIND:
        return Change.COULD_LOOK_AGAIN
    return Change.APPEARED if resource.came else Change.VANISHED
