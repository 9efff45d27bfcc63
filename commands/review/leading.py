"""annexa review prepare, note, hold, decide, conclude, follow"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from commands.desk import Claimed, Due, Owner, Reason, Sign, at_desk, by, needed_day
from commands.options import Config, Json
from commands.review.telling import Name, told

About = Annotated[
    str,
    typer.Option(
        "--about",
        metavar="TOPIC",
        help="context, parties, feedback, opportunities, performance, risks or resources.",
    ),
]


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
        told(reviews.prepare(desk, needed_day(begins), needed_day(ends), by(reason, claimed, sign)), json=json)


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
        told(reviews.note(desk, name, _topic(about), text, by(reason, claimed, sign)), json=json)


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
        told(reviews.hold(desk, name, needed_day(on), attended, data, by(reason, claimed, sign)), json=json)


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
        told(reviews.decide(desk, name, decided, by(reason, claimed, sign)), json=json)


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
        told(reviews.conclude(desk, name, conclusion, by(reason, claimed, sign)), json=json)


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
        told(reviews.follow(desk, name, decision, outcome, by(reason, claimed, sign), dropped=dropped), json=json)


def _topic(text: str) -> Any:
    from core.errors import AnnexaError, did_you_mean
    from core.management.review import Topic

    if text not in list(Topic):
        raise AnnexaError(f"there is no topic {text}{did_you_mean(text, Topic)}", f"say {', '.join(Topic)}")
    return Topic(text)
