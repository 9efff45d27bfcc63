from __future__ import annotations

from pathlib import Path

import pytest

from tests.evidence_store.worlds import World


@pytest.fixture
def world(tmp_path: Path, address: str) -> World:
    """A store that nobody has written to yet."""
    return World(tmp_path, address)
