"""Derived rows of what one check said: the assessment, and verdicts as intervals."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from core.codec import canonical, decode, timestamp
from core.model import Status
from evidence_store import records
from evidence_store.derived.cuts import VERDICTS, Cuts
from evidence_store.derived.endings import CHANGED, SETTINGS_CHANGED, VANISHED
from evidence_store.derived.line_sets import LineSets
from evidence_store.errors import BrokenSealError, UnreachableError
from evidence_store.records import Assessed, SealedVerdict, lines
from evidence_store.schema import assessment, finding

Key = tuple[str, str, str]
"""Source, scope, resource."""

MOST_AT_ONCE = 500
"""Values in one question: SQLite takes only so many."""


def apply_assessment(
    connection: Connection, position: int, scan_id: str, data: bytes, sets: LineSets, cuts: Cuts
) -> None:
    """Bring the derived tables from before the leaf of an assessment, whose body is `data`, to behind it."""
    body = decode(Assessed, data)
    settings = hashlib.sha256(canonical(body.settings)).digest()
    passed_over = cuts.passes_over((VERDICTS, body.check, ""), position)
    other = None if passed_over else _since_last_time(connection, body, sets, cuts)
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
    if passed_over:
        return
    sets.standing.pop(body.check, None)
    if other is None:
        known = dict(_open(connection, body.check))
        said = [decode(SealedVerdict, line) for line in lines(sets.read(bytes.fromhex(body.verdicts)))]
    else:
        gone, said = ([decode(SealedVerdict, line) for line in some] for some in other)
        known = dict(_open(connection, body.check, [_key(each) for each in gone]))
    if _compare(connection, position, body, settings, known, said):
        sets.standing[body.check] = bytes.fromhex(body.verdicts)


def _since_last_time(
    connection: Connection, body: Assessed, sets: LineSets, cuts: Cuts
) -> tuple[list[bytes], list[bytes]] | None:
    """The lines that only the last verdict list of this check has, and only this one; all others stand unchanged.

    `None` when that list is not all that stands: then whoever asks must look at everything.
    """
    verdicts = sets.standing.get(body.check) or _all_that_stands(connection, body.check, sets, cuts)
    return sets.difference(verdicts, bytes.fromhex(body.verdicts)) if verdicts else None


def _all_that_stands(connection: Connection, check: str, sets: LineSets, cuts: Cuts) -> bytes | None:
    """The digest of the last verdict list of this check, unless something else stands than it says."""
    query = select(assessment.c.position, assessment.c.body).where(assessment.c.check == check)
    last = connection.execute(query.order_by(assessment.c.position.desc()).limit(1)).first()
    if last is None or cuts.passes_over((VERDICTS, check, ""), last.position):
        return None
    of_check = finding.c.check == check
    count = select(func.count()).select_from(finding).where(of_check, finding.c.end.is_(None))
    ended = select(finding.c.end).where(of_check, finding.c.end > last.position).limit(1)
    try:
        verdicts = bytes.fromhex(decode(Assessed, sets.read(last.body)).verdicts)
        stands = connection.execute(count).scalar() == sets.count(verdicts)
    except (BrokenSealError, UnreachableError):
        return None
    if not stands or connection.execute(ended).first() is not None:
        return None
    return verdicts


def _open(connection: Connection, check: str, keys: Sequence[Key] | None = None) -> Iterator[tuple[Key, Any]]:
    """The open intervals of a check, all or those with these keys."""
    query = select(finding).where(finding.c.end.is_(None), finding.c.check == check)
    if keys is None:
        for row in connection.execute(query):
            yield (row.source, row.scope, row.resource), row
        return
    by_source: dict[str, set[Key]] = defaultdict(set)
    for key in keys:
        by_source[key[0]].add(key)
    for source, wanted in sorted(by_source.items()):
        scopes = sorted({scope for _, scope, _ in wanted})  # named too, for the index to be of use
        names = sorted({resource for _, _, resource in wanted})
        for start in range(0, len(names), MOST_AT_ONCE):
            some = finding.c.resource.in_(names[start : start + MOST_AT_ONCE])
            for row in connection.execute(query.where(finding.c.source == source, finding.c.scope.in_(scopes), some)):
                if (row.source, row.scope, row.resource) in wanted:
                    yield (row.source, row.scope, row.resource), row


def _compare(
    connection: Connection,
    position: int,
    body: Assessed,
    settings: bytes,
    known: dict[Key, Any],
    said: Iterable[SealedVerdict],
) -> bool:
    """Hold what is said against what stands: nothing is written about what is the same. Whether nothing stands now but
    what is said."""
    new: list[dict[str, object]] = []
    ended: list[dict[str, object]] = []
    for verdict in said:
        key = _key(verdict)
        before = known.pop(key, None)
        if before is not None:
            if (before.status, before.reason) == (verdict.status, verdict.reason):
                continue
            ended.append(_ended(key, CHANGED if before.settings == settings else SETTINGS_CHANGED))
        new.append(_begun(body.check, verdict, position, settings))
    scopes, sources = _looked_everywhere(body)
    vanished = [key for key in known if key[:2] in scopes or (_whole(key) and key[0] in sources)]
    ended += [_ended(key, VANISHED) for key in vanished]
    _end_findings(connection, position, body.check, ended)
    if new:
        connection.execute(insert(finding), new)
    return len(vanished) == len(known)


def _key(verdict: SealedVerdict) -> Key:
    return verdict.source, verdict.scope, verdict.resource


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
