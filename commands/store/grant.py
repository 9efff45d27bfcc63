"""annexa store grant"""

from __future__ import annotations

from contextlib import closing
from typing import Annotated

import typer

from commands.options import Config, configuration
from commands.output import say

Role = Annotated[str, typer.Argument(metavar="ROLE", help="The role that agents connect as; it must exist.")]


def grant(role: Role, config: Config = None) -> None:
    """Let a PostgreSQL role write evidence, but not change it.

    The tables are brought up to date as well. Run it as the owner of the tables: once before the first scan, and
    again after each upgrade of Annexa.
    """
    from evidence_store.database import database_at

    settings = configuration(config)
    with closing(database_at(settings.location)) as database:
        database.grant(role)
    say(f"{settings.location.name}: {role} may read the store and add to it, and change nothing that is sealed")
