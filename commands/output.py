"""How commands print: tables that fit a terminal, JSON with the model's names, errors with place and remedy."""

from __future__ import annotations

import dataclasses
import json
import logging
import os
import re
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from core.errors import AnnexaError
    from evidence_store.questions.past import Past

SYMBOLS = {
    "pass": ("✓", "green"),
    "fail": ("✗", "red"),
    "unknown": ("?", "yellow"),
    "error": ("!", "magenta"),
    "not_applicable": ("–", "dim"),  # noqa: RUF001 - a dash, meant as one
    "supported": ("✓", "green"),
    "contradicted": ("✗", "red"),
    "undetermined": ("?", "yellow"),
    "no_evidence": ("–", "dim"),  # noqa: RUF001
    "excluded": ("○", "dim"),
}
"""A sign and a colour for each status and conclusion. The word stands beside them: colour alone says nothing."""


@cache
def console(*, errors: bool = False) -> Console:
    """Standard output, or standard error, as wide as the terminal. Text of strangers is never read as markup."""
    from rich.console import Console

    class Patient(Console):
        """A console that goes on when nobody reads any more, so that the command ends with its true exit status."""

        def on_broken_pipe(self) -> None:
            nobody_listens()

    return Patient(stderr=errors, markup=False, highlight=False, emoji=False, soft_wrap=not sys.stdout.isatty())


def nobody_listens() -> None:
    """The reader of our output has left (`annexa checks | head -1`): what is still to say goes nowhere."""
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def printable(text: str) -> str:
    """Text of strangers as one line without what a terminal would obey: such characters show as in `\\x1b`."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def say(*lines: str, style: str = "") -> None:
    """Print lines, each as one line whatever it holds."""
    for line in lines:
        console().print(printable(line), style=style or None)


def say_seals(problems: Sequence[str], where: str = "") -> None:
    """Print what verification found wrong, or that nothing is."""
    for problem in problems:
        say(f"✗ {problem}", style="red")
    if not problems:
        say(f"✓ every seal holds{where}", style="green")


def say_paragraphs(text: str) -> None:
    """Print text of ours that may have several paragraphs."""
    say(*text.split("\n"))


def write(text: str) -> None:
    """Print text as it is."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        nobody_listens()


def count(number: int, word: str) -> str:
    """`1 leaf`, `2 leaves`, `3 sources`."""
    plural = {"leaf": "leaves", "hash": "hashes"}.get(word, f"{word}s")
    return f"{number} {word if number == 1 else plural}"


def size(number: int) -> str:
    """Bytes as people read them: `512 B`, `1.5 KiB`, `3.0 GiB`."""
    amount = float(number)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024:  # noqa: PLR2004 - so many make the next unit
            return f"{number} B" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TiB"


def labelled(status: str) -> tuple[str, str]:
    """A status with its sign, and the style it is printed in."""
    sign, style = SYMBOLS[status]
    return f"{sign} {status.replace('_', ' ')}", style


