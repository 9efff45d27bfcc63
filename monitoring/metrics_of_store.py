"""Metrics of what the store says: the same numbers as `annexa status`, from the same report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from prometheus_client.core import Metric

from core.errors import AnnexaError
from core.model import Conclusion, Severity, Status
from evidence_store.questions.past import leaf_moment
from evidence_store.questions.queries import pending, scans
from evidence_store.store import Store
from monitoring.alert_state import StateFile
from monitoring.freshness import freshness
from monitoring.metric_families import Labels, at, gauge
from runs.configuration import Configuration
from runs.report import Report
from runs.state import report


def of_store(configuration: Configuration, now: datetime) -> list[Metric]:
    """What the store says. When it cannot be read, only that: no number rather than an old one, or zero."""
    found: list[Metric] = []
    readable = True
    try:
        with Store.open(configuration.location) as store:
            found = [*_of_alerts(configuration), *_of_log(store)]
            with store.reading() as connection:
                looked = bool(scans(store, connection))
            if looked:
                found += [*_of_places(configuration, store, now), *_of_report(report(configuration, store, now))]
    except AnnexaError:
        found, readable = [], False
    return [
        gauge("store_readable", "Whether the store could be read.", [], [((), readable)]),
        gauge("store_read_timestamp_seconds", "When the store was asked for what is said of it.", [], at(now)),
        *found,
    ]


def _of_alerts(configuration: Configuration) -> Iterator[Metric]:
    state = StateFile(configuration.folder).read()
    yield gauge("alerts_waiting", "Messages that are still to be delivered.", [], [((), len(state.waiting))])


def _of_log(store: Store) -> Iterator[Metric]:
    with store.reading() as connection:
        latest = store.latest_checkpoint(connection)
        waiting = pending(store, connection)
        size = latest[0].size if latest else 0
        sealed = leaf_moment(connection, size - 1) if size else None
    yield gauge("checkpoint_leaves", "Leaves that the newest checkpoint covers.", [], [((), size)])
    yield gauge("checkpoint_timestamp_seconds", "When the last of these leaves was written.", [], at(sealed))
    yield gauge("pending_leaves", "Leaves that no checkpoint covers yet.", [], [((), waiting)])


def _of_places(configuration: Configuration, store: Store, now: datetime) -> Iterator[Metric]:
    oldest: dict[Labels, datetime] = {}
    stale: Counter[Labels] = Counter()
    for place in freshness(store, now, configuration.stale_after):
        key = (place.source,)
        oldest[key] = min(place.collected_at, oldest.get(key, place.collected_at))
        stale[key] += place.stale
    yield gauge(
        "evidence_oldest_timestamp_seconds", "When the oldest evidence that counts for a source was collected.",
        ["source"], [(key, moment.timestamp()) for key, moment in oldest.items()],
    )  # fmt: skip
    yield gauge(
        "evidence_stale_places", "Scopes of a source whose evidence is past its freshness target.", ["source"],
        [(key, stale[key]) for key in oldest],
    )  # fmt: skip


def _of_report(found: Report) -> Iterator[Metric]:
    yield gauge("scan_finished_timestamp_seconds", "When the newest scan finished.", [], at(found.scan.finished))
    yield from _of_findings(found)
    yield from _of_controls(found)
    gaps = Counter((each.source, str(each.retryable).lower()) for each in found.gaps)
    yield gauge("gaps", "What could not be looked at.", ["source", "retryable"], gaps.items())
    open_ones = Counter(each.grade.value for each in found.answers.open)
    overdue = Counter(each.grade.value for each in found.answers.overdue)
    for name, text, counted in (
        ("nonconformities_open", "Nonconformities that nobody has closed.", open_ones),
        ("nonconformities_overdue", "Open ones of which something should have been done by now.", overdue),
    ):
        yield gauge(name, text, ["grade"], [((grade,), counted[grade]) for grade in ("minor", "major")])
    stamps = found.seal.stamps if found.seal else ()
    yield gauge(
        "stamp_timestamp_seconds", "The moment that an authority vouches for of the newest checkpoint.", ["authority"],
        [((each.authority,), each.time.timestamp()) for each in stamps if each.time],
    )  # fmt: skip
    publications = found.seal.publications if found.seal else ()
    yield gauge(
        "publication_works", "Whether the newest checkpoint is published in a place.", ["place"],
        [((each.folder,), not (each.problem or each.alarm)) for each in publications],
    )  # fmt: skip


def _of_findings(found: Report) -> Iterator[Metric]:
    counted = Counter((each.status.value, each.severity.value) for each in found.findings)
    yield gauge(
        "findings", "Findings by status and severity.", ["status", "severity"],
        [((s.value, v.value), counted[s.value, v.value]) for s in Status for v in Severity],
    )  # fmt: skip


def _of_controls(found: Report) -> Iterator[Metric]:
    by_control: list[tuple[Labels, float]] = []
    conclusions: list[tuple[Labels, float]] = []
    for framework in found.frameworks:
        said = Counter(each.conclusion for each in framework.controls)
        conclusions += [((framework.id, each.value), said[each]) for each in Conclusion]
        for result in framework.controls:
            tallies = [each.tally for each in result.objectives]
            for status, number in (
                ("pass", sum(each.passes for each in tallies)),
                ("fail", sum(each.fails for each in tallies)),
                ("unknown", sum(each.unknowns for each in tallies)),
            ):
                if tallies:
                    by_control.append(((framework.id, result.control.id, status), number))
    yield gauge("controls", "Controls by conclusion.", ["framework", "conclusion"], conclusions)
    yield gauge(
        "control_findings", "Findings that speak to a control, by status.", ["framework", "control", "status"],
        by_control,
    )  # fmt: skip
