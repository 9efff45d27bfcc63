"""Altering a SQLite store by hand, as whoever owns the file can: past the triggers that stop accidents."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


def alter(database: Path, statement: str, *values: object) -> None:
    """Run a statement that changes at least one row. The triggers are there again afterwards."""
    with closing(sqlite3.connect(database)) as connection, connection, without_triggers(connection):
        assert connection.execute(statement, values).rowcount != 0, statement


@contextmanager
def without_triggers(connection: sqlite3.Connection) -> Iterator[None]:
    """A database whose append-only tables are not, for as long as somebody alters them."""
    triggers = connection.execute("SELECT name, sql, tbl_name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    yield
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for _, sql, table in triggers:
        if table in tables:
            connection.execute(sql)
