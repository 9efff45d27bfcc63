"""What evidence says of a nonconformity: whether it fails now, and for how long nothing of it was seen to fail.

A person judges; evidence sets the bounds. While anything of a record fails, or could not be looked at, it stays open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from core.errors import AnnexaError
from core.management.acts import Observed
from core.management.nonconformity import Nonconformity
from core.model import Status
from evidence_store.questions.check_history import Period
from evidence_store.questions.observed import watched
from evidence_store.questions.past import Past
from evidence_store.questions.standing import current_findings
from evidence_store.questions.states import FindingState
from evidence_store.store import Store
from runs.answers import covering
from runs.configuration import Configuration
from runs.freshness import aged

ByCheck = Mapping[str, Sequence[FindingState]]
"""What stands, by check: there may be thousands of records to look at."""


class Says(StrEnum):
    """What evidence says of a record's subjects now."""

    FAILING = "failing"
    UNKNOWN = "unknown"
    CLEAN = "clean"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What evidence says of a record. `findings` are those that fail or cannot be judged.

    `left` are places where it failed once, and that nobody looks at any more: that is no evidence of anything.
    """

    says: Says
    failing: int
    unknown: int
    clean: int
    findings: tuple[FindingState, ...]
    left: tuple[tuple[str, str], ...] = ()

    @property
    def sentence(self) -> str:
        """What evidence says, in words."""
        if self.says is Says.NOTHING:
            gone = f": nobody looks at {_places(self.left)} any more" if self.left else ""
            return f"there is no evidence to go by{gone}"
        counts = f"{self.failing} failing, {self.unknown} unknown, {self.clean} not failing"
        named = (f"{each.check} on {each.resource} in {each.source}: {each.reason}" for each in self.findings[:1])
        return "; first ".join((counts, *named))


def standing(
    configuration: Configuration, store: Store, connection: Any, at: datetime, past: Past | None = None
) -> list[FindingState]:
    """Every verdict that stands, or stood; those past their freshness target as unknown."""
    found = []
    for each in current_findings(store, connection, past=past):
        status, reason = aged(each.status, each.reason, each.collected_at, at, configuration.stale_after)
        found.append(replace(each, status=status, reason=reason))
    return found


def by_check(findings: Iterable[FindingState]) -> ByCheck:
    """Findings by their check."""
    found: dict[str, list[FindingState]] = defaultdict(list)
    for each in findings:
        found[each.check].append(each)
    return found


def tally(record: Nonconformity, findings: ByCheck) -> Evidence:
    """What stands says of a record, as far as that can be said without its past."""
    checks = dict.fromkeys(subject.check for subject in record.subjects)
    mine = list(covering((each for check in checks for each in findings.get(check, ())), record.subjects))
    failing = [each for each in mine if each.status is Status.FAIL]
    unknown = [each for each in mine if each.status in (Status.UNKNOWN, Status.ERROR)]
    says = Says.FAILING if failing else Says.UNKNOWN if unknown else Says.CLEAN if mine else Says.NOTHING
    return Evidence(
        says=says,
        failing=len(failing),
        unknown=len(unknown),
        clean=len(mine) - len(failing) - len(unknown),
        findings=(*failing, *unknown),
    )


def evidence(
    configuration: Configuration,
    store: Store,
    connection: Any,
    record: Nonconformity,
    at: datetime,
    findings: ByCheck,
) -> Evidence:
    """What evidence says of a record at this moment, at which `findings` stand."""
    found = tally(record, findings)
    if found.says in (Says.FAILING, Says.UNKNOWN) or not record.subjects:
        return found
    seen = watched(store, connection, record.subjects, _period(configuration, record.raised, at))
    left = replace(found, left=seen.left)
    if not seen.known or (seen.failed and set(seen.failed) == set(seen.left)):
        return replace(left, says=Says.NOTHING)
    return replace(left, says=Says.CLEAN if seen.in_sight else Says.UNKNOWN)


def observed(
    configuration: Configuration, store: Store, connection: Any, record: Nonconformity, at: datetime, *, without: str
) -> Observed:
    """What evidence shows since the last of the record's actions was done."""
    since = max((each.done for each in record.actions if each.done), default=record.raised)
    seen = watched(store, connection, record.subjects, _period(configuration, since, at))
    return Observed(
        since=seen.clean_since,
        until=at,
        looks=seen.looks,
        seconds=int(seen.clean.total_seconds()),
        blind_seconds=int(seen.blind.total_seconds()),
        without=without,
    )


def refuse_open_evidence(record: Nonconformity, found: Evidence) -> None:
    """Raise `AnnexaError` while something of a record fails, or could not be looked at."""
    if found.says in (Says.FAILING, Says.UNKNOWN):
        raise AnnexaError(
            f"{record.id}: evidence is {found.says}: {found.sentence}",
            "mend it and scan again, or see why it cannot be looked at: annexa status",
        )


def refuse_too_early(configuration: Configuration, record: Nonconformity, found: Evidence, seen: Observed) -> None:
    """Raise `AnnexaError` unless evidence bears that actions were effective, or somebody says why there is none."""
    refuse_open_evidence(record, found)
    if found.says is Says.NOTHING:
        if not seen.without.strip():
            raise AnnexaError(
                f"{record.id}: {found.sentence}",
                "say what you judge by instead: --without-evidence TEXT; it is sealed with the review",
            )
        return
    if seen.without:
        raise AnnexaError(f"{record.id}: there is evidence to go by: {found.sentence}", "leave out --without-evidence")
    wanted = configuration.management.effectiveness
    if seen.looks < wanted.looks or timedelta(seconds=seen.seconds) < wanted.over:
        raise AnnexaError(
            f"{record.id}: since {seen.since:%Y-%m-%d %H:%M} UTC it was not observed in {seen.looks} looks over "
            f"{days(seen.seconds)} in sight; {wanted.looks} looks over {days(wanted.over.total_seconds())} are wanted",
            "wait and scan on; time in which nobody could look does not count",
        )


def days(seconds: float) -> str:
    """`14.0 days`."""
    return f"{seconds / 86400:.1f} days"


def _period(configuration: Configuration, since: datetime, at: datetime) -> Period:
    return Period(start=min(since, at), end=at, stale_after=configuration.stale_after)


def _places(places: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{source} {scope}".strip() for source, scope in places)
