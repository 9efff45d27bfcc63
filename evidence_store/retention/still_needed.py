"""What is older than a cut and yet needed after it, because it says what stands there."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from core.codec import decode
from evidence_store.derived.cuts import standing_resources, standing_verdicts
from evidence_store.namings import Naming
from evidence_store.records import Assessed, SealedVerdict, lines
from evidence_store.schema import coverage

Needed = set[tuple[bytes, int]]
"""Blobs by digest, each with the position of the leaf that leads to it."""


@dataclass(frozen=True, slots=True)
class Look:
    """A cut of one thing, `before` a position, and what of it was sealed before that and is still there."""

    connection: Connection
    before: int
    newest_first: Sequence[Naming]
    read: Callable[[bytes], bytes]


def populations_that_stand(at: Look, kind: str, source: str) -> Needed:
    """Of each scope the newest population, and each in which a resource that stands was seen last."""
    newest = _newest(at, kind, source)
    unseen: dict[str, set[str]] = defaultdict(set)
    for stood in standing_resources(at.connection, kind, source, at.before):
        unseen[stood.scope].add(stood.digest)
    needed: Needed = set()
    for each in at.newest_first:
        if newest.get(each.scope) == each.position:
            needed.add((each.digest, each.position))
        if missing := unseen[each.scope]:
            seen = {hashlib.sha256(line).hexdigest() for line in lines(at.read(each.digest))}
            if missing & seen:
                needed.add((each.digest, each.position))
            missing -= seen
    return needed


def _newest(at: Look, kind: str, source: str) -> dict[str, int]:
    """Where each scope was looked at last, of those that had not left."""
    query = select(coverage.c.scope, coverage.c.position).where(
        coverage.c.kind == kind,
        coverage.c.source == source,
        coverage.c.position < at.before,
        or_(coverage.c.end.is_(None), coverage.c.end >= at.before),
    )
    return {row.scope: row.position for row in at.connection.execute(query.order_by(coverage.c.position))}


def lists_that_stand(at: Look, check: str, assessments: Mapping[int, bytes]) -> Needed:
    """The verdict lists that say what stands, and those that must be read to see that they do not.

    `assessments` are the digests of the bodies that name these lists, by position.
    """
    stood = standing_verdicts(at.connection, check, at.before)
    unsaid = {(each.source, each.scope, each.resource) for each in stood}
    needed: Needed = set()
    for each in at.newest_first:
        body = decode(Assessed, at.read(assessments[each.position]))
        whole = {(looked.source, looked.scope) for looked in body.subjects if looked.complete}
        sources = {looked.source for looked in body.subjects}
        asked = {key for key in unsaid if key[:2] in whole or key[0] in sources}
        if asked:
            needed.add((each.digest, each.position))
            verdicts = [decode(SealedVerdict, line) for line in lines(at.read(each.digest))]
            said = {(verdict.source, verdict.scope, verdict.resource) for verdict in verdicts}
            unsaid -= {key for key in asked if key[:2] in whole or key in said}
    return needed
