"""annexa store upload"""

from __future__ import annotations

import typer

from commands.options import Config, Json, configuration
from commands.output import count, plain, say, write_json


def upload(config: Config = None, json: Json = False) -> None:
    """Carry packs that wait here to the bucket of store.blobs.

    Every scan does so at its end. Packs from before there was a bucket are carried as well. What was cut off goes
    on where it was. Exit status 3 when some could not be brought.
    """
    from core.errors import AnnexaError
    from evidence_store.blobs.uploads import upload as run
    from evidence_store.store import Store
    from runs.clock import now

    settings = configuration(config)
    bucket = settings.location.bucket
    if bucket is None:
        raise AnnexaError(f"{settings.file}: store.blobs names no bucket", "packs stay in the folder until it does")
    with Store.open(settings.location) as store:
        found = run(store, now(), everything=True)
    if json:
        write_json({"bucket": str(bucket), **plain(found)})
    else:
        say(f"{bucket}: {count(len(found.sent), 'pack')} brought", style="green" if found.sent else "")
        if found.busy:
            say(f"  {count(found.busy, 'pack')} of scans that still run", style="yellow")
        if found.problem:
            say(f"✗ {found.problem}", style="red")
            say(f"    {found.hint}")
            say(f"  {count(found.waiting, 'pack')} still on this machine")
    raise typer.Exit(3 if found.problem else 0)
