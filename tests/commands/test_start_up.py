"""What costs time is imported only by the commands that need it."""

from __future__ import annotations

import pytest

from tests.command_line import ROOT, Folder

HEAVY = {"sqlalchemy", "alembic", "cryptography", "jinja2", "zstandard", "rich.table"}
PROBE = """
import sys
sys.path.insert(0, {root!r})
sys.argv = ["annexa", *{arguments!r}]
import os
os._exit = lambda status: print("\\nIMPORTED", *sorted(sys.modules))
import agent
agent.main()
"""


def imported(folder: Folder, *arguments: str) -> set[str]:
    """The modules that a command has imported at its end."""
    said = folder.python("-c", PROBE.format(root=str(ROOT), arguments=arguments))
    return set(said.out.rpartition("IMPORTED ")[2].split())


def test_the_help_of_the_program_imports_next_to_nothing(folder: Folder) -> None:
    assert imported(folder, "--help").isdisjoint({*HEAVY, "pydantic", "yaml", "msgspec"})


@pytest.mark.parametrize("arguments", [["--help"], ["scan", "--help"], ["nonsense"], ["scan", "--nonsense"]])
def test_help_and_mistakes_import_nothing_heavy(folder: Folder, arguments: list[str]) -> None:
    modules = imported(folder, *arguments)
    assert "typer" in modules, "the probe sees what is imported"
    assert modules.isdisjoint(HEAVY)  # typer itself imports pydantic to read arguments


def test_listing_checks_touches_no_database(folder: Folder) -> None:
    modules = imported(folder, "permissions", "orchard")
    assert "orchard" in modules
    assert modules.isdisjoint({"sqlalchemy", "alembic", "cryptography"})


def test_reading_a_store_loads_no_migrations(scanned: Folder) -> None:
    modules = imported(scanned, "status", "--json")
    assert "sqlalchemy" in modules
    assert "alembic" not in modules
