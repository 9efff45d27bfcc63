"""The tables of a bundle about verdicts: what stood, what stood at any time of the period, and who looked when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from core.codec import decode
from evidence_store.leaving.leaves import scans_of_period, verdicts_of_period
from evidence_store.questions.queries import leaf_data
from evidence_store.records import ScanStarted
from exports.bundle.parts import File, Snapshot
from exports.bundle.selecting import decode_body
from exports.tables import Cell, Table, csv_lines
from runs.report import FindingState

FINDINGS = (
    "id", "check", "status", "reason", "severity", "source", "scope", "resource", "since", "collected_at", "as_of",
    "leaf", "accepted", "accepted_until", "nonconformities", "controls",
)  # fmt: skip


def files(snapshot: Snapshot) -> Iterator[File]:
    """The tables, and those of each control."""
    report, controls = snapshot.report, snapshot.controls_of()
    for table in (
        controls_table(snapshot),
        findings_table(snapshot, controls),
        assessments_table(snapshot),
        gaps_table(snapshot),
    ):
        yield File(f"{table.name}.csv", csv_lines(table))
    with snapshot.store.reading() as connection:
        start, past = snapshot.question.start, snapshot.past
        scans = scans_of_period(connection, start, past)
        rows = (
            (
                s.id,
                s.started,
                s.finished,
                s.narrowed,
                _left_out(snapshot, connection, s.first),
                s.first,
                _or_none(s.last),
            )
            for s in scans
        )
        columns = ("scan", "started", "finished", "narrowed", "left_out", "first_leaf", "last_leaf")
        yield File(
            "scans.csv", csv_lines(Table(name="scans", about="A scan of the period.", columns=columns, rows=rows))
        )
        yield File("history.csv", csv_lines(_history(snapshot, connection)))
    by_check: dict[str, list[FindingState]] = defaultdict(list)
    for each in report.findings:
        by_check[each.check].append(each)
    for result in snapshot.conclusions.controls:
        checks = sorted({check for objective in result.objectives for check in objective.checks} & by_check.keys())
        table = Table(
            name="findings",
            about=f"A verdict that speaks to {result.control.id}.",
            columns=FINDINGS,
            rows=(_row(each, controls) for check in checks for each in by_check[check]),
        )
        yield File(f"controls/{result.control.id}/findings.csv", csv_lines(table))


def _left_out(snapshot: Snapshot, connection: Any, position: int) -> str:
    """What a scan was asked not to look at, or configured not to judge, in its own sentences."""
    body = snapshot.store.read_blob(connection)(bytes.fromhex(decode_body(leaf_data(connection, position))))
    return snapshot.names.text("; ".join(decode(ScanStarted, body).left_out))


def _or_none(position: int) -> int | None:
    return None if position < 0 else position


def _row(each: FindingState, controls: Mapping[str, tuple[str, ...]]) -> tuple[Cell, ...]:
    return (
        each.id, each.check, each.status.value, each.reason, each.severity.value, each.source, each.scope,
        each.resource, each.since, each.collected_at, each.as_of, each.leaf, each.accepted, each.accepted_until,
        " ".join(each.nonconformities), " ".join(controls.get(each.check, ())),
    )  # fmt: skip


def findings_table(snapshot: Snapshot, controls: Mapping[str, tuple[str, ...]]) -> Table:
    rows = (_row(each, controls) for each in snapshot.report.findings)
    return Table(name="findings", about="A verdict that stood.", columns=FINDINGS, rows=rows)


def controls_table(snapshot: Snapshot) -> Table:
    rows = (
        (
            each.control.id,
            each.control.title,
            each.conclusion.value,
            each.word,
            each.strength,
            each.supported,
            len(each.objectives),
            "; ".join(each.reservations),
        )
        for each in snapshot.conclusions.controls
    )
    columns = ("control", "title", "conclusion", "words", "strength", "supported", "objectives", "reservations")
    return Table(name="controls", about="What the evidence says about a control.", columns=columns, rows=rows)


def assessments_table(snapshot: Snapshot) -> Table:
    rows = (
        (
            each.body.check,
            each.leaf,
            each.body.as_of,
            each.body.check_digest,
            each.body.severity.value,
            snapshot.names.text(str(dict(each.body.settings))),
            sum(at.count for at in each.body.subjects),
            all(at.complete for at in each.body.subjects),
            each.body.count,
            each.newest,
        )
        for each in snapshot.evidence.assessments
    )
    columns = (
        "check", "leaf", "as_of", "check_digest", "severity", "settings", "resources", "complete", "verdicts", "newest",
    )  # fmt: skip
    return Table(name="assessments", about="A check, made at one moment.", columns=columns, rows=rows)


def gaps_table(snapshot: Snapshot) -> Table:
    rows = (
        (
            each.source,
            each.scope,
            each.collector,
            " ".join(each.kinds),
            each.reason,
            each.hint,
            each.retryable,
            each.leaf,
        )
        for each in snapshot.report.gaps
    )
    columns = ("source", "scope", "collector", "hides", "reason", "hint", "retryable", "leaf")
    return Table(name="gaps", about="What could not be looked at.", columns=columns, rows=rows)


def _history(snapshot: Snapshot, connection: Any) -> Table:
    names = snapshot.names
    found = verdicts_of_period(
        snapshot.store,
        connection,
        snapshot.question.start,
        snapshot.past,
        sorted(snapshot.report.checks),
    )
    rows = (
        (
            each.id, each.check, each.status, names.text(each.reason), each.source, each.scope,
            names.text(each.resource), each.since, each.first, each.until, _or_none(each.end),
            each.ended,
        )
        for each in found
        if snapshot.question.asks_for(each.source)
    )  # fmt: skip
    columns = (
        "id", "check", "status", "reason", "source", "scope", "resource", "since", "first_leaf", "until", "end_leaf",
        "ended",
    )  # fmt: skip
    return Table(name="history", about="A verdict of the period.", columns=columns, rows=rows)
