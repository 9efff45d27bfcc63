"""The report on paper: controls and conclusions, the period, failures, gaps, populations, samples, how it was made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from markupsafe import Markup

from core.model import Conclusion, Status
from evidence_store.questions.periods import State
from exports import charts, pdf, words
from exports.bundle.content import Content
from exports.drawing import Tone
from runs.period import ControlPeriod

MOST_FAILURES, MOST_ROWS, MOST_BARS, MOST_SAMPLES, MOST_ITEMS = 300, 300, 12, 20, 25
"""What a person reads on paper. Pages cost memory: each list ends, and says how many more there are, and where."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many controls came to a conclusion."""

    conclusion: Conclusion
    count: int


def write(content: Content) -> bytes:
    """The PDF. Raises `AnnexaError` where the extra for it is not installed."""
    snapshot, question = content.snapshot, content.snapshot.question
    report = snapshot.report
    results = snapshot.conclusions.controls
    scope = ", ".join((*question.controls, *question.sources)) or "every control and every source"
    cover = pdf.Cover(
        title=f"Evidence for {snapshot.conclusions.name}",
        lead="What technical evidence says about each control. Whether an organization conforms is for people to say.",
        scope=scope,
        period=f"{words.moment(question.start)} to {words.moment(question.end)}",
        made=snapshot.past.moment,
        facts=facts(content),
    )
    failing = [each for each in report.findings if each.status is Status.FAIL]
    unjudged = [each for each in report.findings if each.status in (Status.UNKNOWN, Status.ERROR)]
    return pdf.render(
        "paper_report.html",
        cover,
        content=content,
        snapshot=snapshot,
        report=report,
        results=results,
        counted=[Counted(c, sum(each.conclusion is c for each in results)) for c in words.CONCLUSIONS],
        period=content.period,
        shares=shares,
        changes=[(each.check, change) for each in content.period.checks.values() for change in each.changes],
        failing=failing,
        unjudged=unjudged,
        most=MOST_ROWS,
        most_failures=MOST_FAILURES,
        most_samples=MOST_SAMPLES,
        most_items=MOST_ITEMS,
        chart=_chart(content.period.controls),
        State=State,
    )


def facts(content: Content) -> list[tuple[str, str]]:
    """What the cover says besides scope and period."""
    snapshot, seal = content.snapshot, content.snapshot.report.seal
    stated = snapshot.report.answers.organization
    organization = (
        [
            ("Organization", stated.said.name),
            ("Its scope", f"{stated.said.scope_statement} (version {stated.events}, leaf {stated.leaf})"),
        ]
        if stated
        else []
    )
    return [
        *organization,
        ("As of", words.moment(snapshot.past.moment)),
        ("Log", f"{seal.origin}, the first {words.number(snapshot.past.size)} leaves" if seal else "not signed"),
        ("Evidence", f"is believed for {words.length(content.period.period.stale_after)}"),
        ("People", "are called by pseudonyms" if snapshot.question.redact_people else "are called as they are"),
    ]


def shares(of: ControlPeriod) -> list[tuple[State, str]]:
    """The share of each state that occurred, the gravest first."""
    whole = of.timeline.length
    return [(state, words.share(of.timeline.totals[state], whole)) for state in State if state in of.timeline.totals]


def _chart(controls: tuple[ControlPeriod, ...]) -> Markup | None:
    """The controls that failed longest; none where nothing failed."""
    failed = [(each.timeline.totals.get(State.FAIL, timedelta()), each) for each in controls]
    failed = sorted((row for row in failed if row[0]), key=lambda row: (-row[0], row[1].control.id))[:MOST_BARS]
    if not failed:
        return None
    return charts.bars(
        "Failing, share of the period",
        [
            charts.Bar(
                each.control.id, lasted / each.timeline.length, words.share(lasted, each.timeline.length), Tone.BAD
            )
            for lasted, each in failed
        ],
        most=1,
    )
