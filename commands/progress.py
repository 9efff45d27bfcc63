"""Progress of a scan: a bar on a terminal, plain lines elsewhere, both on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from commands.output import console, count, printable

if TYPE_CHECKING:
    from core.engine import Collected
    from evidence_store.copies.copying import Step
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
        yield Progress(begin=_line_begin, more=_line_more, unit=_line_unit)


@contextmanager
def showing_steps(*, quiet: bool) -> Iterator[Step]:
    """What to hand to something long so that a person sees how far it is, and with what.

    A total of 0 says that nobody knows how much there is.
    """
    if quiet:
        yield lambda _what, _done, _all: None
    elif sys.stderr.isatty():
        from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar

        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
        with Bar(*columns, console=console(errors=True), transient=True) as bar:
            task = bar.add_task("", total=None)

            def show(what: str, done: int, total: int) -> None:
                bar.update(task, description=what, completed=done, total=total)
                bar.tasks[task].total = total or None  # of what nobody can say how long it is, the bar runs to and fro

            yield show
    else:
        said: set[str] = set()

        def say_once(what: str, _done: int, _all: int) -> None:
            if what not in said:
                said.add(what)
                sys.stderr.write(f"{what}\n")

        yield say_once


def _line_begin(total: int) -> None:
    sys.stderr.write(f"looking: {count(total, 'unit')}\n")


def _line_more(units: int) -> None:
    if units:
        sys.stderr.write(f"looking: {count(units, 'unit')} more\n")


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
            more=lambda units: bar.update(task, total=(bar.tasks[task].total or 0) + units),
            unit=lambda collected: bar.update(
                task, advance=1, description=printable(f"looking at {collected.unit.source}")
            ),
            stage=lambda name: bar.update(task, description=name),
        )
