"""annexa review: management reviews (clause 9.3)."""

from __future__ import annotations

import typer

from commands.review.document import document
from commands.review.leading import conclude, decide, follow, hold, note, prepare
from commands.review.showing import list_, show

review = typer.Typer(rich_markup_mode=None, help="Hold management reviews and follow them up (clause 9.3).")
review.callback(invoke_without_command=True)(document)
for command in (prepare, note, hold, decide, conclude, follow):
    review.command()(command)
review.command("list")(list_)
review.command()(show)
