"""annexa explain"""

from __future__ import annotations

from typing import Annotated

import typer

from commands.options import Config, Json, complete_check, configuration
from commands.output import as_configured, say, say_paragraphs, table, write_json

Name = Annotated[str, typer.Argument(metavar="CHECK", help="A check's id.", autocompletion=complete_check)]


def explain(check: Name, config: Config = None, json: Json = False) -> None:
    """Explain a check: what it wants, why, and how to mend it.

    Also its settings, and the controls it serves with the reason for each.
    """
    from commands.checks import check_as_json
    from mappings.loader import framework, frameworks, objectives
    from runs.plugins import find_check

    found = find_check(check)
    settings = configuration(config)
    if json:
        write_json(check_as_json(found, enabled=found.id not in settings.disabled))
        return
    say(found.id, style="bold")
    say_paragraphs(f"{found.title}\n\n{found.rationale}\n\nRemedy: {found.remediation}\n")
    say(f"Severity {found.severity}; objective: {objectives()[found.objective]}")
    chosen = settings.check_settings.get(found.id, {})
    for name, default in found.settings.items():
        value = (
            f"{as_configured(chosen[name])} (default {as_configured(default)})"
            if name in chosen
            else f"{as_configured(default)} (the default)"
        )
        say(f"Setting {name}: {value}")
    rows = [
        [f"{edition.name} {control.id}", link.share, link.because]
        for edition in map(framework, sorted(frameworks(), reverse=True))
        for control in edition.controls
        for link in control.links
        if link.objective == found.objective
    ]
    say("")
    table(["Serves", "Share", "Because"], rows)
