"""Slow units have a rhythm of their own: who repeats scans lets complete evidence of theirs stand while it is young.

What stands is judged anew with the rest, at the moment of the new assessment, which names the leaf that it rests on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from core.codec import timestamp
from core.plugins import Collector
from core.resource import missing_fields
from core.source import Source, Survey
from evidence_store.questions.queries import Placed, latest_evidence
from evidence_store.store import Store
from runs.collection import Task
from runs.freshness import is_stale
from runs.plugins import resource_kinds

Key = tuple[str, str, str]
"""Kind, source, scope."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Which units rest, because all that they would show was seen completely not long ago.

    `collectors` are those of each provider. `stood` gathers the evidence of units that did rest. `seen` is there when
    something is tried again: then every unit rests that has nothing left to try.
    """

    collectors: Mapping[str, Sequence[Collector]]
    young: Mapping[Key, Placed] = field(default_factory=dict[Key, Placed])
    stood: dict[Key, Placed] = field(default_factory=dict[Key, Placed])
    seen: Mapping[Key, Placed] = field(default_factory=dict[Key, Placed])

    def after_attempt(self, store: Store, since: datetime) -> Rhythm:
        """The same when what was seen since a first attempt stands, but where a look that failed may succeed now."""
        looking = [each for some in self.collectors.values() for each in some if not issubclass(each.source, Survey)]
        seen = {key: placed for key, placed in _stored(store, looking) if _has_nothing_to_try(placed, since)}
        return replace(self, seen=seen)

    def due(self, tasks: Sequence[Task]) -> list[Task]:
        """Those of these units that run. Their sources hear first what nobody is going to ask."""
        for target in {id(task.target): task.target for task in tasks}.values():
            self._tell(target)
        found = []
        for task in tasks:
            keys = _keys(task.collector, task.target)
            if self._rests(task.collector, task.target):
                self.stood.update((key, self.seen.get(key) or self.young[key]) for key in keys)
            else:
                found.append(task)
        return found

    def _tell(self, target: Source) -> None:
        looking = self.collectors[target.id.partition("/")[0]]
        resting = [each for each in looking if self._rests(each, target)]
        if resting:
            asked = {permission for each in looking if each not in resting for permission in each.permissions}
            target.leave_out({permission for each in resting for permission in each.permissions} - asked)

    def _rests(self, collector: Collector, target: Source) -> bool:
        keys = _keys(collector, target)
        return all(key in self.seen for key in keys) or (collector.slow and all(key in self.young for key in keys))


def rhythm(
    store: Store, collectors: Mapping[str, Sequence[Collector]], now: datetime, every: timedelta, stale_after: timedelta
) -> Rhythm:
    """The rhythm of the slow ones among these collectors, after what the store has of theirs."""
    stored = _stored(store, slow(collectors))
    return Rhythm(collectors, {key: each for key, each in stored if _stands(each, now, min(every, stale_after))})


def _stored(store: Store, collectors: Sequence[Collector]) -> Iterator[tuple[Key, Placed]]:
    """The newest that the store has of what these collectors show."""
    kinds = {kind for each in collectors for kind in each.kinds}
    with store.reading() as connection:
        stored = latest_evidence(store, connection, {k: cls for k, cls in resource_kinds().items() if k in kinds})
    for placed in stored:
        yield (placed.evidence.kind, placed.evidence.source, placed.evidence.scope), placed


def slow(collectors: Mapping[str, Sequence[Collector]]) -> list[Collector]:
    """The slow ones among the collectors of all providers."""
    return [each for some in collectors.values() for each in some if each.slow]


def left_standing(
    collectors: Mapping[str, Sequence[Collector]], now: datetime, every: timedelta, seen_since: datetime | None = None
) -> list[str]:
    """What a scan says beforehand about units that may rest in it."""
    since = timestamp(now - every)
    said = [
        f"collector {each.id}: not run where its evidence of {since} or later is complete" for each in slow(collectors)
    ]
    if seen_since is not None:
        said.append(f"every collector: not run again where it saw what it could at {timestamp(seen_since)} or later")
    return said


def _stands(placed: Placed, now: datetime, every: timedelta) -> bool:
    """Whether evidence is young, without a gap and without a field that was not seen: what failed is tried again."""
    seen = placed.evidence
    young = seen.collected_at <= now and not is_stale(seen.collected_at, now, every)
    return young and seen.complete and not any(map(missing_fields, seen.resources))


def _has_nothing_to_try(placed: Placed, since: datetime) -> bool:
    seen = placed.evidence
    return seen.collected_at >= since and not any(gap.retryable for gap in seen.gaps)


def _keys(collector: Collector, target: Source) -> list[Key]:
    return [(kind, target.id, target.scope) for kind in sorted(collector.kinds)]
