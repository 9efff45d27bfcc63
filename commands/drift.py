"""annexa drift"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.options import Checks, Config, Controls, Json, Sources, configuration, open_store
from commands.output import as_configured, count, json_text, labelled, plain, say, table, when, write_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitoring.changes import AgedVerdicts, Change, ChangedFinding, ChangedResource
    from monitoring.drift import Drift
    from monitoring.fields import Field
    from monitoring.rule_changes import RuleChange

From = Annotated[
    str,
    typer.Option(
        "--from",
        metavar="MOMENT",
        help="A date (its end, UTC), a moment, a scan or a leaf. Default: the end of the scan before the last.",
    ),
]
To = Annotated[str, typer.Option("--to", metavar="MOMENT", help="The same. Default: now.")]
Output = Annotated[
    Path | None,
    typer.Option("--output", metavar="FILE", help="Write a page (HTML) to this file; with --json, the JSON."),
]

MOST_ROWS = 20
"""Rows of each kind shown on a terminal; the page has more, and `--json` every one."""

STYLES = {
    "new_failure": "red",
    "reappeared": "red",
    "became_unknown": "yellow",
    "resolved": "green",
    "left_out": "yellow",
    "could_look_again": "cyan",
    "added": "cyan",
    "appeared": "cyan",
    "changed": "cyan",
}
"""How changes are printed; a sign and words stand beside the colour, which alone says nothing."""


def drift(
    start: From = "",
    end: To = "",
    source: Sources = None,
    check: Checks = None,
    control: Controls = None,
    config: Config = None,
    output: Output = None,
    json: Json = False,
) -> None:
    """Show what changed between two moments.

    Failures that are new, resolved or back; resources that came, went or changed, field by field; what could not be
    looked at any more, or again; and what it was judged by. Could not look is never fixed, and never gone. Exit status
    0, whatever changed.
    """
    from monitoring.drift import drift as find
    from runs.clock import now
    from runs.selection import Wish

    settings = configuration(config)
    wish = Wish(tuple(source or ()), tuple(check or ()), tuple(control or ()))
    with open_store(settings) as store:
        at = now()
        found = find(settings, store, at, start=start, end=end, wish=wish)
    if json and output:
        from exports.html import save

        save(json_text(as_json(found)), output)
    elif json:
        write_json(as_json(found))
    else:
        show(found)
        if output:
            from exports.drift import write

            write(found, output, at)
            say("", f"Page: {output}")


def worded(change: Change) -> tuple[str, str]:
    """A change with its sign, and the style it is printed in."""
    from exports.words import CHANGES

    return f"{CHANGES[change].symbol} {CHANGES[change].word}", STYLES.get(change.value, "dim")


def as_json(found: Drift) -> dict[str, Any]:
    """`{from, to, organization, counts, findings, aged, resources, gaps, places, rules, controls, warnings}`."""
    return {
        "from": plain(found.start),
        "to": plain(found.end),
        "organization": plain(found.organization),
        "counts": plain(found.counts),
        "findings": plain(found.findings),
        "aged": plain(found.aged),
        "resources": [_resource_as_json(each) for each in found.resources],
        "gaps": plain(found.gaps),
        "places": plain(found.places),
        "rules": plain(found.rules),
        "controls": plain(found.controls),
        "warnings": plain(found.warnings),
    }


def _resource_as_json(resource: ChangedResource) -> dict[str, Any]:
    fields = [
        {"path": each.path, "before": _side_as_json(each.before), "after": _side_as_json(each.after)}
        for each in resource.fields
    ]
    return {**plain(resource), "fields": fields}


def _side_as_json(field: Field) -> dict[str, Any]:
    """`{value}`, or `{absent}`, or `{unobserved}` with the reason: what nobody saw is not what was not there."""
    if field.unseen:
        return {"unobserved": field.unseen}
    return {"absent": True} if field.absent else {"value": plain(field.value)}


def summarised(found: Drift) -> str:
    """`2 new failure, 1 resolved, 3 resources changed`, or that nothing changed."""
    parts = [f"{number} {change.replace('_', ' ')}" for change, number in found.counts.items()]
    if found.resources:
        parts.append(f"{count(len(found.resources), 'resource')} came, went or changed")
    if found.rules:
        parts.append(f"{count(len(found.rules), 'rule')} changed")
    return ", ".join(parts) or ("only what could be looked at changed" if found else "nothing changed")


def show(found: Drift) -> None:
    """Print a drift for people: what is worse first, then what explains it."""
    say(f"What changed from {when(found.start.moment)} to {when(found.end.moment)}", style="bold")
    say(f"  the first {found.start.size} and the first {count(found.end.size, 'leaf')} of the log: {summarised(found)}")
    for warning in found.warnings:
        say(f"  warning: {warning}", style="yellow")
    _show_controls(found)
    _show_findings(found)
    _show_blindness(found)
    _show_resources(found.resources)
    _show_rules(found.rules)


def _show_controls(found: Drift) -> None:
    newest = [each for each in found.controls if each.framework == found.controls[0].framework]
    if newest:
        say("", f"Controls ({count(len(newest), 'conclusion')} changed)", style="bold")
    table(
        ["Control", "Was", "Is", "Title"],
        [
            [each.control, labelled(each.was.value), labelled(each.conclusion.value), each.title]
            for each in newest[:MOST_ROWS]
        ],
    )
    _more(len(newest))


def _show_findings(found: Drift) -> None:
    if found.findings:
        say("", f"Findings ({count(len(found.findings), 'verdict')} changed)", style="bold")
    table(
        ["Change", "Severity", "ID", "Check and reason"],
        [[worded(each.change), each.severity.value, each.id, _sentences(each)] for each in found.findings[:MOST_ROWS]],
    )
    _more(len(found.findings))


def _sentences(finding: ChangedFinding) -> list[str]:
    head = f"{finding.check} on {finding.resource} in {finding.source}"
    lines = [f"{head} {finding.scope}".rstrip()]
    if finding.status:
        lines.append(f"  is {finding.status.replace('_', ' ')}: {finding.reason}")
    if finding.was_status:
        lines.append(f"  was {finding.was_status.replace('_', ' ')}: {finding.was_reason}")
    return [*lines, *(f"  {each}" for each in finding.because)]


def _show_blindness(found: Drift) -> None:
    """Where somebody could not look any more, or again; and what was left out, added, or grew too old."""
    rows: list[Sequence[Any]] = [
        [worded(each.change), f"{each.source} {each.scope}".rstrip(), f"{each.collector}: {each.reason}"]
        for each in found.gaps
    ]
    rows += [
        [
            worded(each.change),
            f"{each.source} {each.scope}".rstrip(),
            _aged(each),
        ]
        for each in found.aged
    ]
    rows += [
        [worded(each.change), f"{each.source} {each.scope}".rstrip(), "the source" if not each.scope else "a part"]
        for each in found.places
    ]
    if rows:
        say("", "What could be looked at", style="bold")
    table(["Change", "Source", "What"], rows[:MOST_ROWS])
    _more(len(rows))


def _aged(each: AgedVerdicts) -> str:
    verdicts = f"{count(each.count, 'verdict')} of {count(len(each.checks), 'check')}"
    return f"{verdicts} rest on evidence of {when(each.collected_at)}"


def _show_resources(resources: Sequence[ChangedResource]) -> None:
    if resources:
        say("", f"Resources ({len(resources)} came, went or changed)", style="bold")
    table(
        ["Change", "Kind", "Resource and fields"],
        [
            [
                worded(each.change),
                each.kind,
                [f"{each.resource} in {each.source} {each.scope}".rstrip(), *_fields(each)],
            ]
            for each in resources[:MOST_ROWS]
        ],
    )
    _more(len(resources))


def _fields(resource: ChangedResource) -> Iterable[str]:
    if not resource.told:
        yield "  what it was cannot be read any more: it was disposed of"
    for each in resource.fields:
        yield f"  {each.path}: {spelt(each.before)} -> {spelt(each.after)}"


def spelt(field: Field) -> str:
    """One side of a field as people read it."""
    if field.unseen:
        return f"(could not be seen: {field.unseen})"
    return "(none)" if field.absent else as_configured(field.value)


def _show_rules(rules: Sequence[RuleChange]) -> None:
    if rules:
        say("", "What evidence was judged and read by", style="bold")
    table(
        ["What", "Which", "From and to"],
        [
            [
                each.what.replace("_", " "),
                " ".join(filter(None, (each.check, each.name))),
                f"{_rule(each.before)} -> {_rule(each.after)}",
            ]
            for each in rules[:MOST_ROWS]
        ],
    )
    _more(len(rules))


def _rule(value: object) -> str:
    """A value of a rule; digests by their beginning."""
    text = value if isinstance(value, str) else as_configured(value)
    return text[:12] if len(text) == 64 and " " not in text else text  # noqa: PLR2004 - of SHA-256 in hexadecimal


def _more(number: int) -> None:
    if number > MOST_ROWS:
        say(f"  {number - MOST_ROWS} more: --output FILE.html, or --json")
