"""annexa audit sample, observe, link, report, close"""

from __future__ import annotations

from typing import Annotated

import typer

from commands.audit.telling import Name, told
from commands.desk import Claimed, Reason, Sign, at_desk, by
from commands.options import Config, Json

Evidence = Annotated[
    list[str],
    typer.Option("--evidence", metavar="TEXT", help="In what: a finding, a leaf, a document, a talk. Repeatable."),
]
Nonconformity = Annotated[str, typer.Option("--nonconformity", metavar="ID", help="The record raised because of it.")]


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
        told(audits.sample(desk, name, sampled, by(reason, claimed, sign)), json=json)


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
        told(audits.observe(desk, name, observed, by(reason, claimed, sign)), json=json)


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
        told(audits.link(desk, name, observation, nonconformity, by(reason, claimed, sign)), json=json)


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
        told(audits.report(desk, name, conclusion, to, by(reason, claimed, sign)), json=json)


def close(
    name: Name, reason: Reason, claimed: Claimed = "", sign: Sign = None, config: Config = None, json: Json = False
) -> None:
    """Take note of the report, as somebody who did not audit."""
    from management import audits

    with at_desk(config) as desk:
        told(audits.close(desk, name, by(reason, claimed, sign)), json=json)
