"""annexa review without a command: the document that is laid before management"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.desk import at_desk
from commands.measures import Framework, From, To
from commands.options import Config, Json
from commands.output import json_text, plain, say, write_json

if TYPE_CHECKING:
    from management.review_inputs import Inputs

NAMES = "management-review"
"""What the files are called that `--output` writes."""


def document(
    context: typer.Context,
    start: From = "",
    end: To = "",
    framework: Framework = "",
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="FOLDER", help="Write HTML, PDF and JSON into this folder, which is made."),
    ] = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Lay before management what it is to consider, or lead a review through its stages.

    Without a command: what clause 9.3 asks to be considered about a period, each figure with its evidence.
    """
    if context.invoked_subcommand:
        return
    from core.errors import AnnexaError
    from management.review_inputs import inputs

    if output is None and not json:
        raise AnnexaError("nothing says where to write", "say --output FOLDER, or --json")
    with at_desk(config) as desk:
        at = desk.clock()
        found = inputs(desk, start=start, end=end, framework=framework)
    if output:
        for path in _write(found, output, at):
            say(f"{path}")
    else:
        write_json(as_json(found))


def _write(found: Inputs, folder: Path, at: Any) -> list[Path]:
    """The three files. What can fail for want of a library is made before anything is written."""
    from core.errors import AnnexaError
    from exports.html import save
    from exports.review import render, render_pdf

    paper, page, data = render_pdf(found, at), render(found, at), json_text(as_json(found))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AnnexaError(f"{folder}: cannot be made: {error.strerror}", "name another folder") from error
    paths = [folder / f"{NAMES}.{suffix}" for suffix in ("html", "pdf", "json")]
    save(page, paths[0])
    save(paper, paths[1])
    save(data, paths[2])
    return paths


def as_json(found: Inputs) -> dict[str, Any]:
    """`{review, previous, issues, parties, measures, nonconformities, audits, programme, risks, accepted}`."""
    from commands.measures import as_json as measures_as_json

    return {
        "review": plain(found.review),
        "previous": plain(found.previous),
        "issues": plain(found.issues),
        "parties": plain(found.parties),
        "measures": measures_as_json(found.measures),
        "nonconformities": {"open": plain(found.open), "closed": plain(found.closed)},
        "programme": plain(found.programme),
        "audits": plain(found.audits),
        "opportunities": [{"audit": audit, "text": text} for audit, text in found.opportunities],
        "risks": plain(found.risks) if found.risk_register else None,
        "accepted": plain(found.accepted),
    }
