"""Rules: which failures become a nonconformity by themselves. Pure: the same findings and records, the same answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.management.nonconformity import Nonconformity
from core.management.subject import Subject
from core.model import DescribedCheck, Severity, Status
from evidence_store.questions.states import FindingState
from runs.management_settings import RuleSettings
from runs.selection import matches, objectives_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A record that a rule asks for: about this subject, because of these failures."""

    rule: RuleSettings
    subject: Subject
    findings: tuple[FindingState, ...]


def due(
    rules: Sequence[RuleSettings],
    findings: Iterable[FindingState],
    checks: Mapping[str, DescribedCheck],
    records: Iterable[Nonconformity],
    now: datetime,
) -> list[Due]:
    """What the rules ask for that no open record is about. A failure that is accepted asks for nothing.

    Raises `AnnexaError` for a control that there is not.
    """
    about = [subject for record in records if record.open for subject in record.subjects]
    failing = [each for each in findings if each.status is Status.FAIL and not each.accepted]
    found: list[Due] = []
    for rule in rules:
        wanted = _objectives(rule)
        groups: dict[Subject, list[FindingState]] = defaultdict(list)
        for each in failing:
            if _is_meant(rule, each, checks, wanted) and each.since + rule.age <= now:
                source = each.source if rule.together == "source" else ""
                groups[Subject(check=each.check, source=source)].append(each)
        for subject, group in sorted(groups.items(), key=lambda item: (item[0].check, item[0].source)):
            uncovered = [each for each in group if not any(known.covers(each) for known in about)]
            if uncovered and len(group) >= rule.resources:
                found.append(Due(rule=rule, subject=subject, findings=tuple(group)))
                about.append(subject)
    return found


def recurred(records: Iterable[Nonconformity], findings: Sequence[FindingState]) -> Iterator[tuple[str, FindingState]]:
    """Records that were closed, or judged effective, and of which something fails again; with the first that does."""
    by_check: dict[str, list[FindingState]] = defaultdict(list)
    for each in findings:
        if each.status is Status.FAIL:
            by_check[each.check].append(each)
    for record in records:
        if record.review is None or not record.review.effective:
            continue
        again = (
            each
            for subject in record.subjects
            for each in by_check.get(subject.check, ())
            if subject.covers(each) and each.since > record.review.at
        )
        first = min(again, key=lambda each: (each.since, each.source, each.resource), default=None)
        if first:
            yield record.id, first


def _objectives(rule: RuleSettings) -> frozenset[str] | None:
    """The objectives of the controls that a rule names; `None` where it names none."""
    return frozenset().union(*map(objectives_of, rule.controls)) if rule.controls else None


def _is_meant(
    rule: RuleSettings, finding: FindingState, checks: Mapping[str, DescribedCheck], objectives: frozenset[str] | None
) -> bool:
    weights = list(Severity)
    check = checks.get(finding.check)
    return (
        weights.index(finding.severity) >= weights.index(Severity(rule.severity))
        and (not rule.checks or any(matches(finding.check, each) for each in rule.checks))
        and (not rule.sources or any(matches(finding.source, each) for each in rule.sources))
        and (objectives is None or (check is not None and check.objective in objectives))
    )
