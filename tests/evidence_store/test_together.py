"""Several scans on one store at once, each in a process of its own: one log, no lost leaf."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from core.codec import parse
from evidence_store.verification.verify import verify
from tests.evidence_store.worlds import Look, World

SCANS = 6


def scan_in_a_process(folder: str, address: str, number: int) -> int:
    """One scan of a house that all look at and one of its own; says how many leaves its checkpoint covers."""
    world = World(Path(folder), address)
    looks = (Look(source="house/all", doors={"front": 90, "back": 120}), Look(source=f"house/{number}", doors={"x": 1}))
    sealed = world.scan(*looks, agent=f"agent-{number}", name=f"scan-by-{number}")
    return sealed[0].size if sealed else 0


def test_scans_at_once_make_one_log(tmp_path: Path, address: str) -> None:
    with ProcessPoolExecutor(SCANS, mp_context=get_context("spawn")) as pool:
        sizes = list(pool.map(scan_in_a_process, [str(tmp_path)] * SCANS, [address] * SCANS, range(SCANS)))
    world = World(tmp_path, address)
    with world.open() as store:
        found = verify(store)
    assert found.problems == ()
    assert (found.leaves, found.checkpoints, found.pending) == (5 * SCANS, SCANS, 0)
    assert len(set(sizes)) == SCANS
    assert max(sizes) == 5 * SCANS
    types: dict[str, list[str]] = {}
    for (data,) in world.rows("SELECT data FROM leaf ORDER BY position"):
        assert isinstance(data, bytes)
        content = parse(data)
        types.setdefault(content["scan"], []).append(content["type"])
    whole = ["scan_started", "source", "source", "assessment", "scan_finished"]
    assert types == {f"scan-by-{number}": whole for number in range(SCANS)}
    assert world.rows("SELECT DISTINCT status FROM scan") == [("finished",)]
    assert world.rows("SELECT count(*) FROM resource WHERE source = 'house/all'") == [(2,)]
