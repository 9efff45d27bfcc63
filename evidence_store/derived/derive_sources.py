"""Derived rows of what one source showed: its units, when each kind was looked for, and resources as intervals.

Everything of a source is read before anything is written, so that the database is asked a few times for a source and
not for each of its units: a scan of a hundred accounts has a hundred thousand of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, bindparam, func, insert, select, update

from core.codec import canonical, parse
from evidence_store.derived.cuts import RESOURCES, Cuts
from evidence_store.derived.endings import CHANGED, VANISHED
from evidence_store.derived.line_sets import LineSets
from evidence_store.records import lines
from evidence_store.schema import coverage, resource, unit

AT_ONCE = 10_000
"""How many new resources are written in one go: the copy that is made of them would double hundreds of thousands."""


class _Id(msgspec.Struct):
    id: str


class _Gap(msgspec.Struct):
    reason: str
    hint: str
    retryable: bool


class _Unit(msgspec.Struct):
    source: str
    scope: str
    collector: str
    finished: str
    exchanges: list[msgspec.Raw]
    gaps: list[_Gap]


class _Population(msgspec.Struct):
    kind: str
    count: int
    lines: str


class _Seen(msgspec.Struct):
    """As much of the body of a unit as is derived from it: whoever decodes all of it takes ten times as long."""

    unit: _Unit
    populations: list[_Population]


_read_id = msgspec.json.Decoder(_Id).decode
_read_unit = msgspec.json.Decoder(_Seen).decode


@dataclass(frozen=True, slots=True)
class _Look:
    """The population of one kind in one scope, as a unit saw it."""

    source: str
    scope: str
    kind: str
    digest: bytes
    complete: bool


@dataclass(frozen=True, slots=True)
class _Before:
    """What was said last about the same kind in the same scope."""

    position: int
    digest: bytes
    complete: bool
    open: bool


@dataclass(slots=True)
class _Changes:
    """What to write about resources. New ones are told by where they were seen, their id and their digest: hundreds of
    thousands of whole rows would weigh twice as much."""

    new: list[tuple[_Look, str, bytes]] = field(default_factory=list["tuple[_Look, str, bytes]"])
    ended: list[dict[str, object]] = field(default_factory=list[dict[str, object]])


def apply_source(
    connection: Connection, position: int, entries: Sequence[bytes], scan_id: str, sets: LineSets, cuts: Cuts
) -> None:
    """Bring the derived tables from before a source's leaf to behind it."""
    units: list[dict[str, object]] = []
    looks: list[dict[str, object]] = []
    populations: list[_Look] = []
    for ordinal, entry in enumerate(entries):
        digest = bytes.fromhex(parse(entry)["body"])
        seen = _read_unit(sets.read(digest))
        units.append(_unit(seen, digest) | {"position": position, "ordinal": ordinal, "scan": scan_id})
        complete = not seen.unit.gaps
        for each in seen.populations:
            found = _Look(seen.unit.source, seen.unit.scope, each.kind, bytes.fromhex(each.lines), complete)
            populations.append(found)
            looks.append(
                {
                    "source": found.source,
                    "scope": found.scope,
                    "kind": found.kind,
                    "position": position,
                    "ordinal": ordinal,
                    "collected": seen.unit.finished,
                    "items": each.count,
                    "complete": complete,
                    "population": found.digest,
                }
            )
    changes = _Changes()
    for source, seen_there in _by_source(populations).items():
        _compare(connection, position, source, seen_there, sets, cuts, changes)
    for table, rows in ((unit, units), (coverage, looks)):
        if rows:
            connection.execute(insert(table), rows)
    _write(connection, position, changes)


def _unit(seen: _Seen, digest: bytes) -> dict[str, object]:
    gaps = [[gap.reason, gap.hint, gap.retryable] for gap in seen.unit.gaps]
    return {
        "source": seen.unit.source,
        "scope": seen.unit.scope,
        "collector": seen.unit.collector,
        "finished": seen.unit.finished,
        "exchanges": len(seen.unit.exchanges),
        "gaps": canonical(gaps).decode() if gaps else "[]",
        "body": digest,
    }


def _by_source(populations: Iterable[_Look]) -> dict[str, list[_Look]]:
    found: dict[str, list[_Look]] = {}
    for each in populations:
        found.setdefault(each.source, []).append(each)
    return found


