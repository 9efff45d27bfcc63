"""annexa store stats"""

from __future__ import annotations

from typing import TYPE_CHECKING

from commands.options import Config, Json, configuration, open_store
from commands.output import plain, say, size, table, write_json

if TYPE_CHECKING:
    from evidence_store.retention.policy import Plan
    from evidence_store.retention.statistics import Statistics


def stats(config: Config = None, json: Json = False) -> None:
    """Show what the store holds and how fast it grows.

    Also what is past its retention. A blob counts once, where the log names it first. Nothing is thrown away here:
    see annexa store dispose.
    """
    from evidence_store.retention.statistics import count
    from runs.clock import now
    from runs.retention import Wish, propose

    settings = configuration(config)
    with open_store(settings) as store, store.reading() as connection:
        found = count(store, connection)
    plan = propose(settings, Wish(), now()).plan if settings.retention else None
    if json:
        write_json(_as_json(found, plan))
    else:
        _show(found, plan)


def _as_json(found: Statistics, plan: Plan | None) -> dict[str, object]:
    return {
        **plain(found),
        "kept": [{**plain(each), "ratio": round(each.ratio, 2)} for each in found.kept],
        "tables": dict(found.tables),
        "too_old": [plain(each) for each in plan.going] if plan else [],
    }


def _show(found: Statistics, plan: Plan | None) -> None:
    table(
        ["kept", "blobs", "stored", "plain", "ratio", "since"],
        [
            [
                f"{each.what} {each.name}".rstrip(),
                str(each.blobs),
                size(each.stored),
                size(each.plain),
                f"{each.ratio:.1f}",
                f"{each.since:%Y-%m-%d}",
            ]
            for each in found.kept
        ],
    )
    say("")
    table(
        ["month", "leaves", "blobs", "stored"],
        [[each.month, str(each.leaves), str(each.blobs), size(each.stored)] for each in found.months],
    )
    say("")
    packs = found.packs
    unnamed = f", {size(packs.unnamed)} of it named by nothing: annexa store check" if packs.unnamed else ""
    elsewhere = f"; {packs.elsewhere} elsewhere" if packs.elsewhere else ""
    say(f"Packs: {packs.count} with {size(packs.size)}{unnamed}{elsewhere}")
    rows = ", ".join(f"{name} {rows}" for name, rows in found.tables if rows)
    say(f"Database: {size(found.database_size)}; rows: {rows}")
    if plan is None:
        say("Retention: nothing is ever too old (store.retention is empty)")
    elif not plan.going:
        say("Retention: nothing is too old")
    else:
        going = ", ".join(f"{each.what} {each.blobs} blobs, {size(each.stored)}" for each in plan.going)
        say(f"Retention: too old are {going}: annexa store dispose")
