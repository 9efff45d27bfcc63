"""The report as one HTML file that needs nothing else: no network, no other file, no script to read what matters.

All text comes from strangers (names of files, answers of programs). Three things keep it text: `visible` spells out
what would not be seen, Jinja escapes the rest, and the page's policy runs nothing but the one script it was made with.
"""

from __future__ import annotations

import json
import os
import stat
import tempfile
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from core.errors import AnnexaError
from exports import page, words
from runs.report import Report

TEMPLATES = Path(__file__).parent / "templates"


def write(report: Report, output: Path) -> None:
    """Write the report to `output`, whole or not at all. Raises `AnnexaError`."""
    save(render(report), output)


def save(text: str | bytes, output: Path) -> None:
    """Write a file that leaves, whole or not at all. Raises `AnnexaError`.

    A new file is readable by its owner only, because it names weaknesses; an existing one keeps its permissions.
    """
    content = text.encode() if isinstance(text, str) else text
    try:
        if output.exists() and not output.is_file():
            raise AnnexaError(f"{output}: not a regular file", "name a file to write, such as annexa-report.html")
        _replace(output.resolve(), content)
    except OSError as error:
        raise AnnexaError(f"{output}: {error.strerror or error}", _remedy(error, output)) from error


def render(report: Report) -> str:
    """The whole page. The same report gives the same bytes."""
    checks = page.check_entries(report)
    style, script = own("report.css"), own("report.js")
    return (
        environment()
        .get_template("report.html")
        .render(
            report=report,
            checks=checks,
            gaps=page.gap_groups(report.gaps),
            coverage=page.coverage_rows(report.coverage),
            pending=page.pending(report.findings, report.seal.size if report.seal else 0),
            style=style,
            script=script,
            policy=policy(style, script),
            data=_data_block(page.findings_table(report, checks)),
        )
    )


def environment() -> Environment:
    """How every page of ours is made: all that comes from strangers stays text, and can be seen."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_seen,
    )
    made.globals |= {"page": page, "words": words}
    return made


def _seen(value: object) -> object:
    """Every value on its way into the page; what is markup already came through here."""
    return words.visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _all_seen(value: object) -> object:
    """The same for every text within lists and mappings."""
    if isinstance(value, Mapping):
        return {key: _all_seen(each) for key, each in value.items()}
    return [_all_seen(each) for each in value] if isinstance(value, list | tuple) else _seen(value)


def own(name: str) -> Markup:
    """A file of ours, which goes into the page as it is."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))  # noqa: S704 - ours, and no stranger's


def policy(style: str, script: str = "") -> str:
    """Nothing may be loaded or sent; nothing runs but our script, known by its digest."""
    allowed = (f"{kind}-src 'sha256-{_digest(text)}'" for kind, text in (("style", style), ("script", script)))
    return "; ".join(("default-src 'none'", *allowed, "base-uri 'none'", "form-action 'none'"))


def _digest(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


def _data_block(data: Mapping[str, object]) -> Markup:
    """JSON that cannot end the element it stands in, nor begin a comment there."""
    text = json.dumps(_all_seen(data), ensure_ascii=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - no character is left in it that HTML would read as markup


def _replace(output: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=output.parent, prefix=".annexa-report-")
    try:
        with os.fdopen(handle, "wb") as file:
            if output.exists():
                os.fchmod(file.fileno(), stat.S_IMODE(output.stat().st_mode))
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(output)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _remedy(error: OSError, output: Path) -> str:
    match error:
        case FileNotFoundError() | NotADirectoryError():
            return f"make the folder {output.parent} first, or name another file"
        case PermissionError():
            return f"let this user write to the folder {output.parent}, or name a file elsewhere"
        case _:
            return "free some space there, or name a file on another disk"
