"""annexa acceptances: failures that somebody leaves as they are, until a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from commands.desk import Names, Reason, Sign, at_desk, by, step_as_json
from commands.options import AsOf, Config, Json
from commands.output import count, plain, say, say_when, table, when, write_json

if TYPE_CHECKING:
    from core.management.acceptance import RiskAcceptance

Findings = Annotated[list[str], typer.Argument(metavar="FINDING...", help="Ids of failures, or what they begin with.")]
Name = Annotated[str, typer.Argument(metavar="ID", help="An acceptance: RA-0001.")]
Approver = Annotated[str, typer.Option("--approver", metavar="NAME", help="Who accepts the risk, sealed as a claim.")]
Risk = Annotated[str, typer.Option("--risk", metavar="TEXT", help="What may come of it.")]
Expires = Annotated[str, typer.Option("--expires", metavar="DAY", help="Until when: 2026-12-31, its end in UTC.")]
All = Annotated[bool, typer.Option("--all", help="List those that ended, too.")]

acceptances = typer.Typer(rich_markup_mode=None, help="Accept the risk of failures until a day. They stay failures.")


@acceptances.command("list")
def list_(show_all: All = False, as_of: AsOf = "", config: Config = None, json: Json = False) -> None:
    """List what is accepted, what ends first on top."""
    from management.accepted import listed

    with at_desk(config) as desk:
        found, past = listed(desk, as_of, ended=show_all)
    if json:
        write_json([{**plain(each.acceptance), "state": each.state, "failing": each.failing} for each in found])
        return
    if past:
        say_when(past)
    if not found:
        say("No risk is accepted." if not show_all else "No risk was ever accepted.")
    table(
        ["ID", "State", "Until", "By", "Failing", "What may come of it"],
        [
            [
                each.acceptance.id,
                each.state,
                f"{each.acceptance.expires:%Y-%m-%d}",
                each.acceptance.approver,
                f"{each.failing} of {len(each.acceptance.findings)}",
                each.acceptance.risk,
            ]
            for each in found
        ],
    )


@acceptances.command()
def show(name: Name, config: Config = None, json: Json = False) -> None:
    """Show what one covers, and what is like it and is not."""
    from management.accepted import look

    with at_desk(config) as desk:
        found = look(desk, name)
    if json:
        write_json(
            {
                **plain(found.acceptance),
                "state": found.state,
                "covered": plain(found.findings),
                "elsewhere": found.elsewhere,
                "events": list(map(step_as_json, found.events)),
            }
        )
        return
    one = found.acceptance
    say(f"{one.id}: {found.state}, until {when(one.expires)}", style="bold")
    table(
        ["", ""],
        [
            ["accepted", f"{when(one.accepted)} by {one.approver}"],
            ["risk", one.risk],
            ["reason", one.reason],
            *([["ended", f"{when(one.ended)} by {one.ended_by}"]] if one.ended else []),
            *([["nonconformities", ", ".join(one.nonconformities)]] if one.nonconformities else []),
        ],
    )
    say("", f"Covers {count(len(found.findings), 'finding')}", style="bold")
    for each in found.findings:
        say(f"  {each.now}: {each.finding.check} on {each.finding.resource} in {each.finding.source}: {each.said}")
        if each.changed:
            say(f"    when it was accepted: {each.finding.reason}", style="yellow")
    say("", f"Not covered, of the same checks: {count(found.elsewhere, 'failure')}")
    for step in found.events:
        say(f"  {when(step.event.at)} {step.act} by {step.who}: {step.event.reason}", style="dim")


@acceptances.command()
def add(
    findings: Findings,
    approver: Approver,
    risk: Risk,
    expires: Expires,
    reason: Reason,
    sign: Sign = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Accept failures until a day.

    Only these very findings are covered. They stay failures, and the controls they speak to stay contradicted.
    """
    from management.acceptances import accept
    from runs.as_of import spoken

    with at_desk(config) as desk:
        told([accept(desk, findings, risk, spoken(expires), by(reason, approver, sign))], json=json)


@acceptances.command()
def withdraw(
    names: Names,
    approver: Approver,
    reason: Reason,
    sign: Sign = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """End an acceptance before its time."""
    from management.acceptances import withdraw as end

    with at_desk(config) as desk:
        told(end(desk, names, by(reason, approver, sign)), json=json)


def told(found: list[RiskAcceptance], *, json: bool) -> None:
    """Say what became of acceptances."""
    if json:
        write_json(plain(found))
        return
    for each in found:
        covered = count(len(each.findings), "finding")
        say(f"{each.id} is {each.standing.replace('_', ' ')} until {when(each.expires)}: {covered}")
        say(f"  sealed in leaf {each.leaf}", style="dim")
