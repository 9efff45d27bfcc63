"""annexa nonconformities assign, correct, cause, plan, review, close, reopen"""

from __future__ import annotations

from typing import Annotated

import typer

from commands.desk import Claimed, Due, Names, Owner, Reason, Sign, at_desk, by, day, told
from commands.options import Config, Json

Correction = Annotated[str, typer.Option("--correction", metavar="TEXT", help="What was done about it at once.")]
Consequences = Annotated[
    str, typer.Option("--consequences", metavar="TEXT", help="What came of it, and what was done about that.")
]
Cause = Annotated[str, typer.Option("--cause", metavar="TEXT", help="Why it happened.")]
Similar = Annotated[
    str,
    typer.Option("--similar", metavar="TEXT", help="What you say of similar cases; those found are sealed, too."),
]
Include = Annotated[
    list[int] | None,
    typer.Option("--include", metavar="NUMBER", help="A similar case, as `show` numbers them, to take in. Repeatable."),
]
Action = Annotated[str, typer.Option("--action", metavar="TEXT", help="What is to be done so that it stays away.")]
Proportionality = Annotated[
    str, typer.Option("--proportionality", metavar="TEXT", help="Why that is in proportion to the effects.")
]
Done = Annotated[int, typer.Option("--done", metavar="NUMBER", help="Instead of planning: this action was done.")]
Outcome = Annotated[str, typer.Option("--outcome", metavar="TEXT", help="With --done: what came of it.")]
Effective = Annotated[
    bool, typer.Option("--effective/--not-effective", help="Whether the actions keep it away.", show_default=False)
]
Judgement = Annotated[str, typer.Option("--judgement", metavar="TEXT", help="How you come to that.")]
Changes = Annotated[
    str,
    typer.Option("--isms-changes", metavar="TEXT", help="What changes in the management system, if only nothing."),
]
Without = Annotated[
    str,
    typer.Option("--without-evidence", metavar="TEXT", help="Where no evidence can tell: what you judge by instead."),
]


def assign(
    names: Names,
    owner: Owner,
    reason: Reason,
    due: Due = "",
    claimed: Claimed = "",
    sign: Sign = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Say who answers for it, and by when."""
    from management import nonconformities

    with at_desk(config) as desk:
        told(nonconformities.assign(desk, names, owner, day(due), by(reason, claimed, sign)), json=json)


def correct(
    names: Names,
    correction: Correction,
    consequences: Consequences,
    reason: Reason,
    claimed: Claimed = "",
    sign: Sign = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Say what was done at once, and about the consequences."""
    from management import nonconformities

    with at_desk(config) as desk:
        told(nonconformities.correct(desk, names, correction, consequences, by(reason, claimed, sign)), json=json)


def cause(
    names: Names,
    why: Cause,
    similar: Similar,
    reason: Reason,
    include: Include = None,
    claimed: Claimed = "",
    sign: Sign = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Say why it happened, and what there is like it.

    Similar cases are searched over all sources and sealed with what you say of them. `show` lists them before.
    """
    from management import nonconformities

    with at_desk(config) as desk:
        who = by(reason, claimed, sign)
        told(nonconformities.analyse(desk, names, why, similar, include or (), who), json=json)


def plan(
    names: Names,
    reason: Reason,
    action: Action = "",
    owner: Owner = "",
    due: Due = "",
    proportionality: Proportionality = "",
    done: Done = 0,
    outcome: Outcome = "",
    claimed: Claimed = "",
    sign: Sign = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Plan a corrective action, or say that one was done."""
    from core.errors import AnnexaError
    from core.management.acts import Planned
    from management import nonconformities

    until = day(due)
    if done and (action or owner or due or proportionality):
        raise AnnexaError("--done says that an action was done, the others plan one", "do one after the other")
    if not done and until is None:
        raise AnnexaError("an action needs a day by which it is done", "say --due 2026-01-31")
    with at_desk(config) as desk:
        who = by(reason, claimed, sign)
        if until is None:
            told(nonconformities.implement(desk, names, done, outcome, who), json=json)
            return
        planned = Planned(action=action, owner=owner, due=until, proportionality=proportionality)
        told(nonconformities.plan(desk, names, planned, who), json=json)


def review(
    names: Names,
    effective: Effective,
    judgement: Judgement,
    isms_changes: Changes,
    reason: Reason,
    without_evidence: Without = "",
    claimed: Claimed = "",
    sign: Sign = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Judge whether the actions were effective.

    Effective is only what was not observed in so many looks over so much time in sight as the configuration asks for
    (management.effectiveness), and does not fail now.
    """
    from management import nonconformities
    from management.nonconformities import Judgement as Said

    said = Said(effective=effective, judgement=judgement, isms_changes=isms_changes, without=without_evidence)
    with at_desk(config) as desk:
        told(nonconformities.review(desk, names, said, by(reason, claimed, sign)), json=json)


def close(
    names: Names,
    reason: Reason,
    claimed: Claimed = "",
    sign: Sign = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Close it, as somebody who owns none of its actions.

    Nothing is closed while evidence is failing or unknown.
    """
    from management import nonconformities

    with at_desk(config) as desk:
        told(nonconformities.close(desk, names, by(reason, claimed, sign)), json=json)


def reopen(
    names: Names,
    reason: Reason,
    due: Due = "",
    claimed: Claimed = "",
    sign: Sign = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Begin again with what was reviewed or closed.

    It is due anew: as its severity asks, or on --due.
    """
    from management import nonconformities

    with at_desk(config) as desk:
        told(nonconformities.reopen(desk, names, day(due), by(reason, claimed, sign)), json=json)
