"""annexa show"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from commands.options import AsOf, Config, Json, configuration, open_store
from commands.output import Cell, as_configured, count, labelled, say, say_when, table, when, write_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from core.model import Exchange
    from evidence_store.log.trail import LeafProof, SeenUnit
    from evidence_store.questions.states import TrustedMoment
    from runs.report import ScanState
    from runs.tracing import Trace, TracedUnit

Name = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="A finding's id or its beginning, a unit (LEAF/UNIT), a leaf's number, or a scan's id."
    ),
]
Full = Annotated[bool, typer.Option("--full", help="Print whole answers instead of their first lines.")]

FIRST_LINES = 20


def show(name: Name, as_of: AsOf = "", config: Config = None, full: Full = False, json: Json = False) -> None:
    """Follow a finding down to the answers below it.

    Down to the exchanges it rests on, each as the command with which you can look yourself, and the leaves of the log
    that seal them. Units, leaves and scans have names as well.
    """
    from runs.clock import now
    from runs.report import ScanState
    from runs.tracing import Trace, TracedUnit, follow

    settings = configuration(config)
    with open_store(settings) as store:
        found, then = follow(settings, store, name, now(), as_of)
    if then and not json:
        say_when(then.past, then.warnings)
    if json:
        write_json(_as_json(found))
    elif isinstance(found, Trace):
        _show_trace(found, full=full)
    elif isinstance(found, TracedUnit):
        _show_unit(found.seen, full=full)
        _show_leaf(found.leaf)
    elif isinstance(found, ScanState):
        _show_scan(found)
    else:
        _show_leaf(found)


def _as_json(found: Trace | TracedUnit | LeafProof | ScanState) -> object:
    from commands.output import plain
    from runs.tracing import Trace, TracedUnit

    if isinstance(found, TracedUnit):
        return {**_unit_as_json(found.seen), "proof": plain(found.leaf)}
    if not isinstance(found, Trace):
        return found
    return {
        **plain(found.finding),
        "title": found.check.title if found.check else None,
        "controls": list(found.controls),
        "assessment": plain(found.assessed),
        "units": [_unit_as_json(seen) for seen in found.units],
        "leaves": plain(found.leaves),
    }


def _unit_as_json(seen: SeenUnit) -> dict[str, object]:
    from commands.output import plain
    from runs.equivalents import equivalents

    commands = equivalents(seen.unit, [exchange for exchange, _ in seen.exchanges])
    return {
        "leaf": seen.leaf,
        "ordinal": seen.ordinal,
        "agent_version": seen.agent_version,
        "configuration": seen.configuration,
        **{key: value for key, value in plain(seen.unit).items() if key != "exchanges"},
        "exchanges": [
            {
                **plain(exchange),
                "equivalent": command,
                "answer": plain(answer),
                "disposed": seen.disposed.get(exchange.response, ""),
            }
            for (exchange, answer), command in zip(seen.exchanges, commands, strict=True)
        ],
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
        say("")
        _show_unit(seen, full=full)
    for leaf in found.leaves:
        say("")
        _show_leaf(leaf)


def _show_unit(seen: SeenUnit, *, full: bool) -> None:
    from runs.equivalents import equivalents

    unit = seen.unit
    scope = f", {unit.scope}" if unit.scope else ""
    say(f"Seen by {unit.collector} as {unit.principal or 'nobody'} in {unit.source}{scope}", style="bold")
    say(f"  {when(unit.started)} to {when(unit.finished)}, sealed as unit {seen.leaf}/{seen.ordinal}")
    by = f"Annexa {seen.agent_version}, configuration {seen.configuration}, " if seen.agent_version else ""
    say(f"  {by}collector {unit.version}", style="dim")
    for gap in unit.gaps:
        say(f"  ? could not look: {gap.reason}", style="yellow")
    commands = equivalents(unit, [exchange for exchange, _ in seen.exchanges])
    for (exchange, answer), command in zip(seen.exchanges, commands, strict=True):
        _show_exchange(exchange, answer, command, full=full)
        if gone := seen.disposed.get(exchange.response):
            say(f"    the answer was {gone}", style="yellow")


def _settings(settings: Mapping[str, object]) -> str:
    """`days: 90, approved: ["ada"]`, written as the configuration has it."""
    return ", ".join(f"{name}: {as_configured(value)}" for name, value in settings.items()) or "none"


def _show_exchange(exchange: Exchange, answer: bytes, command: str, *, full: bool) -> None:
    first, *others = command.splitlines() or [""]
    say(f"  $ {first}", *(f"  > {line}" for line in others), style="cyan")
    lines = answer.decode(errors="backslashreplace").splitlines()
    for line in lines if full else lines[:FIRST_LINES]:
        say(f"    {line}")
    if len(lines) > FIRST_LINES and not full:
        say(f"    … {len(lines) - FIRST_LINES} more lines: --full", style="dim")
    if exchange.error:
        say(*(f"    errors: {line}" for line in exchange.error.splitlines()), style="yellow")
    for line in _circumstances(exchange):
        say(f"    {line}", style="dim")


def _circumstances(exchange: Exchange) -> Iterator[str]:
    """When and where it was asked, and what came back: two lines."""
    where = f" at {exchange.endpoint}" if exchange.endpoint else ""
    request = f", request {exchange.request_id}" if exchange.request_id else ""
    page = f", page {exchange.page}" if exchange.page else ""
    items = "" if exchange.items is None else f", {count(exchange.items, 'item')}"
    yield f"asked {when(exchange.at)}{where}, {exchange.duration_ms} ms{request}{page}{items}"
    cut = ", cut off" if exchange.truncated else ""
    masked = ", ".join(f"{number} {kind}" for kind, number in sorted(exchange.redactions.items()))
    masked = f", masked {masked}" if masked else ""
    kept = f"sha256 {exchange.response}" if exchange.response else "only this much is kept of it"
    yield f"status {exchange.status}, {exchange.size} bytes{cut}, {kept}{masked}"


def _show_leaf(leaf: LeafProof) -> None:
    scan = f" of scan {leaf.data['scan']}" if leaf.data["scan"] else ""
    say(f"Leaf {leaf.position}: {leaf.data['type']}{scan}, {leaf.data['at']}", style="bold")
    for name in ("record", "act", "name", "reason", "author", "approver", "login"):
        if leaf.act.get(name):
            say(f"  {name}: {leaf.act[name]}")
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
