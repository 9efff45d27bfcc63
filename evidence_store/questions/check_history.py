"""The history of one check: the intervals of its findings and what its assessments looked at, as timelines.

A finding is in sight from an assessment that spoke of it to the next one, unless its evidence grows too old before. A
verdict that stands although the newest look met a gap is out of sight: it may have changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from core.codec import canonical, parse
from evidence_store.derived.endings import CHECK_RETIRED, OUT_OF_SCOPE
from evidence_store.people.keyring import Keyring
from evidence_store.questions.assessments import Key, Saying, VerdictLists
from evidence_store.questions.periods import Look, Span, Timeline, clipped, known, lived, sight, state_of, together

Place = tuple[str, str]
"""Source and scope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From `start` up to `end`, with evidence believed for `stale_after`."""

    start: datetime
    end: datetime
    stale_after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingHistory:
    """One finding over a period."""

    id: str
    check: str
    source: str
    scope: str
    resource: str
    timeline: Timeline


@dataclass(frozen=True, slots=True)
class Size:
    """From `since` on, `count` resources had been seen; `complete` when nothing kept us from seeing all."""

    since: datetime
    count: int
    complete: bool


@dataclass(frozen=True, slots=True)
class Change:
    """What a check was made with became another: its code (`check_digest`), its `settings` or its `severity`."""

    at: datetime
    what: str
    before: object
    after: object

    @property
    def between(self) -> tuple[object, object]:
        return self.before, self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckHistory:
    """One check over a period: all its findings together, each of them, what was there to judge, what changed."""

    check: str
    timeline: Timeline
    findings: tuple[FindingHistory, ...]
    sizes: tuple[Size, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the store tells besides the intervals of findings.

    `made` are the assessments of each check in the order of the log; `left` the places that were given up, by the leaf
    that says so; `moments` when leaves were written, never going back along the log; `cuts` where verdicts of a check
    were disposed of: its lists before that position may be gone.
    """

    made: Mapping[str, Sequence[Saying]]
    left: Mapping[int, set[Place]]
    moments: Mapping[int, datetime]
    lists: VerdictLists
    cuts: Mapping[str, int]


