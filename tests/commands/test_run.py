"""`annexa run` as a process: signals, logs, a second one beside it, and being killed."""

from __future__ import annotations

import json
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from evidence_store.questions.queries import scans
from evidence_store.store import Store
from monitoring.lease import holder
from monitoring.schedule_state import read_state
from tests.command_line import Folder, ended

SECRET = "hunter2-of-the-run"
PATIENCE = 60.0


def until(true: Callable[[], Any]) -> Any:
    """What it says, as soon as that is something."""
    end = time.monotonic() + PATIENCE
    while not (found := true()):
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)
    return found


def outcomes(folder: Folder) -> list[tuple[tuple[str, ...], bool, str]]:
    """The runs that have ended, the newest first."""
    return [(each.sources, each.again, each.outcome) for each in read_state(folder.store).recent]


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    """The socket that systemd would listen to."""
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(path))
        listening.settimeout(PATIENCE)
        yield listening


def configure(folder: Folder, *orchards: dict[str, Any]) -> None:
    folder.configure(*orchards, schedule={"every": "1h"}, service={"listen": "", "logs": "json"})


def heard(systemd: socket.socket) -> list[str]:
    """What systemd was told and nobody has read yet."""
    found = []
    systemd.setblocking(False)
    with suppress(BlockingIOError):
        while True:
            found.append(systemd.recv(4096).decode())
    return found


def test_a_whole_life(folder: Folder, systemd: socket.socket) -> None:
    """Begins, says so, refuses a bad configuration, takes a good one, and ends in order in the middle of a scan."""
    sign = folder.path / "looking"
    north = {"name": "north", "behaviour": "crashes", "says": f"password={SECRET}"}
    configure(folder, north)
    process = folder.start("run", NOTIFY_SOCKET=systemd.getsockname(), WATCHDOG_USEC="120000000")
    assert systemd.recv(4096).decode().startswith("READY=1\n")
    until(lambda: outcomes(folder))
    assert f"process {process.pid}," in holder(folder.location)
    before = read_state(folder.store).written
    (folder.path / "config.yaml").write_text("sources: {orchard: [{nmae: north}]}")
    process.send_signal(signal.SIGHUP)
    until(lambda: read_state(folder.store).written != before)
    configure(folder, north, {"name": "south", "behaviour": "waits", "sign": str(sign)})
    process.send_signal(signal.SIGHUP)
    until(sign.exists)
    assert "WATCHDOG=1" in "\n".join(heard(systemd))
    process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    said = ended(process)
    assert said.status == 0
    assert time.monotonic() - began < 30
    assert heard(systemd)[-1].startswith("STOPPING=1\n")
    lines = [json.loads(line) for line in said.err.splitlines()]
    messages = "\n".join(each["message"] for each in lines if each["level"] in {"info", "error"})
    assert "the configuration is not taken, that of before stands: config.yaml:1: sources.orchard[0].nmae" in messages
    assert "the configuration was read anew" in messages
    assert SECRET not in said.err + said.out
    assert outcomes(folder)[0] == (("orchard/south",), False, "gaps")
    assert folder.verified().problems == ()
    assert holder(folder.location) == ""


def test_killed_in_the_middle_it_takes_up_where_it_was(folder: Folder) -> None:
    sign = folder.path / "looking"
    configure(folder, {"behaviour": "waits", "sign": str(sign)})
    process = folder.start("run")
    until(sign.exists)
    process.kill()
    ended(process)
    assert folder.verified().problems == ()
    assert [each.sources for each in read_state(folder.store).running] == [("orchard/north",)]
    configure(folder)
    process = folder.start("run")
    until(lambda: outcomes(folder))
    process.send_signal(signal.SIGTERM)
    assert ended(process).status == 0
    assert outcomes(folder) == [(("orchard/north",), False, "complete")]
    shown = folder.annexa("schedule")
    assert shown.out.startswith("Scheduler: none runs: start it with annexa run")
    assert "orchard/north" in shown.out
    with Store.open(folder.location) as store, store.reading() as connection:
        assert [len(each.died) for each in scans(store, connection, newest=2)] == [1, 0]
    assert folder.verified().problems == ()
