"""annexa measures"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.options import Config, Json, configuration, open_store
from commands.output import json_text, labelled, plain, say, table, when, write_json

if TYPE_CHECKING:
    from datetime import timedelta

    from core.management.figures import Measured, ObjectiveMeasure
    from management.measures.measures import Measures

From = Annotated[
    str,
    typer.Option("--from", metavar="MOMENT", help="A date (its beginning, UTC) or a moment. Default: the first scan."),
]
To = Annotated[
    str, typer.Option("--to", metavar="MOMENT", help="A date (its end, UTC), a moment, a scan or a leaf. Default: now.")
]
Framework = Annotated[
    str,
    typer.Option(
        "--framework",
        metavar="NAME",
        help="The edition whose controls count. Default: that of the Statement of Applicability, or iso27001_2022.",
    ),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", metavar="FILE", help="Write a page (HTML) to this file; with --json, the JSON."),
]


def measures(
    start: From = "",
    end: To = "",
    framework: Framework = "",
    config: Config = None,
    output: Output = None,
    json: Json = False,
) -> None:
    """Show how controls and failures came along (clause 9.1).

    Computed from the sealed log. docs/measures.md defines every figure. Exit status 0, whatever they are.
    """
    from management.measures.measures import measures as measure
    from runs.clock import now

    settings = configuration(config)
    with open_store(settings) as store:
        at = now()
        found = measure(settings, store, at, start=start, end=end, framework=framework)
    if json and output:
        from exports.html import save

        save(json_text(as_json(found)), output)
    elif json:
        write_json(as_json(found))
    else:
        show(found)
        if output:
            from exports.measures import write

            write(found, output, at)
            say("", f"Page: {output}")


def as_json(found: Measures) -> dict[str, Any]:
    """`{from, to, size, framework, organization, figures, objectives, series, resolutions, nonconformities, gaps,
    controls, known_seconds, stood_seconds, warnings}`; lengths in seconds, figures with what each means."""
    from core.management.figures import FIGURES

    return {
        "from": plain(found.start),
        "to": plain(found.end),
        "size": found.past.size,
        "framework": found.framework,
        "stale_after_seconds": seconds(found.stale_after),
        "organization": plain(found.organization.said) if found.organization else None,
        "figures": [
            {
                "name": name,
                "meaning": each.meaning,
                "unit": each.unit,
                **measured_as_json(found.figures[name]),
                "counts": list(found.behind[name].names),
                "evidence": found.behind[name].one or found.behind[name].whole,
            }
            for name, each in FIGURES.items()
        ],
        "objectives": [_objective_as_json(each) for each in found.objectives],
        "series": _series_as_json(found),
        "resolutions": [_lengths(plain(vars_of(each))) for each in found.resolutions],
        "nonconformities": {
            "by_severity": [_lengths(plain(vars_of(each))) for each in found.people.led],
            "overdue_actions": plain(found.people.actions),
            "recurred": list(found.people.recurred),
        },
        "gaps": plain(found.gaps),
        "known_seconds": seconds(found.known),
        "stood_seconds": seconds(found.stood),
        "controls": [
            {
                "control": each.control,
                "title": each.title,
                "applicable": each.applicable,
                "conclusion": each.conclusion.value,
                "sentence": each.sentence,
                "seconds": {name.value: seconds(length) for name, length in each.totals.items()},
                "spans": [
                    {
                        "from": plain(one.start),
                        "to": plain(one.end),
                        "conclusion": one.conclusion.value,
                        "judged": one.judged,
                    }
                    for one in each.spans
                ],
            }
            for each in found.controls
        ],
        "warnings": list(found.warnings),
    }


def measured_as_json(measured: Measured | None) -> dict[str, Any]:
    """`{value, at_least}`: null where nobody can tell; `at_least` where nobody can tell how many more."""
    return {"value": measured.value if measured else None, "at_least": bool(measured and measured.more)}


def _objective_as_json(each: ObjectiveMeasure) -> dict[str, Any]:
    said = {"reached": each.reached, "sentence": each.sentence}
    return {**plain(each.objective), **measured_as_json(each.measured), **said}


def _series_as_json(found: Measures) -> list[dict[str, Any]]:
    rows = zip(found.moments, found.conclusions, found.failing, found.people.series, found.places, strict=True)
    return [
        {
            "at": plain(at),
            "controls": {name.value: count for name, count in concluded.counts.items()},
            "controls_judged": concluded.judged,
            "failing": plain(failing.failing),
            "unknown": plain(failing.unknown),
            "nonconformities": {"open": led.open, "overdue": led.overdue},
            "places": {"all": p.places, "fresh": p.fresh, "incomplete": p.incomplete, "stale": p.stale},
        }
        for at, concluded, failing, led, p in rows
    ]


def vars_of(each: Any) -> dict[str, Any]:
    """The fields of a frozen record by name."""
    from dataclasses import fields

    return {field.name: getattr(each, field.name) for field in fields(each)}


def _lengths(row: dict[str, Any]) -> dict[str, Any]:
    """The mean and the percentile in seconds."""
    named = {"mean": "mean_seconds", "p90": "p90_seconds"}
    return {
        named.get(name, name): seconds(value) if name in named and value is not None else value
        for name, value in row.items()
    }


def seconds(length: timedelta) -> int | float:
    """A length of time as JSON has it."""
    total = length.total_seconds()
    return int(total) if total == int(total) else total


def show(found: Measures) -> None:
    """Print measures for people."""
    from exports.measures import span, worded

    said = found.organization.said if found.organization else None
    say(f"Measures from {when(found.start)} to {when(found.end)}", style="bold")
    say(
        f"  {said.name}: {said.scope_statement}"
        if said
        else "  scope: not recorded (organization, in the configuration)"
    )
    for warning in found.warnings:
        say(f"  warning: {warning}", style="yellow")
    say("", "Figures at the end", style="bold")
    table(
        ["Figure", "", "Of what"], [[name, worded(name, found.figures[name]), _meaning(name)] for name in _shown(found)]
    )
    say("", "Objectives", style="bold")
    if not found.objectives:
        say("  not recorded")
    table(
        ["Objective", "", "Against its target"],
        [[o.objective.id, _reached(o.reached), o.sentence] for o in found.objectives],
    )
    say("", "Time to resolve", style="bold")
    table(
        ["Severity", "Resolved", "Mean", "90 % within", "Still fail", "Out of sight"],
        [
            [e.severity.value, str(e.resolved), span(e.mean), span(e.p90), str(e.open), str(e.out_of_sight)]
            for e in found.resolutions
        ],
    )
    say("", "Controls that were not supported throughout", style="bold")
    table(
        ["Control", "At the end", "Over the period"], [_control(each, found) for each in found.controls if _moved(each)]
    )


def _meaning(name: str) -> str:
    from core.management.figures import FIGURES

    return FIGURES[name].meaning


def _shown(found: Measures) -> list[str]:
    """The figures that are known, or are no time to resolve."""
    return [name for name, measured in found.figures.items() if measured or "days" not in name]


def _reached(reached: bool | None) -> tuple[str, str]:
    if reached is None:
        return "? open", "yellow"
    return ("✓ reached", "green") if reached else ("✗ missed", "red")


def _moved(control: Any) -> bool:
    totals = control.totals
    return control.applicable and bool({"contradicted", "undetermined"} & set(totals))


def _control(control: Any, found: Measures) -> list[Any]:
    from core.management.figures import spelt

    whole = found.end - found.start
    parts = [f"{name.replace('_', ' ')} {spelt(100 * (length / whole))} %" for name, length in control.totals.items()]
    return [control.control, labelled(control.conclusion.value), ", ".join(parts)]
