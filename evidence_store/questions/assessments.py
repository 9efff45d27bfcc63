"""What assessments said: which verdicts each came to, and how old the evidence below them was.

A verdict may stand although the newest assessment of its check does not say it: its source was out of sight then, or
another agent looked elsewhere. It is no newer than the assessment that does say it, and rests on what that one saw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, func, select

from core.codec import decode
from evidence_store.errors import BrokenSealError
from evidence_store.questions.past import Past, written
from evidence_store.records import Assessed, SealedVerdict, lines
from evidence_store.schema import assessment

Key = tuple[str, str, str]
"""Source, scope and resource."""


@dataclass(frozen=True, slots=True)
class Saying:
    """One assessment of a check: at which leaf, what it seals, and which places (source and scope) it judged: any
    of it, or the `whole`."""

    position: int
    body: Assessed
    places: frozenset[tuple[str, str]]
    whole: frozenset[tuple[str, str]]
    sources: frozenset[str]
    _seen: dict[tuple[str, str], datetime]
    _joined: datetime | None
    _leaves: dict[str, tuple[int, ...]]

    @classmethod
    def of(cls, position: int, body: Assessed) -> Saying:
        seen: dict[tuple[str, str], datetime] = {}
        leaves: dict[str, set[int]] = {}
        for each in body.subjects:
            if not each.stale:
                for place in ((each.source, each.scope), (each.source, "")):
                    seen[place] = min(seen.get(place, each.collected_at), each.collected_at)
        for each in (*body.subjects, *body.joins):
            leaves.setdefault(each.source, set()).add(each.leaf)
        return cls(
            position=position,
            body=body,
            places=frozenset((each.source, each.scope) for each in body.subjects),
            whole=frozenset((each.source, each.scope) for each in body.subjects if each.complete),
            sources=frozenset(each.source for each in body.subjects),
            _seen=seen,
            _joined=min((each.collected_at for each in body.joins if not each.stale), default=None),
            _leaves={source: tuple(sorted(each - {-1})) for source, each in leaves.items()},
        )

    def basis(self, source: str, scope: str) -> tuple[datetime, tuple[int, ...]]:
        """What a verdict there rests on: when the oldest of it was collected, and the leaves of its source.

        Joins count wherever they are: that something is nowhere else is said by all of them. What was stale then was
        not believed then.
        """
        moments = [each for each in (self._seen.get((source, scope)), self._joined) if each]
        return min(moments, default=self.body.as_of), self._leaves.get(source, ())

    def saw_all(self, source: str, scope: str, *, whole_source: bool) -> bool:
        """Whether nothing of a scope was out of sight or, for what is said of a whole source, of any scope there."""
        if not whole_source:
            return (source, scope) in self.whole
        return all(place in self.whole for place in self.places if place[0] == source)


class VerdictLists:
    """The places and resources that verdict lists speak of, each list read once and only when somebody asks."""

    def __init__(self, read: Callable[[bytes], bytes]) -> None:
        self._read = read
        self._lists: dict[str, frozenset[Key]] = {}

    def says(self, saying: Saying, key: Key) -> bool:
        """Whether an assessment spoke of this. What stands in a scope that was judged whole is in its list: else that
        would have ended it."""
        if key[:2] in saying.whole:
            return True
        return key[0] in saying.sources and key in self.of(saying)

    def of(self, saying: Saying) -> frozenset[Key]:
        """Everything an assessment spoke of."""
        name = saying.body.verdicts
        if name not in self._lists:
            verdicts = (decode(SealedVerdict, line) for line in lines(self._read(bytes.fromhex(name))))
            self._lists[name] = frozenset((each.source, each.scope, each.resource) for each in verdicts)
        return self._lists[name]


class Assessments:
    """The assessments of each check, newest first, read as far back as somebody asks; with `past`, those until then."""

    def __init__(self, connection: Connection, read: Callable[[bytes], bytes], past: Past | None = None) -> None:
        self._connection = connection
        self._read = read
        newest = select(func.max(assessment.c.position)).where(written(assessment.c.position, past))
        newest = newest.group_by(assessment.c.check)
        rows = connection.execute(select(assessment).where(assessment.c.position.in_(newest)))
        self._newest = {row.check: row for row in rows}
        self._older: dict[str, list[Row[tuple[object, ...]]]] = {}
        self._sayings: dict[int, Saying] = {}
        self._lists = VerdictLists(read)

    def last_to_say(self, row: Row[tuple[object, ...]]) -> Saying:
        """The newest assessment that came to the verdict of this row. Raises `BrokenSealError` when none did."""
        key = (row.source, row.scope, row.resource)
        for each in self._back_to(row.check, row.first):
            saying = self._saying(each)
            if self._lists.says(saying, key):
                return saying
        raise BrokenSealError(f"no assessment of {row.check} came to the finding {row.id}", "run `annexa verify`")

    def forget(self) -> None:
        """Let go of what was read. An assessment over many accounts names thousands of places."""
        self._sayings.clear()
        self._lists = VerdictLists(self._read)

    def newest(self) -> dict[str, Saying]:
        """The newest assessment of each check."""
        return {check: self._saying(row) for check, row in self._newest.items()}

    def made(self, check: str) -> bool:
        """Whether the check was ever made."""
        return check in self._newest

    def whole_look(self, check: str, source: str, scope: str) -> Saying | None:
        """The newest assessment of a check, if it saw all of this place; it said all that stands there."""
        newest = self._saying(self._newest[check]) if check in self._newest else None
        return newest if newest and (source, scope) in newest.whole else None

    def last_look(self, check: str, source: str, scope: str) -> Saying | None:
        """The newest assessment that looked at a place or, without a scope, anywhere in the source."""
        for each in self._back_to(check, 0):
            saying = self._saying(each)
            if (source, scope) in saying.places or (scope == "" and source in saying.sources):
                return saying
        return None

    def _back_to(self, check: str, first: int) -> Iterator[Row[tuple[object, ...]]]:
        """The assessments of a check from the newest back to this position."""
        if check in self._newest:
            newest = self._newest[check]
            yield newest
            if check not in self._older:
                query = select(assessment).where(assessment.c.check == check, assessment.c.position < newest.position)
                self._older[check] = list(self._connection.execute(query.order_by(assessment.c.position.desc())))
            yield from (each for each in self._older[check] if each.position >= first)

    def _saying(self, row: Row[tuple[object, ...]]) -> Saying:
        if row.position not in self._sayings:
            self._sayings[row.position] = Saying.of(row.position, decode(Assessed, self._read(row.body)))
        return self._sayings[row.position]
