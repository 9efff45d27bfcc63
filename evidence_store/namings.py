"""Which blobs a leaf leads to, and what each of them is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from core.codec import decode, parse
from evidence_store import records
from evidence_store.derived.cuts import EXCHANGES, RESOURCES, VERDICTS, Thing
from evidence_store.derived.derive import Sealed
from evidence_store.records import Assessed, Disposed, ScanFinished, UnitSeen
from evidence_store.schema import entry, leaf

STANDING = "standing"
"""What is named by a tombstone to say what stood at its cuts: a later cut of the same things makes it needless."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """A leaf leads to a blob. `what` it is, in words.

    Only what is a `thing` may be thrown away. Then `kinds` and `sources` say what it is evidence of, and `collected`
    when: that is what legal holds go by.
    """

    digest: bytes
    position: int
    what: str
    thing: Thing | None = None
    scope: str = ""
    kinds: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    collected: datetime | None = None


def each_leaf(connection: Connection, first: int = 0) -> Iterator[Sealed]:
    """The leaves from a position on, in order, with their entries."""
    below: dict[int, list[bytes]] = defaultdict(list)
    entries = select(entry).where(entry.c.position >= first).order_by(entry.c.position, entry.c.ordinal)
    for row in connection.execute(entries):
        below[row.position].append(row.data)
    query = select(leaf.c.position, leaf.c.data).where(leaf.c.position >= first).order_by(leaf.c.position)
    for row in connection.execute(query).all():
        yield Sealed(row.position, row.data, tuple(below.get(row.position, ())))


def namings(sealed: Sealed, read: Callable[[bytes], bytes]) -> Iterator[Naming]:
    """Every blob that a leaf leads to but its own body and those of its units, which `read` is asked for.

    Raises whatever `read` raises, and `CodecError`, `KeyError`, `TypeError` or `ValueError` for what is no leaf.
    """
    content = parse(sealed.data)
    body = read(bytes.fromhex(content["body"]))
    at = sealed.position
    match content["type"]:
        case records.ASSESSMENT:
            yield _of_assessment(at, decode(Assessed, body))
        case records.SCAN_FINISHED:
            end = decode(ScanFinished, body)
            for name, digest in end.documents.items():
                yield Naming(digest=bytes.fromhex(digest), position=at, what=f"the mapping file {name}")
            if end.catalogue:
                yield Naming(digest=bytes.fromhex(end.catalogue), position=at, what="the catalogue of checks")
        case records.DISPOSAL:
            yield from _of_disposal(at, decode(Disposed, body))
    for item in sealed.entries:
        yield from _of_unit(at, decode(UnitSeen, read(bytes.fromhex(parse(item)["body"]))))


def _of_assessment(position: int, body: Assessed) -> Naming:
    looked = (*body.subjects, *body.joins)
    return Naming(
        digest=bytes.fromhex(body.verdicts),
        position=position,
        what=f"verdicts of {body.check}",
        thing=(VERDICTS, body.check, ""),
        kinds=frozenset(each.kind for each in looked),
        sources=frozenset(each.source for each in looked),
        collected=body.as_of,
    )


def _of_disposal(position: int, body: Disposed) -> Iterator[Naming]:
    yield Naming(digest=bytes.fromhex(body.blobs), position=position, what="the list of what was thrown away")
    for what, digest in ((RESOURCES, body.resources), (VERDICTS, body.verdicts)):
        yield Naming(
            digest=bytes.fromhex(digest),
            position=position,
            what=f"the {what} that stood at the cut",
            thing=(STANDING, what, ""),
        )


def _of_unit(position: int, seen: UnitSeen) -> Iterator[Naming]:
    unit = seen.unit
    sources, kinds = frozenset((unit.source,)), frozenset(each.kind for each in seen.populations)
    for population in seen.populations:
        yield Naming(
            digest=bytes.fromhex(population.lines),
            position=position,
            what=f"population of {population.kind} in {unit.source}",
            thing=(RESOURCES, population.kind, unit.source),
            scope=unit.scope,
            kinds=frozenset((population.kind,)),
            sources=sources,
            collected=unit.finished,
        )
    for exchange in (each for each in unit.exchanges if each.response):
        yield Naming(
            digest=bytes.fromhex(exchange.response),
            position=position,
            what=f"answer to {exchange.operation} in {unit.source}",
            thing=(EXCHANGES, "", unit.source),
            scope=unit.scope,
            kinds=kinds,
            sources=sources,
            collected=unit.finished,
        )
