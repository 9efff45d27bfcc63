"""Populations: everything that was looked at, with how it was asked for and whether anything was out of sight."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from core.codec import decode, parse
from evidence_store.errors import BrokenSealError
from evidence_store.records import UnitSeen, lines
from evidence_store.store import find
from exports.bundle.parts import File, Snapshot
from exports.bundle.selecting import SelectedUnit
from exports.tables import Cell, Table, csv_lines

Connection = Any
PLACE = ("source", "scope", "leaf", "unit", "collected_at")
SUMMARY = (
    "kind", *PLACE, "collector", "principal", "count", "complete", "gaps", "exchanges", "pages", "items", "asked",
    "digest", "listed",
)  # fmt: skip


def files(snapshot: Snapshot) -> Iterator[File]:
    """`populations/KIND.csv` for each kind, every resource a row; and `populations.csv`, every population a row."""
    with snapshot.store.reading() as connection:
        found = _Populations(snapshot, connection)
        table = Table(name="populations", about="A population.", columns=SUMMARY, rows=found.summary())
        yield File("populations.csv", csv_lines(table))
        for kind in sorted({kind for unit in snapshot.evidence.units for kind in unit.kinds}):
            yield File(f"populations/{kind}.csv", csv_lines(found.table(kind)))


def spelt_field(value: object) -> Cell:
    """A field of a resource as a cell: text as it is, everything else as JSON, and nothing where it has no such field.

    What was not observed is an object in JSON that says why: `{"$unobserved":"denied"}`.
    """
    if value is None or isinstance(value, str | bool | int):
        return "null" if value is None else value
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class _Populations:
    def __init__(self, snapshot: Snapshot, connection: Connection) -> None:
        self._snapshot = snapshot
        self._connection = connection
        self._read = snapshot.store.read_blob(connection)

    def _seen(self, unit: SelectedUnit) -> UnitSeen:
        return decode(UnitSeen, self._read(bytes.fromhex(unit.digest)))

    def summary(self) -> Iterator[tuple[Cell, ...]]:
        """Each population with its count, whether it is whole, and how it was asked for."""
        text = self._snapshot.names.text
        for chosen in self._snapshot.evidence.units:
            seen = self._seen(chosen)
            unit = seen.unit
            items = [each.items for each in unit.exchanges if each.items is not None]
            asked = dict.fromkeys(
                f"{e.operation} {json.dumps(dict(e.parameters), sort_keys=True)}" for e in unit.exchanges
            )
            for each in seen.populations:
                yield (
                    each.kind, unit.source, unit.scope, chosen.leaf, chosen.ordinal, unit.finished, unit.collector,
                    text(unit.principal), each.count, not unit.gaps, "; ".join(text(gap.reason) for gap in unit.gaps),
                    len(unit.exchanges), sum(e.page > 0 for e in unit.exchanges), sum(items) if items else None,
                    text("; ".join(asked)), each.lines, find(self._connection, bytes.fromhex(each.lines)) is not None,
                )  # fmt: skip

    def table(self, kind: str) -> Table:
        """All resources of one kind."""
        columns = sorted({name for _, line in self._resources(kind) for name in line} - {"id"})
        rows = (
            (*place, *(spelt_field(line[name]) if name in line else None for name in ("id", *columns)))
            for place, line in self._resources(kind)
        )
        return Table(name=kind, about="A resource.", columns=(*PLACE, "id", *columns), rows=rows)

    def _resources(self, kind: str) -> Iterator[tuple[tuple[Cell, ...], dict[str, Any]]]:
        names = self._snapshot.names
        for chosen in self._snapshot.evidence.units:
            if kind not in chosen.kinds:
                continue
            seen = self._seen(chosen)
            place = (chosen.source, chosen.scope, chosen.leaf, chosen.ordinal, seen.unit.finished)
            for each in seen.populations:
                if each.kind == kind:
                    for line in lines(names.data(names.population(self._lines(each.lines)))):
                        yield place, parse(line)

    def _lines(self, digest: str) -> bytes:
        """The lines of a population, none where they were thrown away: the bundle says so in `withheld.jsonl`."""
        try:
            return self._read(bytes.fromhex(digest))
        except BrokenSealError:
            return b""
