"""Which evidence is past its freshness target: what it says counts as unknown until somebody looks again."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from evidence_store.questions.queries import current_coverage
from evidence_store.store import Store
from runs.freshness import is_stale


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceFreshness:
    """How old the evidence of one scope of a source is: its oldest kind counts. It is believed until `until`."""

    source: str
    scope: str
    collected_at: datetime
    until: datetime
    kinds: tuple[str, ...]
    stale: bool


def freshness(store: Store, now: datetime, stale_after: timedelta) -> tuple[PlaceFreshness, ...]:
    """Every place that somebody looks at, with the kinds whose evidence is the oldest there."""
    with store.reading() as connection:
        coverage = current_coverage(connection)
    by_place: dict[tuple[str, str], dict[datetime, list[str]]] = defaultdict(lambda: defaultdict(list))
    for each in coverage:
        by_place[each.source, each.scope][each.collected_at].append(each.kind)
    found = []
    for (source, scope), kinds in sorted(by_place.items()):
        oldest = min(kinds)
        found.append(
            PlaceFreshness(
                source=source,
                scope=scope,
                collected_at=oldest,
                until=oldest + stale_after,
                kinds=tuple(kinds[oldest]),
                stale=is_stale(oldest, now, stale_after),
            )
        )
    return tuple(found)
