"""One orchard, scanned twice, that every transcript reads; tests that change something copy it first."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.command_line import Folder

HOSTILE = "old\x1b[31moak\x9b\u202e\nelm"
ORCHARD = {
    "trees": [
        {"id": "apple"},
        {"id": HOSTILE, "fenced": False, "height_cm": 900},
        {"id": "birch", "fenced": None},
        {"id": "seedling", "height_cm": 3},
    ],
    "says": "a bolt\x1b]0;owned\x07\nand a chain\n" * 15,
}


@pytest.fixture(scope="session")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """Scanned twice: first all was well, then a tree lost its fence and the gate stood open."""
    folder = Folder(tmp_path_factory.mktemp("scanned")).configure()
    assert folder.annexa("scan").status == 0
    folder.configure({**ORCHARD, "locked": False})
    assert folder.annexa("scan").status == 3
    return folder


@pytest.fixture
def copy(scanned: Folder, tmp_path: Path) -> Folder:
    """The same store and configuration, to be changed."""
    shutil.copytree(scanned.path, tmp_path, dirs_exist_ok=True)
    return Folder(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A configured folder without a store."""
    return Folder(tmp_path).configure()
