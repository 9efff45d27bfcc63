"""annexa export: what leaves for auditors. Each of its commands is a file here."""

from __future__ import annotations

import typer

from commands.export.forms import add_to
from commands.export.request import request

export = typer.Typer(rich_markup_mode=None, help="Write evidence to a file for somebody else.")


@export.callback()
def _export() -> None:
    """Write evidence to a file for somebody else."""


add_to(export)
export.command()(request)
