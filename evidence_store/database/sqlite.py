"""SQLite: one file with a write-ahead log. Whoever runs holds a lock of the operating system on a file beside it."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.exc import DBAPIError

from evidence_store.database.interface import LONGEST_HOLDER, Database, Held, taken
from evidence_store.errors import StoreError

BUSY_MILLISECONDS = 60_000
SETTLING_MILLISECONDS = 5_000

MOST_DAMAGE = 5
"""How many faults of one database are worth listing."""

WAL_PAUSES = (*[0.01] * 20, *[0.1] * 20, *[1] * 10)
"""Seconds to wait between attempts to switch a new database to its write-ahead log."""

RUNNING = "running"
"""The folder, beside the file, with a lock file for each scan that runs."""


class SQLiteDatabase(Database):
    """The file at this path. `writing` begins with a write lock, so that no writer works on an old size."""

    def __init__(self, path: Path) -> None:
        engine = create_engine(URL.create("sqlite", database=str(path)))  # a path may hold ? and #
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
        super().__init__(str(path), engine)
        self.path = path

    def make(self) -> None:
        """Make the file before SQLite does, which would let everybody read it.

        An existing file stays untouched: closing any descriptor on it would drop the locks this process has there.
        """
        try:
            (self.path.parent / RUNNING).mkdir(exist_ok=True, mode=0o750)
            with suppress(FileExistsError):
                os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640))
        except OSError as error:
            raise StoreError(
                f"{error.filename}: cannot be written: {error.strerror}", "choose a folder you may write"
            ) from error

    def is_there(self) -> bool:
        return self.path.is_file()

    def refuse_missing(self) -> None:
        if not self.is_there():
            raise StoreError(f"{self.path.parent}: there is no evidence store here", "make one with: annexa scan")
        if self.revision() is None:
            raise StoreError(f"{self.path}: the store is empty", "make one with: annexa scan")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.translated(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        options = {"annexa_writes": True}
        with self.translated(), self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        descriptor = _lock(self.path.with_suffix(".lock"), "choose a folder you may write")
        try:
            yield
        finally:
            os.close(descriptor)

    def hold(self, name: str) -> Held:
        return _LockFile(self.path.parent / RUNNING / name)

    def is_held(self, name: str) -> bool:
        """Whether some process holds the lock file; one that nobody holds is removed where we may."""
        path = self.path.parent / RUNNING / name
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        except OSError:
            return True  # whoever cannot look must not say that it is gone
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared: those who look at once see the same
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        with suppress(OSError):
            path.unlink()
        return False

    def claim(self, name: str, holder: str) -> Held:
        return _Claim(self.path.with_name(f"{name}.lock"), holder)

    def claimed_by(self, name: str) -> str:
        """What stands in the lock file, if somebody holds it. The file stays: only its lock means anything."""
        try:
            descriptor = os.open(self.path.with_name(f"{name}.lock"), os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return ""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared: those who look at once see the same
        except BlockingIOError:
            return _holder(descriptor)
        finally:
            os.close(descriptor)
        return ""

    def grant(self, role: str) -> None:
        """Raises `StoreError`: a file has no roles."""
        raise StoreError(
            f"{self.path}: SQLite knows no role {role}: whoever may write the file may change all of it",
            "rights are for a PostgreSQL database: set store.database",
        )

    def damage(self, connection: Connection) -> Iterator[str]:
        """A row can be whole while the index that leads to it is not (https://sqlite.org/pragma.html)."""
        for (found,) in connection.exec_driver_sql(f"PRAGMA integrity_check({MOST_DAMAGE})"):
            if found != "ok":
                yield f"the database is damaged: {' '.join(found.split())}"

    def purge(self) -> bool:
        """Write all pages anew, without what is left of old rows between new ones, and empty the write-ahead log."""
        with self.translated(), closing(self.engine.raw_connection()) as connection:
            cursor = connection.cursor()
            try:
                cursor.execute("VACUUM")
                busy: int = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            except sqlite3.OperationalError as error:
                raise StoreError(f"{self.name}: {error}", _remedy(str(error))) from error
            return busy == 0

    def settle(self) -> None:
        """Bring all of it into the one file, which then needs no other beside it. Raises `StoreError` while somebody
        else has it open."""
        self.engine.dispose()
        with self.translated(), closing(self.engine.raw_connection()) as connection:
            cursor = connection.cursor()
            try:
                cursor.execute(f"PRAGMA busy_timeout={SETTLING_MILLISECONDS}")
                cursor.execute("PRAGMA journal_mode=DELETE")
            except sqlite3.OperationalError as error:
                raise StoreError(f"{self.name}: {error}", _remedy(str(error))) from error
        self.engine.dispose()

    def explained(self, error: DBAPIError) -> StoreError:
        message = str(error.orig)
        return StoreError(f"{self.name}: {message}", _remedy(message))


class _LockFile(Held):
    """A file that is locked for as long as its process lives: the operating system lets go of a killed one's."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = _lock(path, "mend the store folder's permissions")

    def refuse_lost(self) -> None:
        """Nobody can take such a lock from a living process."""

    def close(self) -> None:
        if self._descriptor >= 0:
            self._path.unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = -1


class _Claim(Held):
    """A lock file that one process at a time holds, and in which it says who it is. Others do not wait."""

    def __init__(self, path: Path, holder: str) -> None:
        self._descriptor = _opened(path, "mend the store folder's permissions")
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = _holder(self._descriptor)
            os.close(self._descriptor)
            raise taken(str(path.parent), other) from None
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, holder.encode(), 0)

    def refuse_lost(self) -> None:
        """Nobody can take such a lock from a living process."""

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _holder(descriptor: int) -> str:
    return os.pread(descriptor, LONGEST_HOLDER, 0).decode(errors="replace") or "another process"


def _lock(path: Path, remedy: str) -> int:
    """A descriptor that holds the lock, which a killed process lets go of. Raises `StoreError`."""
    descriptor = _opened(path, remedy)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def _opened(path: Path, remedy: str) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}", remedy) from error


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
