"""What commands about audits have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from commands.output import plain, say, write_json

if TYPE_CHECKING:
    from core.management.audit import Audit

Name = Annotated[str, typer.Argument(metavar="ID", help="An audit: IA-0001.")]


def told(found: Audit, *, json: bool) -> None:
    """Say what became of an audit."""
    if json:
        write_json(plain(found))
        return
    say(f"{found.id} is {found.stage.replace('_', ' ')}: {found.plan.title}")
    say(f"  sealed in leaf {found.leaf}", style="dim")
