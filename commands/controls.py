"""annexa controls"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Annotated

import typer

from commands.options import AsOf, Config, Json, complete_control, configuration, open_store
from commands.output import Cell, labelled, say, say_when, table, write_json
from core.model import Conclusion

if TYPE_CHECKING:
    from core.conclusions import ControlResult
    from runs.answers import Answers
    from runs.report import FrameworkReport

Number = Annotated[
    str, typer.Argument(metavar="CONTROL", help="One control, in detail.", autocompletion=complete_control)
]
Framework = Annotated[
    str, typer.Option("--framework", metavar="EDITION", help="The edition: iso27001_2022 or iso27001_2013.")
]


def controls(
    control: Number = "",
    framework: Framework = "iso27001_2022",
    as_of: AsOf = "",
    config: Config = None,
    json: Json = False,
) -> None:
    """Show what evidence says about each control, or said."""
    from commands.summary import control_as_json
    from core.errors import AnnexaError, did_you_mean
    from runs.clock import now
    from runs.state import report as make_report

    settings = configuration(config)
    with open_store(settings) as store:
        found = make_report(settings, store, now(), as_of=as_of)
    editions = {each.id: each for each in found.frameworks}
    if framework not in editions:
        raise AnnexaError(f"there is no framework named {framework}", f"there are {', '.join(editions)}")
    edition = editions[framework]
    results = {result.control.id: result for result in edition.controls}
    if control and control not in results:
        raise AnnexaError(
            f"{edition.name} has no control {control}{did_you_mean(control, results)}",
            "list them with: annexa controls",
        )
    if json:
        chosen = [result for name, result in results.items() if control in ("", name)]
        write_json([control_as_json(edition, result, found.answers) for result in chosen])
        return
    if found.past:
        say_when(found.past, found.warnings)
    if control:
        _show_one(edition, results[control], found.answers, {each.check for each in found.findings})
    else:
        _show_all(edition, found.answers)


def _show_all(edition: FrameworkReport, answers: Answers) -> None:
    say(edition.name, style="bold")
    table(
        ["Control", "Theme", "Evidence", "Open", "Title"],
        [
            [each.control.id, each.control.theme, _evidence(each), _open(answers, each), each.control.title]
            for each in edition.controls
        ],
    )


def _evidence(result: ControlResult) -> Cell:
    from commands.summary import accepted_lines

    return accepted_lines(result) if result.accepted_until else labelled(result.conclusion.value)


def _open(answers: Answers, result: ControlResult) -> str:
    """How many nonconformities are open about it."""
    return str(len(answers.about(result)) or "")


def _show_one(edition: FrameworkReport, result: ControlResult, answers: Answers, judged: Collection[str]) -> None:
    sign, style = labelled(result.conclusion.value)
    say(f"{edition.name} {result.control.id} {result.control.title}", style="bold")
    say(f"{sign[0]} {result.sentence}", style=style)
    say(
        f"Technology can show this control {result.control.potential}ly."
        if result.control.potential != "manual"
        else "Technology cannot show this control: it takes people and documents."
    )
    for record in answers.about(result):
        say(f"{record.id} is {record.stage}, due {record.due}: {record.title}", style="yellow")
    if result.stated:
        applies = "applicable" if result.stated.applicable else "not applicable"
        status = f", {result.stated.status.replace('_', ' ')}" if result.stated.applicable else ""
        say(f"Stated to be {applies}{status}: {result.stated.justification}")
    for attested in result.attestations:
        say(f"{'✓' if attested.holds else '✗'} {attested.sentence}", style="green" if attested.holds else "yellow")
    for sentence in _risks(edition, result, answers):
        say(sentence, style="red" if result.conclusion is Conclusion.CONTRADICTED else "")
    for each in result.objectives:
        tally = each.tally
        sign, style = labelled(each.conclusion.value)
        say("", f"{sign}: {each.link.objective} ({each.link.share})", style=style)
        say(f"  {each.link.because}")
        say(
            f"  {tally.passes} pass, {tally.fails} fail, {tally.unknowns} unknown, "
            f"{tally.not_applicable} not applicable; checks: {_checks(each.checks, judged)}"
        )


def _checks(serving: Collection[str], judged: Collection[str]) -> str:
    """Those that came to a verdict, and how many others there are: most are about providers that are not here."""
    said = [each for each in serving if each in judged]
    silent = len(serving) - len(said)
    if not said:
        return f"none of {silent} judged anything" if silent else "none yet"
    return ", ".join(said) + (f", and {silent} that judged nothing" if silent else "")


def _risks(edition: FrameworkReport, result: ControlResult, answers: Answers) -> list[str]:
    """Which risks the control is to treat, and that they are less treated than planned where it is contradicted."""
    if answers.risks is None:
        return []
    register, found = answers.risks.said, []
    for risk in answers.risks_of(edition.id, result):
        level, planned = register.level(risk), register.residual_level(risk)
        if result.conclusion is Conclusion.CONTRADICTED:
            less = f"{risk.id} is less treated than the plan says, and counts as {level}, not {planned}"
            found.append(f"{less}: {risk.statement}")
        else:
            found.append(f"Treats {risk.id} (level {level}, planned {planned}): {risk.statement}")
    return found
