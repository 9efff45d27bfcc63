"""annexa store restore"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.options import Config, Json, configuration
from commands.output import count, plain, say, say_seals, size, write_json
from commands.progress import showing_steps
from commands.verify import Key, published_key

if TYPE_CHECKING:
    from evidence_store.copies.restore import Restored

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder of a backup; nothing in it is changed.")]
Loss = Annotated[
    str,
    typer.Option(
        "--accept-loss",
        metavar="REASON",
        help="Restore although published checkpoints tell of newer evidence. The next scan seals the reason.",
    ),
]


def restore(folder: Folder, key: Key = "", accept_loss: Loss = "", config: Config = None, json: Json = False) -> None:
    """Restore a backup into the configured store, which must be empty.

    The backup is verified first, the store afterwards. It may be of another kind: a backup moves a store from
    SQLite to PostgreSQL, to a bucket, and back. Exit status 4 when the backup does not verify.
    """
    from evidence_store.copies.restore import restore as run
    from runs.clock import now

    settings = configuration(config)
    with showing_steps(quiet=json) as step:
        done = run(
            folder,
            settings.location,
            now(),
            verifier=published_key(key) if key else None,
            publish=settings.publish,
            accepted=accept_loss,
            step=step,
        )
    if json:
        write_json({"verified": not done.verification.problems, **plain(done)})
    else:
        _show(done, settings.location.name)
    raise typer.Exit(4 if done.verification.problems else 3 if done.uploads.problem else 0)


def _show(done: Restored, store: str) -> None:
    say(f"{store}: {done.log} with {count(done.leaves, 'leaf')} and {size(done.brought)} of packs")
    for sentence in (*done.lost, *done.lacks):
        say(f"  ! {sentence}", style="yellow")
    if done.uploads.problem:
        say(f"  ! {count(done.uploads.waiting, 'pack')} still on this machine: {done.uploads.problem}", style="yellow")
    say("  whoever was erased after the backup was made must be erased again: docs/erasing-people.md")
    say_seals(done.verification.problems)
