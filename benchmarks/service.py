"""The service: a simulated year of 24 sources, planned and sealed; and what 10,000 runs do to its memory.

Run as `python -m benchmarks.service [RUNS] [--json]`. The loop of `annexa run` at a clock that goes from one due time
to the next. Sources are looked at by the real scan, into a real store in a temporary folder: each has ten resources, of
which two change a day. Floor of the year: planning alone. Memory is that of the process, after each tenth of the runs;
its metrics are asked for after every tenth run.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.measuring import machine
from core.settings import read_document
from evidence_store.store import Store
from evidence_store.verification.verify import verify
from monitoring.metrics import Metrics
from monitoring.one_run import Outcome
from monitoring.schedule import Last, Timetable, simulate
from monitoring.service import Service
from runs.configuration import Configuration, read
from runs.memory import settle
from runs.selection import configured_sources

PLUGIN = Path(__file__).parent.parent / "tests" / "monitoring" / "harbour"
SOURCES, SHIPS = 24, 10
RUNS = 10_000
TENTHS = 10
SCRAPED = 10
START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def configured(folder: Path, schedule: str) -> Configuration:
    """24 piers, looked at by this schedule."""
    piers = ", ".join(f"{{name: p{number:02}}}" for number in range(SOURCES))
    text = f'sources: {{pier: [{piers}]}}\nschedule: {schedule}\nservice: {{listen: ""}}\n'
    return read(read_document("config.yaml", text), {}, folder)


class Day:
    """A clock that is turned by hand, and the estate of the day it shows."""

    def __init__(self) -> None:
        self.now = START
        self.written = -1

    def __call__(self) -> datetime:
        return self.now

    def turn(self, moment: datetime) -> None:
        self.now = moment
        day = (moment - START).days
        if day != self.written:
            self.written = day
            ships = {f"ship-{number}": int(number == day % SHIPS) for number in range(SHIPS)}
            estate = {"ships": {f"p{number:02}": ships for number in range(SOURCES)}, "out": []}
            Path("estate.json").write_text(json.dumps(estate), encoding="utf-8")


@contextmanager
def serving(schedule: str) -> Iterator[tuple[Service, Day]]:
    """A service in a folder of its own, which does all it begins at once."""
    with tempfile.TemporaryDirectory() as name:
        os.chdir(name)
        day = Day()
        day.turn(START)
        configuration = configured(Path(name), schedule)
        service = Service(configuration, lambda: configuration, day, {}, spawn=lambda work: work())
        settle()
        try:
            yield service, day
        finally:
            service.close()


def drive(service: Service, day: Day, until: Callable[[], bool]) -> None:
    """Go from one due time to the next."""
    while not until():
        service.tick()  # begins, and with that does
        service.tick()  # takes note of it
        following = min(each.due for each in service.state.sources.values() if each.due)
        day.turn(max(following, day.now + timedelta(seconds=1)))


def memory() -> float:
    """MiB of this process that are in memory now."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def year() -> dict[str, float]:
    """How long a year of daily looks at all sources takes, planned alone and sealed as well."""
    with serving("{every: 1d, at_once: 24}") as (service, day):
        names = configured_sources(service.configuration, day)
        timetable = Timetable.of(service.configuration.schedule, names)
        begun = time.perf_counter()
        planned = sum(1 for _ in simulate(timetable, dict.fromkeys(names, Last(START)), START, START + 365 * DAY))
        planning = time.perf_counter() - begun
        begun = time.perf_counter()
        drive(service, day, lambda: day.now >= START + 365 * DAY)
        sealing = time.perf_counter() - begun
        with Store.open(service.configuration.location) as store:
            found = verify(store)
        if found.problems:
            raise SystemExit(f"the store does not verify: {found.problems}")
        scans = sum(service.tally.runs.values())
    return {"planned": planned, "scans": scans, "leaves": found.leaves, "planning_s": planning, "sealing_s": sealing}


def many(runs: int) -> list[float]:
    """Memory after each tenth of so many runs, of sources that are due one after the other."""
    found: list[float] = []
    with serving("{every: 1d, jitter: 1d, at_once: 24}") as (service, day):
        metrics = Metrics(service)

        def scrape(_outcome: Outcome) -> None:
            if sum(service.tally.runs.values()) % SCRAPED == 0:
                metrics.text()

        service.heard.append(scrape)
        for tenth in range(1, TENTHS + 1):
            drive(service, day, lambda done=runs * tenth // TENTHS: sum(service.tally.runs.values()) >= done)  # type: ignore[misc] # mypy cannot type a default of a lambda
            found.append(memory())
            print(f"  {sum(service.tally.runs.values()):,} runs: {found[-1]:.1f} MiB", file=sys.stderr, flush=True)
    return found


def main() -> None:
    """Measure and print."""
    logging.disable(logging.WARNING)
    sys.path.insert(0, str(PLUGIN))
    runs = next((int(each) for each in sys.argv[1:] if each.isdigit()), RUNS)
    figures = year()
    sizes = many(runs)
    if "--json" in sys.argv[1:]:
        print(json.dumps({"benchmark": "service", "machine": machine(), "year": figures, "runs": runs, "mib": sizes}))
        return
    for name, value in machine().items():
        print(f"  {name}: {value}")
    print(
        f"a year of {SOURCES} sources: planned in {figures['planning_s']:.1f} s, sealed in {figures['sealing_s']:.0f} s"
    )
    print(f"  {figures['scans']:.0f} scans, {figures['leaves']:.0f} leaves")
    print(f"{runs:,} runs, MiB after each tenth: {', '.join(f'{each:.0f}' for each in sizes)}")
    print(f"  the last of {sizes[-1] / sizes[0]:.2f} times the first")


if __name__ == "__main__":
    main()
