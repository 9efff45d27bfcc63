"""annexa audit list and show"""

from __future__ import annotations

from commands.audit.telling import Name
from commands.desk import at_desk, say_steps, step_as_json
from commands.options import Config, Json
from commands.output import plain, say, table, write_json


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
