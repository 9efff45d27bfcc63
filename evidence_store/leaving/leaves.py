"""Which leaves of the log answer a question, asked at a place in the log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select

from core.codec import CodecError, decode, moment, parse
from evidence_store import records
from evidence_store.errors import BrokenSealError
from evidence_store.people.keyring import Keyring
from evidence_store.questions.past import Past, SealedBy, leaf_moments, sealed_by, written
from evidence_store.records import KeyChanged, UnitSeen
from evidence_store.schema import assessment, checkpoint, entry, event, finding, leaf, scan, stamp
from evidence_store.store import Store


def pinned(connection: Connection, at: datetime) -> SealedBy:
    """The last checkpoint at or before a moment that seals more than exports.

    An export is sealed as well; whoever asks the same again must not get another answer because he asked before.
    """
    found = sealed_by(connection, at)
    size = found.size
    while size and _is_export(connection, size - 1):
        query = select(func.max(checkpoint.c.size)).where(checkpoint.c.size < size)
        size = connection.execute(query).scalar() or 0
    return replace(found, size=size)


def newest_assessments(connection: Connection, past: Past) -> dict[str, int]:
    """The leaf with the newest assessment of each check by then."""
    query = select(assessment.c.check, func.max(assessment.c.position).label("newest"))
    query = query.where(written(assessment.c.position, past)).group_by(assessment.c.check)
    return {row.check: row.newest for row in connection.execute(query.order_by(assessment.c.check))}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOfPeriod:
    """A scan, and the leaves that opened and ended it; `last` is -1 and `finished` empty while it had no end then."""

    id: str
    started: str
    finished: str
    narrowed: bool
    first: int
    last: int


def scans_of_period(connection: Connection, start: datetime, past: Past) -> list[ScanOfPeriod]:
    """Every scan that was not over when the period began, in the order of the log."""
    query = select(scan).where(written(scan.c.first, past)).order_by(scan.c.first)
    found = []
    for row in connection.execute(query):
        ended = row.end is not None and row.end < past.size
        if moment(row.finished if ended else row.started) >= start:
            last, finished = (row.end, row.finished) if ended else (-1, "")
            each = ScanOfPeriod(
                id=row.id, started=row.started, finished=finished, narrowed=row.narrowed, first=row.first, last=last
            )
            found.append(each)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictOfPeriod:
    """How long a verdict stood: from the leaf `first` until the leaf `end`, or still at the end of the period (-1)."""

    id: str
    check: str
    source: str
    scope: str
    resource: str
    status: str
    reason: str
    first: int
    since: datetime
    end: int
    until: datetime | None
    ended: str


def verdicts_of_period(
    store: Store, connection: Connection, start: datetime, past: Past, checks: Iterable[str]
) -> Iterator[VerdictOfPeriod]:
    """Every verdict of these checks that stood at some moment of a period, check by check."""
    began = sealed_by(connection, start).size
    names = Keyring(store, connection)
    for check in checks:
        there = and_(finding.c.first < past.size, or_(finding.c.end.is_(None), finding.c.end >= began))
        query = select(finding).where(finding.c.check == check, there)
        rows = connection.execute(
            query.order_by(finding.c.source, finding.c.scope, finding.c.resource, finding.c.first)
        ).all()
        ends = {row.end for row in rows if row.end is not None and row.end < past.size}
        moments = leaf_moments(connection, {row.first for row in rows} | ends)
        for row in rows:
            over = row.end in ends
            yield VerdictOfPeriod(
                id=row.id,
                check=check,
                source=row.source,
                scope=row.scope,
                resource=names.text(row.resource),
                status=row.status,
                reason=names.text(row.reason),
                first=row.first,
                since=moments[row.first],
                end=row.end if over else -1,
                until=moments[row.end] if over else None,
                ended=row.ended if over else "",
            )


def acts_until(connection: Connection, past: Past) -> list[int]:
    """The leaves of what people did to the records that they answer for."""
    query = select(event.c.position).where(written(event.c.position, past)).order_by(event.c.position)
    return list(connection.execute(query).scalars())


@dataclass(frozen=True, slots=True)
class SealedUnit:
    """A unit below the leaf of a source, and the digest of its body."""

    leaf: int
    ordinal: int
    digest: str
    seen: UnitSeen


def units_below(store: Store, connection: Connection, position: int) -> Iterator[SealedUnit]:
    """The units that the leaf of a source seals, in their order, names as they are sealed. Raises `BrokenSealError`."""
    read = store.read_blob(connection)
    query = select(entry.c.ordinal, entry.c.data).where(entry.c.position == position).order_by(entry.c.ordinal)
    for ordinal, data in connection.execute(query).all():
        digest = parse(data)["body"]
        yield SealedUnit(position, ordinal, digest, decode(UnitSeen, read(bytes.fromhex(digest))))


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptStamp:
    """A stamp over a checkpoint, with the certificates that were trusted when it was asked for."""

    authority: str
    attempt: int
    nonce: str
    certificates: str
    response: bytes


def stamps_of(connection: Connection, size: int) -> list[KeptStamp]:
    """The stamps over the checkpoint of this size."""
    query = select(stamp).where(stamp.c.size == size, stamp.c.problem == "")
    return [
        KeptStamp(
            authority=row.authority,
            attempt=row.attempt,
            nonce=row.nonce,
            certificates=row.certificates,
            response=row.response,
        )
        for row in connection.execute(query.order_by(stamp.c.authority, stamp.c.attempt))
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """A change of the key, sealed by the leaf `position`."""

    position: int
    old: str
    new: str
    signature: str


def hand_overs(store: Store, connection: Connection) -> Sequence[HandOver]:
    """Every change of the key, the first one first. Raises `BrokenSealError`."""
    read = store.read_blob(connection)
    found = []
    for position, _ in store.history(connection).retired:
        data = connection.execute(select(leaf.c.data).where(leaf.c.position == position)).scalar()
        try:
            body = decode(KeyChanged, read(bytes.fromhex(parse(data or b"")["body"])))
        except (CodecError, KeyError, TypeError, ValueError) as error:
            raise BrokenSealError(f"leaf {position} does not change the key", "run `annexa verify`") from error
        found.append(HandOver(position=position, old=body.old, new=body.new, signature=body.signature))
    return found


def _is_export(connection: Connection, position: int) -> bool:
    data = connection.execute(select(leaf.c.data).where(leaf.c.position == position)).scalar()
    return data is not None and parse(data).get("type") == records.EXPORT
