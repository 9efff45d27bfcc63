"""Derived tables: what the log and its blobs say, as intervals that can be asked quickly.

One function per type of leaf. Sealing a scan, rebuilding a store and verifying one all run this same code, so derived
rows can be thrown away and made again, and rows that were altered by hand show. Unchanged resources and verdicts cost
no write. An interval ends only by what was really looked at: a partial or narrowed scan never ends one outside its
coverage.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, bindparam, func, insert, select, update

from core.codec import canonical, decode, parse, timestamp
from core.model import Status
from evidence_store import records
from evidence_store.records import Assessed, PopulationSeen, ScanFinished, ScanStarted, SealedVerdict, UnitSeen
from evidence_store.schema import assessment, coverage, finding, resource, scan, unit

Read = Callable[[bytes], bytes]
"""The plain bytes of a blob by digest."""

CHANGED, VANISHED, OUT_OF_SCOPE, CHECK_RETIRED, SETTINGS_CHANGED = (
    "changed",
    "vanished",
    "out_of_scope",
    "check_retired",
    "settings_changed",
)


class _Id(msgspec.Struct):
    id: str


_read_id = msgspec.json.Decoder(_Id).decode


@dataclass(frozen=True, slots=True)
class Sealed:
    """A leaf of the log with the entries of its subtree, if it has one."""

    position: int
    data: bytes
    entries: tuple[bytes, ...] = ()


def apply(connection: Connection, sealed: Sealed, read: Read) -> None:
    """Bring the derived tables from the leaf before this one to this one."""
    leaf = parse(sealed.data)
    body = read(bytes.fromhex(leaf["body"]))
    match leaf["type"]:
        case records.SCAN_STARTED:
            _scan_started(connection, sealed.position, leaf, decode(ScanStarted, body))
        case records.SOURCE:
            _source(connection, sealed, leaf["scan"], read)
        case records.ASSESSMENT:
            _assessment(connection, sealed.position, leaf["scan"], body, read)
        case records.SCAN_FINISHED:
            _scan_finished(connection, sealed.position, leaf, decode(ScanFinished, body))


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


def _source(connection: Connection, sealed: Sealed, scan_id: str, read: Read) -> None:
    for ordinal, entry in enumerate(sealed.entries):
        digest = bytes.fromhex(parse(entry)["body"])
        seen = decode(UnitSeen, read(digest))
        gaps = [[gap.reason, gap.hint, gap.retryable] for gap in seen.unit.gaps]
        connection.execute(
            insert(unit).values(
                position=sealed.position,
                ordinal=ordinal,
                scan=scan_id,
                source=seen.unit.source,
                scope=seen.unit.scope,
                collector=seen.unit.collector,
                finished=timestamp(seen.unit.finished),
                exchanges=len(seen.unit.exchanges),
                gaps=canonical(gaps).decode(),
                body=digest,
            )
        )
        for population in seen.populations:
            _population(connection, sealed.position, ordinal, seen, population, read)


def _population(
    connection: Connection, position: int, ordinal: int, seen: UnitSeen, population: PopulationSeen, read: Read
) -> None:
    where = {"source": seen.unit.source, "scope": seen.unit.scope, "kind": population.kind}
    complete, digest = not seen.unit.gaps, bytes.fromhex(population.lines)
    before = connection.execute(
        select(coverage.c.population, coverage.c.complete, coverage.c.end)
        .where(*(coverage.c[name] == value for name, value in where.items()))
        .order_by(coverage.c.position.desc())
        .limit(1)
    ).first()
    connection.execute(
        insert(coverage).values(
            **where,
            position=position,
            ordinal=ordinal,
            collected=timestamp(seen.unit.finished),
            items=population.count,
            complete=complete,
            population=digest,
        )
    )
    still = before is not None and before.end is None and before.population == digest
    if before is not None and still and (before.complete or not complete):
        return  # the same population as last time, seen at least as fully then: nothing to write
    _resources(connection, position, where, lines(read(digest)), complete=complete)


def _resources(
    connection: Connection, position: int, where: Mapping[str, str], seen: Sequence[bytes], *, complete: bool
) -> None:
    open_here = and_(resource.c.end.is_(None), *(resource.c[name] == value for name, value in where.items()))
    rows = connection.execute(select(resource.c.id, resource.c.digest).where(open_here))
    known: dict[str, bytes] = {row.id: row.digest for row in rows}
    new, changed = [], []
    for line in seen:
        name, digest = _read_id(line).id, hashlib.sha256(line).digest()
        before = known.pop(name, None)
        if before == digest:
            continue
        if before is not None:
            changed.append(name)
        new.append({**where, "id": name, "first": position, "digest": digest, "ended": ""})
    gone = list(known) if complete else []
    end = update(resource).where(open_here, resource.c.id == bindparam("name"))
    for names, why in ((changed, CHANGED), (gone, VANISHED)):
        if names:
            connection.execute(end.values(end=position, ended=why), [{"name": name} for name in names])
    if new:
        connection.execute(insert(resource), new)


def _assessment(connection: Connection, position: int, scan_id: str, data: bytes, read: Read) -> None:
    body = decode(Assessed, data)
    settings = hashlib.sha256(canonical(body.settings)).digest()
    connection.execute(
        insert(assessment).values(
            check=body.check,
            position=position,
            scan=scan_id,
            as_of=timestamp(body.as_of),
            severity=body.severity.value,
            settings=settings,
            body=hashlib.sha256(data).digest(),
        )
    )
    open_here = and_(finding.c.end.is_(None), finding.c.check == body.check)
    rows = connection.execute(select(finding).where(open_here)).all()
    known = {(row.source, row.scope, row.resource): row for row in rows}
    new: list[dict[str, object]] = []
    ended: list[dict[str, object]] = []
    for line in lines(read(bytes.fromhex(body.verdicts))):
        verdict = decode(SealedVerdict, line)
        key = (verdict.source, verdict.scope, verdict.resource)
        before = known.pop(key, None)
        if before is not None:
            if (before.status, before.reason) == (verdict.status, verdict.reason):
                continue
            ended.append(_ended(key, CHANGED if before.settings == settings else SETTINGS_CHANGED))
        new.append(_begun(body.check, verdict, position, settings))
    scopes, sources = _looked_everywhere(body)
    ended += [_ended(key, VANISHED) for key in known if key[:2] in scopes or (_whole(key) and key[0] in sources)]
    _end_findings(connection, position, body.check, ended)
    if new:
        connection.execute(insert(finding), new)


def _begun(check: str, verdict: SealedVerdict, position: int, settings: bytes) -> dict[str, object]:
    return {
        "check": check,
        "source": verdict.source,
        "scope": verdict.scope,
        "resource": verdict.resource,
        "first": position,
        "id": records.finding_id(check, verdict.source, verdict.scope, verdict.resource),
        "status": Status(verdict.status).value,
        "reason": verdict.reason,
        "settings": settings,
        "ended": "",
    }


def _ended(key: tuple[str, str, str], why: str) -> dict[str, object]:
    return {"at_source": key[0], "at_scope": key[1], "at_resource": key[2], "why": why}


def _end_findings(connection: Connection, position: int, check: str, ended: Sequence[dict[str, object]]) -> None:
    if ended:
        connection.execute(
            update(finding)
            .where(
                finding.c.end.is_(None),
                finding.c.check == check,
                finding.c.source == bindparam("at_source"),
                finding.c.scope == bindparam("at_scope"),
                finding.c.resource == bindparam("at_resource"),
            )
            .values(end=position, ended=bindparam("why")),
            list(ended),
        )


def _looked_everywhere(body: Assessed) -> tuple[set[tuple[str, str]], set[str]]:
    """The (source, scope) pairs whose whole population was judged, and the sources of which that holds everywhere."""
    whole = {(looked.source, looked.scope) for looked in body.subjects if looked.complete}
    partial = {looked.source for looked in body.subjects if not looked.complete}
    return whole, {source for source, _ in whole} - partial


def _whole(key: tuple[str, str, str]) -> bool:
    """Whether a verdict is about a whole source: such a one stands in no scope, under the name of the source."""
    source, scope, resource_id = key
    return scope == "" and resource_id == source


def _scan_finished(connection: Connection, position: int, leaf: Mapping[str, Any], body: ScanFinished) -> None:
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


def lines(data: bytes) -> list[bytes]:
    """The lines of a blob of canonical JSON lines."""
    return data.split(b"\n")[:-1]
