"""What a bundle is made of: a question, pinned to a place in the log, and parts that each give files.

A part is a function. It gets the `Snapshot` and yields `File`s, whose content may be made piece by piece. The same
snapshot must give the same bytes: no clock, no chance, and no order of a set. All parts stand in `contents.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from evidence_store.questions.past import Past
from evidence_store.store import Store
from exports.bundle.people import Names
from exports.bundle.selecting import Selected
from runs.configuration import Configuration
from runs.report import FrameworkReport, Report
from runs.selection import wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What somebody wants to know: about one edition of a standard, in a period; of these controls and sources, or of
    all; with people as pseudonyms, or with their names."""

    framework: str
    start: datetime
    end: datetime
    controls: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    redact_people: bool = False

    def asks_for(self, source: str) -> bool:
        """Whether a source is in question."""
        return wanted(source, self.sources)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The question with the place in the log that answers it.

    `past` is that place, seen at the end of the period, or as the checkpoint there was made (`pinned`) while the period
    lasts. `report` is what stood there: its findings, gaps and one framework are those in question alone, and people
    are called as `names` calls them. Ask the `store` only with `past`, and say nothing of it but through `names`.
    `evidence` is what the findings rest on: the leaves of the log whose proofs and bodies leave with the bundle.
    """

    question: Question
    configuration: Configuration
    store: Store
    past: Past
    pinned: datetime
    report: Report
    evidence: Selected
    names: Names
    warnings: tuple[str, ...] = ()
    stated: dict[str, object] = field(default_factory=dict[str, object])
    """What parts have to say in the manifest, by their own names."""

    @property
    def conclusions(self) -> FrameworkReport:
        """The conclusions about every control in question."""
        return self.report.frameworks[0]

    def controls_of(self) -> Mapping[str, tuple[str, ...]]:
        """The controls in question that each check speaks to."""
        found: dict[str, tuple[str, ...]] = {}
        for result in self.conclusions.controls:
            for check in dict.fromkeys(check for objective in result.objectives for check in objective.checks):
                found[check] = (*found.get(check, ()), result.control.id)
        return found


@dataclass(frozen=True, slots=True)
class File:
    """One file of a bundle: its path there, with slashes, and its bytes or pieces of them."""

    path: str
    content: bytes | Iterable[bytes]

    @property
    def pieces(self) -> Iterable[bytes]:
        return (self.content,) if isinstance(self.content, bytes) else self.content


Part = Callable[[Snapshot], Iterator[File]]
