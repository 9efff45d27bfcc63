"""annexa audit programme, plan, cancel"""

from __future__ import annotations

from typing import Annotated

import typer

from commands.audit.telling import Name, told
from commands.desk import Claimed, Owner, Reason, Sign, at_desk, by, needed_day
from commands.options import Config, Json
from commands.output import plain, say, write_json

Areas = Annotated[
    list[str], typer.Option("--area", metavar="AREA", help="A control, a clause or a source: A.8.5. Repeatable.")
]
Begins = Annotated[str, typer.Option("--from", metavar="DAY", help="The first day: 2026-01-31.")]
Ends = Annotated[str, typer.Option("--to", metavar="DAY", help="The last day.")]
Title = Annotated[str, typer.Option("--title", metavar="TEXT", help="What it is called.")]


def programme(
    title: Title,
    begins: Begins,
    ends: Ends,
    area: Areas,
    frequency: Annotated[str, typer.Option("--frequency", metavar="TEXT", help="How often.")],
    methods: Annotated[str, typer.Option("--methods", metavar="TEXT", help="By which methods.")],
    owner: Owner,
    reason: Reason,
    claimed: Claimed = "",
    sign: Sign = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Say what is to be audited in a period.

    It takes the place of the programme before, which stays in the log.
    """
    from core.management.audit import AuditProgramme
    from management import audits

    wanted = AuditProgramme(
        title=title,
        begins=needed_day(begins),
        ends=needed_day(ends),
        frequency=frequency,
        methods=methods,
        owner=owner,
        areas=tuple(area),
    )
    with at_desk(config) as desk:
        found = audits.set_programme(desk, wanted, by(reason, claimed, sign))
    if json:
        write_json(plain(found))
    else:
        say(f"The audit programme {title} is sealed in leaf {found.leaf}")


def plan(
    title: Title,
    scope: Annotated[str, typer.Option("--scope", metavar="TEXT", help="What is audited, and what is not.")],
    area: Areas,
    criteria: Annotated[str, typer.Option("--criteria", metavar="TEXT", help="Against what.")],
    auditor: Annotated[list[str], typer.Option("--auditor", metavar="NAME", help="Who audits. Repeatable.")],
    begins: Begins,
    ends: Ends,
    reason: Reason,
    owner: Annotated[
        list[str] | None,
        typer.Option("--owner", metavar="NAME", help="Who else answers for what is audited. Repeatable."),
    ] = None,
    again: Annotated[
        str, typer.Option("--again", metavar="ID", help="Plan this audit anew, while it has not begun.")
    ] = "",
    claimed: Claimed = "",
    sign: Sign = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Plan an audit.

    Nobody audits what they answer for: owners are those whom the organization names for the areas, and --owner.
    """
    from management import audits

    wanted = audits.Plan(
        title=title,
        scope=scope,
        areas=tuple(area),
        criteria=criteria,
        auditors=tuple(auditor),
        begins=needed_day(begins),
        ends=needed_day(ends),
        owners=tuple(owner or ()),
    )
    with at_desk(config) as desk:
        told(audits.plan(desk, wanted, by(reason, claimed, sign), again), json=json)


def cancel(
    name: Name, reason: Reason, claimed: Claimed = "", sign: Sign = None, config: Config = None, json: Json = False
) -> None:
    """Say that an audit does not take place."""
    from management import audits

    with at_desk(config) as desk:
        told(audits.cancel(desk, name, by(reason, claimed, sign)), json=json)
