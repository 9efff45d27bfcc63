"""annexa scope: who is managed here, how far that reaches, who answers for what, and the objectives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from commands.desk import Claimed, Reason, Sign, at_desk
from commands.options import AsOf, Config, Json
from commands.output import say, say_when, table, write_json
from commands.statements import adopt as adopt_statement
from commands.statements import say_version, version_as_json

if TYPE_CHECKING:
    from core.management.organization import Objective

scope = typer.Typer(rich_markup_mode=None, help="The organization, its scope, owners and objectives.")


@scope.command()
def show(as_of: AsOf = "", config: Config = None, json: Json = False) -> None:
    """Show what the organization says of itself."""
    from evidence_store import records
    from management.stating import changed, newest, past_of

    with at_desk(config) as desk:
        past = past_of(desk, as_of)
        found = newest(desk, records.ORGANIZATION, past)
        differs = not past and changed(desk, records.ORGANIZATION)[0] is not None
    if json:
        write_json(version_as_json(found))
        return
    if past:
        say_when(past)
    if found is None:
        say(
            "Nothing is sealed about the organization.", "  Say it below `organization` in the configuration, and scan."
        )
        return
    said = found.said
    say(said.name, style="bold")
    say(said.scope_statement or "Nobody has stated the scope.")
    say_version(found, differs=differs)
    table(["Issue"], [[each] for each in said.issues])
    table(["Interested party", "Needs"], [[each.name, each.needs] for each in said.interested_parties])
    table(
        ["Objective", "Owner", "Due", "Target", "What is to be reached"],
        [[each.id, each.owner, str(each.due or ""), _target(each), each.statement] for each in said.objectives],
    )
    owned = [*(("control", each) for each in said.control_owners), *(("source", each) for each in said.source_owners)]
    table(["", "", "Owner"], [[what, each.name, each.owner] for what, each in owned])


@scope.command()
def adopt(reason: Reason, claimed: Claimed = "", sign: Sign = None, config: Config = None, json: Json = False) -> None:
    """Seal what the configuration says as the next version.

    A scan does so by itself when it changed.
    """
    from evidence_store import records

    adopt_statement(records.ORGANIZATION, reason, claimed, sign, config, json=json)


def _target(objective: Objective) -> str:
    bounds = [("at least", objective.at_least), ("at most", objective.at_most)]
    return objective.target or " ".join(
        [objective.measure, *(f"{word} {bound}" for word, bound in bounds if bound is not None)]
    )
