"""annexa verify"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from commands.options import Config, Json, configuration, open_store
from commands.output import plain, say, write_json

Key = Annotated[
    str,
    typer.Option("--key", metavar="KEY", help="The published key (name+hash+base64), or a file with it, to believe."),
]


def verify(config: Config = None, key: Key = "", json: Json = False) -> None:
    """Recompute every seal of the store and name what is wrong. Exit status 4 when anything is."""
    from evidence_store.notes import Verifier
    from evidence_store.verify import verify as run

    settings = configuration(config)
    given = Verifier.parse(Path(key).read_text(encoding="utf-8") if Path(key).is_file() else key) if key else None
    with open_store(settings) as store:
        found = run(store, verifier=given, progress=_progress if sys.stderr.isatty() and not json else None)
    if json:
        write_json({"verified": not found.problems, **plain(found)})
    else:
        say(f"{settings.folder}: {found.leaves} leaves, {found.blobs} blobs, {found.checkpoints} checkpoints")
        say(f"  believing {found.trusted}: {found.verifier}")
        if found.pending:
            say(f"  {found.pending} leaves are not covered by a checkpoint yet", style="yellow")
        for problem in found.problems:
            say(f"✗ {problem}", style="red")
        if not found.problems:
            say("✓ every seal holds", style="green")
    raise typer.Exit(4 if found.problems else 0)


def _progress(done: int, total: int) -> None:
    sys.stderr.write(f"\rverifying: {done} of {total} leaves")
    sys.stderr.write("\r\x1b[K" if done >= total else "")
