"""Progress of a scan: a bar on a terminal, plain lines elsewhere, both on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from commands.output import console, count, printable

if TYPE_CHECKING:
    from core.engine import Collected
    from runs.scan import Progress


@contextmanager
def showing_progress(*, quiet: bool) -> Iterator[Progress]:
    """What to hand to a scan so that a person sees it move."""
    from runs.scan import Progress

    if quiet:
        yield Progress()
    elif sys.stderr.isatty():
        with _bar() as progress:
            yield progress
    else:
        yield Progress(begin=_line_begin, unit=_line_unit)


def _line_begin(total: int) -> None:
    sys.stderr.write(f"looking: {count(total, 'unit')}\n")


def _line_unit(collected: Collected) -> None:
    unit = collected.unit
    for gap in unit.gaps:
        sys.stderr.write(printable(f"could not look: {unit.source} {unit.collector}: {gap.reason}") + "\n")


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    from runs.scan import Progress

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=console(errors=True), transient=True) as bar:
        task = bar.add_task("looking", total=None)
        yield Progress(
            begin=lambda total: bar.update(task, total=total),
            unit=lambda collected: bar.update(
                task, advance=1, description=printable(f"looking at {collected.unit.source}")
            ),
            stage=lambda name: bar.update(task, description=name),
        )
