"""The database: migrated once, locked for writers, and refused in words when it is not ours."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Executable, LargeBinary, String, Table, Text, delete, insert, text, update
from sqlalchemy.exc import ArgumentError

import evidence_store
from evidence_store.database import REVISION, Database, SQLiteDatabase, database_at, sqlite
from evidence_store.errors import StoreError
from evidence_store.location import Location
from evidence_store.schema import APPEND_ONLY, DERIVED, metadata
from evidence_store.verification.verify import verify
from tests.evidence_store.worlds import Look, World
from tests.postgresql import ON_SQLITE, Server

PACKAGE = Path(evidence_store.__file__).parent


@pytest.fixture
def empty(tmp_path: Path, postgresql: Server, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database without tables, of the kind the test names."""
    address = "" if request.param == "sqlite" else postgresql.database("template1")
    found = database_at(Location(tmp_path, tmp_path / "key.pem", address))
    yield found
    found.close()
    if address:
        postgresql.drop(address)


ON_BOTH = pytest.mark.parametrize("empty", ["sqlite", "postgresql"], indirect=True)


@ON_BOTH
def test_the_migrations_make_what_the_code_expects(empty: Database) -> None:
    empty.make()
    empty.migrate()
    # On PostgreSQL all text is without a longest length, whatever the tables say for SQLite.
    lengths = empty.engine.dialect.name == "sqlite"
    with empty.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": lengths})
        assert compare_metadata(context, metadata) == []


@ON_BOTH
def test_every_table_is_derived_or_only_grows_or_is_named_here(empty: Database) -> None:
    """Whoever adds a table decides what agents may do to its rows."""
    others = {"about", "blob", "person", "upload"}
    assert {table.name for table in (*DERIVED, *APPEND_ONLY)} | others == set(metadata.tables)
    empty.migrate()
    for table in APPEND_ONLY:
        values = {LargeBinary: b"0", String: "0", Text: "0"}
        row: dict[str, object] = {column.name: values.get(type(column.type), 0) for column in table.c}
        for change in (update(table).values({table.c[0]: 1}), delete(table)):
            with pytest.raises(StoreError, match=f"{table.name} is append-only"), empty.writing() as connection:
                _add_and(change, connection, table, row)


def _add_and(change: Executable, connection: Connection, table: Table, row: dict[str, object]) -> None:
    connection.execute(insert(table), row)
    connection.execute(change)


def test_the_revision_in_the_code_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(PACKAGE / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == REVISION


@ON_BOTH
def test_migrating_twice_changes_nothing(empty: Database) -> None:
    empty.migrate()
    empty.migrate()
    assert empty.revision() == REVISION


@ON_BOTH
def test_a_store_of_the_first_format_is_brought_forward_by_its_owner(empty: Database) -> None:
    config = Config()
    config.set_main_option("script_location", str(PACKAGE / "migrations"))
    with empty.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(insert(metadata.tables["checkpoint"]), {"size": 1, "note": "kept"})
    assert empty.revision() == "0001"
    empty.migrate()
    assert empty.revision() == REVISION
    with empty.reading() as connection:
        assert connection.execute(text("SELECT note FROM checkpoint")).scalar() == "kept"


@ON_BOTH
def test_an_empty_database_has_no_revision(empty: Database) -> None:
    assert empty.revision() is None
    with pytest.raises(StoreError, match=r"no evidence store here|the store is empty"):
        empty.refuse_missing()


def test_a_store_of_a_newer_version_is_refused_and_left_alone(world: World) -> None:
    world.scan(Look(doors={"front": 90}))
    world.alter("UPDATE alembic_version SET version_num = '9999'")
    for opened in (world.open, world.create):
        with pytest.raises(StoreError, match="a newer version of Annexa wrote this store") as raised:
            opened()
        assert "use the newer version" in raised.value.hint
    assert world.rows("SELECT version_num FROM alembic_version") == [("9999",)]


@ON_SQLITE
@pytest.mark.parametrize("content", [b"this is no database\n" * 100, b"SQLite format 3\0" + b"\xff" * 4000])
def test_a_file_that_is_no_database_is_said(world: World, content: bytes) -> None:
    world.folder.mkdir()
    (world.folder / "evidence.db").write_bytes(content)
    with pytest.raises(StoreError) as raised:
        world.open()
    assert str(world.folder / "evidence.db") in str(raised.value)
    assert raised.value.hint
    assert (world.folder / "evidence.db").read_bytes() == content


@ON_SQLITE
def test_a_database_of_somebody_else_is_not_taken_for_a_store(world: World) -> None:
    world.folder.mkdir()
    with closing(sqlite3.connect(world.folder / "evidence.db")) as other:
        other.execute("CREATE TABLE recipes (name)")
    with pytest.raises(StoreError, match="the store is empty"):
        world.open()


@pytest.mark.parametrize("name", ["with space", "what?", "100%", "a#b", "ümlaut"])
def test_a_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    world = World(tmp_path / name)
    world.scan(Look(doors={"front": 90}))
    assert (world.folder / "evidence.db").stat().st_size > 0
    assert [each.name for each in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_processes_that_migrate_at_once_make_one_schema(tmp_path: Path, postgresql: Server, kind: str) -> None:
    script = (
        "import sys; from pathlib import Path; from evidence_store.location import Location;"
        "from evidence_store.store import Store; sys.stdin.readline();"
        "Store.create(Location(Path(sys.argv[1]) / 'store', Path(sys.argv[1]) / 'key.pem', sys.argv[2])).close()"
    )
    address = "" if kind == "sqlite" else postgresql.database("template1")
    command = [sys.executable, "-c", script, str(tmp_path), address]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=PACKAGE.parent)
        for _ in range(4)
    ]
    for process in started:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    assert [process.communicate(timeout=60)[1] for process in started] == [""] * 4
    world = World(tmp_path, address)
    assert world.rows("SELECT count(*) FROM about") == [(1,)]
    assert world.rows("SELECT version_num FROM alembic_version") == [(REVISION,)]


