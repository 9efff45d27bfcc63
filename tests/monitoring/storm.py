"""A service that looks at a simulated estate, and all that may happen to it: it is killed and asked to end, providers do
not answer, the database restarts, clocks jump, and nobody takes its messages.

The service is the loop of `annexa run` in a process of its own, with a clock that the test turns. What happens is drawn
from a seed; when exactly it meets the service is left to chance.
"""

from __future__ import annotations

import json
import logging
import os
import random
import signal
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from multiprocessing.sharedctypes import RawValue
from pathlib import Path
from typing import Any

import apprise.apprise  # takes long, and every service that is started here would wait for it

import monitoring.lease
import monitoring.service
from commands import run
from core.settings import read_document
from evidence_store.errors import ClaimedError, StoreError
from evidence_store.store import Store
from monitoring.alert_state import StateFile
from monitoring.notify import Notify
from monitoring.one_run import Outcome
from monitoring.service import Service
from runs.configuration import Configuration, read

PIERS = ("ash", "birch", "cedar", "elm")
START = datetime(2026, 1, 31, 12, tzinfo=UTC)
CONFIGURATION = """
sources: {pier: [{name: ash}, {name: birch}, {name: cedar}, {name: elm}]}
schedule: {every: 1h, at_once: 2, own: [{sources: [pier/ash, pier/birch], every: 20m}]}
alerts: {channels: {operations: {env: HOOK}}, heartbeat: {env: BEAT}}
service: {listen: ""}
"""

MINUTE = 60.0
PATIENCE = 120.0
"""Seconds after which something that should happen at once counts as never happening."""

CANNOT_BEGIN = 75
"""How a service ends that finds the lease taken, or no database: somebody starts it again, as systemd would."""

TAKES, REFUSES, FORGETS = range(3)
"""What the receiver does: takes a message, refuses it, or takes it and says that it did not."""

SHARES = {
    "nothing": 0.1,
    "plant": 0.3,
    "kill": 0.18,
    "end": 0.08,
    "outage": 0.1,
    "refuse": 0.08,
    "ahead": 0.04,
    "back": 0.04,
    "database": 0.08,
}
"""How much of all that happens is what."""

fork = get_context("fork")


