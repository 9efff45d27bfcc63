from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from runs import plugins
from tests.runs.farm import Farm

CACHES = (
    plugins.all_checks,
    plugins.resource_kinds,
    plugins.provider_names,
    plugins.provider,
    plugins.collectors_of,
    plugins._third_parties,
)


@pytest.fixture(autouse=True)
def _fresh_plugins() -> Iterator[None]:
    """Each test finds the plug-ins that its own path shows."""
    for cache in CACHES:
        cache.cache_clear()
    yield
    for cache in CACHES:
        cache.cache_clear()


@pytest.fixture
def meadow(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The plug-in of meadows, installed: its folder and its metadata are on the path."""
    monkeypatch.syspath_prepend(Path(__file__).parent / "meadow")
    module = __import__("meadow")
    yield module
    del sys.modules["meadow"]


@pytest.fixture
def farm(meadow: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> Farm:
    """Two meadows, a store, and a clock that a test turns."""
    monkeypatch.chdir(tmp_path)
    meadow.WORLD.flowers = {"north": {"rose": 5, "lily": 20}, "south": {"oak": 50}}
    return Farm(tmp_path, meadow.WORLD, address=address)
