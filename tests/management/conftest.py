"""Meadows whose flowers grow too high, a store, and a desk to work at."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType

import pytest

from core.management.acts import Planned
from evidence_store.verification.verify import verify
from management import nonconformities as leading
from management.nonconformities import Judgement
from management.raising import Wording, raise_about
from management.sealing import By, Desk
from runs import scan as scanning
from tests import runs as meadows
from tests.runs.conftest import CACHES
from tests.runs.farm import Farm

NORTH, SOUTH = "meadow/north", "meadow/south"
DAY = timedelta(days=1)
GRACE = By(name="Grace", reason="because")
ADA = By(name="Ada", reason="because")
EFFECTIVE = Judgement(effective=True, judgement="it held", isms_changes="none")


@dataclass
class Office:
    """A farm with somebody at the desk, who moves time on."""

    farm: Farm

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        with self.farm.store() as store:
            self.farm.now += timedelta(seconds=1)
            yield Desk(self.farm.configuration, store, self.farm.clock)

    def failing(self, source: str = NORTH) -> list[str]:
        """The ids of what fails there."""
        findings = self.farm.report().findings
        return [each.id for each in findings if each.status == "fail" and each.source == source]

    def raised(self, *names: str, exactly: bool = False) -> str:
        """A new record about these findings, or about the first that fails."""
        with self.desk() as desk:
            return raise_about(desk, names or self.failing()[:1], Wording(), ADA, exactly=exactly)[0].id

    def implemented(self, *, name: str = "") -> str:
        """A record whose one action, Ada's, was done."""
        name = name or self.raised()
        with self.desk() as desk:
            leading.assign(desk, [name], "Ada", None, ADA)
            leading.correct(desk, [name], "mown", "none", ADA)
            leading.analyse(desk, [name], "no plan", "looked", (), ADA)
            planned = Planned(action="plan", owner="Ada", due=date(2026, 3, 1), proportionality="it costs a day")
            leading.plan(desk, [name], planned, ADA)
            leading.implement(desk, [name], 1, "planned", ADA)
        return name

    def mow(self) -> None:
        """Nothing in the north is too high any more."""
        self.farm.world.flowers["north"] = {"rose": 5, "lily": 6}

    def days(self, count: int) -> None:
        """Scan once a day."""
        for _ in range(count):
            self.farm.scan(later=DAY)

    def verified(self) -> None:
        with self.farm.store() as store:
            assert verify(store).problems == ()


TEXT = """\
sources: {meadow: [{name: north}, {name: south}]}
management: {effectiveness: {looks: 3, over: 2d}}
checks: {disabled: [meadow.flowers_grow_on_soil]}
"""


@pytest.fixture(scope="module")
def meadow() -> Iterator[ModuleType]:
    """The plug-in of meadows, installed once for all tests of a module: to find plug-ins takes its time."""
    with pytest.MonkeyPatch.context() as patch:
        for cache in CACHES:
            cache.cache_clear()
        patch.syspath_prepend(Path(meadows.__file__).parent / "meadow")
        patch.setattr(scanning, "refuse_shared_packages", lambda: None)
        yield __import__("meadow")
        del sys.modules["meadow"]
    for cache in CACHES:
        cache.cache_clear()


def plant(meadow: ModuleType, folder: Path, address: str = "") -> Farm:
    """The lily in the north is too high, and the oak in the south."""
    meadow.WORLD.flowers = {"north": {"rose": 5, "lily": 20}, "south": {"oak": 50}}
    meadow.WORLD.wrong = {}
    return Farm(folder, meadow.WORLD, address=address, text=TEXT)


@pytest.fixture(scope="module")
def scanned(meadow: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Farm:
    """A store with one scan, which tests copy."""
    folder = tmp_path_factory.mktemp("scanned")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        farm = plant(meadow, folder)
        farm.scan()
    return farm


@pytest.fixture
def office(meadow: ModuleType, scanned: Farm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Somebody at a desk, after one scan."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(scanned.folder, tmp_path, dirs_exist_ok=True)
    farm = plant(meadow, tmp_path)
    farm.now = scanned.now
    return Office(farm)


@pytest.fixture
def fresh_office(meadow: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> Office:
    """The same with a store of its own, on either database."""
    monkeypatch.chdir(tmp_path)
    farm = plant(meadow, tmp_path, address)
    farm.scan()
    return Office(farm)
