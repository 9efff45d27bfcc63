"""What assessments said: which verdicts each came to, and how old the evidence below them was.

A verdict may stand although the newest assessment of its check does not say it: its source was out of sight then, or
another agent looked elsewhere. It is no newer than the assessment that does say it, and rests on what that one saw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
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
    _known: dict[tuple[str, str], tuple[datetime, tuple[int, ...]]] = field(default_factory=dict)

    @classmethod
    def of(cls, position: int, body: Assessed) -> Saying:
        return cls(
            position=position,
            body=body,
            places=frozenset((each.source, each.scope) for each in body.subjects),
            whole=frozenset((each.source, each.scope) for each in body.subjects if each.complete),
            sources=frozenset(each.source for each in body.subjects),
        )

    def basis(self, source: str, scope: str) -> tuple[datetime, tuple[int, ...]]:
        """What a verdict there rests on: when the oldest of it was collected, and the leaves of its source.

        Joins count wherever they are: that something is nowhere else is said by all of them. What was stale then was
        not believed then.
        """
        if (source, scope) not in self._known:
            subjects = (each for each in self.body.subjects if each.source == source and scope in ("", each.scope))
            moments = [each.collected_at for each in (*subjects, *self.body.joins) if not each.stale]
            leaves = {each.leaf for each in (*self.body.subjects, *self.body.joins) if each.source == source}
            self._known[source, scope] = min(moments, default=self.body.as_of), tuple(sorted(leaves - {-1}))
        return self._known[source, scope]


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
