"""Derived tables made again from log and blobs, and compared with those that a store has, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Boolean, Connection, Integer, Table, delete, select, type_coerce
from sqlalchemy.exc import DBAPIError, OperationalError

from core.codec import CodecError
from core.management.events import RefusedActError
from evidence_store.database import SQLiteDatabase
from evidence_store.derived.derive import Sealed, derive
from evidence_store.errors import BrokenSealError, StoreError
from evidence_store.namings import each_leaf
from evidence_store.records import Read
from evidence_store.schema import DERIVED, metadata
from evidence_store.store import Store
from evidence_store.writer import refuse_broken_log

PROGRESS_EVERY = 100

Progress = Callable[[int, int], None]
"""Called with leaves done and leaves in all."""


def rebuild(store: Store, progress: Progress) -> int:
    """Throw the derived tables away and make them again from log and blobs, in one transaction. How many leaves there
    are.

    Whether these are what was sealed is for verification to say. Raises `BrokenSealError` when a blob is missing or a
    leaf is none, and `StoreError`; then the tables are as they were.
    """
    with store.writing() as connection:
        refuse_broken_log(store, connection)
        log = list(each_leaf(connection))
        for table in DERIVED:
            connection.execute(delete(table))
        try:
            for position in derive(connection, log, store.read_blob(connection)):
                if position % PROGRESS_EVERY == 0:
                    progress(position, len(log))
        except (CodecError, RefusedActError, KeyError, TypeError, ValueError) as error:
            raise BrokenSealError(
                f"{store.name}: no tables can be derived from this log: {type(error).__name__}: {error}",
                "see which leaf was altered: annexa verify",
            ) from error
        return len(log)


def unlike_the_log(connection: Connection, log: Sequence[Sealed], read: Read, progress: Progress) -> Iterator[str]:
    """What is wrong with the derived tables of a store: each is named with its first row that the log does not give."""
    with TemporaryDirectory(prefix="annexa-verify-") as folder:
        database = SQLiteDatabase(Path(folder) / "rebuilt.db")
        try:
            # Never committed: nobody wants these tables to outlast a power failure.
            with database.translated(), database.engine.connect() as rebuilt:
                metadata.create_all(rebuilt)
                position = 0
                try:
                    for position in derive(rebuilt, log, read):
                        if position % PROGRESS_EVERY == 0:
                            progress(position, len(log))
                except OperationalError:
                    raise  # of our own temporary database: no room for it, for example
                except Exception as error:  # noqa: BLE001 - whatever an unsigned leaf may say
                    yield f"leaf {position}: cannot be derived from: {type(error).__name__}: {error}"
                    return
                for table in DERIVED:
                    yield from reported(f"table {table.name}", _difference(table, rebuilt, connection))
        finally:
            database.close()


def _difference(table: Table, rebuilt: Connection, stored: Connection) -> Iterator[str]:
    order = list(table.primary_key.columns)
    # Booleans as the numbers they are: a 3 is as true as a 1, and yet somebody altered it.
    columns = [type_coerce(c, Integer).label(c.name) if isinstance(c.type, Boolean) else c for c in table.columns]
    ours = rebuilt.execute(select(*columns).order_by(*order))
    theirs = stored.execute(select(*columns).order_by(*order))
    for expected, found in zip_longest(ours, theirs):
        if expected != found:
            yield f"table {table.name}: {_describe(table, expected, found)}"
            return


def _describe(table: Table, expected: Any, found: Any) -> str:
    keys = [column.name for column in table.primary_key.columns]

    def name(row: Any) -> str:
        return ", ".join(f"{key} {row._mapping[key]}" for key in keys)  # noqa: SLF001 - SQLAlchemy's public name for it

    if found is None or (expected is not None and _values(expected, keys) < _values(found, keys)):
        return f"the row {name(expected)} is missing"
    if expected is None or _values(expected, keys) > _values(found, keys):
        return f"the row {name(found)} follows from nothing that is sealed"
    fields = [c for c in table.columns.keys() if expected._mapping[c] != found._mapping[c]]  # noqa: SLF001, SIM118
    return f"the row {name(found)} was altered: {', '.join(fields)}"


def _values(row: Any, keys: Iterable[str]) -> tuple[Any, ...]:
    return tuple(row._mapping[key] for key in keys)  # noqa: SLF001


def reported(what: str, problems: Iterator[str]) -> Iterator[str]:
    """What the walk finds; where damage stops it (text that is no text, a broken page), that is a finding too."""
    try:
        yield from problems
    except StoreError:
        raise  # we could not look, for a reason outside the store
    except DBAPIError as error:
        yield f"{what}: cannot be read: {error.orig}"
    except Exception as error:  # noqa: BLE001 - any value may stand where one of ours was expected
        yield f"{what}: cannot be read: {type(error).__name__}: {error}"