class CheckRows:
    """The rows of one check, and how they become timelines."""

    def __init__(self, check: str, rows: Sequence[Any], told: Told, period: Period) -> None:
        self._check = check
        self._period = period
        self._moments = told.moments
        self._left = told.left
        self._lists = told.lists
        self._cut = told.cuts.get(check, 0)
        self._made = told.made[check]
        self._rows: dict[Key, list[Any]] = defaultdict(list)
        for row in rows:
            self._rows[row.source, row.scope, row.resource].append(row)
        self._retired = {row.end for row in rows if row.ended == CHECK_RETIRED}
        self._looks_at: dict[tuple[str, str, bool], list[Saying]] = {}
        self._partial: dict[tuple[str, str, bool], list[Saying]] = {}
        self._sights: dict[tuple[object, ...], list[Span]] = {}

    def history(self, names: Keyring) -> CheckHistory:
        """All findings together, and each of them."""
        places = {(each.source, each.scope) for saying in self._made for each in saying.body.subjects}
        members: list[list[Span]] = []
        found = []
        for key, rows in sorted(self._rows.items()):
            verdicts = [Span(self._moments[row.first], self._end(row), state_of(row.status)) for row in rows]
            spans = lived(verdicts, self._sight(key, rows))
            members.append(known(verdicts, spans))
            found.append(
                FindingHistory(
                    id=rows[0].id,
                    check=self._check,
                    source=key[0],
                    scope=key[1],
                    resource=names.text(key[2]),
                    timeline=Timeline(tuple(spans)),
                )
            )
        return CheckHistory(
            check=self._check,
            timeline=Timeline(
                tuple(together(members, self._period.start, self._period.end, map(self._membership, places)))
            ),
            findings=tuple(found),
            sizes=tuple(self._sizes()),
            changes=tuple(self._changes(names)),
        )

    def _end(self, row: Any) -> datetime:
        return max(self._period.end, self._moments[row.first]) if row.end is None else self._moments[row.end]

    def _sight(self, key: Key, rows: Iterable[Any]) -> list[Span]:
        """When a finding was in sight. Those that the same looks spoke of share the answer."""
        source, scope, resource = key
        whole_source = scope == "" and resource == source
        sayings = self._sayings(source, scope, whole_source=whole_source)
        partial = self._partial[source, scope, whole_source]
        hidden = frozenset(saying.position for saying in partial if not self._spoke_of(saying, key))
        given_up = frozenset({row.end for row in rows if row.ended == OUT_OF_SCOPE})
        asked = (source, scope, whole_source, hidden, given_up)
        if asked not in self._sights:
            looks = self._looks(sayings, (source, scope), hidden, given_up)
            self._sights[asked] = sight(looks, self._period.start, self._period.end)
        return self._sights[asked]

    def _membership(self, place: Place) -> list[Span]:
        """A place from its first look until it is given up: blind while not all of it can be seen."""
        sayings = self._sayings(*place, whole_source=False)
        hidden = frozenset(saying.position for saying in sayings if place not in saying.whole)
        looks = self._looks(sayings, place, hidden, frozenset())
        spans: list[Span] = []
        for number, look in enumerate(looks):
            until = looks[number + 1].at if number + 1 < len(looks) else max(self._period.end, look.at)
            spans += [] if look.left else sight([look], look.at, until)
        return clipped(spans, self._period.start, self._period.end)

    def _sayings(self, source: str, scope: str, *, whole_source: bool) -> list[Saying]:
        """The assessments that looked there. A verdict about a whole source is said by those that looked anywhere."""
        asked = (source, scope, whole_source)
        if asked not in self._looks_at:
            self._looks_at[asked] = [
                each
                for each in self._made
                if (source, scope) in each.places or (whole_source and source in each.sources)
            ]
            self._partial[asked] = [each for each in self._looks_at[asked] if (source, scope) not in each.whole]
        return self._looks_at[asked]

    def _spoke_of(self, saying: Saying, key: Key) -> bool:
        """Whether an assessment that did not see all spoke of a finding. If that was disposed of, nobody knows."""
        return saying.position >= self._cut and self._lists.says(saying, key)

    def _looks(
        self, sayings: Iterable[Saying], place: Place, hidden: frozenset[int], given_up: frozenset[int]
    ) -> list[Look]:
        looks: dict[int, Look] = {}
        for saying in sayings:
            collected, _ = saying.basis(*place)
            since, until = _around(collected, self._period.stale_after)
            at = self._moments[saying.position]
            looks[saying.position] = Look(at, since, until, saw=saying.position not in hidden)
        left = {position for position, places in self._left.items() if place in places}
        for position in left | self._retired | given_up:
            at = self._moments[position]
            looks[position] = Look(at, at, at, left=True)
        return [looks[position] for position in sorted(looks)]

    def _sizes(self) -> Iterator[Size]:
        """How many resources there were to judge, whenever that changed."""
        newest: dict[Place, tuple[int, bool]] = {}
        said: Size | None = None
        waiting: Size | None = None
        for position, saying in self._events():
            for place in self._left.get(position, ()):
                newest.pop(place, None)
            for each in saying.body.subjects if saying else ():
                before, _ = newest.get((each.source, each.scope), (0, False))
                newest[each.source, each.scope] = before if each.stale else each.count, each.complete
            at = self._moments[position]
            size = Size(at, sum(count for count, _ in newest.values()), all(whole for _, whole in newest.values()))
            if at <= self._period.start:
                waiting = Size(self._period.start, size.count, size.complete)
                continue
            if waiting:
                yield waiting
                said, waiting = waiting, None
            if at < self._period.end and (said is None or (said.count, said.complete) != (size.count, size.complete)):
                yield size
                said = size
        if waiting:
            yield waiting

    def _events(self) -> list[tuple[int, Saying | None]]:
        """The assessments, and the leaves that give up a place, in the order of the log."""
        events: dict[int, Saying | None] = dict.fromkeys(self._left)
        return sorted((events | {each.position: each for each in self._made}).items())

    def _changes(self, names: Keyring) -> Iterator[Change]:
        """Where a check was made otherwise than the time before."""
        for before, after in pairwise(self._made):
            at = self._moments[after.position]
            if self._period.start <= at < self._period.end:
                for what in ("check_digest", "settings", "severity"):
                    was, became = getattr(before.body, what), getattr(after.body, what)
                    if was != became:
                        yield Change(at, what, *(parse(names.reveal(canonical(value))) for value in (was, became)))


def _around(collected: datetime, stale_after: timedelta) -> tuple[datetime, datetime]:
    """From when until when evidence is believed."""
    longest = datetime.max.replace(tzinfo=UTC) - collected, collected - datetime.min.replace(tzinfo=UTC)
    return collected - min(stale_after, longest[1]), collected + min(stale_after, longest[0])
