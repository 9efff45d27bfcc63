"""What was thrown away, as derived tables know it, and how they are made again without it.

A disposal cuts: of one thing (a kind of resource in one source, the verdicts of one check) everything that was sealed
before a position may be gone. Derived rows of what ended before the cut go with it. The tombstone seals what stood at
the cut, so whoever makes the tables again passes over what is before it, takes what stood, and goes on from there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update

from core.codec import decode, parse
from evidence_store import records
from evidence_store.records import Disposed, HoldPlaced, HoldReleased, StandingResource, StandingVerdict
from evidence_store.schema import disposal, finding, legal_hold, resource

EXCHANGES, RESOURCES, VERDICTS = WHAT = ("exchanges", "resources", "verdicts")

Thing = tuple[str, str, str]
"""What is cut: one of `WHAT`, the kind or check, and the source."""


@dataclass(frozen=True, slots=True)
class DisposedBefore:
    """What was thrown away of one thing: all that was sealed `before` a position, as the leaf `leaf` says, written `at`
    (RFC 3339)."""

    what: str
    name: str
    source: str
    before: int
    leaf: int
    at: str


def disposed_before(
    connection: Connection, what: str, position: int, *, names: Collection[str] | None = None
) -> DisposedBefore | None:
    """The newest disposal that took what a question about the log at size `position` needs; `None`: all is there.

    `what` is `RESOURCES` or `VERDICTS`; `names` narrows it to kinds of resources or to checks. At the cut itself it is
    known what stood, but not any more what the scan before it had changed: that question comes too late as well.
    """
    query = select(disposal).where(disposal.c.what == what, disposal.c.before >= position)
    if names is not None:
        query = query.where(disposal.c.name.in_(list(names)))
    row = connection.execute(query.order_by(disposal.c.position.desc(), disposal.c.name, disposal.c.source)).first()
    return DisposedBefore(row.what, row.name, row.source, row.before, row.position, row.at) if row else None


@dataclass(frozen=True, slots=True)
class Cuts:
    """The newest cut of each thing, and the lines of what stood there, for whoever makes derived tables again."""

    before: Mapping[Thing, int] = field(default_factory=dict[Thing, int])
    resources: Mapping[int, Sequence[StandingResource]] = field(default_factory=dict[int, Sequence[StandingResource]])
    verdicts: Mapping[int, Sequence[StandingVerdict]] = field(default_factory=dict[int, Sequence[StandingVerdict]])

    def passes_over(self, thing: Thing, position: int) -> bool:
        """Whether this is before the cut, so that what stood there says it all."""
        return position < self.before.get(thing, 0)

    def restore(self, connection: Connection, position: int) -> None:
        """Bring what stood at the cuts at this position, before its leaf is applied."""
        if stood := self.resources.get(position):
            connection.execute(insert(resource), [_resource_row(each) for each in stood])
        if said := self.verdicts.get(position):
            connection.execute(insert(finding), [_finding_row(each) for each in said])


NO_CUTS = Cuts()


def read_cuts(log: Iterable[tuple[int, bytes]], read: Callable[[bytes], bytes]) -> Cuts:
    """The cuts that the leaves of a log made, by position and data. Raises whatever `read` raises.

    What a tombstone says stood is not read where all of its things were cut again since: it may be gone by now.
    """
    before: dict[Thing, int] = {}
    cut_by: dict[Thing, int] = {}
    bodies: dict[int, Disposed] = {}
    for position, data in log:
        leaf = parse(data)
        if leaf["type"] == records.DISPOSAL:
            bodies[position] = decode(Disposed, read(bytes.fromhex(leaf["body"])))
            for cut in bodies[position].cuts:
                before[cut.what, cut.name, cut.source] = cut.before
                cut_by[cut.what, cut.name, cut.source] = position
    resources: dict[int, list[StandingResource]] = defaultdict(list)
    for position in sorted({by for (what, _, _), by in cut_by.items() if what == RESOURCES}):
        for line in read(bytes.fromhex(bodies[position].resources)).splitlines():
            stood = decode(StandingResource, line)
            thing = (RESOURCES, stood.kind, stood.source)
            if cut_by[thing] == position:
                resources[before[thing]].append(stood)
    verdicts: dict[int, list[StandingVerdict]] = defaultdict(list)
    for position in sorted({by for (what, _, _), by in cut_by.items() if what == VERDICTS}):
        for line in read(bytes.fromhex(bodies[position].verdicts)).splitlines():
            said = decode(StandingVerdict, line)
            thing = (VERDICTS, said.check, "")
            if cut_by[thing] == position:
                verdicts[before[thing]].append(said)
    return Cuts(before, resources, verdicts)


def apply_disposal(connection: Connection, position: int, at: str, body: Disposed) -> None:
    """Take away the intervals that ended before the cuts, and remember where the cuts are."""
    for cut in body.cuts:
        connection.execute(
            delete(disposal).where(
                disposal.c.what == cut.what, disposal.c.name == cut.name, disposal.c.source == cut.source
            )
        )
        connection.execute(
            insert(disposal).values(
                what=cut.what, name=cut.name, source=cut.source, before=cut.before, position=position, at=at
            )
        )
        if cut.what == RESOURCES:
            of = and_(resource.c.kind == cut.name, resource.c.source == cut.source)
            connection.execute(delete(resource).where(of, resource.c.end < cut.before))
        elif cut.what == VERDICTS:
            connection.execute(delete(finding).where(finding.c.check == cut.name, finding.c.end < cut.before))


def apply_hold(connection: Connection, position: int, body: HoldPlaced) -> None:
    """A legal hold begins."""
    connection.execute(
        insert(legal_hold).values(
            position=position,
            name=body.name,
            kind=body.kind,
            source=body.source,
            since=body.since,
            until=body.until,
            released=None,
        )
    )


def apply_release(connection: Connection, position: int, body: HoldReleased) -> None:
    """A legal hold ends."""
    connection.execute(update(legal_hold).where(legal_hold.c.position == body.hold).values(released=position))


def standing_resources(connection: Connection, kind: str, source: str, before: int) -> list[StandingResource]:
    """The resources of one kind and source that stood at a position: also those whose interval has ended since."""
    alive = and_(resource.c.first < before, or_(resource.c.end.is_(None), resource.c.end >= before))
    query = select(resource).where(resource.c.kind == kind, resource.c.source == source, alive)
    return [
        StandingResource(row.source, row.scope, row.kind, row.id, row.first, row.digest.hex())
        for row in connection.execute(query.order_by(resource.c.scope, resource.c.id, resource.c.first))
    ]


def standing_verdicts(connection: Connection, check: str, before: int) -> list[StandingVerdict]:
    """The verdicts of one check that stood at a position: also those that have ended since."""
    alive = and_(finding.c.first < before, or_(finding.c.end.is_(None), finding.c.end >= before))
    query = select(finding).where(finding.c.check == check, alive)
    return [
        StandingVerdict(
            row.check, row.source, row.scope, row.resource, row.first, row.status, row.reason, row.settings.hex()
        )
        for row in connection.execute(query.order_by(finding.c.source, finding.c.scope, finding.c.resource))
    ]


def ended_before(connection: Connection, thing: Thing, before: int) -> int:
    """How many intervals of one thing ended before a position."""
    what, name, source = thing
    if what == RESOURCES:
        where = and_(resource.c.kind == name, resource.c.source == source, resource.c.end < before)
        return connection.execute(select(func.count()).select_from(resource).where(where)).scalar_one()
    where = and_(finding.c.check == name, finding.c.end < before)
    return connection.execute(select(func.count()).select_from(finding).where(where)).scalar_one()


def _resource_row(stood: StandingResource) -> dict[str, object]:
    return {
        "source": stood.source,
        "scope": stood.scope,
        "kind": stood.kind,
        "id": stood.id,
        "first": stood.first,
        "digest": bytes.fromhex(stood.digest),
        "end": None,
        "ended": "",
    }


def _finding_row(stood: StandingVerdict) -> dict[str, object]:
    return {
        "check": stood.check,
        "source": stood.source,
        "scope": stood.scope,
        "resource": stood.resource,
        "first": stood.first,
        "id": records.finding_id(stood.check, stood.source, stood.scope, stood.resource),
        "status": stood.status,
        "reason": stood.reason,
        "settings": bytes.fromhex(stood.settings),
        "end": None,
        "ended": "",
    }
