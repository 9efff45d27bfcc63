"""annexa doctor"""

from __future__ import annotations

import os
from pathlib import Path

import typer

from commands.options import Config, Json
from commands.output import plain, say, write_json

SIGNS = {"good": ("✓", "green"), "warning": ("!", "yellow"), "bad": ("✗", "red")}


def doctor(config: Config = None, json: Json = False) -> None:
    """Check everything that a scan needs, and say what to do.

    That is configuration, sources, clock, store and key. Exit status 2 when something is bad.
    """
    from runs.clock import now
    from runs.diagnosis import diagnose

    found = diagnose(config, os.environ, Path.home(), now)
    if json:
        write_json(plain(found))
    else:
        for each in found:
            sign, style = SIGNS[each.state]
            say(f"{sign} {each.subject}: {each.finding}", style=style)
            if each.remedy:
                say(f"    {each.remedy}")
    raise typer.Exit(2 if any(each.state == "bad" for each in found) else 0)
