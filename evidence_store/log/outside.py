"""Rows that no leaf makes: what came of asking authorities to stamp a checkpoint and of publishing it elsewhere.

A scan that begins seals the digests of those about the newest checkpoint that has any. So whoever changes or removes
one of them later is found out. One that no scan has sealed yet can be changed without a trace (FORMAT.md).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, func, select

from core.codec import CodecError, canonical, decode, parse
from evidence_store import records
from evidence_store.derived.derive import Sealed
from evidence_store.errors import BrokenSealError
from evidence_store.records import Read, RowSeen, ScanStarted
from evidence_store.schema import publication, stamp

TABLES = {str(table.name): table for table in (stamp, publication)}


def newest_rows(connection: Connection) -> tuple[RowSeen, ...]:
    """What a scan that begins now seals, of each table."""
    found: list[RowSeen] = []
    for name, table in TABLES.items():
        newest = connection.execute(select(func.max(table.c.size))).scalar()
        rows = connection.execute(select(table).where(table.c.size == newest).order_by(*table.primary_key.columns))
        found += [RowSeen(name, row.size, _digest(row)) for row in rows]
    return tuple(found)


def lost_rows(connection: Connection, table: str, log: Iterable[Sealed], read: Read) -> Iterator[str]:
    """Each sealed row of a table that is not there as it was."""
    there = {RowSeen(table, row.size, _digest(row)) for row in connection.execute(select(TABLES[table]))}
    for sealed in log:
        for seen in _sealed(sealed.data, read):
            if seen.table == table and seen not in there:
                there.add(seen)
                yield f"{seen.table} of checkpoint {seen.size}: leaf {sealed.position} seals a row that is not there"


def _sealed(data: bytes, read: Read) -> tuple[RowSeen, ...]:
    """The rows that a leaf seals; none where the leaf or its body cannot be read, which is named elsewhere."""
    try:
        leaf = parse(data)
        if not isinstance(leaf, dict) or leaf.get("type") != records.SCAN_STARTED:
            return ()
        return decode(ScanStarted, read(bytes.fromhex(leaf["body"]))).outside
    except (BrokenSealError, CodecError, KeyError, TypeError, ValueError):
        return ()


def _digest(row: Any) -> str:
    """SHA-256 over the canonical JSON list of a row's values, bytes in hexadecimal; empty when no such list can be."""
    try:
        return hashlib.sha256(canonical([each.hex() if isinstance(each, bytes) else each for each in row])).hexdigest()
    except CodecError:
        return ""
