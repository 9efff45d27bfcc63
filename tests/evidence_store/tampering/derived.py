"""Derived rows, rows from outside, the files beside them, and what alters nothing."""

from __future__ import annotations

import random
from contextlib import closing

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evidence_store.database import DATABASE
from evidence_store.log.notes import Verifier
from evidence_store.store import PACKS, PUBLIC_KEY
from tests.evidence_store.tampering.blobs import store_as
from tests.evidence_store.tampering.families import Alteration, draw, family, flip, flipped, naming, taken
from tests.evidence_store.tampering.ground import (
    DERIVED_TABLES,
    TABLES,
    Ground,
    Value,
    key_of,
)


@family
def alter_a_derived_row(ground: Ground, chance: random.Random) -> Alteration | None:
    """To something that looks right: a verdict to another verdict, an end to another end, a name to another name."""
    drawn = draw(ground, chance, DERIVED_TABLES)
    if drawn is None:
        return None
    table, row = drawn
    column = chance.choice(list(row))
    likely: dict[str, list[Value]] = {
        "status": ["pass", "fail", "unknown", "running", "finished", "died"],
        "ended": ["changed", "vanished", "out_of_scope", "check_retired", ""],
        "end": [1, 5, 9, None],
        "complete": [0, 1],
        "narrowed": [0, 1],
        "severity": ["info", "low", "high", "critical"],
        "gaps": ["[]"],
    }
    values = likely.get(column) or [each[column] for each in ground.rows(table)]
    value = chance.choice(values)
    if value == row[column] or not taken(lambda: ground.change(table, row, **{column: value})):
        return None
    return Alteration(
        f"{table}.{column} of {key_of(table, row)} to {value!r}", naming(table, row, {**row, column: value})
    )


@family
def remove_a_derived_row(ground: Ground, chance: random.Random) -> Alteration | None:
    drawn = draw(ground, chance, DERIVED_TABLES)
    if drawn is None:
        return None
    table, row = drawn
    ground.delete(table, row)
    return Alteration(f"{table}: {key_of(table, row)}", naming(table, row))


@family
def invent_a_derived_row(ground: Ground, chance: random.Random) -> Alteration | None:
    drawn = draw(ground, chance, DERIVED_TABLES)
    if drawn is None:
        return None
    table, row = drawn
    column = chance.choice([column.name for column in TABLES[table].primary_key.columns])
    value = row[column]
    new = {**row, column: (value + 1) if isinstance(value, int) else (b"n" * 12 if isinstance(value, bytes) else "new")}
    if not taken(lambda: ground.insert(table, new)):
        return None
    return Alteration(f"{table}: {key_of(table, new)}", naming(table, new))


@family
def alter_a_stamp_or_a_publication(ground: Ground, chance: random.Random) -> Alteration | None:
    """One that a later scan has sealed."""
    drawn = draw(ground, chance, ("stamp", "publication"))
    if drawn is None:
        return None
    table, row = drawn
    likely: dict[str, list[Value]] = {"problem": ["", "no answer"], "alarm": ["", "it holds another checkpoint"]}
    moments = ["2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"]
    column = chance.choice(list(row))
    value = chance.choice(likely.get(column) or (moments if column in ("at", "requested", "answered") else [None]))
    value = flipped(row[column], chance) if value is None else value
    if value == row[column] or not taken(lambda: ground.change(table, row, **{column: value})):
        return None
    return Alteration(f"{table}.{column} of {key_of(table, row)}", naming(table, row, {**row, column: value}))


@family
def alter_the_public_key_file(ground: Ground, chance: random.Random) -> Alteration | None:
    path = ground.folder / PUBLIC_KEY
    other = Verifier(ground.past.key.name, Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    path.write_bytes(chance.choice([flip(path.read_bytes(), chance), f"{other}\n".encode()]))
    return Alteration(PUBLIC_KEY, r"^log\.pub: ")


@family
def flip_a_byte_of_the_database_file(ground: Ground, chance: random.Random) -> Alteration | None:
    path = ground.folder / DATABASE
    path.write_bytes(flip(path.read_bytes(), chance))
    return Alteration(DATABASE)


@family
def do_what_alters_nothing(ground: Ground, chance: random.Random) -> Alteration | None:
    """Files change, and what the store says does not: nobody may raise an alarm."""
    row = chance.choice(ground.rows("blob"))
    digests = {bytes(each["digest"]).hex(): each for each in ground.rows("blob")}  # type: ignore[arg-type]
    match chance.randrange(6):
        case 0:
            with closing(ground.connect()) as connection:
                connection.execute("VACUUM")
            return Alteration("the database written anew")
        case 1:
            with closing(ground.connect()) as connection, connection:
                connection.execute("REINDEX")
            return Alteration("indexes made anew")
        case 2:
            with chance.choice(ground.packs()).open("ab") as pack:
                pack.write(chance.randbytes(50))
            return Alteration("what a killed scan left at the end of its pack")
        case 3:
            plain = ground.decoded(bytes(row["digest"]).hex(), digests, 0)  # type: ignore[arg-type]
            store_as(ground, row, plain)
            return Alteration("the same blob, compressed harder, elsewhere")
        case 4:
            ground.change("blob", row, **row)
            return Alteration("a row replaced by its equal")
        case _:
            with closing(ground.connect()) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("CREATE TABLE scratch (x)")
                connection.execute("DROP TABLE scratch")
                connection.commit()
                (ground.folder / PACKS / "orphan.zst").write_bytes(b"nothing names this")
            return Alteration("a write-ahead log, and a pack that nothing names")
