"""annexa soa: the Statement of Applicability, and where it and the evidence do not agree."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.desk import Claimed, Reason, Sign, at_desk
from commands.options import AsOf, Config, Json, configuration
from commands.output import count, json_text, labelled, plain, say, say_when, table, write, write_json
from commands.statements import adopt as adopt_statement
from commands.statements import say_version, version_as_json

Output = Annotated[
    Path | None, typer.Option("--output", metavar="FILE", help="Write to this file instead of printing.")
]
Edition = Annotated[str, typer.Option("--framework", metavar="EDITION", help="The edition it is about.")]

soa = typer.Typer(rich_markup_mode=None, help="The Statement of Applicability (clause 6.1.3).")


@soa.command()
def init(
    framework: Edition = "iso27001_2022", output: Output = None, config: Config = None, json: Json = False
) -> None:
    """Write a file with a row for every control, to be filled in.

    Nothing is overwritten.
    """
    from core.errors import AnnexaError
    from exports.html import save
    from management.stating import begun
    from mappings.loader import framework as edition

    settings = configuration(config)
    rows = len(edition(framework).controls)
    text = begun(settings, framework)
    file = output or Path(settings.management.applicability or "soa.yaml").expanduser()
    if file.exists():
        raise AnnexaError(f"{file}: is there already", "name another with --output FILE")
    save(text, file)
    if json:
        write_json({"file": str(file), "controls": rows})
        return
    say(f"{file}: {count(rows, 'control')}. Say of each whether it applies and why, then: annexa soa check")
    if not settings.management.applicability:
        say(f"  and name it in the configuration: management.applicability: {file}", style="yellow")


@soa.command()
def check(as_of: AsOf = "", config: Config = None, json: Json = False) -> None:
    """Show what the file and the evidence do not agree about.

    Exit status 1 where there is something.
    """
    from core.errors import AnnexaError
    from evidence_store import records
    from management.soa import read_soa
    from management.standard import checked
    from management.stating import changed, newest, past_of

    read_soa(configuration(config))  # a mistake in the file is told also where nobody has scanned yet
    with at_desk(config) as desk:
        past = past_of(desk, as_of)
        draft = None if past else changed(desk, records.APPLICABILITY)[0]
        version = newest(desk, records.APPLICABILITY, past)
        said = draft or (version.said if version else None)
        if said is None:
            raise AnnexaError(
                "there is no Statement of Applicability",
                "begin one with: annexa soa init, or name its file in management.applicability",
            )
        found = checked(desk, said, as_of)
    if json:
        write_json({"sealed": version_as_json(version), "differs": draft is not None, "flags": plain(found)})
    else:
        if past:
            say_when(past)
        if version:
            say_version(version, differs=draft is not None)
        elif draft:
            say("It is not sealed yet: a scan does that, or annexa soa adopt.", style="yellow")
        say(f"{count(len(found), 'flag')} about {count(len(said.rows), 'row')}", style="bold")
        table(
            ["Control", "What does not agree"],
            [[each.control, [each.problem, f"  {each.remedy}"]] for each in found],
        )
    raise typer.Exit(1 if found else 0)


@soa.command()
def show(as_of: AsOf = "", config: Config = None, json: Json = False) -> None:
    """Show every control as stated, with what evidence says."""
    from management.standard import stated_rows

    with at_desk(config) as desk:
        version, found, past = stated_rows(desk, as_of)
    if json:
        write_json({"sealed": version_as_json(version), "rows": found})
        return
    if past:
        say_when(past)
    say_version(version, differs=False)
    table(
        ["Control", "Applies", "Status", "Owner", "Evidence", "Why"],
        [
            [
                row["control"],
                row["applicable"],
                row["status"].replace("_", " "),
                row["owner"],
                labelled(row["conclusion"]),
                row["justification"],
            ]
            for row in found
        ],
    )


@soa.command()
def export(output: Output = None, as_of: AsOf = "", config: Config = None, json: Json = False) -> None:
    """Write the same to a file: CSV, or JSON."""
    from exports.html import save
    from management.soa import COLUMNS, as_csv
    from management.standard import stated_rows
    from management.stating import head

    with at_desk(config) as desk:
        version, found, past = stated_rows(desk, as_of)
        about = head(desk, past)
    if json or (output is not None and output.suffix == ".json"):
        text = json_text({**about, "sealed": version_as_json(version), "rows": found})
    else:
        text = as_csv((*about, *COLUMNS), ({**about, **row} for row in found))
    if output is None:
        write(text)
        return
    save(text, output)
    say(f"{output}: {count(len(found), 'control')}")


@soa.command()
def adopt(reason: Reason, claimed: Claimed = "", sign: Sign = None, config: Config = None, json: Json = False) -> None:
    """Seal what the file says as the next version.

    With your name and reason; a scan seals changes by itself, without them.
    """
    from evidence_store import records

    adopt_statement(records.APPLICABILITY, reason, claimed, sign, config, json=json)
