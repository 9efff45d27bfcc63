"""annexa store backup"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.options import Config, Json, configuration, open_store
from commands.output import count, plain, say, say_seals, size, write_json
from commands.progress import showing_steps

if TYPE_CHECKING:
    from evidence_store.copies.backup import Backup
    from runs.configuration import Configuration

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="A new folder, or one that holds an earlier backup.")]


def backup(folder: Folder, config: Config = None, json: Json = False) -> None:
    """Copy the whole store to a folder, and verify the copy.

    Scans go on meanwhile. A second backup to the same folder brings only the packs that are new. The copy is a store
    of its own, in SQLite, whatever the configured one is. The signing key is not in it. Exit status 4 when the copy
    does not verify, or the store is older than the backup.
    """
    from evidence_store.copies.backup import backup as run

    settings = configuration(config)
    with showing_steps(quiet=json) as step, open_store(settings) as store:
        done = run(store, folder, step)
    if json:
        write_json({"verified": not done.verification.problems, **plain(done)})
    else:
        _show(done, settings)
    raise typer.Exit(4 if done.verification.problems else 0)


def _show(done: Backup, settings: Configuration) -> None:
    found = done.verification
    parts = (count(found.leaves, "leaf"), count(found.blobs, "blob"), count(done.packs, "pack"))
    say(f"{done.folder}: {', '.join(parts)}; {size(done.brought)} of packs were new")
    for sentence in done.unread:
        say(f"✗ {sentence}", style="red")
    say_seals(found.problems, " in the copy")
    if not done.in_place:
        say("  the earlier backup is still there as it was; another folder takes this one", style="yellow")
    say(f"  not in it, and needed for the next scan: {settings.key_file} and the files beside it; keep them elsewhere")
