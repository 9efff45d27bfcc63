"""A report on the terminal and as JSON: what could not be seen first, then controls, then findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from commands.output import Cell, count, labelled, plain, say, say_when, table, when
from core.management.acts import Grade
from core.model import Conclusion, Severity, Status

if TYPE_CHECKING:
    from core.conclusions import ControlResult
    from runs.answers import Answers
    from runs.report import EndedFinding, FindingState, FrameworkReport, Report

MOST_ROWS = 20
"""Findings shown on a terminal; `annexa status --all` and `--json` show every one."""

ATTENTION = (Status.FAIL, Status.ERROR, Status.UNKNOWN)
BY_ATTENTION = {status: rank for rank, status in enumerate((*ATTENTION, Status.PASS, Status.NOT_APPLICABLE))}
BY_WEIGHT = {severity: -weight for weight, severity in enumerate(Severity)}


def exit_status(report: Report) -> int:
    """4 when a published checkpoint is not of this log, else 3 when something could not be seen or judged, nothing was
    looked at, or the scan died before it had looked at all, else 1 when something fails, else 0."""
    if report.seal and any(each.alarm for each in report.seal.publications):
        return 4
    statuses = {finding.status for finding in report.findings}
    if report.gaps or not report.coverage or report.scan.status == "died" or statuses & {Status.UNKNOWN, Status.ERROR}:
        return 3
    return 1 if Status.FAIL in statuses else 0


def show(
    report: Report, ended: Sequence[EndedFinding] = (), *, since_last: bool = False, all_rows: bool = False
) -> None:
    """Print a report for people."""
    if report.past:
        say_when(report.past)
    _show_organization(report.answers)
    _show_scan(report)
    _show_gaps(report)
    if since_last:
        _show_changes(report, ended)
    else:
        _show_controls(report.frameworks[0])
        _show_findings(report.findings, all_rows=all_rows)
        _show_answers(report.answers)
    _show_seal(report)


def as_json(report: Report, ended: Sequence[EndedFinding] = (), *, since_last: bool = False) -> dict[str, Any]:
    """`{scan, findings, gaps, controls}`, and what was looked at, flat and with the model's names."""
    findings = [f for f in report.findings if f.change] if since_last else report.findings
    return {
        **({"as_of": plain(report.past)} if report.past else {}),
        "organization": organization_as_json(report.answers),
        "scan": plain(report.scan),
        "findings": plain(findings),
        "gaps": plain(report.gaps),
        "controls": [control_as_json(f, c, report.answers) for f in report.frameworks for c in f.controls],
        "nonconformities": _nonconformities(report.answers),
        "acceptances": _acceptances(report.answers),
        "coverage": plain(report.coverage),
        "checkpoint": plain(report.seal),
        "warnings": plain(report.warnings),
        **({"ended": plain(ended)} if since_last else {}),
    }


def organization_as_json(answers: Answers) -> dict[str, str] | None:
    """Whom it is about, and the scope of its management system; nothing where nobody has said so."""
    stated = answers.organization
    return {"name": stated.said.name, "scope": stated.said.scope_statement} if stated else None


def _nonconformities(answers: Answers) -> dict[str, int]:
    """How many there are, by what a reader asks first."""
    return {
        "open": len(answers.open),
        "major": sum(each.grade is Grade.MAJOR for each in answers.open),
        "overdue": len(answers.overdue),
        "closed": len(answers.nonconformities) - len(answers.open),
    }


def _acceptances(answers: Answers) -> dict[str, int]:
    return {"in_force": len(answers.in_force), "findings": sum(len(each.findings) for each in answers.in_force)}


