"""Judging what a scan saw: each check over the newest evidence of all sources, a portion at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from core.engine import assess
from core.model import Assessment, Evidence
from core.plugins import Check
from core.population import Population
from evidence_store.questions.queries import Placed
from runs.configuration import Configuration
from runs.digests import code_digest
from runs.freshness import believed
from runs.rhythm import Key

PORTION = 20_000
"""Verdicts, and places they are about, from which on assessments are sealed without waiting for the rest."""


class Seen(Mapping[Key, Placed]):
    """What a scan saw, in little room: a hundred accounts in all regions are a quarter of a million populations."""

    def __init__(self) -> None:
        self._found: dict[str, dict[str, tuple[list[Evidence], list[int]]]] = {}

    def add(self, evidence: Evidence, leaf: int) -> None:
        """Keep what is judged of a population, and the leaf that seals it. It is not there yet."""
        seen, leaves = self._found.setdefault(evidence.kind, {}).setdefault(evidence.source, ([], []))
        seen.append(replace(evidence, encoded=()) if evidence.encoded else evidence)
        leaves.append(leaf)

    def __getitem__(self, key: Key) -> Placed:
        kind, source, scope = key
        for evidence, leaf in zip(*self._found[kind][source], strict=True):  # a source has few scopes
            if evidence.scope == scope:
                return Placed(evidence, leaf)
        raise KeyError(key)

    def __iter__(self) -> Iterator[Key]:
        for kind, sources in self._found.items():
            for source, (seen, _) in sources.items():
                yield from ((kind, source, evidence.scope) for evidence in seen)

    def __len__(self) -> int:
        return sum(len(seen) for sources in self._found.values() for seen, _ in sources.values())


class Places(Mapping[Key, int]):
    """The leaf that seals each population, without a table of its own: there may be hundreds of thousands."""

    def __init__(self, known: Mapping[Key, Placed]) -> None:
        self._known = known

    def __getitem__(self, key: Key) -> int:
        return self._known[key].leaf

    def __iter__(self) -> Iterator[Key]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def judge(
    configuration: Configuration,
    checks: Mapping[str, Check[...]],
    known: Mapping[Key, Placed],
    as_of: datetime,
    *,
    refreshed: set[str],
) -> Iterator[Assessment]:
    """Run every check of which something was refreshed, on the newest evidence; what is stale counts as a gap."""
    by_kind: dict[str, list[Evidence]] = {}
    for placed in known.values():
        evidence = believed(placed.evidence, as_of, configuration.stale_after)
        by_kind.setdefault(evidence.kind, []).append(evidence)
    for found in by_kind.values():
        found.sort(key=lambda each: (each.source, each.scope))
    populations = {kind: Population[Any](kind, evidence) for kind, evidence in by_kind.items()}
    for check in checks.values():
        if check.kinds & refreshed and check.subject.kind in by_kind:
            yield assess(
                check,
                [evidence for kind in sorted(check.kinds) for evidence in by_kind.get(kind, ())],
                as_of=as_of,
                digest=code_digest(check.module),
                settings=configuration.check_settings.get(check.id),
                populations=lambda kind: populations[kind] if kind in populations else Population[Any](kind, ()),
            )


def portions(assessments: Iterable[Assessment]) -> Iterator[list[Assessment]]:
    """Assessments in portions that are sealed at once: those of all checks over many accounts would fill the memory."""
    portion: list[Assessment] = []
    size = 0
    for each in assessments:
        portion.append(each)
        size += len(each.findings) + len(each.subjects) + len(each.joins)
        if size >= PORTION:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion
