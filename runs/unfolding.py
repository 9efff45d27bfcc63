"""What surveys show while a scan runs: further sources and scopes, and what was asked for of them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from core.engine import Collected
from core.plugins import Collector
from core.source import Survey
from runs.collection import Task
from runs.selection import Selection, wanted


@dataclass(slots=True)
class Unfolding:
    """Turns each survey that has ended into the units that follow from it.

    `known` are the places (source and scope) of earlier scans: where a survey could not see everything, they are asked
    as well, so that what was known does not just fall silent. `version` says which code a collector runs.
    """

    selection: Selection
    known: Collection[tuple[str, str]]
    version: Callable[[Collector], str]
    shown: dict[str, None] = field(default_factory=dict[str, None])
    """The id of every source that surveys have shown: those that nobody asked for, too. Not the sources: those hold
    what they were told, and are let go once they are sealed."""
    unfolded: set[str] = field(default_factory=set[str])
    """The surveys that have ended."""

    def __call__(self, task: Task, collected: Collected) -> list[Task]:
        """The units that follow from one that has ended."""
        survey = task.target
        if not isinstance(survey, Survey):
            return []
        self.unfolded.add(survey.id)
        chosen = self.selection.collectors[survey.id.partition("/")[0]]
        tasks = []
        for source in survey.unfold(collected.evidence, self.known):
            self.shown[source.id] = None
            if wanted(source.id, self.selection.asked):
                tasks += [
                    Task(each, target, self.version(each)) for each in chosen for target in source.targets(each.source)
                ]
        return tasks

    @property
    def asked(self) -> frozenset[str]:
        """The sources that surveys have shown and that were looked at."""
        return frozenset(source for source in self.shown if wanted(source, self.selection.asked))

    @property
    def configured(self) -> tuple[str, ...]:
        """Every source that belongs to this agent: configured, shown, or known to stand below a survey that was not
        asked."""
        silent = tuple(f"{each.id}/" for each in self.selection.surveys if each.id not in self.unfolded)
        below = {source for source, _ in self.known if source.startswith(silent)}
        return tuple(dict.fromkeys((*self.selection.configured, *self.shown, *sorted(below))))
