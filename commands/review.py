"""annexa review: management reviews (clause 9.3)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.desk import Claimed, Due, Owner, Reason, Sign, at_desk, by, needed_day, say_steps, step_as_json
from commands.measures import From, To
from commands.options import Config, Json
from commands.output import json_text, plain, say, table, write_json

if TYPE_CHECKING:
    from core.management.review import Review
    from management.review_inputs import Inputs

review = typer.Typer(rich_markup_mode=None, help="Hold management reviews and follow them up (clause 9.3).")

NAMES = "management-review"
"""What the files are called that `--output` writes."""
Name = Annotated[str, typer.Argument(metavar="ID", help="A review: MR-0001.")]
About = Annotated[
    str,
    typer.Option(
        "--about",
        metavar="TOPIC",
        help="context, parties, feedback, opportunities, performance, risks or resources.",
    ),
]


@review.callback(invoke_without_command=True)
def document(
    context: typer.Context,
    start: From = "",
    end: To = "",
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="FOLDER", help="Write HTML, PDF and JSON into this folder, which is made."),
    ] = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Lay before management what it is to consider, or lead a review through its stages.

    Without a command: what clause 9.3 asks to be considered about a period, each figure with its evidence.
    """
    if context.invoked_subcommand:
        return
    from core.errors import AnnexaError
    from management.review_inputs import inputs

    if output is None and not json:
        raise AnnexaError("nothing says where to write", "say --output FOLDER, or --json")
    with at_desk(config) as desk:
        at = desk.clock()
        found = inputs(desk, start=start, end=end)
    if output:
        for path in _write(found, output, at):
            say(f"{path}")
    else:
        write_json(as_json(found))


def _write(found: Inputs, folder: Path, at: Any) -> list[Path]:
    """The three files. What can fail for want of a library is made before anything is written."""
    from core.errors import AnnexaError
    from exports.html import save
    from exports.review import render, render_pdf

    paper, page, data = render_pdf(found, at), render(found, at), json_text(as_json(found))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AnnexaError(f"{folder}: cannot be made: {error.strerror}", "name another folder") from error
    paths = [folder / f"{NAMES}.{suffix}" for suffix in ("html", "pdf", "json")]
    save(page, paths[0])
    save(paper, paths[1])
    save(data, paths[2])
    return paths


def as_json(found: Inputs) -> dict[str, Any]:
    """`{review, previous, issues, parties, measures, nonconformities, audits, programme, risks, accepted}`."""
    from commands.measures import as_json as measures_as_json

    return {
        "review": plain(found.review),
        "previous": plain(found.previous),
        "issues": plain(found.issues),
        "parties": plain(found.parties),
        "measures": measures_as_json(found.measures),
        "nonconformities": {"open": plain(found.open), "closed": plain(found.closed)},
        "programme": plain(found.programme),
        "audits": plain(found.audits),
        "opportunities": [{"audit": audit, "text": text} for audit, text in found.opportunities],
        "risks": plain(found.risks) if found.risk_register else None,
        "accepted": plain(found.accepted),
    }


@review.command()
def prepare(
    begins: Annotated[str, typer.Option("--from", metavar="DAY", help="The first day of the period: 2026-01-01.")],
    ends: Annotated[str, typer.Option("--to", metavar="DAY", help="The last day.")],
    reason: Reason,
    claimed: Claimed = "",
    sign: Sign = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Begin a review of the time between two days."""
    from management import reviews

    with at_desk(config) as desk:
        _told(reviews.prepare(desk, needed_day(begins), needed_day(ends), by(reason, claimed, sign)), json=json)


@review.command()
def note(
    name: Name,
    about: About,
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="What is to be considered.")],
    reason: Reason,
    claimed: Claimed = "",
    sign: Sign = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Bring something that no system can know.

    Changes around the organization, what interested parties need or say, opportunities to improve.
    """
    from management import reviews

    with at_desk(config) as desk:
        _told(reviews.note(desk, name, _topic(about), text, by(reason, claimed, sign)), json=json)


@review.command()
def hold(
    name: Name,
    on: Annotated[str, typer.Option("--on", metavar="DAY", help="When management met.")],
    attended: Annotated[list[str], typer.Option("--attended", metavar="NAME", help="Who was there. Repeatable.")],
    data: Annotated[
        Path, typer.Option("--data", metavar="FILE", help="The JSON that was laid before it; its digest is sealed.")
    ],
    reason: Reason,
    claimed: Claimed = "",
    sign: Sign = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Say that management met, and over which data."""
    from management import reviews

    with at_desk(config) as desk:
        _told(reviews.hold(desk, name, needed_day(on), attended, data, by(reason, claimed, sign)), json=json)


@review.command()
def decide(
    name: Name,
    about: About,
    decision: Annotated[str, typer.Option("--decision", metavar="TEXT", help="What was decided.")],
    owner: Owner,
    due: Due,
    reason: Reason,
    claimed: Claimed = "",
    sign: Sign = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Record a decision, who sees to it, and by when."""
    from core.management.review import Decided
    from management import reviews

    decided = Decided(topic=_topic(about), decision=decision, owner=owner, due=needed_day(due))
    with at_desk(config) as desk:
        _told(reviews.decide(desk, name, decided, by(reason, claimed, sign)), json=json)


@review.command()
def conclude(
    name: Name,
    conclusion: Annotated[
        str, typer.Option("--conclusion", metavar="TEXT", help="Whether all is suitable, adequate and effective.")
    ],
    reason: Reason,
    claimed: Claimed = "",
    sign: Sign = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Record what management concludes.

    Its decisions are followed up from then on.
    """
    from management import reviews

    with at_desk(config) as desk:
        _told(reviews.conclude(desk, name, conclusion, by(reason, claimed, sign)), json=json)


@review.command()
def follow(
    name: Name,
    decision: Annotated[int, typer.Option("--decision", metavar="NUMBER", help="Which, as `show` counts them.")],
    outcome: Annotated[str, typer.Option("--outcome", metavar="TEXT", help="What came of it.")],
    reason: Reason,
    dropped: Annotated[bool, typer.Option("--dropped", help="It will not be carried out.")] = False,
    claimed: Claimed = "",
    sign: Sign = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Say that a decision was carried out, or dropped."""
    from management import reviews

    with at_desk(config) as desk:
        _told(reviews.follow(desk, name, decision, outcome, by(reason, claimed, sign), dropped=dropped), json=json)


@review.command("list")
def list_(config: Config = None, json: Json = False) -> None:
    """Show all reviews, with their open decisions."""
    from management import reviews

    with at_desk(config) as desk:
        found = list(reviews.known(desk).values())
        today = desk.clock().date()
    if json:
        write_json(plain(found))
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


@review.command()
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


def _topic(text: str) -> Any:
    from core.errors import AnnexaError, did_you_mean
    from core.management.review import Topic

    if text not in list(Topic):
        raise AnnexaError(f"there is no topic {text}{did_you_mean(text, Topic)}", f"say {', '.join(Topic)}")
    return Topic(text)


def _told(found: Review, *, json: bool) -> None:
    if json:
        write_json(plain(found))
        return
    say(f"{found.id} of {found.begins} to {found.ends} is {found.stage.replace('_', ' ')}")
    say(f"  sealed in leaf {found.leaf}", style="dim")
