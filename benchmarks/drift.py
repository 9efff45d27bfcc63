"""Drift: what changed over a day, and over a year, in a store with 10,000 resources.

Run as `python -m benchmarks.drift [--json]`. The year of `benchmarks/time_travel.py` (one verdict in a hundred changes
a day, four checks), and beside it the resources themselves, of which as many change. Floor: reading what stands now.
"""

from __future__ import annotations

import hashlib
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from benchmarks.measuring import Figure, best_seconds, report
from benchmarks.time_travel import CHANGED, CHECKS, COUNT, DAYS, SOURCE, fill
from core.codec import canonical, timestamp
from evidence_store.location import Location
from evidence_store.people.keyring import Keyring
from evidence_store.questions.past import Past
from evidence_store.questions.resource_changes import resource_changes
from evidence_store.questions.standing import current_findings
from evidence_store.questions.verdict_changes import verdict_changes
from evidence_store.questions.window import Window
from evidence_store.schema import coverage, resource
from evidence_store.store import Store
from monitoring.fields import changed_fields

KIND = "benchmark.machine"


def line(number: int, day: int) -> bytes:
    """A resource of usual size, as it is since a day."""
    words = {f"setting_{each}": f"value {each}" for each in range(12)}
    return canonical({"id": f"i-{number:017x}", "settings": words, "since": day})


def fill_resources(store: Store, ends: list[Past]) -> None:
    """Each day other resources change, each in turn; and somebody looks at them all."""
    began = [0] * COUNT
    rows: list[dict[str, Any]] = []
    looks: list[dict[str, Any]] = []
    lines = [line(number, 0) for number in range(COUNT)]
    with store.pack("resources") as pack, store.writing() as connection:
        for day, end in enumerate(ends):
            at = end.size - 1
            for number in range(day * CHANGED, (day + 1) * CHANGED) if day else ():
                which = number % COUNT
                rows.append(_row(which, lines[which], ends[began[which]].size - 1, at))
                began[which], lines[which] = day, line(which, day)
            looks.append(_look(at, timestamp(end.moment), pack.put(b"\n".join([*lines, b""]))))
        rows += [_row(number, lines[number], ends[began[number]].size - 1, None) for number in range(COUNT)]
        pack.flush()
        pack.index(connection)
        connection.execute(insert(resource), rows)
        connection.execute(insert(coverage), looks)


def _row(number: int, data: bytes, first: int, end: int | None) -> dict[str, Any]:
    where = {"source": SOURCE, "scope": "", "kind": KIND, "id": f"i-{number:017x}"}
    ended = "" if end is None else "changed"
    return {**where, "first": first, "digest": hashlib.sha256(data).digest(), "end": end, "ended": ended}


def _look(position: int, at: str, population: bytes) -> dict[str, Any]:
    where = {"source": SOURCE, "scope": "", "kind": KIND, "position": position, "ordinal": 0, "collected": at}
    return {**where, "items": COUNT, "complete": True, "population": population, "end": None}


def ask(store: Store, window: Window) -> tuple[int, int]:
    """How many verdicts and fields differ."""
    with store.reading() as connection:
        names = Keyring(store, connection)
        verdicts = verdict_changes(store, connection, window, names)
        resources = resource_changes(store, connection, window, names)
    fields = [changed_fields(each.before, each.after) for each in resources.changes]
    return len(verdicts.changes), sum(map(len, fields))


def main() -> None:
    """Fill a store, then ask what changed over its last day and over all of it."""
    with tempfile.TemporaryDirectory(prefix="annexa-benchmark-") as folder:
        place = Path(folder)
        with Store.create(Location(place / "store", place / "keys" / "key.pem")) as store:
            ends = fill(store)
            fill_resources(store, ends)
            day, year = Window(ends[-2], ends[-1]), Window(ends[0], ends[-1])
            found = ask(store, day), ask(store, year)
            with store.reading() as connection:
                now = best_seconds(lambda: current_findings(store, connection), 3)
            of_day, of_year = best_seconds(partial(ask, store, day), 5), best_seconds(partial(ask, store, year), 2)
    verdicts, floor = COUNT * len(CHECKS), "what stands now"
    figures = [
        Figure("verdicts and their resources compared over a day", int(verdicts / of_day), floor, int(verdicts / now)),
        Figure("the same over a year", int(verdicts / of_year), floor, int(verdicts / now)),
    ]
    about = {
        "store": f"{COUNT:,} resources, {len(CHECKS)} checks, {DAYS} days",
        "what stands now": f"{now:.2f} s",
        "a day": f"{of_day:.2f} s for {found[0][0]:,} verdicts and {found[0][1]:,} fields that differ",
        "a year": f"{of_year:.2f} s for {found[1][0]:,} verdicts and {found[1][1]:,} fields that differ",
    }
    report("Drift", about, figures)


if __name__ == "__main__":
    main()
