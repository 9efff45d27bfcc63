"""annexa rebuild"""

from __future__ import annotations

import typer

from commands.options import Config, Json, configuration, open_store
from commands.output import count, plain, say, say_seals, write_json
from commands.progress import showing_steps


def rebuild(config: Config = None, json: Json = False) -> None:
    """Make the derived tables again from log and blobs.

    Everything is verified afterwards. For when annexa verify finds that such a table was altered. The log and its
    blobs stay as they are, and no scan can seal anything meanwhile. Exit status 4 when a seal is broken.
    """
    from functools import partial

    from evidence_store.derived.rebuild import rebuild as run
    from evidence_store.verification.verify import verify

    settings = configuration(config)
    with showing_steps(quiet=json) as step, open_store(settings) as store:
        leaves = run(store, partial(step, "making tables"))
        problems = verify(store, progress=partial(step, "verifying")).problems
    if json:
        write_json({"leaves": leaves, "verified": not problems, "problems": plain(problems)})
    else:
        say(f"{settings.location.name}: tables made again from {count(leaves, 'leaf')}")
        say_seals(problems)
    raise typer.Exit(4 if problems else 0)
