"""Measuring and printing: best of several rounds, beside the machine, the versions and the floor."""

from __future__ import annotations

import gc
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from core import __version__

LIBRARIES = ("msgspec", "sqlalchemy", "zstandard")


@dataclass(frozen=True, slots=True)
class Figure:
    """How many items a second something takes, next to a floor that does nothing but the unavoidable.

    `times_floor` says how many times as long as its floor it takes; `aim` is in items a second, 0 for none.
    """

    name: str
    per_second: int
    floor: str
    floor_per_second: int
    aim: int = 0

    @property
    def times_floor(self) -> float:
        return self.floor_per_second / self.per_second


def best_seconds(work: Callable[[], object], rounds: int) -> float:
    """The shortest of several rounds, each with the garbage of the one before it swept up."""
    found = []
    for _ in range(rounds):
        gc.collect()
        begun = time.perf_counter()
        work()
        found.append(time.perf_counter() - begun)
    return min(found)


def machine() -> dict[str, str]:
    """The class of machine, without its name."""
    return {
        "processor": f"{_processor()}, {os.cpu_count()} visible, one used",
        "system": f"{platform.system()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "annexa": __version__,
        **{name: version(name) for name in LIBRARIES},
    }


def report(title: str, about: Mapping[str, object], figures: Sequence[Figure]) -> None:
    """Print figures for people, or, with `--json` on the command line, as one JSON document."""
    if "--json" in sys.argv[1:]:
        listed = [{**asdict(each), "times_floor": round(each.times_floor, 2)} for each in figures]
        print(json.dumps({"benchmark": title, "machine": machine(), "about": about, "figures": listed}, indent=2))
        return
    print(title)
    for name, value in {**machine(), **about}.items():
        print(f"  {name}: {value}")
    for each in figures:
        aim = f"  (aim: {each.aim:,})" if each.aim else ""
        print(f"{each.name}: {each.per_second:,} a second{aim}")
        print(f"  {each.times_floor:.1f} times the floor, {each.floor}: {each.floor_per_second:,} a second")


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or "unknown processor"
