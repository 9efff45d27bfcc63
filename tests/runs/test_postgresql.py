"""A configuration that names a PostgreSQL database: scanned into, reported from, and diagnosed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.settings import ConfigurationError, read_document
from runs.configuration import read
from runs.diagnosis import diagnose
from tests.postgresql import Server, grant, name_of
from tests.runs.farm import MEADOWS, Farm

GOOD_DAY = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def address(postgresql: Server) -> Iterator[str]:
    made = postgresql.database("template1")
    yield made
    postgresql.drop(made)


def diagnosed(farm: Farm, store: str) -> list[tuple[str, str, str]]:
    file = farm.folder / "config.yaml"
    file.write_text(f"{MEADOWS}store: {{{store}}}\n", encoding="utf-8")
    found = diagnose(file, {}, farm.folder, lambda: GOOD_DAY)
    assert all(each.remedy for each in found if each.state == "bad")
    return [(each.state, each.finding, each.remedy) for each in found if each.subject == "store"]


def test_the_doctor_looks_at_the_database(farm: Farm, postgresql: Server) -> None:
    ours = f"database: '{farm.address}'"
    assert diagnosed(farm, ours) == [("good", f"there is none in {farm.address} yet, the first scan makes it", "")]
    farm.now = GOOD_DAY
    farm.scan()
    (state, said, _), (warning, power, remedy) = diagnosed(farm, ours)
    assert (state, said.startswith(f"{farm.address}: last scan 2026-11-23 01:00 UTC, finished")) == ("good", True)
    assert (warning, power) == (
        "warning",
        "postgres owns the tables and could take away what makes the log append-only",
    )
    assert "annexa store grant" in remedy
    role = f"guest_{name_of(farm.address)}"
    postgresql.ask(f"CREATE ROLE {role} LOGIN")
    grant(farm.configuration.location, role)
    theirs = f"database: '{postgresql.address(name_of(farm.address), role)}'"
    assert [state for state, *_ in diagnosed(farm, theirs)] == ["good"]
    ((state, said, remedy),) = diagnosed(farm, f"{theirs}, folder: ./elsewhere")
    assert (state, said) == ("bad", "elsewhere is not there")
    assert remedy.startswith("mount the folder")
    postgresql.ask(f"DROP OWNED BY {role}", database=name_of(farm.address))
    postgresql.ask(f"DROP ROLE {role}")


def test_the_doctor_says_what_keeps_a_server_from_answering(farm: Farm) -> None:
    ((state, said, remedy),) = diagnosed(farm, f"database: 'postgresql://annexa@/annexa?host={farm.folder}'")
    assert (state, said.startswith(f"postgresql://annexa@/annexa?host={farm.folder}: connection")) == ("bad", True)
    assert "see that the server runs" in remedy
    ((state, said, _),) = diagnosed(farm, f"database: '{farm.address}', password: {{env: NOWHERE}}")
    assert (state, said) == ("bad", "the environment variable NOWHERE is not set")


def test_a_report_names_the_database(farm: Farm) -> None:
    farm.scan()
    assert farm.report().store == farm.address


@pytest.mark.parametrize(
    ("store", "message"),
    [
        ("{database: 'postgresql://a:plums@localhost/a'}", "config.yaml:1: store.database: an address with a password"),
        ("{database: 'postgresql://db.example.org/a'}", "db.example.org is another machine: add sslmode=verify-full"),
        ("{database: evidence.db}", "store.database: expected an address that begins with postgresql://"),
        ("{password: plums}", "config.yaml:1: store.password: a secret is given by reference"),
        ("{password: {env: A, file: B}}", "a secret is given by exactly one reference"),
    ],
)
def test_what_a_configuration_may_not_say_of_its_database(store: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read(read_document("config.yaml", f"store: {store}"), {}, Path("home"))
    assert message in str(raised.value)
    assert "plums" not in str(raised.value)


def test_a_password_comes_from_where_the_configuration_says(tmp_path: Path) -> None:
    text = "store: {database: 'postgresql://localhost/a', password: {env: PASSWORD}}"
    found = read(read_document("config.yaml", text), {"PASSWORD": "plums and pears"}, tmp_path)
    assert found.location.password is not None
    assert found.location.password() == "plums and pears"
    assert "plums" not in repr(found)
    other = read(read_document("config.yaml", text), {"PASSWORD": "cherries"}, tmp_path)
    assert found.digest == other.digest


def test_a_folder_with_a_name_that_no_index_takes_is_refused(farm: Farm) -> None:
    with pytest.raises(ConfigurationError, match=r"store.publish\[0\]: longer than 1000 bytes"):
        read(read_document("config.yaml", f"store: {{publish: [/{'x' * 1000}]}}"), {}, Path("home"))
