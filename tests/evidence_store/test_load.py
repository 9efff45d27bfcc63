"""Load: writers that are killed at any moment and started again lose nothing, and leave one log.

A writer notes each scan that it was told is sealed. When all have noted theirs, every such scan is there, and the log
extends every checkpoint that was given out: nobody was told of a log that is no longer the log.
"""

from __future__ import annotations

import os
import random
import signal
import time
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from evidence_store.verification.verify import verify
from tests.evidence_store.worlds import Look, World

WRITERS = 8
SHARE = (4, 12)
WHOLE = (50, 150)
"""Scans of each writer, and how many times one is killed: in each run of the tests, and in `make soak`."""

END = "\0"
fork = get_context("fork")
"""A writer begins within a millisecond, and so is killed at its work and not while it imports."""


@dataclass(frozen=True)
class Acknowledged:
    """A scan that a writer was told is sealed, and the checkpoint it was given."""

    scan: str
    note: str


def write(folder: Path, address: str, number: int, scans: int, attempt: int) -> None:
    """One writer: seals what is left of its scans, and notes each one that is done."""
    world = World(folder, address)
    done = len(acknowledged(folder, number))
    notes = os.open(folder / f"writer-{number}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for each in range(done, scans):
        name = f"scan-{number}-{each}-{attempt}"
        looks = (
            Look(source="house/all", doors={"front": 90 + each % 2, "back": 120}),
            Look(source=f"house/{number}", doors={f"door-{n}": n + each for n in range(5)}),
        )
        sealed = world.scan(*looks, agent=f"agent-{number}", name=name)
        assert sealed
        os.write(notes, f"{name}\n{sealed[1]}{END}".encode())  # at once, or not at all


def acknowledged(folder: Path, number: int) -> list[Acknowledged]:
    path = folder / f"writer-{number}"
    noted = path.read_text(encoding="utf-8").split(END)[:-1] if path.exists() else []
    return [Acknowledged(*each.split("\n", 1)) for each in noted]


class Writers:
    """Writers at work. One that was killed is started again, and goes on where it was acknowledged last."""

    def __init__(self, folder: Path, address: str, scans: int) -> None:
        self.arguments = (folder, address)
        self.scans = scans
        self.attempts = 0
        self.running = {number: self._start(number) for number in range(WRITERS)}

    def _start(self, number: int) -> BaseProcess:
        self.attempts += 1
        process = fork.Process(target=write, args=(*self.arguments, number, self.scans, self.attempts))
        process.start()
        return process

    def kill(self, number: int) -> bool:
        """Kill a writer, unless it has done all it had to."""
        process = self.running[number]
        if process.exitcode is not None or process.pid is None:
            return False
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        self.running[number] = self._start(number)
        return True

    def at_work(self) -> list[int]:
        return [number for number, process in self.running.items() if process.is_alive()]

    def join(self) -> list[int | None]:
        for process in self.running.values():
            process.join(600)
        return [process.exitcode for process in self.running.values()]


@pytest.fixture
def seed() -> int:
    """Told when a test fails, and set by `ANNEXA_SEED` to see the same again, as far as chance allows."""
    chosen = int(os.environ.get("ANNEXA_SEED", random.SystemRandom().randrange(2**32)))
    print(f"seed {chosen}: ANNEXA_SEED={chosen} does it again")  # noqa: T201 - pytest shows it with a failure
    return chosen


def under_load(folder: Path, address: str, seed: int, scans: int, kills: int) -> World:
    """Have writers do their scans while one after the other is killed; then one more scan that says who died."""
    world = World(folder, address)
    world.create().close()
    chance = random.Random(seed)
    began = time.monotonic()
    writers = Writers(folder, address, scans)
    killed = 0
    while killed < kills and (at_work := writers.at_work()):
        time.sleep(chance.uniform(0.01, 0.25))
        killed += writers.kill(chance.choice(at_work))
    assert writers.join() == [0] * WRITERS
    _wait_until_nobody_runs(world)
    world.scan(Look(doors={"front": 90}), name="the-last")
    seconds = time.monotonic() - began
    print(f"{WRITERS} writers x {scans} scans, killed {killed} times: {seconds:.1f} s")  # noqa: T201 - the same
    return world


def _wait_until_nobody_runs(world: World) -> None:
    """A server hears of a killed client a moment later."""
    with world.create() as store:
        while any(store.database.is_held(str(name)) for (name,) in world.rows("SELECT id FROM scan")):
            time.sleep(0.01)


def assert_nothing_was_lost(world: World, scans: int) -> None:
    noted = [each for number in range(WRITERS) for each in acknowledged(world.folder.parent, number)]
    assert len(noted) == len({each.scan for each in noted}) == WRITERS * scans
    with world.open() as store:
        found = verify(store, published=[each.note for each in noted])
    assert found.problems == ()
    assert found.pending == 0
    status = {str(name): status for name, status in world.rows("SELECT id, status FROM scan")}
    assert {status[each.scan] for each in noted} == {"finished"}
    assert set(status.values()) <= {"finished", "died"}, "the last scan names everybody who died"
    ((leaves, distinct, last),) = world.rows("SELECT count(*), count(DISTINCT position), max(position) FROM leaf")
    assert isinstance(last, int)
    assert leaves == distinct == last + 1 == found.leaves
    print(f"{len(status)} scans, {list(status.values()).count('died')} of them died, {leaves} leaves")  # noqa: T201


def test_writers_that_are_killed_lose_nothing(tmp_path: Path, address: str, seed: int) -> None:
    scans, kills = SHARE
    assert_nothing_was_lost(under_load(tmp_path, address, seed, scans, kills), scans)


@pytest.mark.soak
def test_many_writers_that_are_killed_often_lose_nothing(tmp_path: Path, address: str, seed: int) -> None:
    scans, kills = WHOLE
    assert_nothing_was_lost(under_load(tmp_path, address, seed, scans, kills), scans)
