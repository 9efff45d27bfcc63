"""How commands print: tables that fit a terminal, JSON with the model's names, errors with place and remedy."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

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

    return Console(stderr=errors, markup=False, highlight=False, emoji=False, soft_wrap=not sys.stdout.isatty())


def printable(text: str) -> str:
    """Text of strangers without what a terminal would obey: control characters show as `\\xNN`."""
    return "".join(c if c.isprintable() or c == "\n" else f"\\x{ord(c):02x}" for c in text)


def say(*lines: str, style: str = "") -> None:
    """Print lines as they are."""
    for line in lines:
        console().print(printable(line), style=style or None)


def labelled(status: str) -> tuple[str, str]:
    """A status with its sign, and the style it is printed in."""
    sign, style = SYMBOLS[status]
    return f"{sign} {status.replace('_', ' ')}", style


def table(head: Sequence[str], rows: Iterable[Sequence[str | tuple[str, str]]], *, wide: int = -1) -> None:
    """A table that fits the terminal; column `wide` takes what is left and wraps. A cell may be text with a style."""
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for number, title in enumerate(head):
        last = number == (len(head) - 1 if wide < 0 else wide)
        grid.add_column(title, overflow="fold", ratio=1 if last else None, no_wrap=not last)
    for row in rows:
        cells = [cell if isinstance(cell, tuple) else (cell, "") for cell in row]
        grid.add_row(*(Text(printable(text), style=style) for text, style in cells))
    console().print(grid)


def write_json(value: object) -> None:
    """Print a value as JSON, one document, with the field names of the model."""
    json.dump(plain(value), sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def plain(value: Any) -> Any:
    """Dataclasses, moments, enums and bytes as JSON data."""
    match value:
        case Enum():
            return value.value
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case bytes():
            return value.decode(errors="backslashreplace")
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case tuple() | list() | set() | frozenset():
            return [plain(item) for item in value]
    if dataclasses.is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    return value


def when(moment: datetime) -> str:
    """A moment as people read it, in UTC."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def explain_error(message: str, hint: str) -> None:
    """What went wrong and where, then the remedy, on standard error."""
    sys.stderr.write(f"error: {printable(message)}\n" + (f" hint: {printable(hint)}\n" if hint else ""))
