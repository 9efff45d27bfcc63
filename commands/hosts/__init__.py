"""annexa hosts: the hosts that are asked over SSH. Each of its commands is a file here."""

from __future__ import annotations

import typer

from commands.hosts.listing import show
from commands.hosts.trust import trust

hosts = typer.Typer(rich_markup_mode=None, help="Look after the hosts that are asked over SSH.")
hosts.command("list")(show)
hosts.command()(trust)
