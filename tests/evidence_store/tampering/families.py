"""Families of alterations: a registry, and what they draw, flip and call by name."""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.evidence_store.tampering.ground import (
    TABLES,
    Ground,
    Row,
    Value,
)


@dataclass(frozen=True, slots=True)
class Alteration:
    """What was done, and how a problem must read that names it; empty where only a comparison can tell what suffers."""

    what: str
    named: str = ""


Family = Callable[[Ground, random.Random], Alteration | None]
"""Alters the ground, and says what it did; `None` when what it drew cannot be done here."""

FAMILIES: list[Family] = []


def family(work: Family) -> Family:
    """Register a way to tamper."""
    FAMILIES.append(work)
    return work


def naming(table: str, *rows: Row) -> str:
    """How a problem names one of these rows, or that its table cannot be read."""
    return "|".join(dict.fromkeys([f"table {table}: cannot be read", *(_name(table, row) for row in rows)]))


def _name(table: str, row: Row) -> str:
    at = {column: re.escape(_shown(value)) for column, value in row.items()}
    match table:
        case "leaf":
            return rf"^leaf {at['position']}\b"
        case "node":
            return rf"^node {at['index']} of level {at['level']}\b"
        case "entry":
            return rf"^leaf {at['position']}: .*entries|^table entry: rows for leaf {at['position']}\b"
        case "checkpoint":
            return rf"^checkpoint at size {at['size']}\b"
        case "blob":
            digest = row["digest"]
            return rf"\b{digest.hex()}\b" if isinstance(digest, bytes) else "^blobs: cannot be read|^table blob"
        case "about":
            return "^table about: |the store says it is signed by"
        case "stamp" | "publication":
            to = at.get("authority", "")
            return rf"^{table} of checkpoint {at['size']}( by {to}: |: )"
        case _:
            keys_ = ", ".join(f"{column.name} {at[column.name]}" for column in TABLES[table].primary_key.columns)
            return rf"^table {table}: (table {table}: )?the row {keys_}( |$)"


def _shown(value: Value) -> str:
    return value.encode(errors="surrogateescape").decode(errors="replace") if isinstance(value, str) else str(value)


def flipped(value: Value, chance: random.Random) -> Value:
    """A value with one bit flipped; of an empty one, something; of nothing, zero."""
    if isinstance(value, int):
        return value ^ 1 << chance.randrange(16)
    if isinstance(value, str):
        return flip(value.encode(errors="surrogateescape"), chance).decode(errors="surrogateescape")
    return flip(value, chance) if isinstance(value, bytes) else 0


def flip(data: bytes, chance: random.Random) -> bytes:
    if not data:
        return b"!"
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def draw(ground: Ground, chance: random.Random, tables: Iterable[str] = TABLES) -> tuple[str, Row] | None:
    table = chance.choice(list(tables))
    rows = ground.rows(table)
    return (table, chance.choice(rows)) if rows else None


def taken(work: Callable[[], None]) -> bool:
    """Whether the database took it: two rows cannot have one key."""
    try:
        work()
    except (sqlite3.IntegrityError, OverflowError):
        return False
    return True
