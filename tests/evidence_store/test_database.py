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
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import ArgumentError

import evidence_store
from evidence_store import database
from evidence_store.database import REVISION, connect, exclusive, migrate, reading, revision, translated
from evidence_store.errors import StoreError
from evidence_store.schema import metadata
from evidence_store.verify import verify
from tests.evidence_store.worlds import Look, World

PACKAGE = Path(evidence_store.__file__).parent


def test_the_migrations_make_what_the_code_expects(tmp_path: Path) -> None:
    path = tmp_path / "evidence.db"
    engine = connect(path)
    migrate(engine, path)
    with reading(engine, path) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_revision_in_the_code_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(PACKAGE / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == REVISION


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "evidence.db"
    engine = connect(path)
    migrate(engine, path)
    migrate(engine, path)
    assert revision(engine, path) == REVISION
    engine.dispose()


def test_an_empty_database_has_no_revision(tmp_path: Path) -> None:
    path = tmp_path / "evidence.db"
    engine = connect(path)
    assert revision(engine, path) is None
    engine.dispose()


def test_a_store_of_a_newer_version_is_refused_and_left_alone(world: World) -> None:
    world.scan(Look(doors={"front": 90}))
    world.alter("UPDATE alembic_version SET version_num = '9999'")
    for opened in (world.open, world.create):
        with pytest.raises(StoreError, match="a newer version of Annexa wrote this store") as raised:
            opened()
        assert "use the newer version" in raised.value.hint
    assert world.rows("SELECT version_num FROM alembic_version") == [("9999",)]


@pytest.mark.parametrize("content", [b"this is no database\n" * 100, b"SQLite format 3\0" + b"\xff" * 4000])
def test_a_file_that_is_no_database_is_said(world: World, content: bytes) -> None:
    world.folder.mkdir()
    (world.folder / "evidence.db").write_bytes(content)
    with pytest.raises(StoreError) as raised:
        world.open()
    assert str(world.folder / "evidence.db") in str(raised.value)
    assert raised.value.hint
    assert (world.folder / "evidence.db").read_bytes() == content


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


def test_two_processes_that_migrate_at_once_make_one_schema(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from evidence_store.store import Store; sys.stdin.readline();"
        "Store.create(Path(sys.argv[1]) / 'store', Path(sys.argv[1]) / 'key.pem').close()"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=PACKAGE.parent)
        for _ in range(4)
    ]
    for process in started:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    assert [process.communicate(timeout=60)[1] for process in started] == [""] * 4
    with closing(sqlite3.connect(tmp_path / "store" / "evidence.db")) as connection:
        assert connection.execute("SELECT count(*) FROM about").fetchone() == (1,)
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(REVISION,)]


def test_one_process_migrates_and_the_one_that_waited_finds_it_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "evidence.db"
    engine = connect(path)
    migrate(engine, path)
    answers = iter([None, REVISION])
    monkeypatch.setattr(database, "revision", lambda *_: next(answers))
    migrate(engine, path)
    engine.dispose()


def _write_and_fail(connection: Connection) -> None:
    connection.execute(text("INSERT INTO about VALUES ('left', 'over')"))
    connection.execute(text("SELECT * FROM recipes"))


def test_a_transaction_that_fails_counts_for_nothing(world: World) -> None:
    with world.create() as store:
        with pytest.raises(StoreError, match="no such table"), store.writing() as connection:
            _write_and_fail(connection)
        with store.reading() as connection:
            assert connection.execute(text("SELECT count(*) FROM about")).scalar() == 1


def test_a_writer_that_waits_too_long_is_told_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.scan(Look(doors={"front": 90}))
    monkeypatch.setattr(database, "BUSY_MILLISECONDS", 1)
    with closing(sqlite3.connect(world.folder / "evidence.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with world.open() as store, pytest.raises(StoreError, match="locked") as raised, store.writing():
            raise AssertionError("two writers at once")
    assert "another process" in raised.value.hint


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

    with pytest.raises(StoreError) as raised, translated(tmp_path):
        raise OperationalError("INSERT …", {"reason": "private"}, sqlite3.OperationalError(message))
    assert str(raised.value) == f"{tmp_path}: {message}"
    assert remedy in raised.value.hint


def test_other_errors_are_named_without_their_values(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as raised, translated(tmp_path):
        raise ArgumentError("private")
    assert str(raised.value) == f"{tmp_path}: ArgumentError"


def test_a_lock_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written: No such file"), exclusive(tmp_path / "none" / "lock"):
        raise AssertionError


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


def test_a_copy_in_a_folder_one_may_not_write_is_refused_with_what_to_do(world: World) -> None:
    world.scan(Look(doors={"front": 90}))
    with read_only(world.folder):
        with pytest.raises(StoreError, match=r"evidence.db: ") as raised:
            world.open()
        assert "copy the store to a folder you may write" in raised.value.hint
        with pytest.raises(StoreError, match="not writable") as raised:
            world.create()
        assert "store.folder" in raised.value.hint


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
    monkeypatch.setattr("evidence_store.database.WAL_PAUSES", (0, 0, 0))
    database._use_write_ahead_log(Refusing(3))
    for cursor in (Refusing(4), Refusing(1, "disk I/O error")):
        with pytest.raises(sqlite3.OperationalError):
            database._use_write_ahead_log(cursor)


def test_many_first_connections_to_one_file(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom evidence_store.database import connect, migrate\n"
        "path = Path(sys.argv[1])\nmigrate(connect(path), path)\n"
    )
    path = str(tmp_path / "evidence.db")
    root = Path(evidence_store.__file__).parents[1]
    processes = [
        subprocess.Popen([sys.executable, "-c", program, path], cwd=root, stderr=subprocess.PIPE) for _ in range(6)
    ]
    assert [each.communicate(timeout=60)[1] for each in processes] == [b""] * 6
    assert [each.returncode for each in processes] == [0] * 6
