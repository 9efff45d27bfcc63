"""PostgreSQL: agents on several machines write to one store. Locks are advisory locks of the database.

Writers take turns by a lock that ends with their transaction, and views are snapshots. A running scan holds a lock on
a connection of its own, so that any machine sees when it died: the server lets go when the connection is gone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from evidence_store.database.address import refuse_address
from evidence_store.database.interface import REVISION, Database, Held, taken
from evidence_store.errors import StoreError
from evidence_store.schema import APPEND_ONLY, metadata

try:
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    from evidence_store.database import characters
except ImportError as missing:
    raise StoreError(
        f"store.database: PostgreSQL needs a driver that is not here: {missing}", "pip install 'annexa[postgres]'"
    ) from missing

ANNEXA = 0x616E6E78
"""The first half of the keys of our advisory locks; the second half is one of these."""
WRITING, EXCLUSIVE = 1, 2

PARAMETERS: dict[str, Any] = {
    "application_name": "annexa",
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""What an address need not say: a server that is gone is noticed within a minute or two."""

SESSION = {
    "lock_timeout": "60s",  # as long as SQLite waits for another writer
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",  # verifying a large store is one long view
    "idle_session_timeout": "0",  # a scan may be busy elsewhere for an hour
    "synchronous_commit": "on",  # anything less may lose the last scan in a power failure
    "tcp_keepalives_idle": "30",  # so that the lock of an agent that lost its power is let go
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
"""What a session is told, whatever is set for the role or the database."""

RIGHTS = {
    "alembic_version": "SELECT",
    **{table.name: "SELECT, INSERT, UPDATE, DELETE" for table in metadata.tables.values()},
    "about": "SELECT, INSERT, UPDATE",
    **{table.name: "SELECT, INSERT" for table in APPEND_ONLY},
}
"""What an agent may do, by table. Derived rows end and are made again; rows of blobs and people can be removed."""

OWNS = (
    "SELECT current_user, pg_has_role(coalesce(:role, current_user), relowner, 'USAGE') AS owns "
    "FROM pg_class WHERE oid = 'leaf'::regclass"
)

HOLDER = (
    "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND granted "
    "AND objsubid = 1 AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND (classid::bigint << 32) | objid::bigint = :name"
)
"""Who holds the lock with a key of 64 bits (https://www.postgresql.org/docs/current/view-pg-locks.html)."""

VIEW = "annexa_view"
"""A savepoint in each view: one table that cannot be read must not hide what is wrong with the next."""


class PostgreSQLDatabase(Database):
    """The database at this address. Raises `StoreError` for an address that may not be used."""

    def __init__(self, address: str, password: Callable[[], str] | None = None) -> None:
        try:
            refuse_address(address)
            self._parameters = {**PARAMETERS, **conninfo_to_dict(address)}
        except ValueError as error:  # the address stays out: there may be a password in it
            raise StoreError(f"store.database: {error}", "see docs/postgresql.md") from error
        except psycopg.Error as error:
            raise StoreError(f"{address}: {error}", "set store.database") from error
        self._password = password
        engine = create_engine("postgresql+psycopg://", creator=self._connect, pool_pre_ping=True)
        event.listen(engine, "handle_error", _keep_the_view)
        super().__init__(address, engine)

    def make(self) -> None:
        """The database itself is made by who owns the server; its tables are made by `migrate`."""

    def is_there(self) -> bool:
        return self.revision() is not None

    def refuse_missing(self) -> None:
        if not self.is_there():
            raise StoreError(f"{self.name}: there is no evidence store here", "make one with: annexa scan")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        options: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self.translated(), self.engine.connect().execution_options(**options) as connection, connection.begin():
            connection.exec_driver_sql(f"SAVEPOINT {VIEW}")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        # Not a snapshot: one taken while we wait for the lock would show the log as it was before our turn.
        options = {"isolation_level": "READ COMMITTED"}
        with self.translated(), self.engine.connect().execution_options(**options) as connection, connection.begin():
            connection.execute(text("SELECT pg_advisory_xact_lock(:annexa, :lock)"), _key(WRITING))
            yield connection

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        lock = _SessionLock(self, "pg_advisory_lock(:annexa, :lock)", _key(EXCLUSIVE), "this")
        try:
            yield
        finally:
            lock.close()

    def hold(self, name: str) -> Held:
        return _SessionLock(self, "pg_advisory_lock(:name)", {"name": _number(name)}, name)

    def is_held(self, name: str) -> bool:
        with self.reading() as connection:
            # Shared, so that two who look at once do not take each other for the one who runs.
            query = text("SELECT pg_try_advisory_xact_lock_shared(:name)")
            return not connection.execute(query, {"name": _number(name)}).scalar_one()

    def claim(self, name: str, holder: str) -> Held:
        lock = _SessionLock(self, "pg_try_advisory_lock(:name)", {"name": _number(name)}, name)
        if not lock.got:
            lock.close()
            raise taken(self.name, self.claimed_by(name) or "another session")
        lock.sign(holder)
        return lock

    def claimed_by(self, name: str) -> str:
        """What the session that holds the lock calls itself, which every role may see."""
        with self.reading() as connection:
            return connection.execute(text(HOLDER), {"name": _number(name)}).scalar() or ""

    def refuse_migration(self, connection: Connection, found: str | None) -> None:
        """Raises `StoreError` when the tables belong to another role, or the database cannot hold all texts."""
        if found is None:
            encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
            if encoding != "UTF8":
                raise StoreError(
                    f"{self.name}: the database has the encoding {encoding}, which cannot hold all that is seen",
                    "make the database with: createdb --encoding=UTF8 --template=template0",
                )
            return
        user, owns = connection.execute(text(OWNS), {"role": None}).one()
        if not owns:
            raise StoreError(
                f"{self.name}: the store has schema {found}, this version needs {REVISION}, "
                f"and {user} does not own its tables",
                f"their owner runs: annexa store grant {user}",
            )

    def purge(self) -> bool:
        """Write the table with the keys anew: its old file is removed. Who does not own it leaves it to autovacuum."""
        with self.translated():
            connection = self.connection()
            try:
                connection.execute(text("VACUUM (FULL) person"))
            finally:
                connection.close()
        return True

    def excess_power(self) -> str:
        """Whether this role owns the tables: triggers and rights bind everybody else."""
        with self.reading() as connection:
            user, owns = connection.execute(text(OWNS), {"role": None}).one()
        return f"{user} owns the tables and could take away what makes the log append-only" if owns else ""

    def grant(self, role: str) -> None:
        """Rights that were given before are taken back first. Raises `StoreError`; then nobody's have changed."""
        self.migrate()
        quote = self.engine.dialect.identifier_preparer.quote_identifier
        with self.writing() as connection:
            if connection.execute(text(OWNS), {"role": role}).one().owns:
                raise StoreError(
                    f"{self.name}: {role} owns the tables, or is a superuser: no right can be kept from it",
                    f"make another role for agents: CREATE ROLE {quote('annexa_agent')} LOGIN",
                )
            schema = connection.execute(text("SELECT current_schema()")).scalar_one()
            connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {quote(schema)} TO {quote(role)}")
            for table, rights in RIGHTS.items():
                connection.exec_driver_sql(f"REVOKE ALL ON {quote(table)} FROM {quote(role)}")
                connection.exec_driver_sql(f"GRANT {rights} ON {quote(table)} TO {quote(role)}")

    def explained(self, error: DBAPIError) -> StoreError:
        state = getattr(error.orig, "sqlstate", None)
        said = getattr(getattr(error.orig, "diag", None), "message_primary", None) or str(error.orig)
        message = " ".join(said.split())  # the first and only line: details may hold values
        return StoreError(f"{self.name}: {message}", _remedy(state, message, lost=error.connection_invalidated))

    def connection(self) -> Connection:
        """A connection that is ours alone until it is closed, without transactions."""
        connection = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        connection.detach()
        return connection

    def _connect(self) -> psycopg.Connection[Any]:
        parameters = {**self._parameters, "hostaddr": "", "client_encoding": "utf8"}  # no variable leads elsewhere
        if self._password is not None:
            parameters["password"] = self._password()
        connection: psycopg.Connection[Any] = psycopg.connect(**parameters, autocommit=True)
        settings = ", ".join(f"set_config('{name}', '{value}', false)" for name, value in SESSION.items())
        connection.execute(f"SELECT {settings}")
        connection.autocommit = False
        characters.adapt(connection)
        return connection


class _SessionLock(Held):
    """An advisory lock on a connection of its own: the server lets go of it when the connection ends."""

    def __init__(self, database: PostgreSQLDatabase, lock: str, key: dict[str, int], name: str) -> None:
        self._database = database
        self._name = name
        self._lost = False
        with database.translated():
            self._connection = database.connection()
            try:
                self.got = self._connection.execute(text(f"SELECT {lock}"), key).scalar_one() is not False
            except BaseException:
                self._connection.close()
                raise

    def sign(self, holder: str) -> None:
        """Have the session called by who holds the lock; the server keeps 63 bytes, in ASCII."""
        with self._database.translated():
            self._connection.execute(text("SELECT set_config('application_name', :holder, false)"), {"holder": holder})

    def refuse_lost(self) -> None:
        # Asked no second time: SQLAlchemy would connect again, and a new connection holds nothing.
        if not self._lost:
            try:
                self._connection.execute(text("SELECT 1"))
            except SQLAlchemyError:
                self._lost = True
        if self._lost:
            raise StoreError(
                f"{self._database.name}: the connection that says {self._name} is running was cut",
                "scan again: everything sealed before is whole, and the next scan says that this one died",
            )

    def close(self) -> None:
        with suppress(SQLAlchemyError):
            self._connection.close()


def _key(lock: int) -> dict[str, int]:
    return {"annexa": ANNEXA, "lock": lock}


def _number(name: str) -> int:
    """The key of a lock with a name: 64 bits of its digest."""
    return int.from_bytes(hashlib.sha256(b"annexa running " + name.encode()).digest()[:8], "big", signed=True)


def _keep_the_view(context: ExceptionContext) -> None:
    """After an error inside a view, go back to its beginning: the snapshot stays the same, and can be asked on."""
    connection = context.connection
    if connection is None or context.is_disconnect or not connection.get_execution_options().get("postgresql_readonly"):
        return
    with suppress(psycopg.Error):
        driver: Any = connection.connection.driver_connection
        driver.execute(f"ROLLBACK TO SAVEPOINT {VIEW}")


LOST = "nothing half-written counts and everything sealed before is whole: see that the server runs, then try again"
REMEDIES = {
    "28": "name the role in store.database and its password in store.password, or in the passfile of libpq",
    "3D": "have it made: createdb --encoding=UTF8 --template=template0",
    "42501": "the owner of the tables runs: annexa store grant ROLE; the first scan needs a role that may make tables",
    "3F": "have the schema made that the role looks into, or set its search_path",
    "42704": "make the role first: CREATE ROLE … LOGIN",
    "25006": "this server takes no writes (a standby?): name the primary in store.database",
    "42P01": "a table of the store is gone: restore a backup and run `annexa verify`",
    "53": "make room on the server, or allow it more connections; everything sealed before is whole",
    "54": "a name in the evidence is longer than PostgreSQL can index: see the log of the server",
    "55P03": "another process has been writing for a minute; try again, or see pg_stat_activity for who waits for whom",
    "55000": "the log only grows: what is sealed is never changed",
    "08": LOST,
    "57": LOST,
}
"""What to do, by the SQLSTATE of an error or how it begins."""


def _remedy(state: str | None, message: str, *, lost: bool) -> str:
    if state is None and "password" in message:
        return REMEDIES["28"]
    if state is None or lost:
        return LOST
    return REMEDIES.get(state) or REMEDIES.get(state[:2]) or "see `annexa doctor`"
