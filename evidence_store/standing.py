"""The verdicts that stand, each with the assessment that said it last.

A verdict may stand although the newest assessment of its check does not say it: its source was out of sight then, or
another agent looked elsewhere. It is no newer than the assessment that does say it, and rests on what that one saw.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Row, func, or_, select

from core.codec import decode, moment, parse
from core.model import Status
from evidence_store.derive import lines
from evidence_store.errors import BrokenSealError
from evidence_store.records import Assessed, SealedVerdict
from evidence_store.schema import assessment, finding, leaf
from evidence_store.states import FindingState
from evidence_store.store import Store

Key = tuple[str, str, str]
"""Source, scope and resource."""


def current_findings(
    store: Store, connection: Connection, *, since: int | None = None, finding_id: str = ""
) -> list[FindingState]:
    """Every verdict that stands. `since` marks as `new` or `changed` what began at or after that position.

    Raises `BrokenSealError`.
    """
    query = (
        select(finding)
        .where(finding.c.end.is_(None))
        .order_by(finding.c.check, finding.c.source, finding.c.scope, finding.c.resource)
    )
    if finding_id:
        query = query.where(finding.c.id.startswith(finding_id, autoescape=True))
    rows = connection.execute(query).all()
    moments = _leaf_moments(connection, {row.first for row in rows})
    before = _began_before(connection, since) if since is not None else set()
    assessments = _Assessments(connection, store.read_blob(connection))
    return [_state(row, assessments.last_to_say(row), moments[row.first], _change(row, since, before)) for row in rows]


@dataclass(frozen=True, slots=True)
class _Saying:
    """One assessment of a check: at which leaf, what it seals, and of which scopes it judged everything."""

    position: int
    body: Assessed
    whole: frozenset[tuple[str, str]]
    sources: frozenset[str]
    known: dict[tuple[str, str], tuple[datetime, tuple[int, ...]]] = field(default_factory=dict)

    def basis(self, source: str, scope: str) -> tuple[datetime, tuple[int, ...]]:
        """What a verdict there rests on: when the oldest of it was collected, and the leaves of its source.

        Joins count wherever they are: that something is nowhere else is said by all of them. What was stale then was
        not believed then.
        """
        if (source, scope) not in self.known:
            subjects = (each for each in self.body.subjects if each.source == source and scope in ("", each.scope))
            moments = [each.collected_at for each in (*subjects, *self.body.joins) if not each.stale]
            leaves = {each.leaf for each in (*self.body.subjects, *self.body.joins) if each.source == source}
            self.known[source, scope] = min(moments, default=self.body.as_of), tuple(sorted(leaves - {-1}))
        return self.known[source, scope]


class _Assessments:
    """The assessments of each check, newest first, read as far back as somebody asks."""

    def __init__(self, connection: Connection, read: Callable[[bytes], bytes]) -> None:
        self._connection = connection
        self._read = read
        newest = select(func.max(assessment.c.position)).group_by(assessment.c.check)
        rows = connection.execute(select(assessment).where(assessment.c.position.in_(newest)))
        self._newest = {row.check: row for row in rows}
        self._older: dict[str, list[Row[tuple[object, ...]]]] = {}
        self._bodies: dict[int, _Saying] = {}
        self._lists: dict[str, frozenset[Key]] = {}

    def last_to_say(self, row: Row[tuple[object, ...]]) -> _Saying:
        """The newest assessment that came to the verdict of this row. Raises `BrokenSealError` when none did."""
        key = (row.source, row.scope, row.resource)
        for each in self._back_to(row.check, row.first):
            saying = self._saying(each)
            if self._says(saying, key):
                return saying
        raise BrokenSealError(f"no assessment of {row.check} came to the finding {row.id}", "run `annexa verify`")

    def _back_to(self, check: str, first: int) -> Iterator[Row[tuple[object, ...]]]:
        """The assessments of a check from the newest back to this position."""
        if check in self._newest:
            yield self._newest[check]
            if check not in self._older:
                query = select(assessment).where(assessment.c.check == check).order_by(assessment.c.position.desc())
                self._older[check] = list(self._connection.execute(query.offset(1)))
            yield from (each for each in self._older[check] if each.position >= first)

    def _saying(self, row: Row[tuple[object, ...]]) -> _Saying:
        if row.position not in self._bodies:
            body = decode(Assessed, self._read(row.body))
            self._bodies[row.position] = _Saying(
                position=row.position,
                body=body,
                whole=frozenset((each.source, each.scope) for each in body.subjects if each.complete),
                sources=frozenset(each.source for each in body.subjects),
            )
        return self._bodies[row.position]

    def _says(self, saying: _Saying, key: Key) -> bool:
        """What stands in a scope that was judged whole is in its list: else that would have ended it."""
        if key[:2] in saying.whole:
            return True
        if key[0] not in saying.sources:
            return False
        name = saying.body.verdicts
        if name not in self._lists:
            verdicts = (decode(SealedVerdict, line) for line in lines(self._read(bytes.fromhex(name))))
            self._lists[name] = frozenset((each.source, each.scope, each.resource) for each in verdicts)
        return key in self._lists[name]


def _state(row: Row[tuple[object, ...]], said: _Saying, since: datetime, change: str) -> FindingState:
    collected_at, evidence = said.basis(row.source, row.scope)
    return FindingState(
        id=row.id,
        check=row.check,
        status=Status(row.status),
        reason=row.reason,
        resource=row.resource,
        source=row.source,
        scope=row.scope,
        severity=said.body.severity,
        since=since,
        as_of=said.body.as_of,
        collected_at=collected_at,
        leaf=said.position,
        evidence=evidence,
        change=change,
    )


def _leaf_moments(connection: Connection, positions: Collection[int]) -> dict[int, datetime]:
    wanted = sorted(positions)
    moments: dict[int, datetime] = {}
    for start in range(0, len(wanted), 500):
        query = select(leaf.c.position, leaf.c.data).where(leaf.c.position.in_(wanted[start : start + 500]))
        moments |= {position: moment(parse(data)["at"]) for position, data in connection.execute(query)}
    return moments


def _began_before(connection: Connection, since: int) -> set[tuple[str, str, str, str]]:
    query = select(finding.c.check, finding.c.source, finding.c.scope, finding.c.resource)
    query = query.where(finding.c.first < since, or_(finding.c.end.is_(None), finding.c.end >= since))
    return {(row[0], row[1], row[2], row[3]) for row in connection.execute(query)}


def _change(row: Row[tuple[object, ...]], since: int | None, before: Collection[tuple[str, str, str, str]]) -> str:
    if since is None or row.first < since:
        return ""
    return "changed" if (row.check, row.source, row.scope, row.resource) in before else "new"
