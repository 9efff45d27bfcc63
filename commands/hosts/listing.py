"""annexa hosts list"""

from __future__ import annotations

from typing import Annotated

import typer

from commands.options import Config, Json, configuration
from commands.output import Cell, plain, say, table, write_json

Names = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME]...", help="Only these, by name or pattern, e.g. 'prod/web-*'.")
]


def show(names: Names = None, config: Config = None, json: Json = False) -> None:
    """List the hosts over SSH and what is known of their keys.

    Nobody is asked. Exit status 3 when there is a host that cannot be asked as things stand.
    """
    from runs.clock import now
    from runs.hosts import known_hosts

    found = known_hosts(configuration(config), names or [], now)
    if json:
        write_json(plain(found))
    elif not found:
        say("No host is asked over SSH.")
    rows: list[list[Cell]] = [
        [
            (each.name, "" if not each.problem else "yellow"),
            each.way.removeprefix("ssh://"),
            [*each.known, *([f"! {each.problem}"] if each.problem else [])],
        ]
        for each in found
    ]
    if not json:
        table(["host", "way", "key"], rows)
    raise typer.Exit(3 if any(each.problem for each in found) else 0)
