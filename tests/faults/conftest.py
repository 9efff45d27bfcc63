"""Every fault is tried on a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A working folder whose configuration names one orchard with two trees, both well."""
    return Folder(tmp_path).configure()
