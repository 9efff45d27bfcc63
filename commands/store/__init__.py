"""annexa store: looking after the evidence that is kept. Each of its commands is a file here."""

from __future__ import annotations

import typer

from commands.store.backup import backup
from commands.store.check import check
from commands.store.dispose import dispose
from commands.store.erase import erase
from commands.store.grant import grant
from commands.store.hold import add, release, show
from commands.store.restore import restore
from commands.store.stats import stats
from commands.store.upload import upload

hold = typer.Typer(rich_markup_mode=None, help="Legal holds: what one covers is not thrown away.")
hold.command()(add)
hold.command("list")(show)
hold.command()(release)

store = typer.Typer(rich_markup_mode=None, help="Look after the evidence that is kept.")
for command in (stats, check, backup, restore, dispose, erase, grant, upload):
    store.command()(command)
store.add_typer(hold, name="hold")
