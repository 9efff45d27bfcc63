"""annexa show"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from commands.options import Config, Json, configuration, open_store
from commands.output import Cell, as_configured, count, labelled, say, table, when, write_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.model import Exchange
    from evidence_store.states import TrustedMoment
    from evidence_store.trail import LeafProof
    from runs.report import ScanState
    from runs.tracing import Trace

Name = Annotated[
    str, typer.Argument(metavar="ID", help="A finding's id or its beginning, a leaf's number, or a scan's id.")
]
Full = Annotated[bool, typer.Option("--full", help="Print whole answers instead of their first lines.")]

FIRST_LINES = 20


def show(name: Name, config: Config = None, full: Full = False, json: Json = False) -> None:
    """Follow a finding down to the answers below it.

    Down to the exchanges it rests on, and the leaves of the log that seal them. Leaves and scans have names as well.
    """
    from runs.authorities import authorities
    from runs.plugins import all_checks
    from runs.report import ScanState
    from runs.tracing import Trace, trace

    settings = configuration(config)
    with open_store(settings) as store:
        found = trace(store, name, all_checks(), authorities(settings))
    if json:
        write_json(_trace_as_json(found) if isinstance(found, Trace) else found)
    elif isinstance(found, Trace):
        _show_trace(found, full=full)
    elif isinstance(found, ScanState):
        _show_scan(found)
    else:
        _show_leaf(found)


def _trace_as_json(found: Trace) -> dict[str, object]:
    from commands.output import plain

    return {
        **plain(found.finding),
        "title": found.check.title if found.check else None,
        "controls": list(found.controls),
        "assessment": plain(found.assessed),
        "units": [
            {
                "leaf": seen.leaf,
                **{key: value for key, value in plain(seen.unit).items() if key != "exchanges"},
                "exchanges": [{**plain(exchange), "answer": plain(answer)} for exchange, answer in seen.exchanges],
            }
            for seen in found.units
        ],
        "leaves": plain(found.leaves),
    }


def _show_trace(found: Trace, *, full: bool) -> None:
    finding = found.finding
    sign, style = labelled(finding.status.value)
    say(f"{sign}: {finding.check} on {finding.resource} in {finding.source}", style=f"bold {style}")
    say(f"  {finding.reason}")
    rows: list[list[Cell]] = [
        ["severity", finding.severity.value],
        ["since", when(finding.since)],
        ["judged", f"{when(finding.as_of)}, settings {_settings(found.assessed.settings)}"],
        ["check digest", found.assessed.check_digest],
    ]
    if found.check:
        rows += [["means", found.check.title], ["why", found.check.rationale.split("\n")]]
        rows += [["remedy", found.check.remediation.split("\n")]]
        rows += [["controls", ", ".join(found.controls)]]
    table(["", ""], rows)
    for seen in found.units:
        unit = seen.unit
        say("", f"Seen by {unit.collector} as {unit.principal or 'nobody'} in {unit.source}", style="bold")
        say(f"  {when(unit.started)} to {when(unit.finished)}, sealed in leaf {seen.leaf}")
        for gap in unit.gaps:
            say(f"  ? could not look: {gap.reason}", style="yellow")
        for exchange, answer in seen.exchanges:
            _show_exchange(exchange, answer, full=full)
    for leaf in found.leaves:
        say("")
        _show_leaf(leaf)


def _settings(settings: Mapping[str, object]) -> str:
    """`days: 90, approved: ["ada"]`, written as the configuration has it."""
    return ", ".join(f"{name}: {as_configured(value)}" for name, value in settings.items()) or "none"


def _show_exchange(exchange: Exchange, answer: bytes, *, full: bool) -> None:
    question = exchange.parameters.get("command") or str(dict(exchange.parameters))
    first, *others = question.splitlines() or [""]
    say(f"  $ {first}", *(f"  > {line}" for line in others), style="cyan")
    lines = answer.decode(errors="backslashreplace").splitlines()
    for line in lines if full else lines[:FIRST_LINES]:
        say(f"    {line}")
    if len(lines) > FIRST_LINES and not full:
        say(f"    … {len(lines) - FIRST_LINES} more lines: --full", style="dim")
    if exchange.error:
        say(*(f"    errors: {line}" for line in exchange.error.splitlines()), style="yellow")
    masked = f", redacted {dict(exchange.redactions)}" if exchange.redactions else ""
    say(f"    status {exchange.status}, {exchange.size} bytes, sha256 {exchange.response}{masked}", style="dim")


def _show_leaf(leaf: LeafProof) -> None:
    scan = f" of scan {leaf.data['scan']}" if leaf.data["scan"] else ""
    say(f"Leaf {leaf.position}: {leaf.data['type']}{scan}, {leaf.data['at']}", style="bold")
    say(f"  hash {leaf.hash}")
    if leaf.proven:
        say(
            f"  proven: {count(len(leaf.path), 'hash')} lead to the signed checkpoint at size {leaf.checkpoint_size}",
            style="green",
        )
    else:
        say("  not covered by a checkpoint yet: the next scan signs it", style="yellow")
    if leaf.not_before:
        say(f"  sealed after {_trusted(leaf.not_before)}")
    if leaf.not_after:
        say(f"  sealed before {_trusted(leaf.not_after)}")
    for problem in leaf.refused:
        say(f"  ✗ {problem}", style="red")


def _trusted(moment: TrustedMoment) -> str:
    return f"{when(moment.time)}: {moment.authority} stamped checkpoint {moment.size}; verified with {moment.against}"


def _show_scan(scan: ScanState) -> None:
    say(f"Scan {scan.id}: {scan.status}", style="bold")
    finished = when(scan.finished) if scan.finished else "not finished"
    table(
        ["", ""],
        [
            ["started", when(scan.started)],
            ["finished", finished],
            ["by", f"Annexa {scan.agent_version}, {scan.trigger}"],
            ["sources", ", ".join(scan.sources) or "none"],
            ["left out", "; ".join(scan.left_out) or "nothing"],
            ["leaves", f"{scan.first_leaf} to {scan.last_leaf if scan.last_leaf is not None else '(open)'}"],
            ["units", f"{scan.units} with {count(scan.exchanges, 'exchange')}"],
        ],
    )
