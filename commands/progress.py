"""Progress of a scan: a bar on a terminal, plain lines elsewhere, both on standard error."""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from commands.output import console, count, printable

if TYPE_CHECKING:
    from core.engine import Collected
    from evidence_store.copies.copying import Step
    from runs.movement import Movement
    from runs.scan import Progress

LONG_SECONDS, LINE_SECONDS = 10, 300
"""From when on a bar tells of a single unit, and how often lines do."""


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
        yield Progress(begin=_line_begin, more=_line_more, unit=Gaps(), moving=Lines())


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
                _line(what)

        yield say_once


def _line_begin(total: int) -> None:
    _line(f"looking: {count(total, 'unit')}")


def _line_more(units: int) -> None:
    if units:
        _line(f"looking: {count(units, 'unit')} more")


def _line(text: str) -> None:
    """A line of progress. Whoever does not read on does not end the work."""
    with suppress(BrokenPipeError):
        sys.stderr.write(f"{printable(text)}\n")


class Gaps:
    """Says what keeps units from looking: once of each source, however many of its units it keeps from it."""

    def __init__(self) -> None:
        self._met: Counter[tuple[str, str]] = Counter()

    def __call__(self, collected: Collected) -> None:
        unit = collected.unit
        for gap in unit.gaps:
            earlier = self._met[unit.source, gap.reason]
            self._met[unit.source, gap.reason] += 1
            if not earlier:
                _line(f"could not look: {unit.source} {unit.collector}: {gap.reason}")
            elif earlier == 1:  # the report counts them
                _line(f"could not look: {unit.source}: at more of it, for the same reason")


class Lines:
    """Says in a line of its own, every few minutes, how far each unit has come that takes long."""

    def __init__(self) -> None:
        self._said: dict[tuple[str, str], int] = {}

    def __call__(self, moving: Sequence[Movement]) -> None:
        for each in moving:
            unit, lines = (each.source, each.collector), int(each.seconds // LINE_SECONDS)
            if lines > self._said.get(unit, 0):
                self._said[unit] = lines
                _line(f"looking at {moved(each)}")


def moved(unit: Movement) -> str:
    """How far a unit has come, and how long it may take still: with what it knows, and at the pace so far."""
    answers = count(unit.answers, "answer") if unit.awaited is None else f"{unit.answers} of {unit.awaited} answers"
    if unit.left is None:
        return f"{unit.source} {unit.collector}: {answers}"
    from exports.words import length

    left = length(timedelta(seconds=math.ceil(unit.left)))
    return f"{unit.source} {unit.collector}: {answers}, about {left} left"


def slowest(moving: Sequence[Movement]) -> Movement | None:
    """The unit that has run for longest, if any has run for long."""
    return max((each for each in moving if each.seconds >= LONG_SECONDS), key=lambda each: each.seconds, default=None)


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    from runs.scan import Progress

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=console(errors=True), transient=True) as bar:
        task = bar.add_task("looking", total=None)

        def move(moving: Sequence[Movement]) -> None:
            if unit := slowest(moving):
                bar.update(task, description=printable(f"looking at {moved(unit)}"))

        yield Progress(
            begin=lambda total: bar.update(task, total=total),
            more=lambda units: bar.update(task, total=(bar.tasks[task].total or 0) + units),
            unit=lambda collected: bar.update(
                task, advance=1, description=printable(f"looking at {collected.unit.source}")
            ),
            moving=move,
            stage=lambda name: bar.update(task, description=name),
        )
