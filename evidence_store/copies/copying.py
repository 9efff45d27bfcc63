"""Copying a store into another one: rows table by table, and packs as far as rows name them.

Packs only grow, and rows name no byte that is not durable. So the rows of one moment, and then the first bytes of each
pack that they name, are a whole store, whatever scans add meanwhile.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select
from sqlalchemy.exc import DBAPIError, StatementError

from evidence_store.blobs.packs import make_durable
from evidence_store.blobs.reader import Packs
from evidence_store.database import Database
from evidence_store.errors import BrokenSealError, StoreError
from evidence_store.location import Location
from evidence_store.people.keyring import UNPURGED
from evidence_store.schema import about, blob, metadata, upload
from evidence_store.store import Store

ROWS_AT_ONCE = 5_000
BYTES_AT_ONCE = 4 * 2**20
PART = ".part"
"""How the name of a pack ends that is not whole yet."""

Step = Callable[[str, int, int], None]
"""Hears what is being done, how much of it is, and how much there is."""


def silently(_what: str, _done: int, _all: int) -> None:
    """For whoever need not hear."""


def beside(location: Location, database: Database) -> Store:
    """The store at a location with its tables elsewhere: some that have not their place yet, or a copy of those that
    must not be touched."""
    store = Store(location)
    store.database = database
    return store


def copy_rows(source: Store, view: Connection, target: Connection, step: Step = silently) -> None:
    """Copy all that a store says in its tables, except where its packs are. Raises `StoreError`, `BrokenSealError`.

    What an erasure has left in the files of the source is no row, and so is not copied.
    """
    tables = [table for table in metadata.sorted_tables if table is not upload]
    with source.database.translated():
        total = sum(view.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)
    done = 0
    for table in tables:
        for rows in _batches(source, view, table):
            _insert(source.name, table, rows, target)
            done += len(rows)
            step("copying rows", done, total)


def named_bytes(connection: Connection) -> dict[str, int]:
    """How far rows name bytes of each pack. Raises `BrokenSealError` when they name no such thing."""
    query = select(blob.c.pack, func.max(blob.c.offset + blob.c.length).label("end"))
    query = query.group_by(blob.c.pack).order_by(blob.c.pack)
    found: dict[Any, Any] = {row.pack: row.end for row in connection.execute(query)}
    for pack, end in found.items():
        if Path(str(pack)).name != pack or not isinstance(end, int) or end < 1:
            raise BrokenSealError(f"table blob: rows name {end} bytes of a pack called {pack}: they were altered")
    return found


@dataclass(frozen=True, slots=True)
class CopiedPacks:
    """How many bytes were brought, and the packs that could not be read, each with why."""

    brought: int
    unread: Mapping[str, str]


def copy_packs(
    packs: Packs, wanted: Mapping[str, int], folder: Path, step: Step = silently, *, earlier: Mapping[str, int] | None
) -> CopiedPacks:
    """Bring the first bytes of each wanted pack to a folder, durably.

    With `earlier`, what is there is kept: as many bytes of each pack as an earlier copy names there, and packs that it
    does not name, which have their name only since they were whole. Without, everything is written anew.
    Raises `StoreError` when a bucket cannot be reached or the folder cannot be written.
    """
    total, done = sum(wanted.values()), 0
    brought, unread = 0, dict[str, str]()
    try:
        for name, length in wanted.items():
            copy = _Copy(packs, name, length, folder)
            try:
                brought += copy.anew() if earlier is None else copy.onward(earlier.get(name, 0))
            except _UnreadError as error:
                unread[name] = str(error)
            done += length
            step("copying packs", done, total)
        make_durable(folder)
    except OSError as error:
        raise StoreError(
            f"{error.filename or folder}: cannot be written: {error.strerror}",
            "make room or mend the permissions, then do it again",
        ) from error
    return CopiedPacks(brought, unread)


class _UnreadError(Exception):
    """A pack that is not there, or is shorter than rows say."""


@dataclass(frozen=True, slots=True)
class _Copy:
    """One pack on its way. Methods return how many bytes were brought, and raise `_UnreadError` or `OSError`."""

    packs: Packs
    name: str
    length: int
    folder: Path

    def onward(self, known: int) -> int:
        """Bring what is missing behind the `known` bytes that an earlier copy names."""
        path = self.folder / self.name
        there = path.stat().st_size if path.exists() else 0
        if there < (known or self.length):
            return self.anew()
        if self.length <= (known or there):
            return 0
        with path.open("r+b") as file:
            file.truncate(known)
            file.seek(known)
            file.writelines(self._read(known))
            _flush(file)
        return self.length - known

    def anew(self) -> int:
        """Bring all of it, under its name only when it is whole."""
        chunks = self._read(0)
        first = next(chunks)  # what cannot be read gets no file
        path = self.folder / self.name
        part = path.with_name(f"{path.name}{PART}")
        with open(part, "wb", opener=_private) as file:
            file.write(first)
            file.writelines(chunks)
            _flush(file)
        part.replace(path)
        return self.length

    def _read(self, start: int) -> Iterator[bytes]:
        for offset in range(start, self.length, BYTES_AT_ONCE):
            length = min(BYTES_AT_ONCE, self.length - offset)
            try:
                data = self.packs.read(self.name, offset, length)
            except OSError as error:
                raise _UnreadError(error.strerror or str(error)) from error
            except (OverflowError, TypeError, ValueError) as error:
                raise _UnreadError(str(error)) from error
            if len(data) != length:
                raise _UnreadError(f"it ends before byte {self.length}")
            yield data


def _flush(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CLOEXEC, 0o640)


def _batches(source: Store, view: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    query = select(table).order_by(*table.primary_key.columns)
    if table is about:
        query = query.where(about.c.name != UNPURGED)
    with source.database.translated():
        batches = view.execute(query.execution_options(yield_per=ROWS_AT_ONCE)).mappings().partitions()
    while True:
        with source.database.translated():
            rows = next(batches, None)
        if rows is None:
            return
        yield [dict(row) for row in rows]


def _insert(name: str, table: Table, rows: list[dict[str, Any]], target: Connection) -> None:
    try:
        target.execute(insert(table), rows)
    except DBAPIError:
        raise
    except StatementError as error:  # SQLite keeps any value in any column
        raise BrokenSealError(f"{name}: table {table.name} was altered: {error.orig}") from error
