"""A report arranged the way a page tells it: grouped, ordered and cut to what a reader takes in. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from core.conclusions import ControlResult, ObjectiveResult, Tally
from core.management.nonconformity import Nonconformity
from core.model import Conclusion, Coverage, Severity, Status
from exports.words import CONCLUSIONS, SEVERITIES, STATUSES, moment, resource_name, several
from runs.answers import Answers
from runs.report import FindingState, FrameworkReport, GapState, Report

PER_CONTROL = 5
"""How many failing or unknown resources of one check a control names; the check itself names more."""
PER_CHECK = 25
"""How many resources of one status a check names; the table of findings holds every one."""

PER_SUMMARY = 10
"""How many failing checks stand at the top of the page."""
PER_LIST = 200
"""How many places of a gap, and rows of what was looked at, are listed."""

HEADINGS = {
    Conclusion.CONTRADICTED: "Failing",
    Conclusion.UNDETERMINED: "Not all could be judged",
    Conclusion.SUPPORTED: "Passing",
    Conclusion.NO_EVIDENCE: "Nothing judged",
}
"""What the checks of one outcome stand below."""

_SEVERITY = {severity: rank for rank, severity in enumerate(SEVERITIES)}
_STATUS = {status: rank for rank, status in enumerate(STATUSES)}
_UNKNOWN = (Status.UNKNOWN, Status.ERROR)
BAR_WIDTH = 240
"""Of a bar that stands for all controls of a theme, in its own units."""


@dataclass(frozen=True, slots=True)
class GapGroup:
    """All gaps with one reason and one hint: where, and which kinds of resource they hide."""

    reason: str
    hint: str
    retryable: bool
    kinds: tuple[str, ...]
    gaps: tuple[GapState, ...]


@dataclass(frozen=True)
class CheckEntry:
    """One check, described once, with what it said. `emptiness` explains why it judged nothing, where it did not."""

    id: str
    title: str
    rationale: str
    remediation: str
    objective: str
    severity: Severity
    findings: tuple[FindingState, ...]
    emptiness: str

    @cached_property
    def tally(self) -> Tally:
        return Tally.of(f.status for f in self.findings)

    @cached_property
    def failing(self) -> list[FindingState]:
        return [f for f in self.findings if f.status is Status.FAIL]

    @cached_property
    def unknown(self) -> list[FindingState]:
        return [f for f in self.findings if f.status in _UNKNOWN]

    @cached_property
    def passing(self) -> list[FindingState]:
        return [f for f in self.findings if f.status is Status.PASS]


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar: how many controls came to one conclusion, and where it lies in `BAR_WIDTH`."""

    conclusion: Conclusion
    count: int
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Theme:
    """The controls of one theme of a framework, in the order of the standard."""

    name: str
    controls: tuple[ControlResult, ...]

    @property
    def counts(self) -> Mapping[Conclusion, int]:
        return Counter(control.conclusion for control in self.controls)

    @property
    def bar(self) -> list[Segment]:
        segments: list[Segment] = []
        start = 0.0
        for conclusion in CONCLUSIONS:
            count = self.counts[conclusion]
            width = round(BAR_WIDTH * count / max(len(self.controls), 1), 2)
            if count:
                segments.append(Segment(conclusion, count, round(start, 2), width))
            start += width
        return segments


def gap_groups(gaps: Iterable[GapState]) -> list[GapGroup]:
    """Gaps by reason, the widest first."""
    grouped: dict[tuple[str, str, bool], list[GapState]] = defaultdict(list)
    for gap in gaps:
        grouped[gap.reason, gap.hint, gap.retryable].append(gap)
    groups = [
        GapGroup(
            *key,
            tuple(sorted({kind for gap in found for kind in gap.kinds})),
            tuple(sorted(found, key=lambda gap: (gap.source, gap.scope, gap.collector))),
        )
        for key, found in grouped.items()
    ]
    return sorted(groups, key=lambda group: (-len(group.gaps), group.reason, group.hint))


def coverage_rows(coverage: Iterable[Coverage]) -> list[Coverage]:
    """What was looked at, the incomplete first: it is what a reader must not miss."""
    return sorted(set(coverage), key=lambda row: (row.complete, row.source, row.scope, row.kind, row.collected_at))


def themes(framework: FrameworkReport) -> list[Theme]:
    """The controls by theme, in the order of the standard."""
    return [
        Theme(name, tuple(controls))
        for name, controls in groupby(framework.controls, key=lambda result: result.control.theme)
    ]


def whole(framework: FrameworkReport) -> Theme:
    """All controls together, as if they were one theme."""
    return Theme("all controls", framework.controls)


def looked_into(result: ControlResult) -> list[ObjectiveResult]:
    """The objectives that some check serves; those that need attention first."""
    order = list(CONCLUSIONS)
    return sorted((o for o in result.objectives if o.checks), key=lambda o: order.index(o.conclusion))


