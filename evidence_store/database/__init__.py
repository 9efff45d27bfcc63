"""The database of a store: SQLite with a write-ahead log, or PostgreSQL. The same code runs on both."""

from __future__ import annotations

from evidence_store.database.interface import REVISION, Database, Held
from evidence_store.database.sqlite import SQLiteDatabase
from evidence_store.location import Location

__all__ = ["DATABASE", "REVISION", "Database", "Held", "SQLiteDatabase", "database_at"]

DATABASE = "evidence.db"
"""What the SQLite database is called in the folder of a store."""


def database_at(location: Location) -> Database:
    """The database of the store at this location. Raises `StoreError` when what it needs is not installed."""
    if not location.database:
        return SQLiteDatabase(location.folder / DATABASE)
    from evidence_store.database.postgresql import PostgreSQLDatabase  # noqa: PLC0415 - only who has one has its driver

    return PostgreSQLDatabase(location.database, location.password)
