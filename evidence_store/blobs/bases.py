"""Which blob a new one probably differs little from: what was seen last time in the same place.

A wrong guess costs nothing but bytes. So nothing here is checked against the log, and what cannot be read is no base.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from sqlalchemy import select

from core.codec import canonical, decode
from core.errors import AnnexaError
from core.model import Unit
from evidence_store.blobs.packs import Base, Index
from evidence_store.records import Assessed, UnitSeen
from evidence_store.schema import assessment, coverage, unit

SMALLEST = 1024
"""Bytes from which a blob is worth the questions that find its base."""


def same(digest: bytes | None) -> Base | None:
    """A blob that is known already: what was sealed just before usually is of the same make."""
    return None if digest is None else lambda _: digest


def population(data: bytes, source: str, scope: str, kind: str) -> Base | None:
    """The newest population of the same kind in the same place."""
    if len(data) < SMALLEST:
        return None

    def newest(index: Index) -> bytes | None:
        where = (coverage.c.source == source, coverage.c.scope == scope, coverage.c.kind == kind)
        query = select(coverage.c.population).where(*where).order_by(coverage.c.position.desc()).limit(1)
        return index.connection.execute(query).scalar()

    return newest


def verdicts(data: bytes, check: str) -> Base | None:
    """The newest verdict list of the same check."""
    if len(data) < SMALLEST:
        return None

    def newest(index: Index) -> bytes | None:
        query = select(assessment.c.body).where(assessment.c.check == check)
        body = index.connection.execute(query.order_by(assessment.c.position.desc()).limit(1)).scalar()
        try:
            return None if body is None else bytes.fromhex(decode(Assessed, index.read(body)).verdicts)
        except AnnexaError:
            return None

    return newest


class Answers:
    """The answers that the same collector had in the same place last time, by question.

    The same question may have been asked more than once, and the one that asks for the next page may be worded anew
    each time: what counts then is how many of the same operation came before.
    """

    def __init__(self, seen: Unit) -> None:
        self._seen = seen
        self._asked: dict[bytes, tuple[_Question, ...]] = {}
        self._before: Mapping[_Question, bytes] | None = None

    def base(self, data: bytes, digest: bytes) -> Base | None:
        """For this answer, the newest answer to the same question."""
        if len(data) < SMALLEST:
            return None
        if not self._asked:  # most units have small answers only, and need no questions
            for answer, questions in _answers(self._seen):
                self._asked.setdefault(answer, questions)
        if digest not in self._asked:
            return None

        def newest(index: Index) -> bytes | None:
            if self._before is None:
                self._before = _answers_before(index, self._seen)
            return next((self._before[each] for each in self._asked[digest] if each in self._before), None)

        return newest


_Question = tuple[str, str, int]
"""An operation, what it was asked with (or nothing), and how many the same came before it."""


def _answers(seen: Unit) -> Iterator[tuple[bytes, tuple[_Question, ...]]]:
    counts: Counter[tuple[str, str]] = Counter()
    for each in seen.exchanges:
        asked = ((each.operation, canonical(dict(each.parameters)).decode()), (each.operation, ""))
        if each.response:
            yield bytes.fromhex(each.response), tuple((*key, counts[key]) for key in asked)
        counts.update(asked)


def _answers_before(index: Index, seen: Unit) -> dict[_Question, bytes]:
    where = (unit.c.collector == seen.collector, unit.c.source == seen.source, unit.c.scope == seen.scope)
    query = select(unit.c.body).where(*where).order_by(unit.c.position.desc(), unit.c.ordinal.desc()).limit(1)
    body = index.connection.execute(query).scalar()
    try:
        last = decode(UnitSeen, index.read(body)).unit if body is not None else None
    except AnnexaError:
        return {}
    return {question: digest for digest, questions in _answers(last) for question in questions} if last else {}
