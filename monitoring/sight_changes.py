"""Where somebody looks now and did not before, and the other way round: sources, scopes, and what gaps hide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.model import Coverage
from evidence_store.questions.states import GapState
from monitoring.changes import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedPlace:
    """A source, or one scope of it, that somebody looks at now and did not before (`added`), or the other way round."""

    change: Change
    source: str
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedGap:
    """Something that nobody can look at any more (`became_unknown`), or again."""

    change: Change
    source: str
    scope: str
    collector: str
    kinds: tuple[str, ...]
    reason: str
    hint: str


def changed_places(before: Sequence[Coverage], after: Sequence[Coverage]) -> list[ChangedPlace]:
    """A source that is new or left out is one place; of others, each scope is."""
    old, new = ({(each.source, each.scope) for each in looks} for looks in (before, after))
    found: list[ChangedPlace] = []
    for change, these, those in ((Change.LEFT_OUT, old, new), (Change.ADDED, new, old)):
        sources = {source for source, _ in those}
        differing = {(source, scope if source in sources else "") for source, scope in these - those}
        found += [ChangedPlace(change=change, source=source, scope=scope) for source, scope in sorted(differing)]
    return found


def changed_gaps(
    before: Sequence[GapState], after: Sequence[GapState], places: Sequence[ChangedPlace]
) -> Iterator[ChangedGap]:
    """Gaps that opened, and gaps that closed because somebody could look: not those of places that were given up."""
    old, new = (
        {(each.source, each.scope, each.collector, each.reason): each for each in gaps} for gaps in (before, after)
    )
    left = {(each.source, each.scope) for each in places if each.change is Change.LEFT_OUT}
    for change, these, those in ((Change.BECAME_UNKNOWN, new, old), (Change.COULD_LOOK_AGAIN, old, new)):
        for key in sorted(these.keys() - those.keys()):
            gap = these[key]
            if change is Change.COULD_LOOK_AGAIN and left & {(gap.source, gap.scope), (gap.source, "")}:
                continue
            yield ChangedGap(
                change=change,
                source=gap.source,
                scope=gap.scope,
                collector=gap.collector,
                kinds=gap.kinds,
                reason=gap.reason,
                hint=gap.hint,
            )
