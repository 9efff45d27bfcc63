"""Questions to the derived tables, answered in the words of `states.py`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from sys import intern
from typing import TypeVar

from sqlalchemy import Connection, Row, and_, func, select

from core.codec import CodecError, decode, moment, parse
from core.model import Coverage, Evidence, Status, Unit
from core.resource import Resource
from evidence_store.derived.endings import CHANGED, SETTINGS_CHANGED
from evidence_store.errors import BrokenSealError
from evidence_store.log import publication
from evidence_store.log.append import log_size
from evidence_store.people.keyring import Keyring
from evidence_store.questions.past import Past, stood, written
from evidence_store.questions.states import EndedFinding, GapState, ScanState, Seal
from evidence_store.records import Assessed, ScanFinished, ScanStarted, UnitSeen, lines
from evidence_store.schema import assessment, coverage, entry, finding, leaf, scan, unit
from evidence_store.store import Store
from evidence_store.timestamps.stamps import Stamps
from evidence_store.timestamps.timestamp import Authority

Kinds = Mapping[str, type[Resource]]
Body = TypeVar("Body")


@dataclass(frozen=True, slots=True)
class Placed:
    """Evidence, and the position of the leaf that seals it."""

    evidence: Evidence
    leaf: int


def latest_evidence(store: Store, connection: Connection, kinds: Kinds) -> list[Placed]:
    """The newest population of each of these kinds, in every source and scope. Raises `BrokenSealError`."""
    read = Keyring(store, connection).revealing(store.read_blob(connection))
    bodies: dict[tuple[int, int], Unit] = {}
    found = []
    for row in newest_coverage(connection, kinds):
        key = (row.position, row.ordinal)
        if key not in bodies:
            bodies[key] = sealed_unit(connection, *key, read).unit
        found.append(Placed(_evidence(row, bodies[key], kinds[row.kind], read), row.position))
    return found


def kinds_by_others(connection: Connection, scan_id: str, since: int) -> frozenset[str]:
    """The kinds of which other scans than this one have sealed evidence, from a place in the log on."""
    others = (unit.c.position >= since, unit.c.scan != scan_id)
    if connection.execute(select(unit.c.position).where(*others).limit(1)).first() is None:
        return frozenset()  # nearly always, and then nothing as large as the coverage is read
    positions = select(unit.c.position).where(*others)
    kinds = select(coverage.c.kind).where(coverage.c.position.in_(positions)).distinct()
    return frozenset(connection.execute(kinds).scalars())


def _evidence(row: Row[tuple[object, ...]], of: Unit, kind: type[Resource], read: Callable[[bytes], bytes]) -> Evidence:
    encoded = tuple(lines(read(row.population)))
    return Evidence(
        kind=row.kind,
        source=row.source,
        scope=row.scope,
        collected_at=of.finished,
        resources=tuple(decode(kind, line) for line in encoded),
        encoded=encoded,
        gaps=of.gaps,
    )


def current_coverage(connection: Connection, past: Past | None = None) -> list[Coverage]:
    """What was looked at last, by now or by then, kind by kind, in every source and scope."""
    return [
        Coverage(  # few names in, of many accounts, hundreds of thousands of rows: each is kept once
            kind=intern(row.kind),
            source=intern(row.source),
            scope=intern(row.scope),
            collected_at=moment(row.collected),
            count=row.items,
            complete=row.complete,
        )
        for row in newest_coverage(connection, None, past)
    ]


def ended_findings(store: Store, connection: Connection, since: int) -> list[EndedFinding]:
    """Verdicts that ended at or after a position and were not followed by another about the same resource."""
    names = Keyring(store, connection)
    query = select(finding).where(finding.c.end >= since, finding.c.ended.not_in((CHANGED, SETTINGS_CHANGED)))
    return [
        EndedFinding(
            id=row.id,
            check=row.check,
            status=Status(row.status),
            reason=names.text(row.reason),
            resource=names.text(row.resource),
            source=row.source,
            scope=row.scope,
            ended=row.ended,
        )
        for row in connection.execute(query.order_by(finding.c.check, finding.c.source, finding.c.resource))
    ]


def current_gaps(
    store: Store, connection: Connection, past: Past | None = None, names: Keyring | None = None
) -> list[GapState]:
    """What the newest run of each collector in each scope, by now or by then, could not look at."""
    names = names or Keyring(store, connection)
    newest = (
        select(unit.c.collector, unit.c.source, unit.c.scope, func.max(unit.c.position).label("newest"))
        .where(written(unit.c.position, past))
        .group_by(unit.c.collector, unit.c.source, unit.c.scope)
        .subquery()
    )
    same = and_(*(unit.c[name] == newest.c[name] for name in ("collector", "source", "scope")))
    query = (
        select(unit)
        .join(newest, and_(same, unit.c.position == newest.c.newest))
        .where(unit.c.gaps != "[]", stood(unit, past))
        .order_by(unit.c.source, unit.c.scope, unit.c.collector)
    )
    return [
        GapState(
            source=row.source,
            scope=row.scope,
            collector=row.collector,
            kinds=tuple(
                connection.execute(
                    select(coverage.c.kind)
                    .where(
                        coverage.c.source == row.source,
                        coverage.c.scope == row.scope,
                        coverage.c.position == row.position,
                        coverage.c.ordinal == row.ordinal,
                    )
                    .order_by(coverage.c.kind)
                ).scalars()
            ),
            reason=reason,
            hint=hint,
            retryable=retryable,
            leaf=row.position,
        )
        for row in connection.execute(query)
        for reason, hint, retryable in parse(names.reveal(row.gaps.encode()))
    ]


def scans(
    store: Store, connection: Connection, *, newest: int = 1, scan_id: str = "", past: Past | None = None
) -> list[ScanState]:
    """The newest scans, newest first, or the one with this id, as they stood by now or by then.

    Raises `BrokenSealError`.
    """
    query = select(scan).where(written(scan.c.first, past)).order_by(scan.c.first.desc())
    query = query.where(scan.c.id == scan_id) if scan_id else query.limit(newest)
    return [_scan_state(store, connection, row, past) for row in connection.execute(query).all()]


def finished_scan(connection: Connection, as_of: datetime | None) -> str | None:
    """The id of the newest scan that had finished at `as_of`, or by now; `None` when there is none."""
    query = select(scan.c.id, scan.c.finished).where(scan.c.status == "finished").order_by(scan.c.first.desc())
    found: Iterable[tuple[str, str]] = ((row.id, row.finished) for row in connection.execute(query))
    return next((name for name, finished in found if as_of is None or moment(finished) <= as_of), None)


def previous_scan(connection: Connection, scan_id: str, past: Past | None = None) -> int | None:
    """The position at which the scan before this one that has finished, by now or by then, began, or `None`."""
    first = connection.execute(select(scan.c.first).where(scan.c.id == scan_id)).scalar_one()
    query = select(func.max(scan.c.first)).where(
        scan.c.first < first, scan.c.status == "finished", written(scan.c.end, past)
    )
    found: int | None = connection.execute(query).scalar()
    return found


def last_end(store: Store, connection: Connection, past: Past | None = None) -> ScanFinished | None:
    """What the newest end of a scan, by now or by then, sealed; `None` before the first. Raises `BrokenSealError`."""
    query = select(func.max(scan.c.end)).where(scan.c.status == "finished", written(scan.c.end, past))
    position: int | None = connection.execute(query).scalar()
    return None if position is None else _body(store, connection, position, ScanFinished, "the newest scan", "end")


def last_start(store: Store, connection: Connection, past: Past | None = None) -> ScanStarted | None:
    """What the newest scan, by now or by then, was begun with; `None` before the first. Raises `BrokenSealError`."""
    position: int | None = connection.execute(
        select(func.max(scan.c.first)).where(written(scan.c.first, past))
    ).scalar()
    return None if position is None else _body(store, connection, position, ScanStarted, "the newest scan", "open")


def last_ends(connection: Connection, past: Past | None = None, *, newest: int) -> list[int]:
    """The leaves with which the newest scans that had finished, by now or by then, ended; newest first."""
    query = select(scan.c.end).where(scan.c.status == "finished", written(scan.c.end, past))
    return list(connection.execute(query.order_by(scan.c.end.desc()).limit(newest)).scalars())


def seal(
    store: Store, connection: Connection, authorities: Sequence[Authority] = (), past: Past | None = None
) -> Seal | None:
    """The newest checkpoint, by now or by then, its signature verified, or `None` before the first.

    Raises `BrokenSealError`.

    Its stamps are believed against `authorities` where they name one, else against what the store keeps.
    """
    latest = store.latest_checkpoint(connection, past.size if past else None)
    if latest is None:
        return None
    point, note = latest
    until = past.moment if past else None
    return Seal(
        origin=point.origin,
        size=point.size,
        root=point.root.hex(),
        note=note,
        public_key=str(store.history(connection).signers(point.size)[-1] if past else store.verifier(connection)),
        stamps=Stamps(store, connection, authorities, past).states(point.size),
        publications=publication.states(connection, point.size, until),
    )


def pending(store: Store, connection: Connection, past: Past | None = None) -> int:
    """How many leaves no checkpoint covers yet, or covered then. Raises `BrokenSealError`."""
    latest = store.latest_checkpoint(connection, past.size if past else None)
    return (past.size if past else log_size(connection)) - (latest[0].size if latest else 0)


def sealed_unit(connection: Connection, position: int, ordinal: int, read: Callable[[bytes], bytes]) -> UnitSeen:
    """The body of one unit. Raises `BrokenSealError` when its blob is missing or altered."""
    data = connection.execute(
        select(entry.c.data).where(entry.c.position == position, entry.c.ordinal == ordinal)
    ).scalar_one()
    return decode(UnitSeen, read(bytes.fromhex(parse(data)["body"])))


def ordinals(connection: Connection, position: int) -> range:
    """The ordinals of all units below a leaf."""
    count = connection.execute(select(func.count()).where(entry.c.position == position)).scalar_one()
    return range(count)


def units_of(connection: Connection, position: int, kinds: Collection[str], scope: str | None) -> list[int]:
    """The ordinals of the units below a source leaf that looked at one of these kinds."""
    below = and_(
        *(coverage.c[name] == unit.c[name] for name in ("source", "scope", "position", "ordinal")),
        coverage.c.kind.in_(kinds),
    )
    query = select(unit.c.ordinal).join(coverage, below).where(unit.c.position == position)
    if scope is not None:
        query = query.where(unit.c.scope == scope)
    return sorted(set(connection.execute(query).scalars()))


def assessed(store: Store, connection: Connection, position: int) -> Assessed:
    """The body of an assessment leaf. Raises `BrokenSealError`."""
    body = connection.execute(select(assessment.c.body).where(assessment.c.position == position)).scalar_one()
    return decode(Assessed, Keyring(store, connection).revealing(store.read_blob(connection))(body))


def leaf_data(connection: Connection, position: int) -> bytes | None:
    """The bytes of a leaf."""
    found: bytes | None = connection.execute(select(leaf.c.data).where(leaf.c.position == position)).scalar()
    return found


def newest_coverage(
    connection: Connection, kinds: Collection[str] | None, past: Past | None = None
) -> Iterable[Row[tuple[object, ...]]]:
    """What was looked at last, by now or by then, of each kind, or of these, in every source and scope.

    Of many accounts these are hundreds of thousands of rows: they are read one by one.
    """
    keys = (coverage.c.source, coverage.c.scope, coverage.c.kind)
    newest = select(*keys, func.max(coverage.c.position).label("newest"))
    newest_of_each = newest.where(written(coverage.c.position, past)).group_by(*keys).subquery()
    same = and_(*(column == newest_of_each.c[column.name] for column in keys))
    query = select(coverage).join(newest_of_each, and_(same, coverage.c.position == newest_of_each.c.newest))
    query = query.where(stood(coverage, past)).order_by(*keys)
    if kinds is not None:
        query = query.where(coverage.c.kind.in_(list(kinds)))
    return connection.execute(query)


def _scan_state(
    store: Store, connection: Connection, row: Row[tuple[object, ...]], past: Past | None = None
) -> ScanState:
    body = _body(store, connection, row.first, ScanStarted, f"scan {row.id}", "open")
    seen = (unit.c.scan == row.id, written(unit.c.position, past))
    counts = connection.execute(select(func.count(), func.coalesce(func.sum(unit.c.exchanges), 0)).where(*seen)).one()
    sources = connection.execute(select(unit.c.source).where(*seen).distinct().order_by(unit.c.source))
    ended = row.end is not None and (past is None or row.end < past.size)
    return ScanState(
        id=row.id,
        trigger=body.trigger,
        started=moment(row.started),
        finished=moment(row.finished) if ended else None,
        status=row.status if past is None or ended else _unfinished(store, connection, row, past),
        agent_version=body.agent_version,
        sources=tuple(sources.scalars()),
        left_out=body.left_out,
        died=body.died,
        clock=body.clock,
        first_leaf=row.first,
        last_leaf=row.end if ended else None,
        units=counts[0],
        exchanges=counts[1],
    )


def _unfinished(store: Store, connection: Connection, row: Row[tuple[object, ...]], past: Past) -> str:
    """What a scan without an end was taken for: dead only since another one had found it so."""
    if row.status == "died":
        later = select(scan.c.first).where(scan.c.first > row.first, written(scan.c.first, past)).order_by(scan.c.first)
        for position in connection.execute(later).scalars().all():
            if row.id in _body(store, connection, position, ScanStarted, "a later scan", "open").died:
                return "died"
    return "running"


def _body(store: Store, connection: Connection, position: int, kind: type[Body], whose: str, does: str) -> Body:
    """The body of a leaf. Raises `BrokenSealError` when it is not what the derived tables take it for."""
    try:
        digest = parse(leaf_data(connection, position) or b"{}")["body"]
        return decode(kind, store.read_blob(connection)(bytes.fromhex(digest)))
    except (CodecError, KeyError, TypeError, ValueError) as error:
        raise BrokenSealError(f"{whose}: leaf {position} does not {does} it", "run `annexa verify`") from error
