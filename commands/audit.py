"""annexa audit: internal audits (clause 9.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from commands.desk import Claimed, Owner, Reason, Sign, at_desk, by, needed_day, say_steps, step_as_json
from commands.options import Config, Json
from commands.output import plain, say, table, write_json

if TYPE_CHECKING:
    from core.management.audit import Audit

audit = typer.Typer(rich_markup_mode=None, help="Plan, carry out and report internal audits (clause 9.2).")

Name = Annotated[str, typer.Argument(metavar="ID", help="An audit: IA-0001.")]
Areas = Annotated[
    list[str], typer.Option("--area", metavar="AREA", help="A control, a clause or a source: A.8.5. Repeatable.")
]
Begins = Annotated[str, typer.Option("--from", metavar="DAY", help="The first day: 2026-01-31.")]
Ends = Annotated[str, typer.Option("--to", metavar="DAY", help="The last day.")]
Title = Annotated[str, typer.Option("--title", metavar="TEXT", help="What it is called.")]
Evidence = Annotated[
    list[str],
    typer.Option("--evidence", metavar="TEXT", help="In what: a finding, a leaf, a document, a talk. Repeatable."),
]
Nonconformity = Annotated[str, typer.Option("--nonconformity", metavar="ID", help="The record raised because of it.")]


@audit.command()
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


@audit.command()
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
        _told(audits.plan(desk, wanted, by(reason, claimed, sign), again), json=json)


@audit.command()
def sample(
    name: Name,
    population: Annotated[str, typer.Option("--population", metavar="TEXT", help="What was chosen from.")],
    method: Annotated[
        str, typer.Option("--method", metavar="TEXT", help="How, so that somebody else can do it again.")
    ],
    item: Annotated[list[str], typer.Option("--item", metavar="TEXT", help="What was chosen. Repeatable.")],
    reason: Reason,
    claimed: Claimed = "",
    sign: Sign = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Record what auditors chose to look at."""
    from core.management.audit import Sampled
    from management import audits

    sampled = Sampled(population=population, method=method, items=tuple(item))
    with at_desk(config) as desk:
        _told(audits.sample(desk, name, sampled, by(reason, claimed, sign)), json=json)


@audit.command()
def observe(
    name: Name,
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help="conforms, opportunity or nonconformity.")],
    area: Annotated[str, typer.Option("--area", metavar="AREA", help="Where: a control, a clause, a source.")],
    observation: Annotated[str, typer.Option("--observation", metavar="TEXT", help="What was seen.")],
    evidence: Evidence,
    reason: Reason,
    nonconformity: Nonconformity = "",
    claimed: Claimed = "",
    sign: Sign = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Record what auditors saw, and in what."""
    from core.errors import AnnexaError
    from core.management.audit import Kind, Observed
    from management import audits

    if kind not in list(Kind):
        raise AnnexaError(f"there is no kind {kind} of observation", f"say {', '.join(Kind)}")
    observed = Observed(
        kind=Kind(kind), area=area, observation=observation, evidence=tuple(evidence), nonconformity=nonconformity
    )
    with at_desk(config) as desk:
        _told(audits.observe(desk, name, observed, by(reason, claimed, sign)), json=json)


@audit.command()
def link(
    name: Name,
    observation: Annotated[int, typer.Option("--observation", metavar="NUMBER", help="Which, as `show` counts them.")],
    nonconformity: Nonconformity,
    reason: Reason,
    claimed: Claimed = "",
    sign: Sign = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Say which nonconformity was raised because of an observation."""
    from management import audits

    with at_desk(config) as desk:
        _told(audits.link(desk, name, observation, nonconformity, by(reason, claimed, sign)), json=json)


