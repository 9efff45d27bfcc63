"""annexa store check"""

from __future__ import annotations

from typing import Annotated

import typer

from commands.options import Config, Json, configuration, open_store
from commands.output import plain, say, size, write_json

Repair = Annotated[
    bool,
    typer.Option("--repair", help="Remove bytes that no evidence names: what was killed or thrown away left them."),
]

SIGNS = {"good": ("✓", "green"), "warning": ("!", "yellow"), "bad": ("✗", "red")}


def check(config: Config = None, repair: Repair = False, json: Json = False) -> None:
    """Look quickly whether files and index fit together.

    That reads no evidence: `annexa verify` proves it. Exit status 4 when evidence is missing.
    """
    from evidence_store.blobs.compaction import compact
    from evidence_store.retention.consistency import conditions
    from runs.clock import now

    with open_store(configuration(config)) as store:
        tidied = compact(store, now()) if repair else None
        found = conditions(store)
    if json:
        write_json({"conditions": plain(found), "repaired": plain(tidied) if tidied else None})
    else:
        if tidied:
            say(
                f"Removed {size(tidied.freed)} that nothing named: packs removed {len(tidied.removed)}, "
                f"written anew {len(tidied.rewritten)}, in use {len(tidied.busy)}"
            )
        for each in found:
            sign, style = SIGNS[each.state]
            say(f"{sign} {each.subject}: {each.finding}", style=style)
            if each.remedy:
                say(f"    {each.remedy}")
    raise typer.Exit(4 if any(each.state == "bad" for each in found) else 0)
