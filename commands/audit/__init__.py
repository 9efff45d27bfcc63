"""annexa audit: internal audits (clause 9.2)."""

from __future__ import annotations

import typer

from commands.audit.auditing import close, link, observe, report, sample
from commands.audit.planning import cancel, plan, programme
from commands.audit.showing import list_, show

audit = typer.Typer(rich_markup_mode=None, help="Plan, carry out and report internal audits (clause 9.2).")
for command in (programme, plan, sample, observe, link, report, close, cancel):
    audit.command()(command)
audit.command("list")(list_)
audit.command()(show)
