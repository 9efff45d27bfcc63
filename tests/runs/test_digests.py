"""A digest says which code came to a result: it changes with the module and with what it imports of ours."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runs import digests
from runs.digests import code_digest

FILES = {
    "__init__.py": "",
    "one.py": "import json\nimport nowhere_at_all\nfrom barn import two\nfrom barn.three import hay\nfrom core.model import Status\n",
    "two.py": "from . import four\nfrom .five import straw\n",
    "three.py": "hay = 1\n",
    "four.py": "",
    "five.py": "straw = 1\nimport barn.one\n",
    "apart.py": "",
}


@pytest.fixture
def barn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "barn"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in [each for each in sys.modules if each.partition(".")[0] == "barn"]:
        del sys.modules[name]
    forget()


def forget() -> None:
    for cache in (digests.code_digest, digests._imports, digests._is_module, digests._source):
        cache.cache_clear()
    importlib.invalidate_caches()


def digest(module: str = "barn.one") -> str:
    forget()
    return code_digest(module)


@pytest.mark.parametrize("name", ["__init__", "one", "two", "three", "four", "five"])
def test_it_changes_with_every_module_that_is_imported_directly_or_not(barn: Path, name: str) -> None:
    before = digest()
    path = barn / f"{name}.py"
    path.write_text(path.read_text() + "# changed\n")
    assert digest() != before


def test_it_does_not_change_with_what_is_not_imported(barn: Path) -> None:
    before = digest()
    (barn / "apart.py").write_text("# changed\n")
    assert digest() == before
    assert digest("barn.apart") != before


def test_it_covers_core_but_no_library(barn: Path) -> None:
    forget()
    names = digests._closure("barn.one")
    assert "core.model" in names
    assert "core.resource" in names  # which core.model imports
    assert not any(name.startswith(("json", "nowhere")) for name in names)


def test_it_is_the_same_wherever_the_code_lies_and_for_every_check_of_ours() -> None:
    forget()
    assert code_digest("checks.host.sshd") == code_digest("checks.host.sshd")
    assert len(code_digest("checks.host.sshd")) == 64
    assert code_digest("checks.host.sshd") != code_digest("checks.host.sudo")
    assert digests._source("nowhere_at_all") == b""
