"""Meadows and a clock, as tests of scans have them; in SQLite, unless a test asks for the other database as well."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.postgresql import Server
from tests.runs.conftest import _fresh_plugins, farm, meadow

__all__ = ["_fresh_plugins", "farm", "meadow"]


@pytest.fixture
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """Empty for a SQLite file; the address of a fresh PostgreSQL database for a test that asks for one."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield ""
        return
    running: Server = request.getfixturevalue("postgresql")
    made = running.database()
    yield made
    running.drop(made)
