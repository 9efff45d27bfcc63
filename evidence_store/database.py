"""The database: how it is opened, migrated and locked. SQLite with a write-ahead log; PostgreSQL fits the same code."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from evidence_store.errors import StoreError

REVISION = "0002"
"""The newest migration. A test holds it against `migrations/versions`: opening a store need not load alembic."""

BUSY_MILLISECONDS = 60_000

WAL_PAUSES = (*[0.01] * 20, *[0.1] * 20, *[1] * 10)
"""Seconds to wait between attempts to switch a new database to its write-ahead log."""


def connect(path: Path) -> Engine:
    """An engine on the SQLite file. `writing` begins with a write lock, so that no writer works on an old size."""
    engine = create_engine(URL.create("sqlite", database=str(path)))  # a path may hold ? and #
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def reading(engine: Engine, path: Path) -> Iterator[Connection]:
    """One consistent view of the store. Raises `StoreError`."""
    with translated(path), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine, path: Path) -> Iterator[Connection]:
    """One transaction that holds the write lock from its beginning: all counts, or nothing. Raises `StoreError`."""
    with translated(path), engine.connect().execution_options(annexa_writes=True) as connection, connection.begin():
        yield connection


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Database errors as `StoreError` with place and remedy. Bind values stay out: they may be anything."""
    try:
        yield
    except DBAPIError as error:
        message = str(error.orig)
        raise StoreError(f"{path}: {message}", _remedy(message)) from error
    except SQLAlchemyError as error:
        raise StoreError(f"{path}: {type(error).__name__}", "see `annexa doctor`") from error


def migrate(engine: Engine, path: Path) -> None:
    """Bring the store to `REVISION`. Raises `StoreError` when a newer version wrote it, or it cannot be written."""
    if revision(engine, path) == REVISION:
        return
    with exclusive(path.with_suffix(".lock")):  # two first scans at once: one makes the tables, one waits
        found = revision(engine, path)
        if found == REVISION:
            return
        from alembic import command  # noqa: PLC0415 - 0.2 s that only a version mismatch is worth
        from alembic.config import Config  # noqa: PLC0415
        from alembic.script import ScriptDirectory  # noqa: PLC0415

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if found is not None and found not in known:
            raise StoreError(
                f"{path}: a newer version of Annexa wrote this store (schema {found}, this version knows {REVISION})",
                "use the newer version; this one changes nothing here",
            )
        with writing(engine, path) as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def revision(engine: Engine, path: Path) -> str | None:
    """The schema a store has, or `None` for an empty database."""
    with reading(engine, path) as connection:
        if not engine.dialect.has_table(connection, "alembic_version"):
            return None
        found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return found


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold a lock file of the operating system, which a killed process lets go of. Raises `StoreError`."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}", "choose a folder you may write") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _prepare(connection: Any, _: object) -> None:
    connection.isolation_level = None  # we begin transactions ourselves
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
    _use_write_ahead_log(cursor)
    cursor.execute("PRAGMA synchronous=FULL")  # in WAL mode anything less may lose the last scan in a power failure
    cursor.close()


def _use_write_ahead_log(cursor: Any) -> None:
    """Of two first connections at once SQLite refuses one, whatever its busy timeout says. So ask again."""
    for pause in WAL_PAUSES:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            time.sleep(pause)
        else:
            return
    cursor.execute("PRAGMA journal_mode=WAL")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("annexa_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _remedy(message: str) -> str:
    if "full" in message:
        return "make room, then scan again: everything sealed before is whole"
    if "disk I/O" in message:  # which is also how SQLite words a disk too full for its shared index
        return "make room, or see the kernel's log for a failing disk; everything sealed before is whole"
    if "readonly" in message or "read-only" in message:
        return "give the user write permission on the store's folder, or work on a copy of it"
    if "unable to open" in message:
        return "SQLite needs to write beside the file even to read it: copy the store to a folder you may write"
    if "locked" in message:
        return "another process has been writing for a minute; try again, or see who holds the file open"
    if "not a database" in message or "malformed" in message:
        return "the file is damaged or is no store: restore a backup and run `annexa verify`"
    return "see `annexa doctor`"