@audit.command()
def report(
    name: Name,
    conclusion: Annotated[str, typer.Option("--conclusion", metavar="TEXT", help="What the auditors conclude.")],
    to: Annotated[list[str], typer.Option("--to", metavar="NAME", help="To whom it is reported. Repeatable.")],
    reason: Reason,
    claimed: Claimed = "",
    sign: Sign = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Report the result."""
    from management import audits

    with at_desk(config) as desk:
        _told(audits.report(desk, name, conclusion, to, by(reason, claimed, sign)), json=json)


@audit.command()
def close(
    name: Name, reason: Reason, claimed: Claimed = "", sign: Sign = None, config: Config = None, json: Json = False
) -> None:
    """Take note of the report, as somebody who did not audit."""
    from management import audits

    with at_desk(config) as desk:
        _told(audits.close(desk, name, by(reason, claimed, sign)), json=json)


@audit.command()
def cancel(
    name: Name, reason: Reason, claimed: Claimed = "", sign: Sign = None, config: Config = None, json: Json = False
) -> None:
    """Say that an audit does not take place."""
    from management import audits

    with at_desk(config) as desk:
        _told(audits.cancel(desk, name, by(reason, claimed, sign)), json=json)


@audit.command("list")
def list_(config: Config = None, json: Json = False) -> None:
    """Show the programme, how far it has come, and all audits."""
    from management import audits

    with at_desk(config) as desk:
        found = audits.look(desk)
        today = desk.clock().date()
    if json:
        write_json(plain({"programme": found.programme, "areas": found.areas, "audits": list(found.audits.values())}))
        return
    if found.programme is None:
        say("There is no audit programme: annexa audit programme says what it is.", style="yellow")
    else:
        said = found.programme.said
        say(f"{said.title}, {said.begins} to {said.ends}: {said.frequency}; {said.methods}; {said.owner}", style="bold")
        table(
            ["Area", "Audited", "Looked at"],
            [
                [each.name, ", ".join(each.audits) or ("not yet", "yellow"), ", ".join(each.looked_at)]
                for each in found.areas
            ],
        )
        say("")
    table(
        ["ID", "Stage", "Until", "Auditors", "Title"],
        [
            [
                each.id,
                (each.stage.replace("_", " ") + (", overdue" if each.overdue(today) else ""), ""),
                str(each.plan.ends),
                ", ".join(each.plan.auditors),
                each.plan.title,
            ]
            for each in found.audits.values()
        ],
    )


@audit.command()
def show(name: Name, config: Config = None, json: Json = False) -> None:
    """Show one audit and everything that was done."""
    from management import audits

    with at_desk(config) as desk:
        found = audits.one(desk, name)
        steps = audits.history(desk, found.id)
    if json:
        write_json({**plain(found), "done": [step_as_json(each) for each in steps]})
        return
    say(f"{found.id} is {found.stage.replace('_', ' ')}: {found.plan.title}", style="bold")
    for what, said in (
        ("Scope", found.plan.scope),
        ("Areas", ", ".join(found.plan.areas)),
        ("Criteria", found.plan.criteria),
        ("Auditors", ", ".join(found.plan.auditors)),
        ("Owners", ", ".join(found.plan.owners) or "nobody is named"),
        ("When", f"{found.plan.begins} to {found.plan.ends}"),
        ("Concludes", found.report.conclusion if found.report else "not yet"),
    ):
        say(f"  {what}: {said}")
    for sampled in found.samples:
        say(f"  sampled {', '.join(sampled.items)} of {sampled.population}: {sampled.method}")
    for number, each in enumerate(found.observations, start=1):
        because = f" ({each.nonconformity})" if each.nonconformity else ""
        say(f"  {number}. {each.area} {each.kind}{because}: {each.observation} [{'; '.join(each.evidence)}]")
    say_steps(steps)


def _told(found: Audit, *, json: bool) -> None:
    if json:
        write_json(plain(found))
        return
    say(f"{found.id} is {found.stage.replace('_', ' ')}: {found.plan.title}")
    say(f"  sealed in leaf {found.leaf}", style="dim")
