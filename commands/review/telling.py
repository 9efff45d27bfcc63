"""What commands about management reviews have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from commands.output import plain, say, write_json

if TYPE_CHECKING:
    from core.management.review import Review

Name = Annotated[str, typer.Argument(metavar="ID", help="A review: MR-0001.")]


def told(found: Review, *, json: bool) -> None:
    """Say what became of a review."""
    if json:
        write_json(plain(found))
        return
    say(f"{found.id} of {found.begins} to {found.ends} is {found.stage.replace('_', ' ')}")
    say(f"  sealed in leaf {found.leaf}", style="dim")
