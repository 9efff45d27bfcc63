"""annexa review list and show"""

from __future__ import annotations

from commands.desk import at_desk, say_steps, step_as_json
from commands.options import Config, Json
from commands.output import plain, say, table, write_json
from commands.review.telling import Name


def list_(config: Config = None, json: Json = False) -> None:
    """Show all reviews, with their open decisions."""
    from management import reviews

    with at_desk(config) as desk:
        found = list(reviews.known(desk).values())
        today = desk.clock().date()
    if json:
        write_json(plain(found))
        return
    if not found:
        say("No review was begun yet: annexa review prepare")
        return
    table(
        ["ID", "Stage", "Period", "Open decisions"],
        [
            [
                each.id,
                each.stage.replace("_", " "),
                f"{each.begins} to {each.ends}",
                [
                    f"{one.number}. {one.decided.decision} ({one.decided.owner}, due {one.decided.due}"
                    f"{', overdue' if one.overdue(today) else ''})"
                    for one in each.decisions
                    if one.fate == "open"
                ],
            ]
            for each in found
        ],
    )


def show(name: Name, config: Config = None, json: Json = False) -> None:
    """Show one review and everything that was done."""
    from management import reviews

    with at_desk(config) as desk:
        found = reviews.one(desk, name)
        steps = reviews.history(desk, found.id)
    if json:
        write_json({**plain(found), "done": [step_as_json(each) for each in steps]})
        return
    say(f"{found.id} of {found.begins} to {found.ends} is {found.stage.replace('_', ' ')}", style="bold")
    if found.held:
        say(f"  held on {found.held.on} with {', '.join(found.held.attended)}; data {found.held.digest}")
    for each in found.notes:
        say(f"  {each.noted.topic}: {each.noted.text} ({each.author})")
    for one in found.decisions:
        what = f"{one.decided.decision} ({one.decided.owner}, due {one.decided.due})"
        say(f"  {one.number}. {one.fate}: {what} {one.outcome}".rstrip())
    if found.conclusion:
        say(f"  {found.concluded_by} concludes: {found.conclusion}")
    say_steps(steps)
