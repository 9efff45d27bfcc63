"""annexa store erase"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from commands.options import Config, Json, configuration
from commands.output import count, plain, say, write_json

if TYPE_CHECKING:
    from evidence_store.people.erasure import Survey

Names = Annotated[
    list[str], typer.Argument(metavar="IDENTIFIER…", help="Logins, e-mail addresses, full names: all of one person's.")
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it is sealed.")]
Approver = Annotated[str, typer.Option("--approver", metavar="NAME", help="Who decided; it is sealed as a claim.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say where they occur.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask: needed where there is no terminal.")]


def erase(
    names: Names,
    reason: Reason = "",
    approver: Approver = "",
    dry_run: DryRun = False,
    yes: Yes = False,
    config: Config = None,
    json: Json = False,
) -> None:
    """Erase people from everything that is sealed.

    That destroys their keys. Says first where they occur. Seals, verdicts and the evidence of others stay as they are.
    """
    from runs import erasure
    from runs.clock import now

    settings = configuration(config)
    found = erasure.survey(settings, names)
    if not json:
        _show(found)
    if dry_run:
        if json:
            write_json(plain(found))
        return
    if found.identifiers:
        _refuse_hasty(reason, approver, asked=yes, json=json)
    done = erasure.erase(settings, names, reason=reason, approver=approver, clock=now)
    if json:
        write_json({**plain(found), "leaf": done.leaf, "pseudonyms": dict(done.pseudonyms), "purged": done.purged})
        return
    for name, called in done.pseudonyms.items():
        say(f"Erased {name}: {called} from now on", style="green")
    if done.leaf >= 0:
        say(f"  sealed in leaf {done.leaf}")
    if not done.purged:
        say(
            "  ! what is left of the keys is still in the files, because somebody reads the store: run this again",
            style="yellow",
        )


def _refuse_hasty(reason: str, approver: str, *, asked: bool, json: bool) -> None:
    """Raises `AnnexaError` unless it is said why, by whom, and by somebody who was asked."""
    from core.errors import AnnexaError

    for option, value in (("--reason", reason), ("--approver", approver)):
        if not value.strip():
            raise AnnexaError(f"{option} is missing", "an erasure is sealed with why, and with who answers for it")
    if not asked:
        if json or not sys.stdin.isatty():
            raise AnnexaError(
                "nobody was asked whether they may be erased", "say so with --yes, or look with --dry-run"
            )
        typer.confirm("Erase them for ever?", abort=True)


def _show(found: Survey) -> None:
    for name in found.unknown:
        say(f"{name} names nobody who is known here", style="yellow")
    if found.identifiers:
        say(
            f"{', '.join(found.identifiers)}: in {count(found.resources, 'resource')}, "
            f"{count(found.verdicts, 'verdict')} "
            f"and {count(found.records, 'record')} of {', '.join(found.sources) or 'no source'}"
        )
    for answers in found.answers:
        say(
            f"  {count(answers.count, 'raw answer')} of {answers.source} mention them, leaves {answers.first} to "
            f"{answers.last}: what else these say of them goes with: annexa store dispose --kind exchanges"
        )
    for source in found.still_in:
        say(f"  ! still in {source}: remove them there first, or the next scan records them anew", style="yellow")
    for name in found.related:
        say(f"  ! also known, and not named: {name}", style="yellow")
    if found.in_clear:
        say(
            f"  ! sealed in clear before they were known as people, below {count(len(found.in_clear), 'leaf')} "
            f"from {found.in_clear[0]} to {found.in_clear[-1]}: no key can erase that, only disposing of it",
            style="yellow",
        )
    if found.unread:
        say(f"  {count(found.unread, 'blob')} could not be searched: disposed of, or see `annexa verify`")
    for hold in found.held:
        say(f"  ✗ the legal hold {hold} covers evidence of them", style="red")