@dataclass
class Receiver:
    """A web hook in a process of its own: what it takes is a line of `received`."""

    folder: Path
    port: int = 0
    mood: Any = field(default_factory=lambda: RawValue("i", TAKES))

    @property
    def posts(self) -> list[tuple[str, str]]:
        """What was posted, by path."""
        path = self.folder / "received"
        return [tuple(json.loads(each)) for each in path.read_text().splitlines()] if path.exists() else []

    @contextmanager
    def running(self) -> Iterator[None]:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            self.port = listening.getsockname()[1]
            process = fork.Process(target=self._serve, args=(listening,), daemon=True)
            process.start()
        try:
            yield
        finally:
            process.kill()
            process.join()

    def _serve(self, listening: socket.socket) -> None:
        mood, file = self.mood, (self.folder / "received").open("a", buffering=1)

        class Handler(BaseHTTPRequestHandler):
            timeout = 5

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                if mood.value != REFUSES:
                    file.write(json.dumps([self.path, body]) + "\n")
                self.send_response(200 if mood.value == TAKES else 503)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing: the test looks at what arrived."""

        server = HTTPServer(("127.0.0.1", 0), Handler, bind_and_activate=False)
        server.socket.close()
        server.socket = listening
        server.serve_forever()


def configured(folder: Path, address: str) -> Configuration:
    """The configuration, with its store in this folder or in the database at this address."""
    found = read(read_document("config.yaml", CONFIGURATION), {}, folder)
    return replace(found, location=replace(found.location, database=address))


def serve(folder: Path, address: str, seconds: Any, environment: dict[str, str]) -> None:
    """`annexa run`, as far as it is not about the terminal, at the time that the test says it is."""
    os.chdir(folder)
    logging.basicConfig(filename="service.log", level=logging.INFO, force=True)
    apprise.apprise._shared_executor = None  # its threads, if a test had any, did not come along
    monitoring.lease.LOOK = 0.05
    monitoring.service.PAUSE = run.PACE = 0.01
    try:
        service = Service(
            configured(folder, address),
            lambda: configured(folder, address),
            lambda: START + timedelta(seconds=round(seconds.value, 3)),
            environment,
        )
    except (ClaimedError, StoreError) as error:
        logging.warning("cannot begin: %s", error)  # noqa: LOG015 - a note for whoever mends a failing test
        os._exit(CANNOT_BEGIN)
    service.heard.append(lambda outcome: _note(folder, outcome))
    try:
        run._drive(service, Notify({}))
    except ClaimedError:
        os._exit(CANNOT_BEGIN)
    finally:
        service.close()


def _note(folder: Path, outcome: Outcome) -> None:
    if outcome.record.scan:
        with (folder / "ended").open("a") as file:
            file.write(f"{outcome.record.scan}\n")


@dataclass
class Storm:
    """The estate, the service, and what happens to both. `planted` are ships that leak from some moment on for ever."""

    folder: Path
    address: str
    receiver: Receiver
    chance: random.Random
    restart: Callable[[], None] | None = None
    planted: dict[str, str] = field(default_factory=dict[str, str])
    moody: int = 0
    happened: Counter[str] = field(default_factory=Counter[str])
    out: set[str] = field(default_factory=set[str])
    seconds: Any = field(default_factory=lambda: RawValue("d", 0.0))
    service: BaseProcess | None = None
    ends: Counter[int | None] = field(default_factory=Counter[int | None])

    def __post_init__(self) -> None:
        self.ships = {pier: {f"{pier}-old": 0} for pier in PIERS}
        self._write()
        Store.create(configured(self.folder, self.address).location).close()

    def rage(self, steps: int) -> None:
        """Let as much happen, with a scan between any two."""
        for each in self._drawn(steps):
            self.pass_time(self.chance.uniform(21, 70))
            time.sleep(self.chance.uniform(0, 0.1))  # into the middle of whatever it is doing
            self.happened[each] += 1
            getattr(self, each)()
            self._go_on()
            self.moody -= 1
            if self.moody == 0:
                self.receiver.mood.value = TAKES

    def calm(self) -> None:
        """Nothing happens any more; all is looked at, and whatever waits is told."""
        self.out.clear()
        self.receiver.mood.value = TAKES
        self._write()
        for _ in range(4):
            self.pass_time(61)
        waited = time.monotonic()
        while waiting := StateFile(configured(self.folder, self.address).folder).read().waiting:
            assert time.monotonic() - waited < PATIENCE, waiting
            self.pass_time(25 * 60)
        assert self.service
        assert self.service.pid
        os.kill(self.service.pid, signal.SIGTERM)
        self._end()

    def pass_time(self, minutes: float) -> None:
        """Put the clock on, until somebody looks."""
        before, deadline = self._looks(), time.monotonic() + PATIENCE
        while self._looks() == before:
            self._go_on()
            self.seconds.value += minutes * MINUTE
            again = time.monotonic() + 2
            while self._looks() == before and time.monotonic() < again:
                assert time.monotonic() < deadline, "nobody looks any more"
                time.sleep(0.005)

    # ------------------------------------------------------------------------------------------- what may happen

    def nothing(self) -> None:
        """A good day."""

    def plant(self) -> None:
        """A ship leaks, one that was tight or a new one, and will for ever."""
        pier = self.chance.choice(PIERS)
        tight = [ship for ship, leaks in self.ships[pier].items() if not leaks]
        ship = tight[0] if tight and self.chance.random() < 0.5 else f"{pier}-{len(self.planted)}"
        self.ships[pier][ship] = 1 + len(self.planted)
        self.planted[ship] = pier
        self._write()

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def end(self) -> None:
        self._send(signal.SIGTERM)

    def outage(self) -> None:
        """A provider answers no more, or again."""
        self.out ^= {self.chance.choice(PIERS)}
        self._write()

    def refuse(self) -> None:
        """The receiver takes nothing, or forgets, for a while: less than after which messages are given up."""
        self.receiver.mood.value = self.chance.choice((REFUSES, FORGETS))
        self.moody = 4

    def ahead(self) -> None:
        self.seconds.value += self.chance.uniform(1, 80) * 60 * MINUTE

    def back(self) -> None:
        self.seconds.value -= self.chance.uniform(0.1, 80) * 60 * MINUTE

    def database(self) -> None:
        if self.restart:
            self.restart()

    # ------------------------------------------------------------------------------------------------- machinery

    def _drawn(self, steps: int) -> list[str]:
        """As many of each as its share says, in an order drawn by chance."""
        deck = [name for name, share in SHARES.items() for _ in range(max(1, round(share * steps)))]
        self.chance.shuffle(deck)
        return (deck * 2)[: max(steps, len(deck))]

    def _looks(self) -> int:
        path = self.folder / "looks"
        return path.stat().st_size if path.exists() else 0

    def _go_on(self) -> None:
        """See that the service runs. One that has ended must have been told to, or not have been able to begin."""
        if self.service is not None and self.service.is_alive():
            return
        if self.service is not None:
            self._end()
        receiver = f"127.0.0.1:{self.receiver.port}"
        environment = {"HOOK": f"json://{receiver}/hook", "BEAT": f"http://{receiver}/beat"}
        self.service = fork.Process(target=serve, args=(self.folder, self.address, self.seconds, environment))
        self.service.start()

    def _send(self, number: int) -> None:
        if self.service is not None and self.service.pid and self.service.is_alive():
            os.kill(self.service.pid, number)
            self._end()

    def _end(self) -> None:
        assert self.service is not None
        self.service.join(30)
        self.ends[self.service.exitcode] += 1
        assert self.service.exitcode is not None, "did not end within 30 s"
        self.service = None

    def _write(self) -> None:
        fresh = self.folder / "estate.new"
        fresh.write_text(json.dumps({"ships": self.ships, "out": sorted(self.out)}), encoding="utf-8")
        fresh.replace(self.folder / "estate.json")
