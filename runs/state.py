"""Reports from the store: what stands now, with conclusions about every control of every framework."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from core.conclusions import Tally, conclude
from core.errors import AnnexaError
from core.model import Coverage, Status
from core.plugins import Check
from evidence_store.queries import (
    current_coverage,
    current_gaps,
    ended_findings,
    pending,
    previous_scan,
    scans,
    seal,
)
from evidence_store.standing import current_findings
from evidence_store.store import Store
from mappings.loader import framework, frameworks, objectives
from runs.authorities import authorities
from runs.configuration import Configuration
from runs.freshness import is_stale, stale_reason
from runs.report import EndedFinding, FindingState, FrameworkReport, Report, ScanState, Seal
from runs.scan import Done
from runs.selection import enabled_checks


def report(configuration: Configuration, store: Store, now: datetime, *, done: Done | None = None) -> Report:
    """What stands. With `done`, findings and gaps are those of that scan; conclusions always rest on everything.

    Raises `AnnexaError` when there is no scan yet.
    """
    checks = enabled_checks(configuration)
    with store.reading() as connection:
        found = scans(store, connection, scan_id=done.scan if done else "")
        if not found:
            raise AnnexaError(f"{store.folder}: there is no scan yet", "make one with: annexa scan")
        since = None if previous_scan(connection, found[0].id) is None else found[0].first_leaf
        coverage = current_coverage(connection)
        findings = current_findings(store, connection, since=since)
        gaps = current_gaps(connection)
        covering = seal(store, connection, authorities(configuration))
        waiting = pending(store, connection)
    findings = [_aged(finding, now, configuration) for finding in findings]
    tallies = tally(findings)
    if done:
        findings = [each for each in findings if each.check in done.checks and each.source in done.sources]
        gaps = [gap for gap in gaps if gap.leaf >= found[0].first_leaf]
    return Report(
        generated=now,
        store=str(configuration.folder),
        scan=found[0],
        gaps=tuple(gaps),
        coverage=tuple(coverage),
        frameworks=tuple(_framework(name, checks, tallies) for name in _newest_first(frameworks())),
        findings=tuple(findings),
        checks=checks,
        seal=covering,
        objectives=objectives(),
        warnings=(
            *_warnings(found[0], waiting, coverage, now, configuration),
            *_clock_warnings(covering),
            *_publication_warnings(covering, configuration),
        ),
    )


def ended_since(store: Store, scan: ScanState) -> tuple[EndedFinding, ...]:
    """Verdicts that this scan ended."""
    with store.reading() as connection:
        return tuple(ended_findings(connection, scan.first_leaf))


def tally(findings: Sequence[FindingState]) -> dict[str, Tally]:
    """How often each check came to each status."""
    by_check: dict[str, list[Status]] = {}
    for finding in findings:
        by_check.setdefault(finding.check, []).append(finding.status)
    return {check: Tally.of(statuses) for check, statuses in by_check.items()}


def _framework(name: str, checks: Mapping[str, Check[...]], tallies: Mapping[str, Tally]) -> FrameworkReport:
    edition = framework(name)
    results = tuple(conclude(control, checks.values(), tallies) for control in edition.controls)
    return FrameworkReport(id=name, name=edition.name, controls=results)


def _newest_first(names: Sequence[str]) -> list[str]:
    return sorted(names, reverse=True)


def _aged(finding: FindingState, now: datetime, configuration: Configuration) -> FindingState:
    """The finding, or `unknown` in its place when some of the evidence it rests on is past its freshness target.

    What counts is the evidence that was judged: the place may have been seen since, and not this check done again; or
    it may have been asked every day since, and not have answered.
    """
    at = finding.collected_at
    if finding.status is Status.UNKNOWN or not is_stale(at, now, configuration.stale_after):
        return finding
    why = stale_reason(at, now, "its evidence")
    return replace(finding, status=Status.UNKNOWN, reason=f"{why}; then: {finding.status}: {finding.reason}")


def _clock_warnings(covering: Seal | None) -> list[str]:
    return [each.clock for each in covering.stamps if each.clock] if covering else []


def _publication_warnings(covering: Seal | None, configuration: Configuration) -> list[str]:
    """What keeps a configured folder from having the newest checkpoint; and alarms, which are about the log itself."""
    if covering is None:
        return []
    known = {each.folder: each for each in covering.publications}
    found = [f"ALARM: {each.alarm}; see what is wrong: annexa verify" for each in covering.publications if each.alarm]
    for folder in map(str, configuration.publish):
        why = known[folder].problem if folder in known else "nobody has tried yet"
        if why:
            found.append(f"checkpoint {covering.size} is not published in {folder}: {why}; the next scan tries again")
    return found


def _warnings(
    scan: ScanState, waiting: int, coverage: Sequence[Coverage], now: datetime, configuration: Configuration
) -> list[str]:
    found = [scan.clock] if scan.clock else []
    if waiting:
        found.append(f"{waiting} leaves of the log are not covered by a checkpoint yet: the next scan signs them")
    stale = sorted({c.source for c in coverage if is_stale(c.collected_at, now, configuration.stale_after)})
    if stale:
        found.append(f"evidence of {', '.join(stale)} is past its freshness target: scan again")
    return found
