"""What every format tells of one question: figures made once, and the tables that a workbook and files of CSV hold."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from evidence_store.questions.leaves import leaves_of_period
from evidence_store.questions.populations import Populations
from exports.bundle import drawn, periods
from exports.bundle.findings import controls_table, findings_table, gaps_table
from exports.bundle.parts import Snapshot
from exports.bundle.records import acceptances_table, nonconformities_table, soa_tables
from exports.samples import completeness as completeness_table
from exports.tables import Cell, Table
from runs.completeness import Completeness, completeness
from runs.period import Statistics


class Content:
    """A snapshot with what follows from it; nothing is computed before somebody asks."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot

    @cached_property
    def period(self) -> Statistics:
        return periods.period_of(self.snapshot)

    @cached_property
    def samples(self) -> tuple[drawn.Found, ...]:
        return drawn.samples_of(self.snapshot)

    @cached_property
    def completeness(self) -> tuple[Completeness, ...]:
        """How each population in question came about."""
        snapshot = self.snapshot
        kinds = sorted({check.kind for check in snapshot.report.checks.values()})
        if not kinds:
            return ()
        with snapshot.store.reading() as connection:
            populations = Populations(snapshot.store, connection, snapshot.names.data, snapshot.past)
            asked = [each for each in populations.all(kinds) if snapshot.question.asks_for(each.source)]
            return tuple(completeness(populations, asked))

    def tables(self) -> Iterator[Table]:
        """Every table, what matters most first. Read each before the next."""
        snapshot = self.snapshot
        yield self.about()
        yield controls_table(snapshot)
        period = {each.name: each for each in periods.tables(self.period)}
        yield period["period_controls"]
        yield findings_table(snapshot, snapshot.controls_of())
        yield gaps_table(snapshot)
        yield self._named(completeness_table(self.completeness), "populations")
        yield drawn.table(self.samples)
        yield nonconformities_table(snapshot)
        yield acceptances_table(snapshot)
        yield from soa_tables(snapshot)
        yield from (period[name] for name in ("period_checks", "period_populations", "period_changes"))
        with snapshot.store.reading() as connection:
            found = leaves_of_period(connection, snapshot.question.start, snapshot.past)
            yield Table(
                name="log",
                about="A leaf of the log, written in the period.",
                columns=("position", "at", "type", "scan", "body", "hash"),
                rows=((each.position, each.at, each.type, each.scan, each.body, each.hash) for each in found),
            )

    def about(self) -> Table:
        """Whom and what it is about: tables of CSV have no head that could say so."""
        return Table(
            name="about",
            about="What has to be known to read the other tables.",
            columns=("what", "is"),
            rows=self.facts(),
        )

    def facts(self) -> Iterator[tuple[str, Cell]]:
        """The question, the place in the log that answers it, and what has to be said about the answer."""
        snapshot, question = self.snapshot, self.snapshot.question
        seal = snapshot.report.seal
        if stated := snapshot.report.answers.organization:
            yield "organization", stated.said.name
            yield "scope of its management system", stated.said.scope_statement
            yield "scope stated", f"version {stated.events}, leaf {stated.leaf}"
        yield "edition", f"{snapshot.conclusions.name} ({question.framework})"
        yield "period from", question.start
        yield "period to", question.end
        yield "as of", snapshot.past.moment
        yield "controls in question", ", ".join(question.controls) or "all"
        yield "sources in question", ", ".join(question.sources) or "all"
        yield "people", "pseudonyms" if question.redact_people else "as they are called"
        yield "log", seal.origin if seal else ""
        yield "leaves of the log that answer", snapshot.past.size
        yield "root of the checkpoint", seal.root if seal else ""
        yield "checkpoint made", snapshot.pinned
        yield "evidence is believed for (seconds)", self.period.period.stale_after.total_seconds()
        yield "the tool never says", "compliant: evidence supports or contradicts a control, people conclude"
        for warning in snapshot.warnings:
            yield "warning", warning

    def _named(self, table: Table, name: str) -> Table:
        text = self.snapshot.names.text
        rows = (tuple(text(cell) if isinstance(cell, str) else cell for cell in row) for row in table.rows)
        return Table(name=name, about=table.about, columns=table.columns, rows=rows)