def _compare(
    connection: Connection,
    position: int,
    source: str,
    populations: Sequence[_Look],
    sets: LineSets,
    cuts: Cuts,
    changes: _Changes,
) -> None:
    """Hold what is seen of one source against what stands: nothing is written about what is the same."""
    newest = _Newest(connection, source)
    for each in populations:
        thing = (RESOURCES, each.kind, source)
        if cuts.passes_over(thing, position):
            continue
        before = newest.before(each.scope, each.kind)
        still = before is not None and before.open and before.digest == each.digest
        if before is not None and still and (before.complete or not each.complete):
            continue  # the same population as last time, seen at least as fully then
        # After the whole population was seen, just that stands: what is in both need not be looked at.
        whole = before is not None and before.complete and before.open and not cuts.passes_over(thing, before.position)
        other = sets.difference(before.digest, each.digest) if before is not None and whole else None
        if other is None:
            known, seen = _standing(connection, each) if newest.resources else {}, lines(sets.read(each.digest))
        else:
            known, seen = {_read_id(line).id: hashlib.sha256(line).digest() for line in other[0]}, other[1]
        _difference(each, known, seen, changes)


class _Newest:
    """What was said last about each kind of one source: nearly always by one leaf, which is asked for at once."""

    def __init__(self, connection: Connection, source: str) -> None:
        self._connection = connection
        self._source = source
        last = connection.execute(select(func.max(coverage.c.position)).where(coverage.c.source == source)).scalar()
        self._looked = last is not None
        rows = connection.execute(_said.where(coverage.c.source == source, coverage.c.position == last))
        self._by_last = {(row.scope, row.kind): _before(row) for row in rows}
        standing = select(resource.c.first).where(resource.c.source == source).limit(1)
        self.resources = connection.execute(standing).first() is not None
        """Whether any resource of this source is known."""

    def before(self, scope: str, kind: str) -> _Before | None:
        found = self._by_last.get((scope, kind))
        if found is not None or not self._looked:
            return found
        where = (coverage.c.source == self._source, coverage.c.scope == scope, coverage.c.kind == kind)
        row = self._connection.execute(_said.where(*where).order_by(coverage.c.position.desc()).limit(1)).first()
        return _before(row) if row else None


_said = select(
    coverage.c.scope,
    coverage.c.kind,
    coverage.c.position,
    coverage.c.population,
    coverage.c.complete,
    coverage.c.end,
)


def _before(row: Any) -> _Before:
    return _Before(row.position, row.population, row.complete, row.end is None)


def _standing(connection: Connection, population: _Look) -> dict[str, bytes]:
    """The open resources of one kind in one scope: the digest of each by its id."""
    rows = connection.execute(
        select(resource.c.id, resource.c.digest).where(
            resource.c.end.is_(None),
            resource.c.source == population.source,
            resource.c.scope == population.scope,
            resource.c.kind == population.kind,
        )
    )
    return {row.id: row.digest for row in rows}


def _difference(population: _Look, known: dict[str, bytes], seen: Iterable[bytes], changes: _Changes) -> None:
    for line in seen:
        name, digest = _read_id(line).id, hashlib.sha256(line).digest()
        before = known.pop(name, None)
        if before == digest:
            continue
        if before is not None:
            changes.ended.append(_ended(population, name, CHANGED))
        changes.new.append((population, name, digest))
    if population.complete:
        changes.ended += [_ended(population, name, VANISHED) for name in known]


def _new(position: int, population: _Look, name: str, digest: bytes) -> dict[str, object]:
    return {
        "source": population.source,
        "scope": population.scope,
        "kind": population.kind,
        "id": name,
        "first": position,
        "digest": digest,
        "ended": "",
    }


def _ended(population: _Look, name: str, why: str) -> dict[str, object]:
    return {
        "at_source": population.source,
        "at_scope": population.scope,
        "at_kind": population.kind,
        "at_id": name,
        "why": why,
    }


def _write(connection: Connection, position: int, changes: _Changes) -> None:
    if changes.ended:
        here = and_(
            resource.c.end.is_(None),
            resource.c.source == bindparam("at_source"),
            resource.c.scope == bindparam("at_scope"),
            resource.c.kind == bindparam("at_kind"),
            resource.c.id == bindparam("at_id"),
        )
        connection.execute(update(resource).where(here).values(end=position, ended=bindparam("why")), changes.ended)
    for start in range(0, len(changes.new), AT_ONCE):
        rows = [_new(position, *each) for each in changes.new[start : start + AT_ONCE]]
        connection.execute(insert(resource), rows)
