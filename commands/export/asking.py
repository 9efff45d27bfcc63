"""What all exports ask alike: which edition, which period, which controls and sources."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from evidence_store.store import Store
    from exports.bundle.parts import Question

Framework = Annotated[
    str, typer.Option("--framework", metavar="NAME", help="The edition of the standard, as `annexa controls` names it.")
]
From = Annotated[
    str,
    typer.Option(
        "--from", metavar="MOMENT", help="Where the period begins: 2026-01-01. Default: where the log begins."
    ),
]
To = Annotated[
    str,
    typer.Option(
        "--to",
        "--as-of",
        metavar="MOMENT",
        help="Where it ends: 2026-03-31 (its end, UTC), a scan's id, a leaf's number. Default: the newest checkpoint.",
    ),
]
Control = Annotated[
    list[str] | None, typer.Option("--control", metavar="CONTROL", help="Only this control: A.8.5. Repeatable.")
]
Source = Annotated[
    list[str] | None, typer.Option("--source", metavar="SOURCE", help="Only this source, e.g. host/web-1. Repeatable.")
]
Output = Annotated[Path, typer.Option("--output", metavar="FILE", help="The file to write, which is not there yet.")]
Reason = Annotated[
    str, typer.Option("--reason", metavar="TEXT", help="Why it leaves, or for whom: sealed with the export.")
]
Redact = Annotated[
    Literal["", "people"],
    typer.Option("--redact", help="Call people by pseudonyms that only this store can resolve.", show_default=False),
]
DEFAULT_FRAMEWORK = "iso27001_2022"


def asking(
    framework: str,
    period: tuple[str, str],
    narrowed: tuple[list[str] | None, list[str] | None],
    now: datetime,
    *,
    redact_people: bool = False,
) -> Callable[[Store], Question]:
    """How to make the question in view of a store: the period may begin and end where its log does."""

    def ask(store: Store) -> Question:
        from dataclasses import replace

        from exports.bundle.pinning import asked

        controls, sources = (tuple(each or ()) for each in narrowed)
        return replace(asked(store, period, framework, now, (controls, sources)), redact_people=redact_people)

    return ask
