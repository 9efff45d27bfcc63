"""annexa sample"""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from commands.desk import Claimed, Reason, Sign, at_desk, by
from commands.options import AsOf, Checks, Config, Controls, Json, Sources
from commands.output import count, labelled, say, table, when, write_json

if TYPE_CHECKING:
    from management.samples import DrawnSample

Size = Annotated[int, typer.Option("--size", metavar="N", help="How many; with all failures, how many besides.")]
Kind = Annotated[str, typer.Option("--kind", metavar="KIND", help="Resources of this kind, e.g. aws_iam_user.")]
HowDrawn = Annotated[
    Literal["random", "stratified", "failures"],
    typer.Option("--method", help="random; stratified: some of each part; failures: all of them, and some others."),
]
Parts = Annotated[
    Literal["source", "scope", "check", "status"],
    typer.Option("--parts", help="What parts are made by, if stratified."),
]
Seed = Annotated[
    str,
    typer.Option(
        "--seed",
        metavar="TEXT",
        help="What chance follows from: the auditor names it. Default: the root of the checkpoint.",
        show_default=False,
    ),
]
Archive = Annotated[
    Path | None,
    typer.Option(
        "--output", metavar="FILE", help="Write the sample with its evidence to this ZIP file, which is not there yet."
    ),
]
MOST_ROWS = 50


def sample(
    size: Size = 25,
    check: Checks = None,
    control: Controls = None,
    kind: Kind = "",
    source: Sources = None,
    method: HowDrawn = "random",
    parts: Parts = "source",
    seed: Seed = "",
    as_of: AsOf = "",
    reason: Reason = "a sample for an audit",
    claimed: Claimed = "",
    sign: Sign = None,
    output: Archive = None,
    config: Config = None,
    json: Json = False,
) -> int:
    """Draw a sample, and seal that it was drawn.

    Of verdicts or of resources. Whoever knows the seed draws the same one with sha256sum and sort: docs/sampling.md.
    Exit status 3 where the population is not shown to be complete.
    """
    from core.sampling import Method
    from exports.samples import as_json, leave
    from exports.writing import Writing
    from management.drawing_from import Asked
    from management.samples import Wanted, draw_sample

    asked = Asked(checks=tuple(check or ()), controls=tuple(control or ()), kind=kind, sources=tuple(source or ()))
    wanted = Wanted(asked=asked, size=size, method=Method(method), strata=parts, seed=seed, as_of=as_of)
    with nullcontext() if output is None else Writing(output) as file, at_desk(config) as desk:
        drawn = draw_sample(desk, wanted, by(reason, claimed, sign))
        if file is not None:
            leave(desk, drawn, file, reason)
    if json:
        write_json({**as_json(drawn.sample), "complete": drawn.complete, "items": _items(drawn)})
    else:
        _show(drawn, output)
    return 0 if drawn.complete else 3


def _items(drawn: DrawnSample) -> list[dict[str, object]]:
    return [
        {
            "item": each.line,
            "resource": each.resource,
            "source": each.source,
            "scope": each.scope,
            "verdicts": [
                {"check": v.check, "status": v.status, "reason": v.reason, "id": v.id, "leaf": v.leaf}
                for v in each.verdicts
            ],
        }
        for each in drawn.items
    ]


def _show(drawn: DrawnSample, output: Path | None) -> None:
    sample_, said = drawn.sample, drawn.sample.said
    say(f"{sample_.id}: {said.drawn} of {said.population} {said.of}, {said.method.value}", style="bold")
    say(f"  as of {when(said.moment)}, the first {count(said.size, 'leaf')} of the log; seed {said.seed}")
    say(f"  sealed in leaf {sample_.leaf}")
    table(
        ["", "Resource", "Where", "Reason"],
        [
            [
                labelled(each.verdicts[0].status.value) if each.verdicts else "",
                each.resource,
                f"{each.source} {each.scope}".strip(),
                each.verdicts[0].reason if each.verdicts else "",
            ]
            for each in drawn.items[:MOST_ROWS]
        ],
    )
    if len(drawn.items) > MOST_ROWS:
        say(f"  {len(drawn.items) - MOST_ROWS} more: --json, or --output FILE")
    for each in said.unseen:
        say(f"  not shown to be complete: {each}", style="yellow")
    for one in drawn.completeness:
        say(f"  {one.sentence}", style="" if one.confirmed else "yellow")
    if output:
        say(f"Evidence: {output}")
