"""annexa standard"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.desk import at_desk
from commands.options import AsOf, Config, Json
from commands.output import labelled, plain, say, say_when, table, write_json

if TYPE_CHECKING:
    from management.standard import Standard

Page = Annotated[Path | None, typer.Option("--output", metavar="FILE", help="Write the page to this HTML file.")]
MOST_OWED = 20
"""Rows of what is owed on a terminal; `--json` and the page have every one."""


def standard(output: Page = None, as_of: AsOf = "", config: Config = None, json: Json = False) -> None:
    """Show every clause and control, and what is owed."""
    from exports.standard import write
    from management.standard import standard as look

    with at_desk(config) as desk:
        found = look(desk, as_of)
    if output:
        write(found, output)
    if json:
        write_json(_as_json(found))
        return
    if found.report.past:
        say_when(found.report.past, found.report.warnings)
    said = found.report.answers.organization
    say(said.said.name if said else "Nobody has named the organization.", style="bold")
    say(f"  {said.said.scope_statement or 'nobody has stated the scope'}" if said else "  annexa scope show")
    say("", "Clauses", style="bold")
    table(
        ["Clause", "Conclusion", "Title"],
        [[each.clause.id, labelled(each.conclusion.value), each.clause.title] for each in found.clauses],
    )
    say("", f"Controls of {found.edition.name}", style="bold")
    counts = Counter(result.conclusion.value for result in found.edition.controls)
    table(["", ""], [[labelled(name), str(number)] for name, number in counts.items()])
    say("", f"Owed: {len(found.owed)}", style="bold")
    table(
        ["About", "Due", "Owner", "What"],
        [
            [each.about, str(each.due or ""), each.owner, [each.sentence, f"  {each.command}"]]
            for each in found.owed[:MOST_OWED]
        ],
    )
    if len(found.owed) > MOST_OWED:
        say(f"  {len(found.owed) - MOST_OWED} more: annexa standard --json", style="dim")
    if output:
        say(f"Page: {output}")


def _as_json(found: Standard) -> dict[str, Any]:
    from commands.statements import version_as_json
    from commands.summary import control_as_json

    return {
        "at": plain(found.at),
        **({"as_of": plain(found.report.past)} if found.report.past else {}),
        "organization": version_as_json(found.report.answers.organization),
        "clauses": [
            {
                "clause": each.clause.id,
                "title": each.clause.title,
                "conclusion": each.conclusion.value,
                "records": [
                    {
                        "record": one.record,
                        "status": one.verdict.status.value,
                        "reason": one.verdict.reason,
                        "command": one.command,
                    }
                    for one in each.records
                ],
                "attestations": [one.attestation.id for one in each.attestations],
                "owed": list(each.owed),
            }
            for each in found.clauses
        ],
        "controls": [control_as_json(found.edition, each, found.report.answers) for each in found.edition.controls],
        "flags": plain(found.flags),
        "risks": [
            {
                "id": each.risk.id,
                "level": each.level,
                "planned": each.planned,
                "counts": each.counts,
                "treated": each.treated.value,
                "because": list(each.because),
            }
            for each in found.risks
        ],
        "owed": plain(found.owed),
        "warnings": plain(found.report.warnings),
    }
