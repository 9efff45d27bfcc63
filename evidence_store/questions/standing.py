"""The verdicts that stand, or stood at a moment of the past, each with the assessment that said it last."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from itertools import groupby
from sys import intern

from sqlalchemy import Connection, Row, and_, or_, select

from core.model import Status
from evidence_store.people.keyring import Keyring
from evidence_store.questions.assessments import Assessments, Saying
from evidence_store.questions.past import Past, leaf_moments, refuse_disposed, stood
from evidence_store.questions.states import FindingState
from evidence_store.schema import finding
from evidence_store.store import Store

KEY = ("check", "source", "scope", "resource")


def current_findings(
    store: Store,
    connection: Connection,
    *,
    since: int | None = None,
    finding_id: str = "",
    past: Past | None = None,
) -> list[FindingState]:
    """Every verdict that stands, or stood then. `since` marks as `new` or `changed` what began at or after that
    position.

    Raises `AnnexaError` where what stood then was disposed of, and `BrokenSealError`.
    """
    if past:
        refuse_disposed(connection, past, since)
    wanted = [stood(finding, past)]
    if finding_id:
        wanted.append(finding.c.id.startswith(finding_id, autoescape=True))
    begun = connection.execute(select(finding.c.first).where(*wanted).distinct()).scalars()
    moments = leaf_moments(connection, set(begun))
    before = _began_before(connection, since) if since is not None else set()
    assessments = Assessments(connection, store.read_blob(connection), past)
    names = Keyring(store, connection)
    query = select(finding).where(*wanted)
    rows = connection.execute(query.order_by(*(finding.c[name] for name in KEY)))
    found: list[FindingState] = []
    for _, of_check in groupby(rows, key=lambda row: row.check):
        states = [
            _state(row, assessments.last_to_say(row), moments[row.first], _change(row, since, before), names)
            for row in of_check
        ]
        found += sorted(states, key=lambda each: (each.source, each.scope, each.resource))  # by names, not by tokens
        assessments.forget()
        store.blobs.forget()
    return found


def _state(row: Row[tuple[object, ...]], said: Saying, since: datetime, change: str, names: Keyring) -> FindingState:
    """The verdict of a row. A large store says few texts in hundreds of thousands of rows: each is kept once."""
    collected_at, evidence = said.basis(row.source, row.scope)
    return FindingState(
        id=row.id,
        check=intern(row.check),
        status=Status(row.status),
        reason=intern(names.text(row.reason)),
        resource=intern(names.text(row.resource)),
        source=intern(row.source),
        scope=intern(row.scope),
        severity=said.body.severity,
        since=since,
        as_of=said.body.as_of,
        collected_at=collected_at,
        leaf=said.position,
        evidence=evidence,
        change=change,
    )


def _began_before(connection: Connection, since: int) -> set[tuple[str, str, str, str]]:
    """What was said before, of that about which something else is said since."""
    earlier, fresh = finding.alias("earlier"), finding.alias("fresh")
    same = and_(*(earlier.c[name] == fresh.c[name] for name in KEY))
    query = select(*(earlier.c[name] for name in KEY)).join(fresh, and_(same, fresh.c.first >= since))
    query = query.where(earlier.c.first < since, or_(earlier.c.end.is_(None), earlier.c.end >= since))
    return {(row[0], row[1], row[2], row[3]) for row in connection.execute(query)}


def _change(row: Row[tuple[object, ...]], since: int | None, before: Collection[tuple[str, str, str, str]]) -> str:
    if since is None or row.first < since:
        return ""
    return "changed" if (row.check, row.source, row.scope, row.resource) in before else "new"
