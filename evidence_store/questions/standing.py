"""The verdicts that stand, or stood at a moment of the past, each with the assessment that said it last."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, Row, or_, select

from core.model import Status
from evidence_store.people.keyring import Keyring
from evidence_store.questions.assessments import Assessments, Saying
from evidence_store.questions.past import Past, leaf_moments, refuse_disposed, stood
from evidence_store.questions.states import FindingState
from evidence_store.schema import finding
from evidence_store.store import Store


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
    query = (
        select(finding)
        .where(stood(finding, past))
        .order_by(finding.c.check, finding.c.source, finding.c.scope, finding.c.resource)
    )
    if finding_id:
        query = query.where(finding.c.id.startswith(finding_id, autoescape=True))
    rows = connection.execute(query).all()
    moments = leaf_moments(connection, {row.first for row in rows})
    before = _began_before(connection, since) if since is not None else set()
    assessments = Assessments(connection, store.read_blob(connection), past)
    names = Keyring(store, connection)
    found = [
        _state(row, assessments.last_to_say(row), moments[row.first], _change(row, since, before), names)
        for row in rows
    ]
    return sorted(found, key=lambda each: (each.check, each.source, each.scope, each.resource))


def _state(row: Row[tuple[object, ...]], said: Saying, since: datetime, change: str, names: Keyring) -> FindingState:
    collected_at, evidence = said.basis(row.source, row.scope)
    return FindingState(
        id=row.id,
        check=row.check,
        status=Status(row.status),
        reason=names.text(row.reason),
        resource=names.text(row.resource),
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


def _began_before(connection: Connection, since: int) -> set[tuple[str, str, str, str]]:
    query = select(finding.c.check, finding.c.source, finding.c.scope, finding.c.resource)
    query = query.where(finding.c.first < since, or_(finding.c.end.is_(None), finding.c.end >= since))
    return {(row[0], row[1], row[2], row[3]) for row in connection.execute(query)}


def _change(row: Row[tuple[object, ...]], since: int | None, before: Collection[tuple[str, str, str, str]]) -> str:
    if since is None or row.first < since:
        return ""
    return "changed" if (row.check, row.source, row.scope, row.resource) in before else "new"
