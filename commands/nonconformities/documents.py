"""annexa nonconformities edit, import and export"""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from commands.desk import Claimed, Reason, Sign, at_desk, by, told
from commands.options import Config, Json
from commands.output import count, plain, say, write, write_json

Name = Annotated[str, typer.Argument(metavar="ID", help="A record: NC-0001.")]
File = Annotated[Path, typer.Argument(metavar="FILE", help="YAML, or CSV with a first line of names.")]
Output = Annotated[
    Path | None,
    typer.Option("--output", metavar="FILE", help="Write there: .yaml, .csv or .json. Default: print YAML."),
]
All = Annotated[bool, typer.Option("--all", help="Closed ones, too.")]


def edit(name: Name, claimed: Claimed = "", sign: Sign = None, config: Config = None, json: Json = False) -> None:
    """Change a record in your editor ($VISUAL, $EDITOR), and say why."""
    from core.errors import AnnexaError
    from management import documents
    from management.nonconformities import one

    with at_desk(config) as desk:
        record = one(desk, name)
        handle, path = tempfile.mkstemp(prefix=f"annexa-{record.id}-", suffix=".yaml")
        file = Path(path)
        with os.fdopen(handle, "w", encoding="utf-8") as form:
            form.write(documents.form(record))
        _open_editor(file)
        try:
            found = documents.apply_form(
                desk, record, str(file), file.read_text(encoding="utf-8"), by("", claimed, sign)
            )
        except (AnnexaError, OSError, UnicodeDecodeError):
            say(f"Nothing was changed. What you wrote is kept in {file}", style="yellow")
            raise
        file.unlink()
        if found is None and not json:
            say(f"Nothing of {record.id} was changed.")
        else:
            told([found] if found else [], json=json)


def _open_editor(file: Path) -> None:
    """Raises `AnnexaError` when the editor ends with an error."""
    from core.errors import AnnexaError

    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        status = subprocess.run([*shlex.split(editor), str(file)], check=False).returncode  # noqa: S603 - the user's own
    except OSError as error:
        raise AnnexaError(f"{editor}: {error.strerror}", "set EDITOR to one that is installed") from error
    if status:
        raise AnnexaError(f"{editor} ended with {status}: nothing was changed", f"what you wrote is in {file}")


def import_(
    file: File,
    reason: Reason,
    claimed: Claimed = "",
    sign: Sign = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Raise what a file holds, all or none.

    Each has a name of its own there (`external`); what was brought in before is passed over.
    """
    from management.documents import bring_in

    with at_desk(config) as desk:
        raised, passed = bring_in(desk, file, by(reason, claimed, sign))
    if json:
        write_json({"raised": plain(raised), "passed_over": passed})
        return
    told(raised, json=False)
    say(f"{count(len(raised), 'record')} raised, {len(passed)} here already")


def export(output: Output = None, show_all: All = False, config: Config = None, json: Json = False) -> None:
    """Write records to a file.

    YAML and CSV hold what `import` reads; JSON holds everything, every act included.
    """
    from commands.desk import event_as_json
    from commands.output import json_text
    from exports.html import save
    from management.documents import taken_out
    from management.looking import Filter, all_events, listed

    with at_desk(config) as desk:
        found = [each.record for each in listed(desk, Filter(closed=show_all)).rows]
        suffix = ".json" if json else output.suffix if output else ".yaml"
        if suffix == ".json":
            done = all_events(desk)
            text = json_text([{**plain(one), "events": list(map(event_as_json, done[one.id]))} for one in found])
        else:
            text = taken_out(desk, found, suffix)
    if output is None:
        write(text)
        return
    save(text, output)
    say(f"{count(len(found), 'record')} in {output}")