STEERING = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""What JSON may hold as it is, and what a terminal would obey: C1 controls and marks that turn the text around."""

Cell = str | tuple[str, str] | list[str]
"""Text, text with a style, or several lines."""

LEAST_ROOM = 20
"""How many places the last column of a table gets at the least, if it needs them, though others have to wrap for it."""


def table(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """A table that fits the terminal: the last column takes what is left and wraps. Without rows, nothing.

    Where too little is left for it, the widest of the others wrap, too: nothing is cut off.
    """
    from rich.cells import cell_len
    from rich.table import Table

    cells = [[_cell(cell) for cell in row] for row in rows]
    widths = [
        max(cell_len(line) for text in (title, *(row[number].plain for row in cells)) for line in text.split("\n")) + 2
        for number, title in enumerate(head)
    ]
    crowded = sum(widths[:-1]) + min(widths[-1] - 2, LEAST_ROOM) > console().width
    grid = Table(box=None, pad_edge=False, header_style="bold", show_edge=False, show_header=any(head))
    for number, title in enumerate(head, start=1):
        last = number == len(head)
        grid.add_column(title, overflow="fold", ratio=1 if last else None, no_wrap=not last and not crowded)
    for row in cells:
        grid.add_row(*row)
    if grid.rows:
        console().print(grid)


def _cell(cell: Cell) -> Text:
    from rich.text import Text

    match cell:
        case list():
            return Text("\n".join(map(printable, cell)))
        case (text, style):
            return Text(printable(text), style=style)
        case _:
            return Text(printable(cell))


def write_json(value: object) -> None:
    """Print a value as JSON, one document, with the field names of the model."""
    write(json_text(value))


def json_text(value: object) -> str:
    """The same as text, without what a terminal would obey."""
    text = json.dumps(plain(value), ensure_ascii=False, indent=2)
    return STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def plain(value: Any) -> Any:
    """Dataclasses, moments, enums and bytes as JSON data."""
    match value:
        case Enum():
            return value.value
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case bytes():
            return value.decode(errors="backslashreplace")
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case tuple() | list() | set() | frozenset():
            return [plain(item) for item in value]
    if dataclasses.is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    return value


def as_configured(value: object) -> str:
    """The value of a setting as one writes it in the configuration: `false`, `90`, `["ada"]`."""
    return json.dumps(plain(value), ensure_ascii=False)


def when(moment: datetime) -> str:
    """A moment as people read it, in UTC."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def say_when(past: Past, warnings: Iterable[str] = ()) -> None:
    """Say first that what follows is of the past, and of which."""
    say(f"As of {when(past.moment)}: what the first {count(past.size, 'leaf')} of the log say", style="bold cyan")
    for warning in warnings:
        say(f"  warning: {warning}", style="yellow")


class _Harmless(logging.Formatter):
    """Messages on one line, without what can be a secret or what a terminal would obey."""

    def format(self, record: logging.LogRecord) -> str:
        from core.redaction import redact_text

        return printable(redact_text(super().format(record)))


class _Documents(logging.Formatter):
    """The same as one JSON document a line."""

    def format(self, record: logging.LogRecord) -> str:
        from core.redaction import redact_text

        said = record.getMessage()
        if record.exc_info:
            said = f"{said}\n{self.formatException(record.exc_info)}"
        document = {
            "at": f"{self.formatTime(record)}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redact_text(said),
        }
        return json.dumps(document)


def log_to_terminal() -> None:
    """Show warnings of ours and of libraries on standard error. Without this Python prints them as they are."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Harmless("%(levelname)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def service_formatter(form: str) -> logging.Formatter:
    """Lines of text or of JSON, each with its moment in UTC."""
    formatter = _Documents() if form == "json" else _Harmless("%(asctime)sZ %(levelname)s: %(message)s")
    formatter.converter = time.gmtime
    formatter.default_time_format = "%Y-%m-%dT%H:%M:%S"
    formatter.default_msec_format = "%s.%03d"
    return formatter


def log_as_service(form: str) -> None:
    """Show on standard error what a service does as well: as `text` lines, or as `json` documents."""
    handler = logging.StreamHandler()
    handler.setFormatter(service_formatter(form))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("monitoring").setLevel(logging.INFO)


def remedies(errors: Sequence[AnnexaError]) -> list[tuple[AnnexaError, str]]:
    """Errors, each with its remedy; of several in a row with the same one, the last has it."""
    following = [*(each.hint for each in errors[1:]), ""]
    return [(each, "" if each.hint == after else each.hint) for each, after in zip(errors, following, strict=True)]


def explain_error(message: str, hint: str) -> None:
    """What went wrong and where, then the remedy, on standard error. A library's words in it may hold a secret."""
    from core.redaction import redact_message

    message, hint = redact_message(message), redact_message(hint)
    sys.stderr.write(f"error: {printable(message)}\n" + (f" hint: {printable(hint)}\n" if hint else ""))


def explain_errors(error: AnnexaError) -> None:
    """All that an error names, in order."""
    for each, remedy in remedies(error.each):
        explain_error(str(each), remedy)
