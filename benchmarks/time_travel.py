"""Time travel: what stood on a random day of a year, and one finding's and one check's history over that year.

Run as `python -m benchmarks.time_travel [--json]`. 10,000 resources, scanned daily, one in a hundred changes a day,
four checks. Floor: reading what stands now, from the same store in the same run.

Derived rows are written as sealing a year of scans would have written them, without the scans: bodies of assessments
and leaves are real, lists of verdicts are not there, because none of these questions reads one.
"""

from __future__ import annotations

import random
import tempfile
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, insert

from benchmarks.measuring import Figure, best_seconds, report
from benchmarks.population import NOW
from core.codec import encode, timestamp
from core.model import Severity
from evidence_store import records
from evidence_store.location import Location
from evidence_store.log.append import Appender, log_size
from evidence_store.questions.check_history import Period
from evidence_store.questions.histories import About, findings_about, histories
from evidence_store.questions.past import Past
from evidence_store.questions.standing import current_findings
from evidence_store.records import Assessed, Looked
from evidence_store.schema import assessment, finding
from evidence_store.store import Store

DAYS = 365
COUNT = 10_000
CHANGED = 100
CHECKS = tuple(f"benchmark.check_{number}" for number in range(4))
SOURCE = "cloud/example"
DAY = timedelta(days=1)
ROUNDS = 5
STATUSES = ("pass", "pass", "pass", "fail")


class Year:
    """A year of verdicts, day by day. The numbers are fixed, so that two runs work on the same rows."""

    def __init__(self) -> None:
        self.chance = random.Random(27001)
        self.open: dict[tuple[str, int], dict[str, object]] = {}
        self.closed: list[dict[str, object]] = []

    def day(self, check: str, position: int) -> None:
        """One assessment of one check: the first begins every verdict, each other one changes some."""
        first = (check, 0) not in self.open
        for number in range(COUNT) if first else self.chance.sample(range(COUNT), CHANGED):
            if before := self.open.get((check, number)):
                self.closed.append({**before, "end": position, "ended": "changed"})
            self.open[check, number] = {
                "check": check,
                "source": SOURCE,
                "scope": "",
                "resource": f"i-{number:017x}",
                "first": position,
                "id": records.finding_id(check, SOURCE, "", f"i-{number:017x}"),
                "status": self.chance.choice(STATUSES),
                "reason": f"i-{number:017x} was changed at {position}, as a sentence of usual length says here",
                "settings": bytes(32),
                "end": None,
                "ended": "",
            }


def fill(store: Store) -> list[Past]:
    """A year of assessments; where the log was at the end of each day."""
    year, ends = Year(), []
    with store.pack("benchmark") as pack, store.writing() as connection:
        appender = Appender(connection)
        for number in range(DAYS):
            at = NOW + number * DAY
            appender.append(records.leaf(records.SCAN_STARTED, f"scan-{number:03}", at, bytes(32)))
            for check in CHECKS:
                body = pack.put(_body(check, at))
                position = appender.append(records.leaf(records.ASSESSMENT, f"scan-{number:03}", at, body))
                connection.execute(insert(assessment), _assessed(check, position, f"scan-{number:03}", at, body))
                year.day(check, position)
            ends.append(Past(size=appender.size, moment=at))
        pack.flush()
        pack.index(connection)
        connection.execute(insert(finding), [*year.closed, *year.open.values()])
    return ends


def _body(check: str, at: datetime) -> bytes:
    looked = Looked(
        kind="benchmark.machine",
        source=SOURCE,
        scope="",
        collected_at=at,
        count=COUNT,
        complete=True,
        stale=False,
        leaf=0,
    )
    body = Assessed(
        salt=records.salt(),
        check=check,
        check_digest="0" * 64,
        severity=Severity.HIGH,
        settings={},
        as_of=at,
        subjects=(looked,),
        joins=(),
        count=COUNT,
        verdicts="0" * 64,
    )
    return encode(body)


def _assessed(check: str, position: int, scan: str, at: datetime, body: bytes) -> dict[str, object]:
    return {
        "check": check,
        "position": position,
        "scan": scan,
        "as_of": timestamp(at),
        "severity": "high",
        "settings": bytes(32),
        "body": body,
    }


def ask(store: Store, connection: Connection, about: About) -> None:
    """The history of something over the whole year."""
    period = Period(start=NOW, end=NOW + DAYS * DAY, stale_after=2 * DAY)
    (found,) = histories(store, connection, findings_about(store, connection, about), about.checks, period)
    assert found.timeline.length == DAYS * DAY


def main() -> None:
    """Fill a store, then ask it about now, about random days, and about the whole year."""
    chance = random.Random(1)
    with tempfile.TemporaryDirectory(prefix="annexa-benchmark-") as folder:
        place = Path(folder)
        with Store.create(Location(place / "store", place / "keys" / "key.pem")) as store:
            ends = fill(store)
            with store.reading() as connection:
                size = log_size(connection)
                days = [chance.choice(ends) for _ in range(ROUNDS)]
                one = records.finding_id(CHECKS[1], SOURCE, "", f"i-{77:017x}")
                now = best_seconds(lambda: current_findings(store, connection), ROUNDS)
                then = max(best_seconds(partial(current_findings, store, connection, past=day), 2) for day in days)
                single = best_seconds(lambda: ask(store, connection, About(finding=one)), ROUNDS)
                whole = best_seconds(lambda: ask(store, connection, About(checks=CHECKS[:1])), 2)
    floor = "what stands now"
    figures = [
        Figure(
            "verdicts that stood on the slowest of five random days", int(COUNT * len(CHECKS) / then), floor, _per(now)
        ),
        Figure("histories of one finding over the year", int(1 / single), floor, _per(now)),
        Figure("histories of findings over the year, those of one check at once", int(COUNT / whole), floor, _per(now)),
    ]
    about = {
        "store": f"{COUNT:,} resources, {len(CHECKS)} checks, {DAYS} days, {size:,} leaves",
        "what stands now": f"{now:.2f} s",
        "a random day, the slowest of five": f"{then:.2f} s, {then / now:.2f} times as long",
        "one finding's year": f"{single:.3f} s",
        "one check's year, 10,000 findings": f"{whole:.2f} s",
    }
    report("Time travel", about, figures)


def _per(seconds: float) -> int:
    return int(COUNT * len(CHECKS) / seconds)


if __name__ == "__main__":
    main()