def control_as_json(framework: FrameworkReport, result: ControlResult, answers: Answers) -> dict[str, Any]:
    """One control with its conclusion and what it rests on, and what people answer for."""
    return {
        "framework": framework.id,
        "control": result.control.id,
        "title": result.control.title,
        "theme": result.control.theme,
        "potential": result.control.potential,
        "conclusion": result.conclusion.value,
        "strength": result.strength,
        "failures": result.failures,
        "accepted": result.accepted,
        "accepted_until": plain(result.accepted_until),
        "nonconformities": [each.id for each in answers.about(result)],
        "stated": plain(result.stated),
        "attestations": [each.attestation.id for each in result.attestations],
        "risks": [each.id for each in answers.risks_of(framework.id, result)],
        "reservations": list(result.reservations),
        "objectives": [
            {
                "objective": each.link.objective,
                "share": each.link.share,
                "because": each.link.because,
                "conclusion": each.conclusion.value,
                "checks": list(each.checks),
                **plain(each.tally),
            }
            for each in result.objectives
        ],
    }


def _show_organization(answers: Answers) -> None:
    """Whom it is about, and how far that reaches; nothing where nobody has said so."""
    if answers.organization:
        said = answers.organization.said
        say(said.name, f"  {said.scope_statement or 'nobody has stated the scope'}", style="bold")


def _show_scan(report: Report) -> None:
    scan = report.scan
    say(f"Scan {scan.id} of {when(scan.started)}: {scan.status}", style="bold")
    seen = sum(coverage.count for coverage in report.coverage)
    looked = (count(len(scan.sources), "source"), count(scan.units, "unit"), count(scan.exchanges, "exchange"))
    say(f"  {', '.join(looked)}; {count(seen, 'resource')} known")
    if scan.status == "died":
        say("  ended without a word: what it had sealed is kept; look again: annexa scan", style="yellow")
    for sentence in scan.left_out:
        say(f"  left out: {sentence}", style="yellow")
    for sentence in (*filter(None, [scan.clock]), *report.warnings):
        say(f"  warning: {sentence}", style="yellow")
    for died in scan.died:
        say(f"  scan {died} died before its end; what it had sealed is kept", style="yellow")


def _show_gaps(report: Report) -> None:
    if not report.gaps and (report.scan.status != "finished" or not report.coverage):
        say("  no gaps so far, but not every collector has looked to the end", style="yellow")
        return
    if not report.gaps:
        say("  no gaps: every collector could look to the end")
        return
    say("", f"Could not look ({count(len(report.gaps), 'gap')})", style="bold yellow")
    reasons: dict[tuple[str, str], list[str]] = {}
    for gap in report.gaps:
        reasons.setdefault((gap.reason, gap.hint), []).append(f"{gap.source}: {gap.collector}")
    for (reason, hint), places in reasons.items():
        more = f" and {len(places) - 1} more" if len(places) > 1 else ""
        say(f"  ? {places[0]}{more}: {reason}" + (f" ({hint})" if hint else ""))


def _show_controls(framework: FrameworkReport) -> None:
    say("", framework.name, style="bold")
    themes: dict[str, Counter[Conclusion]] = {}
    for result in framework.controls:
        themes.setdefault(result.control.theme, Counter())[result.conclusion] += 1
    order = [c for c in Conclusion if any(counts[c] for counts in themes.values())]
    table(
        ["", *themes, ""],
        [[labelled(c.value), *(str(counts[c]) for counts in themes.values()), ""] for c in order],
    )
    say("")
    table(
        ["Control", "Evidence", "Supported", "Title"],
        [
            [result.control.id, _evidence(result), _objectives(result), result.control.title]
            for result in framework.controls
            if result.conclusion is not Conclusion.NO_EVIDENCE
        ],
    )
    silent = sum(result.conclusion is Conclusion.NO_EVIDENCE for result in framework.controls)
    say(f"  no evidence: {count(silent, 'more control')} (list them with: annexa controls)")


def _evidence(result: ControlResult) -> Cell:
    text, style = labelled(result.conclusion.value)
    if result.accepted_until:
        return accepted_lines(result)
    return (f"{text} ({result.strength})" if result.conclusion is Conclusion.SUPPORTED else text), style


