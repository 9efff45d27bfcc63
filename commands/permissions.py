"""annexa permissions"""

from __future__ import annotations

from typing import Annotated

import typer

from commands.options import Json, complete_provider
from commands.output import write, write_json

Name = Annotated[
    str, typer.Argument(metavar="PROVIDER", help="A provider, e.g. host.", autocompletion=complete_provider)
]
Form = Annotated[
    str, typer.Option("--format", metavar="FORMAT", help="How to print them, where there are several ways.")
]


def permissions(provider: Name, form: Form = "", json: Json = False) -> None:
    """Print the permissions that a provider's collectors need.

    They are printed as one attaches them (for hosts: lines of sudoers), and nothing more. For AWS there are the formats
    policy, cloudformation (a role, ready for a StackSet) and terraform; for Azure role, narrow (without the right to
    read everything, which only the inventory needs) and terraform; for hosts sudoers, and pinned: a program that an SSH
    key can be tied to.
    """
    from core.errors import AnnexaError, did_you_mean
    from runs.plugins import collectors_of
    from runs.plugins import provider as find_provider

    found = collectors_of(provider).values()
    module = find_provider(provider)
    formats = getattr(module, "PERMISSION_FORMATS", {})
    if form and form not in formats:
        raise AnnexaError(
            f"{provider} has no format {form}{did_you_mean(form, formats)}",
            f"the formats are {', '.join(formats)}" if formats else "leave --format out",
        )
    write_as = formats[form] if form else module.least_privilege
    document = write_as(p for collector in found for p in collector.permissions)
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