def not_looked_into(result: ControlResult) -> list[ObjectiveResult]:
    return [objective for objective in result.objectives if not objective.checks]


def ordered(findings: Iterable[FindingState]) -> list[FindingState]:
    """What needs attention first; then by check, place and name, so that the same report is the same page."""
    return sorted(
        findings, key=lambda f: (_STATUS[f.status], _SEVERITY[f.severity], f.check, f.source, f.scope, f.resource, f.id)
    )


def check_entries(report: Report) -> dict[str, CheckEntry]:
    """Every check by id, those that need attention first. A finding of a check that is gone keeps a place."""
    by_check: dict[str, list[FindingState]] = defaultdict(list)
    for finding in ordered(report.findings):
        by_check[finding.check].append(finding)
    entries = [_entry(name, tuple(by_check[name]), report) for name in {*report.checks, *by_check}]
    return {entry.id: entry for entry in sorted(entries, key=_attention)}


def failing_checks(entries: Iterable[CheckEntry]) -> list[CheckEntry]:
    """The checks that fail, the most severe first."""
    return [entry for entry in entries if entry.failing]


def check_groups(entries: Iterable[CheckEntry]) -> list[tuple[str, list[CheckEntry]]]:
    """The checks below the headings of a page."""
    return [(HEADINGS[conclusion], list(group)) for conclusion, group in groupby(entries, lambda e: e.tally.conclusion)]


def _entry(name: str, findings: tuple[FindingState, ...], report: Report) -> CheckEntry:
    check = report.checks.get(name)
    if check is None:
        gone = "This version of Annexa no longer has the check; its verdicts stand as they were sealed."
        return CheckEntry(name, name, gone, "", "", findings[0].severity, findings, "")
    emptiness = "" if findings else _emptiness(check.kind, report.coverage)
    severity = findings[0].severity if findings else check.severity
    return CheckEntry(
        name, check.title, check.rationale, check.remediation, check.objective, severity, findings, emptiness
    )


def _emptiness(kind: str, coverage: Iterable[Coverage]) -> str:
    rows = [row for row in coverage if row.kind == kind]
    if not rows:
        return f"Nothing was judged: no {kind} was looked for."
    if not all(row.complete for row in rows):
        return f"Nothing was judged: {kind} could not be looked at everywhere."
    if not any(row.count for row in rows):
        return f"0 resources: we looked everywhere we were asked to, and there was no {kind}."
    return (
        f"Nothing was judged, although {several(sum(row.count for row in rows), 'resource')} of kind {kind} were seen."
    )


def _attention(entry: CheckEntry) -> tuple[int, int, str]:
    return list(CONCLUSIONS).index(entry.tally.conclusion), _SEVERITY[entry.severity], entry.id


class _Numbered:
    """A list without repetition; each value is named by its position."""

    def __init__(self) -> None:
        self.values: list[object] = []
        self._positions: dict[object, int] = {}

    def __call__(self, value: object) -> int:
        if value not in self._positions:
            self._positions[value] = len(self.values)
            self.values.append(value)
        return self._positions[value]


def findings_table(report: Report, checks: Mapping[str, CheckEntry]) -> dict[str, object]:
    """Every finding as a row of short values for the page's own script; what repeats is held once and numbered.

    A row is: id, resource, the positions of reason, check, status, severity, place, since and seal, then the change.
    """
    names, places, dates, seals, reasons = _Numbered(), _Numbered(), _Numbered(), _Numbered(), _Numbered()
    statuses, severities = list(STATUSES), list(SEVERITIES)
    rows = [
        (
            finding.id,
            resource_name(finding.resource),
            reasons(finding.reason),
            names(finding.check),
            statuses.index(finding.status),
            severities.index(finding.severity),
            places((finding.source, finding.scope)),
            dates(moment(finding.since)),
            seals((finding.leaf, finding.evidence, moment(finding.as_of))),
            finding.change,
        )
        for finding in ordered(report.findings)
    ]
    return {
        "statuses": [(status.value, STATUSES[status].symbol, STATUSES[status].word) for status in statuses],
        "severities": [severity.value for severity in severities],
        "checks": [(name, checks[str(name)].title.replace("`", "")) for name in names.values],
        "places": places.values,
        "dates": dates.values,
        "seals": seals.values,
        "reasons": reasons.values,
        "rows": rows,
    }


def answered_for(answers: Answers) -> bool:
    """Whether there is anything that people answer for."""
    return bool(answers.nonconformities or answers.in_force)


def most_urgent(open_records: Iterable[Nonconformity]) -> list[Nonconformity]:
    """Open nonconformities, those that are due first on top."""
    return sorted(open_records, key=lambda record: (record.due, record.id))


def pending(findings: Sequence[FindingState], size: int) -> int:
    """How many findings rest on leaves past the checkpoint: written, and not yet signed for."""
    return sum(max((finding.leaf, *finding.evidence)) >= size for finding in findings)
