"""annexa nonconformities: what does not conform, who answers for it, and what becomes of it (clause 10.2)."""

from __future__ import annotations

import typer

from commands.nonconformities.acting import assign, cause, close, correct, plan, reopen, review
from commands.nonconformities.documents import edit, export, import_
from commands.nonconformities.raising import raise_
from commands.nonconformities.showing import list_, show

nonconformities = typer.Typer(rich_markup_mode=None, help="Lead what does not conform to its end (clause 10.2).")
nonconformities.command("list")(list_)
nonconformities.command()(show)
nonconformities.command("raise")(raise_)
for command in (assign, correct, cause, plan, review, close, reopen, edit):
    nonconformities.command()(command)
nonconformities.command("import")(import_)
nonconformities.command()(export)