def accepted_lines(result: ControlResult) -> Cell:
    """A conclusion of which failures are accepted, on two lines: `✗ contradicted` and until when."""
    text, _ = labelled(result.conclusion.value)
    until = f"accepted until {result.accepted_until:%Y-%m-%d}"
    return [text, until if result.accepted == result.failures else f"{result.accepted} of {result.failures} accepted"]


def _objectives(result: ControlResult) -> str:
    reservations = f", {len(result.reservations)} doubted" if result.reservations else ""
    return f"{result.supported} of {len(result.objectives)}{reservations}"


def _show_findings(findings: Sequence[FindingState], *, all_rows: bool) -> None:
    counts = Counter(finding.status for finding in findings)
    sentence = ", ".join(f"{counts[status]} {status.replace('_', ' ')}" for status in Status if counts[status])
    say("", f"Findings: {sentence or 'none'}", style="bold")
    rows = findings if all_rows else [finding for finding in findings if finding.status in ATTENTION]
    ordered = sorted(
        rows, key=lambda f: (ATTENTION.index(f.status) if f.status in ATTENTION else 9, BY_WEIGHT[f.severity])
    )
    _findings_table(ordered if all_rows else ordered[:MOST_ROWS])
    if len(ordered) > MOST_ROWS and not all_rows:
        say(f"  {len(ordered) - MOST_ROWS} more: annexa status --all")


def _show_answers(answers: Answers) -> None:
    """What people answer for, where there is anything."""
    known, accepted = _nonconformities(answers), _acceptances(answers)
    if answers.nonconformities:
        style = "red" if known["overdue"] else "yellow" if known["open"] else ""
        said = f"{known['open']} open ({known['major']} major, {known['overdue']} overdue), {known['closed']} closed"
        say("", f"Nonconformities: {said} (list them with: annexa nonconformities list)", style=style)
    if answers.in_force:
        covered = f"{count(accepted['in_force'], 'acceptance')} of {count(accepted['findings'], 'failure')}"
        say(f"Accepted risks: {covered} (list them with: annexa acceptances list)")


def _findings_table(findings: Iterable[FindingState]) -> None:
    table(
        ["Status", "Severity", "ID", "Check and reason"],
        [
            [
                labelled(finding.status.value),
                finding.severity.value,
                finding.id,
                f"{finding.check} on {finding.resource}: {finding.reason}{_answered(finding)}",
            ]
            for finding in findings
        ],
    )


def _answered(finding: FindingState) -> str:
    """What people do about a finding, behind its reason."""
    said = list(finding.nonconformities)
    if finding.accepted_until:
        said.append(f"accepted until {finding.accepted_until:%Y-%m-%d} by {finding.accepted}")
    return f" ({', '.join(said)})" if said else ""


def _show_changes(report: Report, ended: Sequence[EndedFinding]) -> None:
    changes = [finding for finding in report.findings if finding.change]
    say("", f"Changed since the scan before: {count(len(changes), 'verdict')}; {len(ended)} ended", style="bold")
    _findings_table(changes)
    for each in ended:
        say(f"  {each.ended.replace('_', ' ')}: {each.check} on {each.resource} (was {each.status}: {each.reason})")


def _show_seal(report: Report) -> None:
    if report.seal is None:
        say("", "Not sealed by a checkpoint yet.", style="yellow")
        return
    say("", f"Sealed: {count(report.seal.size, 'leaf')}, root {report.seal.root}", style="bold")
    for stamp in report.seal.stamps:
        if stamp.time is None:
            say(f"  not stamped by {stamp.authority}: {stamp.problem}; the next scan asks again", style="yellow")
        else:
            say(f"  stamped by {stamp.authority}: {when(stamp.time)}")
    for each in report.seal.publications:
        if not (each.problem or each.alarm):
            say(f"  published in {each.folder}")
    say(f"  in {report.store}, public key {report.seal.public_key}", "  verify with: annexa verify")
