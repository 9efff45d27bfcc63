"""An estate to export: two meadows over four days, with failures, a gap, an acceptance, samples and hostile names."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.model import Status
from core.sampling import Method
from evidence_store.store import Store
from exports.bundle.parts import Question, Snapshot
from exports.bundle.pinning import snapshot
from management.acceptances import accept
from management.drawing_from import Asked
from management.raising import Wording, raise_about
from management.samples import DrawnSample, Wanted, draw_sample
from management.sealing import By, Desk
from runs.state import report
from tests.runs.conftest import CACHES
from tests.runs.farm import LOW, Farm

FORMULA = '=HYPERLINK("https://evil.example","花")'
GREEK = "Ωμέγα مرحبا 花"
MARKUP = "<b>*rose*</b>\n| -1"
DAY = timedelta(days=1)


@contextmanager
def estate(folder: Path) -> Iterator[Farm]:
    """A store that was lived in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.syspath_prepend(Path(__file__).parents[1] / "runs" / "meadow")
        for cache in CACHES:
            cache.cache_clear()
        module = __import__("meadow")
        module.WORLD.wrong.clear()
        farm = Farm(folder, module.WORLD)
        _lived(farm)
        try:
            yield farm
        finally:
            for cache in CACHES:
                cache.cache_clear()
            del sys.modules["meadow"]


def _lived(farm: Farm) -> None:
    high = {f"f{number:02}": 5 if number % 4 else 50 for number in range(20)}
    farm.world.flowers = {"north": {**high, FORMULA: 20}, "south": {GREEK: 50, MARKUP: 3}}
    farm.scan()
    farm.world.flowers["north"]["f00"] = 1
    farm.scan(later=DAY)
    draw(farm, size=6)
    with farm.store() as store:
        desk = Desk(farm.configuration, store, farm.clock)
        failing = {
            f.resource: f.id for f in report(farm.configuration, store, farm.now).findings if f.status is Status.FAIL
        }
        accept(desk, [failing["f04"]], "it may break", farm.now + 30 * DAY, By(reason="spring", name="Grace"))
        raise_about(desk, [failing["f08"]], Wording(), By(reason="too high", name="Adelheid"), exactly=True)
    farm.world.wrong = {"south": PermissionError("the gate is shut")}
    farm.scan(later=DAY)
    farm.now += DAY


def draw(farm: Farm, *, size: int, method: Method = Method.RANDOM, **asked: object) -> DrawnSample:
    values = {"checks": (LOW,), **asked} if "kind" not in asked else asked
    with farm.store() as store:
        desk = Desk(farm.configuration, store, farm.clock)
        wanted = Wanted(asked=Asked(**values), size=size, method=method, seed="2026-Q1")  # type: ignore[arg-type]  # as asked
        return draw_sample(desk, wanted, By(reason="the audit of the spring", name="Adelheid"))


def seen(farm: Farm, store: Store, *, start: datetime | None = None, **asked: object) -> Snapshot:
    values: dict[str, object] = {"framework": "iso27001_2022", "start": start or farm.now - 4 * DAY, "end": farm.now}
    return snapshot(farm.configuration, store, Question(**{**values, **asked}), farm.now)  # type: ignore[arg-type]  # as asked
