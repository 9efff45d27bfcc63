"""A PostgreSQL store from the first command to the last: made and granted by its owner, filled by an agent."""

from __future__ import annotations

from pathlib import Path

from tests.command_line import Folder, explained
from tests.postgresql import Server, name_of


def test_an_owner_makes_the_tables_and_an_agent_scans(tmp_path: Path, postgresql: Server) -> None:
    address = postgresql.database("template1")
    role = f"agent_{name_of(address)}"
    postgresql.ask(f"CREATE ROLE {role} LOGIN")
    theirs = postgresql.address(name_of(address), role)
    folder = Folder(tmp_path).configure(store={"database": theirs})
    error, hint = explained(folder.annexa("scan"))
    assert error == f"{theirs}: permission denied for schema public"
    assert "annexa store grant ROLE" in hint
    error, hint = explained(folder.annexa("status"))
    assert (error, hint) == (f"{theirs}: there is no evidence store here", "make one with: annexa scan")

    folder.configure(store={"database": address})
    said = folder.annexa("store", "grant", role)
    assert (said.status, said.err) == (0, "")
    assert said.out.startswith(f"{address}: {role} may read the store and add to it")

    folder.configure(store={"database": theirs})
    assert folder.annexa("scan").status == 0
    assert theirs in folder.annexa("status").out.replace("\n", "")
    verified = folder.annexa("verify")
    assert (verified.status, "every seal holds" in verified.out) == (0, True)
    assert not (folder.store / "evidence.db").exists()
    postgresql.drop(address)
    postgresql.ask(f"DROP ROLE {role}")


def test_a_file_has_no_roles(folder: Folder) -> None:
    error, hint = explained(folder.annexa("store", "grant", "somebody"))
    assert (
        error
        == "annexa-data/evidence.db: SQLite knows no role somebody: whoever may write the file may change all of it"
    )
    assert "store.database" in hint
