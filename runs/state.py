"""Reports from the store: what stands now, or stood then, with conclusions about every control of every framework."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from core.conclusions import Tally
from core.errors import AnnexaError
from core.model import ALARM, Coverage, Status
from evidence_store.blobs.uploads import waiting_packs
from evidence_store.log.published_places import Where
from evidence_store.people.keyring import Keyring
from evidence_store.questions.events import acceptances, nonconformities, organization, risks
from evidence_store.questions.queries import (
    current_coverage,
    current_gaps,
    ended_findings,
    pending,
    previous_scan,
    scans,
    seal,
)
from evidence_store.questions.standing import current_findings
from evidence_store.running import told_apart
from evidence_store.store import Store
from runs.answers import Answers, accepted_failures, answered
from runs.as_of import AsOf
from runs.as_of import as_of as place
from runs.authorities import authorities
from runs.concluding import conclude_all
from runs.configuration import Configuration
from runs.freshness import aged, is_stale
from runs.report import EndedFinding, FindingState, FrameworkReport, GapState, Report, ScanState, Seal
from runs.rules import in_force
from runs.scan import Done


def report(
    configuration: Configuration,
    store: Store,
    now: datetime,
    *,
    done: Done | None = None,
    as_of: str = "",
    then: AsOf | None = None,
) -> Report:
    """What stands, or stood `as_of` a moment, a scan or a leaf, or `then`. With `done`, findings and gaps are those of
    that scan; conclusions always rest on everything.

    Raises `AnnexaError` when there is no scan yet, or was none then.
    """
    then = then or place(store, as_of, now)
    past = then.past if then else None
    at = past.moment if past else now
    rules = in_force(store, configuration, past)
    with store.reading() as connection:
        found = scans(store, connection, scan_id=done.scan if done else "", past=past)
        found = found if past else told_apart(store, found)
        if not found:
            raise AnnexaError(f"{store.location.name}: there is no scan yet", "make one with: annexa scan")
        since = None if previous_scan(connection, found[0].id, past) is None else found[0].first_leaf
        coverage = current_coverage(connection, past)
        findings = current_findings(store, connection, since=since, past=past)
        gaps = current_gaps(store, connection, past)
        covering = seal(store, connection, authorities(configuration), past)
        waiting = pending(store, connection, past)
        hidden = _hidden(Keyring(store, connection))
        answering = Answers(
            at=at,
            nonconformities=tuple(nonconformities(store, connection, past).values()),
            acceptances=tuple(acceptances(store, connection, past).values()),
            organization=organization(store, connection, past),
            risks=risks(store, connection, past),
        )
    findings = answered((_aged(finding, at, rules.stale_after) for finding in findings), answering)
    tallies, accepted = tally(findings), accepted_failures(findings)
    if done:
        findings = [each for each in findings if each.check in done.checks and each.source in done.sources]
        gaps = [gap for gap in gaps if gap.leaf >= found[0].first_leaf]
    return Report(
        generated=now,
        store=configuration.location.name,
        scan=found[0],
        gaps=tuple(gaps),
        coverage=tuple(coverage),
        frameworks=tuple(
            FrameworkReport(id=each.id, name=each.name, controls=conclude_all(each, rules, tallies, at, accepted))
            for each in rules.frameworks
        ),
        findings=tuple(findings),
        checks=rules.checks,
        seal=covering,
        objectives=rules.objectives,
        warnings=(
            *(then.warnings if then else ()),
            *(done.met_again if done else ()),
            *hidden,
            *rules.warnings,
            *answering.warnings,
            *_warnings(found[0], waiting, coverage, at, rules.stale_after, past),
            *_alarms(gaps),
            *_clock_warnings(covering),
            *_upload_warnings(store, done, past),
            *_publication_warnings(covering, None if past else configuration.publish),
        ),
        past=past,
        answers=answering,
    )


def _upload_warnings(store: Store, done: Done | None, past: object) -> Iterator[str]:
    """Evidence that lies on this machine alone, although it should be in the bucket."""
    left = 0 if past else len(waiting_packs(store))
    if left:
        why = f"; {done.uploads.problem}" if done and done.uploads.problem else ""
        yield f"packs that wait on this machine to be carried to {store.location.bucket}: {left}{why}"


def ended_since(store: Store, scan: ScanState) -> tuple[EndedFinding, ...]:
    """Verdicts that this scan ended."""
    with store.reading() as connection:
        return tuple(ended_findings(store, connection, scan.first_leaf))


def tally(findings: Sequence[FindingState]) -> dict[str, Tally]:
    """How often each check came to each status."""
    by_check: dict[str, list[Status]] = {}
    for finding in findings:
        by_check.setdefault(finding.check, []).append(finding.status)
    return {check: Tally.of(statuses) for check, statuses in by_check.items()}


def _aged(finding: FindingState, now: datetime, stale_after: timedelta) -> FindingState:
    status, reason = aged(finding.status, finding.reason, finding.collected_at, now, stale_after)
    return finding if status is finding.status else replace(finding, status=status, reason=reason)


def _hidden(names: Keyring) -> list[str]:
    return [f"people are shown by pseudonyms: {names.problem}"] if names.problem else []


def _clock_warnings(covering: Seal | None) -> list[str]:
    return [each.clock for each in covering.stamps if each.clock] if covering else []


def _alarms(gaps: Sequence[GapState]) -> list[str]:
    """Places that showed that they are not what they should be: each once, however many collectors met it."""
    return list(dict.fromkeys(each.reason for each in gaps if each.reason.startswith(ALARM)))


def _publication_warnings(covering: Seal | None, folders: Sequence[Where] | None) -> list[str]:
    """What keeps a configured folder from having the newest checkpoint; and alarms, which are about the log itself.

    Without `folders`, because nobody knows which were configured, those that somebody tried.
    """
    if covering is None:
        return []
    known = {each.folder: each for each in covering.publications}
    found = [f"ALARM: {each.alarm}; see what is wrong: annexa verify" for each in covering.publications if each.alarm]
    for folder in known if folders is None else map(str, folders):
        why = known[folder].problem if folder in known else "nobody has tried yet"
        if why:
            found.append(f"checkpoint {covering.size} is not published in {folder}: {why}; the next scan tries again")
    return found


def _warnings(
    scan: ScanState, waiting: int, coverage: Sequence[Coverage], now: datetime, stale_after: timedelta, past: object
) -> list[str]:
    found = [scan.clock] if scan.clock else []
    if waiting and past:
        found.append(f"leaves of the log that no checkpoint covered then: {waiting}")
    elif waiting:
        found.append(f"leaves of the log that no checkpoint covers yet: {waiting}; the next scan signs them")
    stale = sorted({c.source for c in coverage if is_stale(c.collected_at, now, stale_after)})
    if stale:
        found.append(f"evidence of {', '.join(stale)} is past its freshness target: scan again")
    return found
