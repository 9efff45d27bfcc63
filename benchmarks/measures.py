"""Measures: a year of 40,000 verdicts, and 10,000 nonconformities.

Run as `python -m benchmarks.measures [--json]`. The year of `benchmarks/time_travel.py`, and records that were raised,
assigned and corrected over it. Floor: reading what stands now, from the same store in the same run.
"""

from __future__ import annotations

import tempfile
from datetime import timedelta
from functools import partial
from pathlib import Path

from benchmarks.measuring import Figure, best_seconds, report
from benchmarks.population import NOW
from benchmarks.time_travel import CHECKS, COUNT, DAY, DAYS, SOURCE, fill
from core.management.acts import Assigned, Corrected, Grade, Raised
from core.management.events import written
from core.management.subject import Subject
from core.model import Severity
from evidence_store import events, records
from evidence_store.location import Location
from evidence_store.questions.check_history import Period
from evidence_store.questions.past import Past
from evidence_store.questions.standing import current_findings
from evidence_store.questions.window import end_of_log
from evidence_store.records import EventSealed
from evidence_store.store import Store
from management.measures.estate import check_runs, failing_at, known_time, resolution
from management.measures.measures import series
from management.measures.people import people

RECORDS = 10_000
END = NOW + DAYS * DAY


def fill_records(store: Store) -> None:
    """Nonconformities about one check, a few each day, each with three acts."""
    due = (NOW + 30 * DAY).date()
    subject = Subject(check=CHECKS[0], source=SOURCE)
    raised = Raised(
        title="high", statement="too high", grade=Grade.MINOR, severity=Severity.HIGH, due=due, subjects=(subject,)
    )
    acts = (raised, Assigned(owner="ada", due=due), Corrected(correction="mown", consequences="none"))
    bodies = []
    for number in range(RECORDS):
        for place, act in enumerate(acts, start=1):
            name, content = written(act)
            bodies.append(
                EventSealed(
                    salt=records.salt(),
                    record=f"NC-{number + 1:04}",
                    number=place,
                    act=name,
                    login="ada",
                    author="ada",
                    reason="because",
                    content=content,
                )
            )
    events.seal(store, records.NONCONFORMITY, bodies, NOW + timedelta(hours=1))


def estate(store: Store, past: Past) -> int:
    """What checks said over the year: how many failures were resolved."""
    period = Period(start=NOW, end=END, stale_after=2 * DAY)
    with store.reading() as connection:
        runs = list(check_runs(store, connection, period, past))
    failing_at(runs, series(NOW, END))
    known_time(runs)
    return resolution(Severity.HIGH, [each for run in runs for each in run.episodes], NOW).resolved


def records_led(store: Store, past: Past) -> int:
    """What became of the nonconformities: how many are open."""
    with store.reading() as connection:
        return len(people(store, connection, past, NOW, END, series(NOW, END)).open)


def main() -> None:
    """Fill a store, then measure the year."""
    with tempfile.TemporaryDirectory(prefix="annexa-benchmark-") as folder:
        place = Path(folder)
        with Store.create(Location(place / "store", place / "keys" / "key.pem")) as store:
            fill(store)
            fill_records(store)
            with store.reading() as connection:
                past = end_of_log(connection, END)
                now = best_seconds(lambda: current_findings(store, connection), 2)
            resolved, led = estate(store, past), records_led(store, past)
            of_estate = best_seconds(partial(estate, store, past), 1)
            of_records = best_seconds(partial(records_led, store, past), 2)
    verdicts, floor = COUNT * len(CHECKS), "what stands now"
    figures = [
        Figure("verdicts measured over a year", int(verdicts / of_estate), floor, int(verdicts / now)),
        Figure("nonconformities measured over a year", int(led / of_records), floor, int(verdicts / now)),
    ]
    about = {
        "store": f"{COUNT:,} resources, {len(CHECKS)} checks, {DAYS} days; {RECORDS:,} nonconformities",
        "what stands now": f"{now:.2f} s",
        "the estate over the year": f"{of_estate:.2f} s, {resolved:,} failures resolved",
        "nonconformities over the year": f"{of_records:.2f} s",
    }
    report("Measures", about, figures)


if __name__ == "__main__":
    main()
