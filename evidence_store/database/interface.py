"""What a store asks of its database, whichever it is: consistent views, one writer at a time, and who still runs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from evidence_store.errors import ClaimedError, StoreError

REVISION = "0003"
"""The newest migration. A test holds it against `migrations/versions`: opening a store need not load alembic."""

MIGRATIONS = Path(__file__).parent.parent / "migrations"


LONGEST_HOLDER = 200
"""Bytes of the name of who holds a claim."""


class Held(ABC):
    """A lock that says something still runs, and that goes when its holder does, however that ends."""

    @abstractmethod
    def refuse_lost(self) -> None:
        """Raises `StoreError` when the lock went without being let go: others may say by now that we died."""

    @abstractmethod
    def close(self) -> None:
        """Let go, once or again. Raises nothing, whatever became of the lock."""


def taken(place: str, holder: str) -> ClaimedError:
    """The error for whoever comes second."""
    return ClaimedError(f"{place}: {holder} does this already", "end the other one first, or name another store")


class Database(ABC):
    """Tables and locks. `name` is how messages call it: a path or an address, never with a password."""

    def __init__(self, name: str, engine: Engine) -> None:
        self.name = name
        self.engine = engine

    @abstractmethod
    def make(self) -> None:
        """Make what must be there before the first connection. Raises `StoreError`."""

    @abstractmethod
    def is_there(self) -> bool:
        """Whether a store was begun here. Raises `StoreError` when one cannot look."""

    @abstractmethod
    def refuse_missing(self) -> None:
        """Raises `StoreError` when there is no store here."""

    @abstractmethod
    def reading(self) -> AbstractContextManager[Connection]:
        """One consistent view of the store. Raises `StoreError`."""

    @abstractmethod
    def writing(self) -> AbstractContextManager[Connection]:
        """One transaction that holds the write lock from its beginning: all counts, or nothing. Raises `StoreError`."""

    @abstractmethod
    def exclusive(self) -> AbstractContextManager[None]:
        """One process at a time, over several transactions. Raises `StoreError`."""

    @abstractmethod
    def hold(self, name: str) -> Held:
        """Say that something of this name runs. Raises `StoreError`."""

    @abstractmethod
    def is_held(self, name: str) -> bool:
        """Whether something of this name still runs. Raises `StoreError`."""

    @abstractmethod
    def claim(self, name: str, holder: str) -> Held:
        """Be the only one who does what this name says; `holder` tells others who that is. It is no evidence.

        Raises `ClaimedError` that names the holder when somebody else does it, and `StoreError`.
        """

    @abstractmethod
    def claimed_by(self, name: str) -> str:
        """Who does what this name says, in words; nothing when nobody does. Raises `StoreError`."""

    @abstractmethod
    def grant(self, role: str) -> None:
        """Make or migrate the tables, and let a role do what an agent needs and nothing more. Raises `StoreError`."""

    @abstractmethod
    def explained(self, error: DBAPIError) -> StoreError:
        """The error of a driver with place and remedy. Bind values stay out: they may be anything."""

    @abstractmethod
    def purge(self) -> bool:
        """Have what was deleted leave the files of the database. False while others read what it was. Raises
        `StoreError`. No transaction of ours may be open."""

    def excess_power(self) -> str:
        """What this user may do here that no agent needs, in words, or nothing. Raises `StoreError`."""
        return ""

    def refuse_migration(self, connection: Connection, found: str | None) -> None:  # noqa: B027 - most refuse nothing
        """Raises `StoreError` when this user or this database cannot be brought from revision `found` to ours."""

    def damage(self, connection: Connection) -> Iterator[str]:  # noqa: ARG002 - PostgreSQL has no such question
        """What the database finds wrong with its own files, such as an index that leaves out a row."""
        yield from ()

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Database errors as `StoreError` with place and remedy."""
        try:
            yield
        except DBAPIError as error:
            raise self.explained(error) from error
        except SQLAlchemyError as error:
            raise StoreError(f"{self.name}: {type(error).__name__}", "see `annexa doctor`") from error

    def revision(self) -> str | None:
        """The schema the store has, or `None` for an empty database. Raises `StoreError`."""
        with self.reading() as connection:
            if not self.engine.dialect.has_table(connection, "alembic_version"):
                return None
            found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            return found

    def migrate(self) -> None:
        """Bring the store to `REVISION`. Raises `StoreError` when a newer version wrote it, or it cannot be written."""
        if self.revision() == REVISION:
            return
        with self.exclusive():  # two first scans at once: one makes the tables, one waits
            found = self.revision()
            if found == REVISION:
                return
            from alembic import command  # noqa: PLC0415 - 0.2 s that only a version mismatch is worth
            from alembic.config import Config  # noqa: PLC0415
            from alembic.script import ScriptDirectory  # noqa: PLC0415

            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS))
            known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
            if found is not None and found not in known:
                raise StoreError(
                    f"{self.name}: a newer version of Annexa wrote this store "
                    f"(schema {found}, this version knows {REVISION})",
                    "use the newer version; this one changes nothing here",
                )
            with self.writing() as connection:
                self.refuse_migration(connection, found)
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
