"""Claims: what only one may do at a time, who does it, and that a claim ends with its holder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from evidence_store.database import Database, database_at
from evidence_store.errors import ClaimedError, StoreError
from evidence_store.location import Location
from tests.postgresql import ON_SQLITE, Server, name_of

ADA, GRACE = "ada, process 1", "grace, process 2"


@pytest.fixture
def two(tmp_path: Path, address: str) -> Iterator[tuple[Database, Database]]:
    """One database, as two processes would open it."""
    location = Location(tmp_path, tmp_path / "key.pem", address)
    with closing(database_at(location)) as one, closing(database_at(location)) as other:
        yield one, other


def test_the_second_hears_who_the_first_is(two: tuple[Database, Database]) -> None:
    one, other = two
    assert other.claimed_by("scheduler") == ""
    held = one.claim("scheduler", ADA)
    held.refuse_lost()
    assert one.claimed_by("scheduler") == other.claimed_by("scheduler") == ADA
    with pytest.raises(ClaimedError, match=f"{ADA} does this already") as caught:
        other.claim("scheduler", GRACE)
    assert caught.value.hint.startswith("end the other one first")
    other.claim("something else", GRACE).close()
    held.close()
    held.close()
    assert other.claimed_by("scheduler") == ""
    again = other.claim("scheduler", GRACE)
    assert one.claimed_by("scheduler") == GRACE
    again.close()


@ON_SQLITE
def test_a_lock_file_that_cannot_be_written_is_an_error(two: tuple[Database, Database], tmp_path: Path) -> None:
    (tmp_path / "scheduler.lock").mkdir()
    with pytest.raises(StoreError, match=r"scheduler\.lock: cannot be written"):
        two[0].claim("scheduler", ADA)
    assert two[0].claimed_by("scheduler") == ""


@ON_SQLITE
def test_who_has_not_yet_written_a_name_is_another_process(two: tuple[Database, Database], tmp_path: Path) -> None:
    held = two[0].claim("scheduler", "")
    with pytest.raises(ClaimedError, match="another process does this already"):
        two[1].claim("scheduler", GRACE)
    held.close()


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_a_claim_ends_with_its_connection_and_is_shown_to_every_role(
    two: tuple[Database, Database], postgresql: Server, address: str
) -> None:
    one, other = two
    held = one.claim("scheduler", ADA)
    stranger = f"stranger_{os.getpid()}"
    postgresql.ask(f"CREATE ROLE {stranger} LOGIN")
    with closing(database_at(Location(Path(), Path(), address.replace("postgres@", f"{stranger}@")))) as strange:
        assert strange.claimed_by("scheduler") == ADA
    postgresql.ask(f"DROP ROLE {stranger}")
    mine = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s AND datname = %s"
    postgresql.ask(mine, ADA, name_of(address))
    with pytest.raises(StoreError, match="was cut"):
        held.refuse_lost()
    other.claim("scheduler", GRACE).close()
    held.close()


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_who_has_let_go_meanwhile_has_no_name(two: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch) -> None:
    held = two[0].claim("scheduler", ADA)
    monkeypatch.setattr(two[1], "claimed_by", lambda _: "")
    with pytest.raises(ClaimedError, match="another session does this already"):
        two[1].claim("scheduler", GRACE)
    held.close()
