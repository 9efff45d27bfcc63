"""annexa export request"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.export.asking import DEFAULT_FRAMEWORK, Framework, Output, Reason, Redact
from commands.options import Config, Json, configuration
from commands.output import count, plain, say, size, table, write_json

Requests = Annotated[
    Path, typer.Argument(metavar="FILE", help="CSV with the columns: request id, control or question, period.")
]
STYLES = {"yes": "green", "in part": "yellow", "no": "red"}


def request(
    requests: Requests,
    output: Output,
    framework: Framework = DEFAULT_FRAMEWORK,
    redact: Redact = "",
    reason: Reason = "",
    config: Config = None,
    json: Json = False,
) -> int:
    """Answer a list of evidence requests.

    One ZIP file with a folder for each request; requests.csv in it says what could not be answered. Exit status 3 when
    that is anything.
    """
    from commands.progress import showing_steps
    from exports.requests import Asked, export
    from runs.clock import now

    asked = Asked(listed=requests, edition=framework, reason=reason, redact_people=redact == "people")
    settings = configuration(config)
    with showing_steps(quiet=json) as step:
        left = export(settings, asked, output, now, step)
    if json:
        answers = [
            {"request": each.request.id, "answered": each.answered, "folder": each.folder, "missing": each.missing}
            for each in left.answers
        ]
        write_json(
            {"file": left.file, "digest": left.digest, "size": left.size, "leaf": left.leaf, "answers": plain(answers)}
        )
    else:
        table(
            ["Request", "Answered", "What could not be answered"],
            [[each.request.id, (each.answered, STYLES[each.answered]), list(each.missing)] for each in left.answers],
        )
        say("", f"{count(len(left.answers), 'answer')}: {left.file}", style="bold")
        say(f"  {size(left.size)}, SHA-256 {left.digest}, sealed as leaf {left.leaf}")
    return 3 if any(each.missing for each in left.answers) else 0
