"""annexa store dispose"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from commands.options import Config, Json, configuration
from commands.output import count, plain, say, size, table, when, write_json

if TYPE_CHECKING:
    from evidence_store.retention.disposal import Done
    from runs.retention import Proposal

Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it is sealed.")]
Approver = Annotated[str, typer.Option("--approver", metavar="NAME", help="Who decided; it is sealed as a claim.")]
Kinds = Annotated[
    list[str] | None,
    typer.Option(
        "--kind",
        metavar="KIND",
        help="Only this: exchanges, resources, verdicts, or a kind of resource. Repeatable.",
    ),
]
Before = Annotated[
    str,
    typer.Option("--before", metavar="MOMENT", help="All that was sealed before then, whatever the policy says."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what would go.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask: needed where there is no terminal.")]


def dispose(
    reason: Reason = "",
    approver: Approver = "",
    kind: Kinds = None,
    before: Before = "",
    dry_run: DryRun = False,
    yes: Yes = False,
    config: Config = None,
    json: Json = False,
) -> None:
    """Throw away for good what is past its retention.

    What would go is shown first, and a tombstone is sealed. Every seal still holds afterwards, and what stands
    stays, however old it is. Without --before the spans of store.retention decide.
    """
    from core.errors import AnnexaError
    from runs.as_of import spoken
    from runs.clock import now
    from runs.retention import Wish, propose
    from runs.retention import dispose as run

    settings = configuration(config)
    wish = Wish(tuple(kind or ()), spoken(before, begins=True) if before else None)
    proposal = propose(settings, wish, now())
    if not json:
        _show(proposal)
    if dry_run:
        if json:
            write_json(_as_json(proposal, None))
        return
    for name, value in (("--reason", reason), ("--approver", approver)):
        if not value.strip() and proposal.plan.cuts:
            raise AnnexaError(f"{name} is missing", "a tombstone says why evidence went and who answers for it")
    if proposal.plan.cuts and not yes:
        if json or not sys.stdin.isatty():
            raise AnnexaError("nobody was asked whether this may go", "say so with --yes, or look with --dry-run")
        typer.confirm("Throw this away for good?", abort=True)
    done = run(settings, proposal, reason=reason, approver=approver, clock=now)
    if json:
        write_json(_as_json(proposal, done))
    else:
        _tell(done)


def _as_json(proposal: Proposal, done: Done | None) -> dict[str, object]:
    plan = proposal.plan
    return {
        "leaf": done.leaf if done else -1,
        "policy": plain(proposal.policy),
        "going": plain(plan.going),
        "cuts": plain(plan.cuts),
        "spared": list(proposal.spared),
        "freed": done.compacted.freed if done else 0,
    }


def _show(proposal: Proposal) -> None:
    plan = proposal.plan
    said = ", ".join(f"{kind} {span}" for kind, span in proposal.policy.items())
    say(f"Too old: {said}")
    rows = [
        [each.what, str(each.blobs), size(each.stored), size(each.size), when(each.since), when(each.until)]
        for each in plan.going
    ]
    table(["would go", "blobs", "stored", "plain", "sealed from", "to"], rows)
    for sentence in proposal.spared:
        say(f"  legal hold {sentence}")
    if not plan.going:
        say("Nothing is to be thrown away.")


def _tell(done: Done) -> None:
    if done.leaf >= 0:
        say(f"Thrown away, and sealed in leaf {done.leaf}: {count(len(done.plan.digests), 'blob')}", style="green")
    if done.compacted.freed:
        say(f"  {size(done.compacted.freed)} are free")
    for pack, until in done.compacted.locked:
        say(f"  ! {pack} is locked in the bucket: its bytes remain there until {until:%Y-%m-%d %H:%M} UTC")
    for pack, until in done.compacted.locked:
        say(f"  ! Object Lock keeps {pack} until {when(until)}: a later disposal removes it", style="yellow")
    if done.compacted.busy:
        say(f"  ! packs in use, left to the next disposal or to check --repair: {len(done.compacted.busy)}")
