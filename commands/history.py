"""annexa history"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.options import Config, Json, complete_check, configuration, open_store
from commands.output import as_configured, count, plain, say, table, when, write_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from evidence_store.questions.check_history import Change, CheckHistory, FindingHistory
    from evidence_store.questions.periods import Span, Timeline
    from runs.history import History

Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help="A finding's id, a check (or those below it), a control, or a resource.",
        autocompletion=complete_check,
    ),
]
From = Annotated[str, typer.Option("--from", metavar="MOMENT", help="Since then. Default: the first scan.")]
To = Annotated[str, typer.Option("--to", metavar="MOMENT", help="Until then; a day is meant whole. Default: now.")]

BAR_WIDTH, SHORT_BAR = 64, 24
MOST_ROWS = 20
"""Parts shown on a terminal; `--json` has every one."""


def history(name: Name, start: From = "", end: To = "", config: Config = None, json: Json = False) -> None:
    """Show how long something failed, and when we were blind.

    Blind is when nobody looked, when a look met a gap, and when the evidence was past its freshness target. It counts
    neither as passing nor as failing. A check or a control fails while anything of it fails. Exit status 0, whatever
    there was to see.
    """
    from runs.clock import now
    from runs.history import history as look_up

    settings = configuration(config)
    with open_store(settings) as store:
        found = look_up(settings, store, name, now(), start=start, end=end)
    if json:
        write_json(_as_json(found))
    else:
        _show(found)


def _show(found: History) -> None:
    from commands.timelines import bar, legend, show_totals
    from exports.words import length

    say(f"{found.kind.capitalize()} {found.asked}, {when(found.start)} to {when(found.end)}", style="bold")
    say(f"  evidence is believed for {length(found.stale_after)}")
    say("", f"  |{bar(found.timeline.spans, found.start, found.end, BAR_WIDTH)}|", f"  {legend(found.timeline)}", "")
    show_totals(found.timeline)
    if found.kind in ("control", "checks"):
        _show_parts("Check", [(each.check, each.timeline) for each in found.checks], found)
    elif found.kind == "check":
        _show_parts("Finding", [(_named(each), each.timeline) for each in found.checks[0].findings], found)
    elif found.kind == "resource":
        findings = [each for check in found.checks for each in check.findings]
        _show_parts("Finding", [(f"{each.id} {each.check}", each.timeline) for each in findings], found)
    if found.kind in ("check", "finding"):
        _show_population(found.checks[0])
        _show_changes(found.checks[0].changes)


def _named(finding: FindingHistory) -> str:
    scope = f" {finding.scope}" if finding.scope else ""
    return f"{finding.id} {finding.resource} in {finding.source}{scope}"


def _show_parts(head: str, parts: Sequence[tuple[str, Timeline]], found: History) -> None:
    """What it is made of, the longest failing first, then the longest blind."""
    from commands.timelines import bar
    from evidence_store.questions.periods import State
    from exports.words import share

    whole = found.end - found.start
    rows = [
        (timeline.totals.get(State.FAIL, whole - whole), timeline.partly_blind, named, timeline)
        for named, timeline in parts
    ]
    rows.sort(key=lambda row: (-row[0], -row[1], row[2]))
    say("")
    table(
        ["Failing", "Blind", "", head],
        [
            (share(failing, whole), share(blind, whole), bar(timeline.spans, found.start, found.end, SHORT_BAR), named)
            for failing, blind, named, timeline in rows[:MOST_ROWS]
        ],
    )
    if len(rows) > MOST_ROWS:
        say(f"  {len(rows) - MOST_ROWS} more: --json")


def _show_population(check: CheckHistory) -> None:
    say("", f"What there was to judge by {check.check}", style="bold")
    for size in check.sizes[-MOST_ROWS:]:
        say(f"  {'' if size.complete else 'at least '}{count(size.count, 'resource')} since {when(size.since)}")
    if len(check.sizes) > MOST_ROWS:
        say(f"  {len(check.sizes) - MOST_ROWS} earlier: --json")


def _show_changes(changes: Sequence[Change]) -> None:
    if changes:
        say("", "What it was judged by changed", style="bold")
    for each in changes[-MOST_ROWS:]:
        before, after = (str(plain(v))[:12] if each.what == "check_digest" else as_configured(v) for v in each.between)
        say(f"  {when(each.at)}: {each.what.replace('_', ' ')} from {before} to {after}")
    if len(changes) > MOST_ROWS:
        say(f"  {len(changes) - MOST_ROWS} earlier: --json")


def _as_json(found: History) -> dict[str, Any]:
    return {
        "asked": found.asked,
        "kind": found.kind,
        "from": found.start,
        "to": found.end,
        "stale_after_seconds": _seconds(found.stale_after),
        **_timeline(found.timeline),
        "checks": [
            {
                "check": check.check,
                **_timeline(check.timeline),
                "population": plain(check.sizes),
                "changes": plain(check.changes),
                "findings": [_finding(each) for each in check.findings],
            }
            for check in found.checks
        ],
    }


def _finding(finding: FindingHistory) -> dict[str, Any]:
    named = {"id": finding.id, "resource": finding.resource, "source": finding.source, "scope": finding.scope}
    return {**named, **_timeline(finding.timeline)}


def _timeline(timeline: Timeline) -> dict[str, Any]:
    longest = timeline.longest_blind
    return {
        "totals": {
            state.value: {"seconds": _seconds(length), "share": length / timeline.length}
            for state, length in timeline.totals.items()
        },
        "partly_blind_seconds": _seconds(timeline.partly_blind),
        "longest_blind": _span(longest) if longest else None,
        "first_failure": timeline.first_failure,
        "last_failure": timeline.last_failure,
        "spans": [_span(span) for span in timeline.spans],
    }


def _span(span: Span) -> dict[str, Any]:
    return {
        "from": span.start,
        "to": span.end,
        "seconds": _seconds(span.length),
        "state": span.state,
        "blind": list(span.blind),
        "counts": {state.value: number for state, number in span.counts.items()},
    }


def _seconds(length: timedelta) -> int | float:
    """Whole seconds without a fraction: moments are exact, and so is what lies between them."""
    return length.total_seconds() if length.microseconds else int(length.total_seconds())
