"""Derived tables: what the log and its blobs say, as intervals that can be asked quickly.

One function per type of leaf. Sealing a scan, rebuilding a store and verifying one all run this same code, so derived
rows can be thrown away and made again, and rows that were altered by hand show. Unchanged resources and verdicts cost
no write. An interval ends only by what was really looked at: a partial or narrowed scan never ends one outside its
coverage.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, func, insert, select, update

from core.codec import decode, parse
from evidence_store import records
from evidence_store.derived.cuts import (
    NO_CUTS,
    Cuts,
    apply_disposal,
    apply_hold,
    apply_release,
    read_cuts,
)
from evidence_store.derived.derive_events import apply_event
from evidence_store.derived.derive_sources import apply_source
from evidence_store.derived.derive_verdicts import apply_assessment
from evidence_store.derived.endings import CHECK_RETIRED, OUT_OF_SCOPE
from evidence_store.derived.line_sets import LineSets
from evidence_store.records import (
    Disposed,
    Erased,
    HoldPlaced,
    HoldReleased,
    Read,
    ScanFinished,
    ScanStarted,
)
from evidence_store.schema import assessment, coverage, erasure, finding, resource, scan, unit


@dataclass(frozen=True, slots=True)
class Sealed:
    """A leaf of the log with the entries of its subtree, if it has one."""

    position: int
    data: bytes
    entries: tuple[bytes, ...] = ()


def derive(connection: Connection, log: Sequence[Sealed], read: Read) -> Iterator[int]:
    """Make derived tables, which must be empty, from a whole log. Yields each position before its leaf is applied.

    Populations and verdict lists that were thrown away are not asked for: the tombstones say what stood without them.
    """
    cuts = read_cuts(((each.position, each.data) for each in log), read)
    sets = LineSets(read)
    for sealed in log:
        yield sealed.position
        cuts.restore(connection, sealed.position)
        apply(connection, sealed, read, cuts, sets)


def apply(
    connection: Connection, sealed: Sealed, read: Read, cuts: Cuts = NO_CUTS, remembered: LineSets | None = None
) -> None:
    """Bring the derived tables from the leaf before this one to this one.

    Whoever applies many leaves passes what was `remembered` from one to the next.
    """
    sets = remembered or LineSets(read)
    leaf = parse(sealed.data)
    body = read(bytes.fromhex(leaf["body"]))
    match leaf["type"]:
        case records.SCAN_STARTED:
            _scan_started(connection, sealed.position, leaf, decode(ScanStarted, body))
        case records.SOURCE:
            apply_source(connection, sealed.position, sealed.entries, leaf["scan"], sets, cuts)
        case records.ASSESSMENT:
            apply_assessment(connection, sealed.position, leaf["scan"], body, sets, cuts)
        case records.SCAN_FINISHED:
            _scan_finished(connection, sealed.position, leaf, decode(ScanFinished, body), sets)
        case records.DISPOSAL:
            apply_disposal(connection, sealed.position, leaf["at"], decode(Disposed, body))
        case records.HOLD:
            apply_hold(connection, sealed.position, decode(HoldPlaced, body))
        case records.HOLD_RELEASED:
            apply_release(connection, sealed.position, decode(HoldReleased, body))
        case records.ERASURE:
            _erasure(connection, sealed.position, decode(Erased, body))
        case kind if kind in records.EVENTS:
            apply_event(connection, sealed.position, kind, leaf["at"], body)


def _scan_started(connection: Connection, position: int, leaf: Mapping[str, Any], body: ScanStarted) -> None:
    if body.died:
        connection.execute(
            update(scan).where(scan.c.id.in_(body.died), scan.c.status == "running").values(status="died")
        )
    connection.execute(
        insert(scan).values(
            id=leaf["scan"],
            agent=body.agent,
            started=leaf["at"],
            finished="",
            status="running",
            narrowed=body.narrowed,
            first=position,
        )
    )


def _scan_finished(
    connection: Connection, position: int, leaf: Mapping[str, Any], body: ScanFinished, sets: LineSets
) -> None:
    row = connection.execute(select(scan).where(scan.c.id == leaf["scan"])).one()
    connection.execute(
        update(scan).where(scan.c.id == row.id).values(status="finished", finished=leaf["at"], end=position)
    )
    if row.narrowed:
        return
    left = _left_scope(connection, row, body.sources)
    for source, scope in left:
        for table in (finding, resource, unit, coverage):
            why = {"ended": OUT_OF_SCOPE} if "ended" in table.c else {}
            connection.execute(
                update(table)
                .where(table.c.end.is_(None), table.c.source == source, table.c.scope == scope)
                .values(end=position, **why)
            )
    for source in sorted({source for source, _ in left} - set(body.sources)):
        _left_source(connection, position, source)
    retired = _last_said_by(connection, row.agent, assessment, (assessment.c.check,)) - {(c,) for c in body.checks}
    for (check,) in sorted(retired):
        connection.execute(
            update(finding)
            .where(finding.c.end.is_(None), finding.c.check == check)
            .values(end=position, ended=CHECK_RETIRED)
        )
    if left or retired:
        sets.standing.clear()


def _left_scope(connection: Connection, row: Any, sources: Iterable[str]) -> list[tuple[str, str]]:
    """Scopes this agent was the last to look at, and which its finished, whole scan neither looked at nor lists."""
    last = _last_said_by(connection, row.agent, unit, (unit.c.source, unit.c.scope))
    rows = connection.execute(select(unit.c.source, unit.c.scope).where(unit.c.scan == row.id).distinct())
    seen = {(source, scope) for source, scope in rows}
    answered = {source for source, _ in seen}
    configured = set(sources)
    gone = {
        (source, scope)
        for source, scope in last - seen
        if source not in configured or (source in answered and scope != "")
    }
    return sorted(gone)


def _left_source(connection: Connection, position: int, source: str) -> None:
    """End verdicts about a whole source, unless somebody still looks at some scope of it."""
    looked_at = select(unit.c.position).where(unit.c.source == source, unit.c.end.is_(None)).limit(1)
    if connection.execute(looked_at).scalar() is None:
        connection.execute(
            update(finding)
            .where(finding.c.end.is_(None), finding.c.source == source, finding.c.scope == "")
            .values(end=position, ended=OUT_OF_SCOPE)
        )


def _last_said_by(connection: Connection, agent: str, table: Any, columns: Sequence[Any]) -> set[tuple[str, ...]]:
    """Which values of these columns this agent, and no other since, wrote last. Agents may share a store."""
    newest = select(*columns, func.max(table.c.position).label("newest")).group_by(*columns).subquery()
    query = (
        select(*(newest.c[column.name] for column in columns))
        .join(table, and_(table.c.position == newest.c.newest, *(table.c[c.name] == newest.c[c.name] for c in columns)))
        .join(scan, scan.c.id == table.c.scan)
        .where(scan.c.agent == agent)
        .distinct()
    )
    return {tuple(found) for found in connection.execute(query)}


def _erasure(connection: Connection, position: int, body: Erased) -> None:
    """People without keys from here on."""
    rows = [{"subject": bytes.fromhex(subject), "position": position} for subject in body.subjects]
    if rows:
        connection.execute(insert(erasure), rows)
