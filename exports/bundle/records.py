"""The tables of what people answer for: nonconformities, risk acceptances and the Statement of Applicability."""

from __future__ import annotations

from collections.abc import Iterator

from exports.bundle.parts import File, Snapshot
from exports.tables import Cell, Table, csv_lines
from management import soa
from runs.rules import in_force


def files(snapshot: Snapshot) -> Iterator[File]:
    """`nonconformities.csv` and `acceptances.csv`: all of them as they stood, whatever they are about; and
    `soa.csv`, the Statement of Applicability, where one was in force for this edition."""
    for table in (nonconformities_table(snapshot), acceptances_table(snapshot), *soa_tables(snapshot)):
        yield File(f"{table.name}.csv", csv_lines(table))


def soa_tables(snapshot: Snapshot) -> Iterator[Table]:
    """The Statement of Applicability, where one was in force for this edition."""
    applicability = in_force(snapshot.store, snapshot.configuration, snapshot.past).applicability
    if applicability and applicability.said.edition == snapshot.question.framework:
        text = snapshot.names.text
        found = soa.rows(applicability.said, snapshot.conclusions.controls)
        cells = ([text(row[column]) for column in soa.COLUMNS] for row in found)
        yield Table(name="soa", about="A control, and whether it applies.", columns=soa.COLUMNS, rows=cells)


def nonconformities_table(snapshot: Snapshot) -> Table:
    text = snapshot.names.text

    def rows() -> Iterator[tuple[Cell, ...]]:
        for each in snapshot.report.answers.nonconformities:
            subjects = ("; ".join(filter(None, (s.check, s.source, s.scope, text(s.resource)))) for s in each.subjects)
            yield (
                each.id, each.stage.value, text(each.title), text(each.statement), each.grade.value,
                each.severity.value, each.due, text(each.owner), each.raised, text(each.raised_by),
                text(each.correction), text(each.cause), " | ".join(text(a.action) for a in each.actions),
                each.review.effective if each.review else None, each.closed, text(each.closed_by), each.recurrences,
                " | ".join(subjects), each.leaf,
            )  # fmt: skip

    columns = (
        "id", "stage", "title", "statement", "grade", "severity", "due", "owner", "raised", "raised_by", "correction",
        "cause", "actions", "effective", "closed", "closed_by", "recurrences", "subjects", "leaf",
    )  # fmt: skip
    return Table(name="nonconformities", about="A nonconformity.", columns=columns, rows=rows())


def acceptances_table(snapshot: Snapshot) -> Table:
    text = snapshot.names.text

    def rows() -> Iterator[tuple[Cell, ...]]:
        for each in snapshot.report.answers.acceptances:
            for finding in each.findings:
                yield (
                    each.id, each.standing.value, each.in_force(snapshot.past.moment), finding.check, finding.source,
                    finding.scope, text(finding.resource), text(finding.reason), text(each.risk), text(each.reason),
                    text(each.approver), each.signed, each.accepted, each.expires, each.leaf,
                )  # fmt: skip

    columns = (
        "id", "standing", "in_force", "check", "source", "scope", "resource", "says", "risk", "reason", "approver",
        "signed", "accepted", "expires", "leaf",
    )  # fmt: skip
    return Table(name="acceptances", about="A verdict that somebody accepts.", columns=columns, rows=rows())
