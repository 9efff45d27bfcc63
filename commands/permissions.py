"""annexa permissions"""

from __future__ import annotations

from typing import Annotated

import typer

from commands.options import Json, complete_provider
from commands.output import write, write_json

Name = Annotated[
    str, typer.Argument(metavar="PROVIDER", help="A provider, e.g. host.", autocompletion=complete_provider)
]


def permissions(provider: Name, json: Json = False) -> None:
    """Print the permissions that the collectors of a provider need.

    They are printed as one attaches them (for hosts: lines of sudoers), and nothing more.
    """
    from runs.plugins import collectors_of
    from runs.plugins import provider as find_provider

    found = collectors_of(provider).values()
    document = find_provider(provider).least_privilege(p for collector in found for p in collector.permissions)
    if json:
        write_json(
            {
                "provider": provider,
                "document": document,
                "collectors": [
                    {"id": each.id, "summary": each.summary, "yields": sorted(each.kinds)} for each in found
                ],
            }
        )
    else:
        write(document)
