"""How long findings were so: rows of the derived tables and bodies of assessments, as timelines (`periods.py`).

A few questions to the database, however long the period is and however many scans it has: the intervals of the
findings, the assessments of their checks with the places of their bodies, what was given up, and when intervals ended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, case, or_, select

from core.codec import CodecError, decode
from evidence_store.blobs.reader import Place
from evidence_store.derived.cuts import VERDICTS, disposed_before
from evidence_store.errors import BrokenSealError
from evidence_store.people.keyring import Keyring
from evidence_store.questions.assessments import Saying, VerdictLists
from evidence_store.questions.check_history import CheckHistory, CheckRows, Period, Told
from evidence_store.questions.past import Past, leaf_moments, moment_of, written
from evidence_store.records import Assessed
from evidence_store.schema import assessment, blob, finding, leaf, unit
from evidence_store.store import Store, find


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is asked about: checks by id, or findings by the beginning of an id or by their resource."""

    checks: tuple[str, ...] = ()
    finding: str = ""
    resource: str = ""


def findings_about(store: Store, connection: Connection, about: About, past: Past | None = None) -> list[Any]:
    """The intervals of every finding that is asked about, in the order of the log, as known by now or by then."""
    conditions: list[ColumnElement[bool]] = []
    if about.checks:
        conditions.append(finding.c.check.in_(about.checks))
    if about.finding:
        conditions.append(finding.c.id.startswith(about.finding, autoescape=True))
    if about.resource:
        name = Keyring(store, connection).concealed(about.resource)
        conditions.append(finding.c.resource.in_({about.resource, name}))
    query = select(*_as_known(finding, past)).where(or_(*conditions), written(finding.c.first, past))
    return list(connection.execute(query.order_by(finding.c.first)))


def checks_ever_made(connection: Connection, past: Past | None = None) -> list[str]:
    """Every check that was ever made, by now or by then."""
    query = select(assessment.c.check).where(written(assessment.c.position, past)).distinct()
    return list(connection.execute(query.order_by(assessment.c.check)).scalars())


def first_moment(connection: Connection) -> datetime | None:
    """When the log begins."""
    data = connection.execute(select(leaf.c.data).where(leaf.c.position == 0)).scalar()
    return None if data is None else moment_of(0, data)


def kept_since(connection: Connection, checks: Collection[str]) -> tuple[datetime, int] | None:
    """Since when the verdicts of these checks are all there, and the leaf that disposed of those before."""
    cuts = [found for check in checks if (found := disposed_before(connection, VERDICTS, -1, names=[check]))]
    if not cuts:
        return None
    newest = max(cuts, key=lambda each: each.before)
    last = newest.before - 1
    return leaf_moments(connection, [last])[last], newest.leaf


def histories(
    store: Store,
    connection: Connection,
    rows: Sequence[Any],
    checks: Iterable[str],
    period: Period,
    past: Past | None = None,
    about: Callable[[str], bool] | None = None,
) -> list[CheckHistory]:
    """The history of each check, as far as `rows`, the intervals of its findings, tell, by now or by then.

    With `about`, which says of a source whether it is asked about, nothing counts that was seen elsewhere; `rows` are
    of such sources alone. Raises `BrokenSealError`.
    """
    wanted = sorted({*checks, *(row.check for row in rows)})
    by_check: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        by_check[row.check].append(row)
    told = _told(store, connection, wanted, rows, past, about)
    names = Keyring(store, connection)
    return [CheckRows(each, by_check[each], told, period).history(names) for each in wanted if told.made[each]]


def _as_known(table: Table, past: Past | None) -> list[ColumnElement[Any]]:
    """The columns of intervals: one that ended later was still open then."""
    if past is None:
        return list(table.c)
    ended = table.c.end < past.size
    known = {
        "end": case((ended, table.c.end)).label("end"),
        "ended": case((ended, table.c.ended), else_="").label("ended"),
    }
    return [known.get(column.name, column) for column in table.c]


def _told(
    store: Store,
    connection: Connection,
    checks: Sequence[str],
    rows: Iterable[Any],
    past: Past | None,
    about: Callable[[str], bool] | None,
) -> Told:
    query = select(assessment, leaf.c.data, *(blob.c[name] for name in ("pack", "offset", "length", "size", "base")))
    query = query.join(leaf, leaf.c.position == assessment.c.position).where(
        assessment.c.check.in_(checks), written(assessment.c.position, past)
    )
    query = query.outerjoin(blob, blob.c.digest == assessment.c.body).order_by(assessment.c.position)
    rows_of_bodies = connection.execute(query).all()
    places = {
        row.body: Place(row.pack, row.offset, row.length, row.size, row.base) for row in rows_of_bodies if row.pack
    }

    def read(digest: bytes) -> bytes:
        return store.blobs.read(digest, lambda name: places.get(name) or find(connection, name))

    made: dict[str, list[Saying]] = {check: [] for check in checks}
    moments: dict[int, datetime] = {}
    for row in rows_of_bodies:
        saying = _saying(row.position, read(row.body), about)
        if saying.places or about is None:
            made[row.check].append(saying)
        moments[row.position] = moment_of(row.position, row.data)
    left: dict[int, set[tuple[str, str]]] = defaultdict(set)
    given_up = select(unit.c.end, unit.c.source, unit.c.scope).where(unit.c.end.is_not(None), written(unit.c.end, past))
    given_up = given_up.distinct()
    for end, source, scope in connection.execute(given_up):
        left[end].add((source, scope))
    ends = {row.end for row in rows if row.end is not None} | set(left)
    moments |= leaf_moments(connection, ends - set(moments))
    return Told(
        made=made,
        left=left,
        moments=_in_order(moments),
        lists=VerdictLists(read),
        cuts={
            check: each.before for check in checks if (each := disposed_before(connection, VERDICTS, -1, names=[check]))
        },
    )


def _saying(position: int, data: bytes, about: Callable[[str], bool] | None) -> Saying:
    try:
        body = decode(Assessed, data)
    except CodecError as error:
        raise BrokenSealError(f"leaf {position}: its body is no assessment", "run `annexa verify`") from error
    if about is not None:
        body = replace(body, subjects=tuple(each for each in body.subjects if about(each.source)))
    return Saying.of(position, body)


def _in_order(moments: Mapping[int, datetime]) -> dict[int, datetime]:
    """Moments that never go back along the log: what a clock dated too early was no earlier than what is before it."""
    found: dict[int, datetime] = {}
    latest: datetime | None = None
    for position, at in sorted(moments.items()):
        latest = at if latest is None else max(latest, at)
        found[position] = latest
    return found
