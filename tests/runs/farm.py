"""What tests of scans have in hand: meadows, a configuration, a clock, and questions to the store."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from core.settings import read_document
from evidence_store.store import Store
from runs.configuration import Configuration, read
from runs.report import Report
from runs.scan import Done, Progress, scan
from runs.selection import Wish
from runs.state import ended_since, report
from tests.postgresql import spoil

MEADOWS = "sources: {meadow: [{name: north}, {name: south}]}\n"
LOW = "meadow.flower_is_low"
SOIL = "meadow.flowers_grow_on_soil"


@dataclass
class Farm:
    """A farm whose meadows are scanned into a store in `folder`, whose database may be at an address."""

    folder: Path
    world: Any
    now: datetime = datetime(2026, 1, 31, 12, tzinfo=UTC)
    text: str = MEADOWS
    last: Done | None = None
    quiet: Progress = field(default_factory=Progress)
    address: str = ""

    @property
    def configuration(self) -> Configuration:
        found = read(read_document("config.yaml", self.text), {}, self.folder)
        return replace(found, location=replace(found.location, database=self.address))

    def clock(self) -> datetime:
        return self.now

    def scan(self, *, later: timedelta = timedelta(hours=1), progress: Progress | None = None, **wish: Any) -> Done:
        self.now += later
        self.last = scan(self.configuration, Wish(**wish), self.clock, trigger="test", progress=progress or self.quiet)
        return self.last

    def report(self, done: Done | None = None) -> Report:
        with self.store() as store:
            return report(self.configuration, store, self.now, done=done)

    def store(self) -> Store:
        return Store.open(self.configuration.location)

    def verdicts(self) -> dict[tuple[str, str, str], tuple[str, str]]:
        """What stands: status and reason by check, source and resource."""
        return {(f.check, f.source, f.resource): (f.status.value, f.reason) for f in self.report().findings}

    def ended(self) -> dict[tuple[str, str, str], str]:
        """What the last scan ended, and why."""
        shown = self.report(self.last)
        with self.store() as store:
            return {(f.check, f.source, f.resource): f.ended for f in ended_since(store, shown.scan)}

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        if self.address:
            return spoil(self.address, query)
        with closing(sqlite3.connect(self.configuration.folder / "evidence.db")) as connection:
            return list(connection.execute(query))