def test_one_process_migrates_and_the_one_that_waited_finds_it_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = SQLiteDatabase(tmp_path / "evidence.db")
    database.migrate()
    answers = iter([None, REVISION])
    monkeypatch.setattr(database, "revision", lambda: next(answers))
    database.migrate()
    database.close()


def _write_and_fail(connection: Connection) -> None:
    connection.execute(text("INSERT INTO about VALUES ('left', 'over')"))
    connection.execute(text("SELECT * FROM recipes"))


def test_a_transaction_that_fails_counts_for_nothing(world: World) -> None:
    with world.create() as store:
        with pytest.raises(StoreError, match=r"no such table|does not exist"), store.writing() as connection:
            _write_and_fail(connection)
        with store.reading() as connection:
            assert connection.execute(text("SELECT count(*) FROM about")).scalar() == 1


@ON_SQLITE
def test_a_writer_that_waits_too_long_is_told_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.scan(Look(doors={"front": 90}))
    monkeypatch.setattr(sqlite, "BUSY_MILLISECONDS", 1)
    with closing(sqlite3.connect(world.folder / "evidence.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with world.open() as store, pytest.raises(StoreError, match="locked") as raised, store.writing():
            raise AssertionError("two writers at once")
    assert "another process" in raised.value.hint


@ON_SQLITE
def test_power_failures_lose_nothing_that_was_committed(world: World) -> None:
    with world.create() as store, store.reading() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2


@pytest.mark.parametrize(
    ("message", "remedy"),
    [
        ("database or disk is full", "make room"),
        ("disk I/O error", "make room"),
        ("attempt to write a readonly database", "write permission"),
        ("unable to open database file", "copy the store"),
        ("database is locked", "another process"),
        ("file is not a database", "restore a backup"),
        ("database disk image is malformed", "restore a backup"),
        ("something else", "annexa doctor"),
    ],
)
def test_every_complaint_of_the_database_has_a_remedy(tmp_path: Path, message: str, remedy: str) -> None:
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415

    with pytest.raises(StoreError) as raised, SQLiteDatabase(tmp_path).translated():
        raise OperationalError("INSERT …", {"reason": "private"}, sqlite3.OperationalError(message))
    assert str(raised.value) == f"{tmp_path}: {message}"
    assert remedy in raised.value.hint


def test_other_errors_are_named_without_their_values(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as raised, SQLiteDatabase(tmp_path).translated():
        raise ArgumentError("private")
    assert str(raised.value) == f"{tmp_path}: ArgumentError"


def test_a_lock_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written: No such file"):
        SQLiteDatabase(tmp_path / "none" / "evidence.db").exclusive().__enter__()


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """A folder nobody may write: by its mode, or, for root, whom no mode stops, by a read-only mount."""
    if os.geteuid():
        folder.chmod(0o500)
        yield
        folder.chmod(0o700)
        return
    for words in (["--bind", str(folder), str(folder)], ["-o", "remount,bind,ro", str(folder)]):
        if subprocess.run(["mount", *words], capture_output=True, check=False).returncode:
            pytest.skip("mounting is not allowed here")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@ON_SQLITE
def test_a_copy_in_a_folder_one_may_not_write_is_refused_with_what_to_do(world: World) -> None:
    world.scan(Look(doors={"front": 90}))
    with read_only(world.folder):
        with pytest.raises(StoreError, match=r"evidence.db: ") as raised:
            world.open()
        assert "copy the store to a folder you may write" in raised.value.hint
        with pytest.raises(StoreError, match="not writable") as raised:
            world.create()
        assert "store.folder" in raised.value.hint


@ON_SQLITE
def test_a_store_that_is_in_use_verifies_even_where_one_may_not_write(world: World) -> None:
    world.scan(Look(doors={"front": 90}))
    with world.open() as keeper, keeper.reading() as connection:  # SQLite's files beside the database are there
        connection.execute(text("SELECT count(*) FROM leaf")).all()
        with read_only(world.folder), world.open() as store:
            assert verify(store).problems == ()


class Refusing:
    """A cursor whose database refuses to switch to its write-ahead log a number of times."""

    def __init__(self, times: int, message: str = "database is locked") -> None:
        self.times = times
        self.message = message

    def execute(self, _: str) -> None:
        self.times -= 1
        if self.times >= 0:
            raise sqlite3.OperationalError(self.message)


def test_two_first_connections_at_once_both_get_their_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evidence_store.database.sqlite.WAL_PAUSES", (0, 0, 0))
    sqlite._use_write_ahead_log(Refusing(3))
    for cursor in (Refusing(4), Refusing(1, "disk I/O error")):
        with pytest.raises(sqlite3.OperationalError):
            sqlite._use_write_ahead_log(cursor)


def test_many_first_connections_to_one_file(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom evidence_store.database import SQLiteDatabase\n"
        "SQLiteDatabase(Path(sys.argv[1])).migrate()\n"
    )
    path = str(tmp_path / "evidence.db")
    root = Path(evidence_store.__file__).parents[1]
    processes = [
        subprocess.Popen([sys.executable, "-c", program, path], cwd=root, stderr=subprocess.PIPE) for _ in range(6)
    ]
    assert [each.communicate(timeout=60)[1] for each in processes] == [b""] * 6
    assert [each.returncode for each in processes] == [0] * 6
