"""Values and rows of any table: altered, removed, exchanged, repeated, put back."""

from __future__ import annotations

import random
import sqlite3

from tests.evidence_store.tampering.families import Alteration, draw, family, flipped, naming, taken
from tests.evidence_store.tampering.ground import (
    MAY_BE_ADDED_TO,
    TABLES,
    Ground,
    Value,
    key_of,
)


@family
def flip_a_bit_of_a_value(ground: Ground, chance: random.Random) -> Alteration | None:
    drawn = draw(ground, chance)
    if drawn is None:
        return None
    table, row = drawn
    column = chance.choice(list(row))
    changed = {**row, column: flipped(row[column], chance)}
    if not taken(lambda: ground.change(table, row, **{column: changed[column]})):
        return None
    return Alteration(f"{table}.{column} of {key_of(table, row)}", naming(table, row, changed))


@family
def change_a_value_for_another_of_its_column(ground: Ground, chance: random.Random) -> Alteration | None:
    drawn = draw(ground, chance)
    if drawn is None:
        return None
    table, row = drawn
    column = chance.choice(list(row))
    other = chance.choice(ground.rows(table))[column]
    if other == row[column] or not taken(lambda: ground.change(table, row, **{column: other})):
        return None
    return Alteration(f"{table}.{column} of {key_of(table, row)}", naming(table, row, {**row, column: other}))


@family
def empty_a_value(ground: Ground, chance: random.Random) -> Alteration | None:
    drawn = draw(ground, chance)
    if drawn is None:
        return None
    table, row = drawn
    column = chance.choice([column for column, value in row.items() if value] or list(row))
    value = row[column]
    empty: Value = "" if value is None else type(value)()
    if not taken(lambda: ground.change(table, row, **{column: empty})):
        return None
    return Alteration(f"{table}.{column} of {key_of(table, row)}", naming(table, row, {**row, column: empty}))


@family
def delete_rows(ground: Ground, chance: random.Random) -> Alteration | None:
    table = chance.choice(list(TABLES))
    rows = ground.rows(table)
    if not rows:
        return None
    gone = chance.sample(rows, chance.randint(1, min(3, len(rows))))
    for row in gone:
        ground.delete(table, row)
    named = naming(table, *gone)
    if table == "leaf":
        named += "|^checkpoint at size .*leaves were removed|^leaf [0-9]+ is missing"
    return Alteration(f"{len(gone)} of {table}: {[key_of(table, row) for row in gone]}", named)


@family
def delete_the_newest_rows(ground: Ground, chance: random.Random) -> Alteration | None:
    """The end of a table, where no hole is left behind."""
    table = chance.choice(list(TABLES))
    rows = sorted(ground.rows(table), key=lambda row: repr(key_of(table, row)))
    if table in ("leaf", "entry", "checkpoint", "assessment"):
        rows = sorted(
            ground.rows(table), key=lambda row: [int(str(v)) for v in key_of(table, row) if isinstance(v, int)]
        )
    if not rows:
        return None
    gone = rows[-chance.randint(1, min(5, len(rows))) :]
    for row in gone:
        ground.delete(table, row)
    named = naming(table, *gone) + ("|leaves were removed" if table == "leaf" else "")
    return Alteration(f"the last {len(gone)} of {table}", named)


@family
def exchange_two_rows(ground: Ground, chance: random.Random) -> Alteration | None:
    table = chance.choice(list(TABLES))
    rows = ground.rows(table)
    if len(rows) < 2:
        return None
    one, other = chance.sample(rows, 2)
    names = {column.name for column in TABLES[table].primary_key.columns}
    mine, theirs = ({c: v for c, v in row.items() if c not in names} for row in (one, other))
    ground.change(table, one, **theirs)
    ground.change(table, other, **mine)
    named = naming(table, one, other)
    if table == "leaf":  # hash and data went together, so each is a good leaf in the wrong place
        named = "^checkpoint at size [0-9]+: its root is not that of the leaves|" + named
    return Alteration(f"{table}: {key_of(table, one)} and {key_of(table, other)}", named)


@family
def duplicate_a_row(ground: Ground, chance: random.Random) -> Alteration | None:
    drawn = draw(ground, chance, [name for name in TABLES if name not in MAY_BE_ADDED_TO])
    if drawn is None:
        return None
    table, row = drawn
    column = chance.choice([column.name for column in TABLES[table].primary_key.columns])
    value = row[column]
    other: Value = chance.choice([value + 1, value + 1000, -1]) if isinstance(value, int) else flipped(value, chance)
    new = {**row, column: other}
    if not taken(lambda: ground.insert(table, new)):
        return None
    named = naming(table, row, new)
    if table == "leaf":
        named += "|^leaf [0-9]+ is missing"
    return Alteration(f"{table}: {key_of(table, row)} again as {key_of(table, new)}", named)


@family
def put_a_row_back_to_what_it_was(ground: Ground, chance: random.Random) -> Alteration | None:
    """A row of an older copy of the store: valid then."""
    table = chance.choice(list(TABLES))
    older = Ground.__new__(Ground)
    older.folder = chance.choice(ground.past.older)
    now = {key_of(table, row): row for row in ground.rows(table)}
    try:
        then = older.rows(table)
    except sqlite3.OperationalError:
        return None
    changed = [row for row in then if now.get(key_of(table, row)) != row]
    if not changed:
        return None
    row = chance.choice(changed)
    known = now.get(key_of(table, row))
    if known is None:
        ground.insert(table, row)
    else:
        ground.change(table, known, **row)
    return Alteration(f"{table}: {key_of(table, row)}", naming(table, row))


@family
def give_a_row_the_content_of_an_older_one(ground: Ground, chance: random.Random) -> Alteration | None:
    table = chance.choice(list(TABLES))
    rows = ground.rows(table)
    if len(rows) < 2:
        return None
    older, row = sorted(chance.sample(range(len(rows)), 2))
    names = {column.name for column in TABLES[table].primary_key.columns}
    content = {column: value for column, value in rows[older].items() if column not in names}
    if not content:
        return None
    ground.change(table, rows[row], **content)
    named = naming(table, rows[row]) + ("|^checkpoint at size [0-9]+: its root" if table == "leaf" else "")
    return Alteration(f"{table}: {key_of(table, rows[row])} says what {key_of(table, rows[older])} says", named)
