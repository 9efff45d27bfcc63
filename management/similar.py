"""Similar cases: what else fails in the same way, or might and cannot be seen, searched over all sources. Pure.

Accepted failures are proposed like any other: that somebody accepts them makes them no less similar.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from core.management.acts import Similar
from core.management.nonconformity import Nonconformity
from core.management.subject import Subject
from core.model import DescribedCheck, Status
from evidence_store.questions.states import FindingState

MOST = 200
"""Proposals that are sealed with a cause; a person would not read more."""


def similar_cases(
    record: Nonconformity,
    findings: Iterable[FindingState],
    checks: Mapping[str, DescribedCheck],
    others: Iterable[Nonconformity],
) -> list[Similar]:
    """What a record might be about as well: the most alike first."""
    outside = [each for each in findings if not any(subject.covers(each) for subject in record.subjects)]
    mine = {subject.check for subject in record.subjects}
    objectives = {checks[check].objective for check in mine if check in checks}
    same = [each for each in outside if each.check in mine]
    related = [
        each
        for each in outside
        if each.check not in mine and each.check in checks and checks[each.check].objective in objectives
    ]
    found = [
        *_places(same, (Status.FAIL,), "the same check fails there"),
        *_places(same, (Status.UNKNOWN, Status.ERROR), "the same check could not be judged there"),
        *_checks(related, checks),
        *_records(record, others, checks, objectives),
    ]
    return found[:MOST]


def _places(findings: Iterable[FindingState], statuses: Sequence[Status], because: str) -> Iterator[Similar]:
    """One case for each check and source."""
    places: dict[tuple[str, str], list[FindingState]] = defaultdict(list)
    for each in findings:
        if each.status in statuses:
            places[each.check, each.source].append(each)
    for (check, source), found in sorted(places.items(), key=lambda item: (-len(item[1]), item[0])):
        accepted = sum(bool(each.accepted) for each in found)
        note = f" ({accepted} of {len(found)} accepted)" if accepted else ""
        yield Similar(
            subject=Subject(check=check, source=source),
            status=str(found[0].status if found[0].status is not Status.ERROR else Status.UNKNOWN),
            count=len(found),
            because=f"{because}{note}",
        )


def _checks(findings: Iterable[FindingState], checks: Mapping[str, DescribedCheck]) -> Iterator[Similar]:
    """One case for each other check of the same objective that fails."""
    by_check: dict[str, int] = defaultdict(int)
    for each in findings:
        by_check[each.check] += each.status is Status.FAIL
    for check, count in sorted(by_check.items(), key=lambda item: (-item[1], item[0])):
        if count:
            because = f"fails for the same objective: {checks[check].objective}"
            yield Similar(subject=Subject(check=check), status=str(Status.FAIL), count=count, because=because)


def _records(
    record: Nonconformity,
    others: Iterable[Nonconformity],
    checks: Mapping[str, DescribedCheck],
    objectives: set[str],
) -> Iterator[Similar]:
    """One case for each other record about the same check or objective, open or closed."""
    mine = {subject.check for subject in record.subjects}
    for other in others:
        for subject in other.subjects if other.id != record.id else ():
            same = subject.check in mine
            if same or (subject.check in checks and checks[subject.check].objective in objectives):
                what = "the same check" if same else "the same objective"
                because = f"{other.id} is about {what}: {other.title}"
                yield Similar(subject=subject, status=str(other.stage), count=1, because=because)
                break
