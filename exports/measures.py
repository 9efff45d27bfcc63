"""Measures as charts, and as one HTML file made as the report is: it needs nothing else, and runs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from markupsafe import Markup

from core import __version__
from core.management.figures import FIGURES, Measured
from core.model import Conclusion, Severity
from exports import charts
from exports.charts import Column, Line, Part
from exports.drawing import Tone
from exports.html import environment, own, policy, save
from exports.words import CONCLUSIONS, length, share
from management.measures.controls import ControlMeasure
from management.measures.measures import Measures

MOST_CONTROLS = 200
"""Controls of the table on a page; JSON has every one, with every change."""
_PARTS = {
    Conclusion.CONTRADICTED: Tone.BAD,
    Conclusion.UNDETERMINED: Tone.OPEN,
    Conclusion.SUPPORTED: Tone.GOOD,
    Conclusion.NO_EVIDENCE: Tone.NONE,
}
_SEVERITIES = {
    Severity.CRITICAL: Tone.BAD,
    Severity.HIGH: Tone.FIRST,
    Severity.MEDIUM: Tone.SECOND,
    Severity.LOW: Tone.THIRD,
    Severity.INFO: Tone.FIFTH,
}


def write(found: Measures, output: Path, generated: datetime) -> None:
    """Write the page to `output`, whole or not at all. Raises `AnnexaError`."""
    save(render(found, generated), output)


def render(found: Measures, generated: datetime) -> str:
    """The whole page. The same measures give the same bytes."""
    style = page_style()
    template = environment().get_template("measures.html")
    values = {"generated": generated, "style": style, "policy": policy(style), "version": __version__}
    return template.render(**in_template(found), **values)


def in_template(found: Measures) -> dict[str, object]:
    """What the sections about measures need in a template."""
    return {"m": found, "view": View(found), "span": span, "most": MOST_CONTROLS}


def page_style() -> Markup:
    """The style of pages with charts."""
    return own("report.css") + own("charts.css")


class View:
    """Measures as a page, or a document, tells them."""

    def __init__(self, found: Measures) -> None:
        self._found = found
        self._known = [each.places > 0 for each in found.places]

    @property
    def conclusions(self) -> Markup:
        """How many applicable controls were what, moment by moment."""
        parts = [Part(CONCLUSIONS[each].word, tone) for each, tone in _PARTS.items()]
        columns = [
            Column(
                f"{each.at:%Y-%m-%d}",
                {CONCLUSIONS[name].word: count for name, count in each.counts.items()},
                blind=not known,
            )
            for each, known in zip(self._found.conclusions, self._known, strict=True)
        ]
        return charts.stacked("Applicable controls by conclusion", parts, columns)

    @property
    def failing(self) -> Markup:
        """Failing findings by severity, and those about which nobody could tell."""
        known = [each.judged > 0 for each in self._found.failing]
        series = [
            Line(severity.value, tone, self._points([each.failing[severity] for each in self._found.failing], known))
            for severity, tone in _SEVERITIES.items()
            if any(each.failing[severity] for each in self._found.failing)
        ]
        unknown = [sum(each.unknown.values()) for each in self._found.failing]
        return charts.lines(
            "Failing findings", [*series, Line("nobody could tell", Tone.OPEN, self._points(unknown, known))]
        )

    @property
    def nonconformities(self) -> Markup:
        """Open nonconformities, and those overdue."""
        series = self._found.people.series
        return charts.lines(
            "Nonconformities",
            [
                Line("open", Tone.FIRST, tuple((each.at, each.open) for each in series)),
                Line("overdue", Tone.BAD, tuple((each.at, each.overdue) for each in series)),
            ],
        )

    @property
    def coverage(self) -> Markup:
        """Places that were seen whole and lately, not whole, and too long ago."""
        places = self._found.places
        return charts.lines(
            "Places",
            [
                Line("seen whole, and fresh", Tone.GOOD, self._points([each.fresh for each in places])),
                Line("not seen whole", Tone.OPEN, self._points([each.incomplete for each in places])),
                Line("seen too long ago", Tone.FIFTH, self._points([each.stale for each in places])),
            ],
        )

    @property
    def judged(self) -> Markup:
        """How many applicable controls a fresh verdict spoke to."""
        said = self._found.conclusions
        return charts.lines(
            "Controls with fresh verdicts",
            [
                Line("with fresh verdicts", Tone.GOOD, self._points([each.judged for each in said])),
                Line("applicable", Tone.FIFTH, self._points([sum(each.counts.values()) for each in said])),
            ],
        )

    @property
    def shares(self) -> Markup:
        """The three shares that say how much was in sight."""
        rows = [
            charts.Bar(name, measured.value if measured else None, f"{measured} %" if measured else "not known")
            for name, measured in (
                ("Places seen whole, and fresh", self._found.figures["estate_coverage"]),
                ("Applicable controls with fresh verdicts", self._found.figures["control_coverage"]),
                ("Time in which somebody could tell", self._found.figures["time_known"]),
            )
        ]
        return charts.bars("In sight", rows, most=100)

    @property
    def controls(self) -> Sequence[ControlMeasure]:
        """Applicable controls with any evidence, those that were contradicted or undetermined for longest first."""
        bad = (Conclusion.CONTRADICTED, Conclusion.UNDETERMINED)
        spoken_of = [each for each in self._applicable if set(each.totals) != {Conclusion.NO_EVIDENCE}]
        return sorted(spoken_of, key=lambda each: [-each.totals.get(c, timedelta()) for c in bad])

    @property
    def silent(self) -> int:
        """Applicable controls about which nothing was judged in the whole period."""
        return len(self._applicable) - len(self.controls)

    @property
    def _applicable(self) -> list[ControlMeasure]:
        return [each for each in self._found.controls if each.applicable]

    def strip(self, control: ControlMeasure) -> Markup:
        """What was concluded about a control from the beginning of the period to its end."""
        whole = self._found.end - self._found.start
        parts = [
            (CONCLUSIONS[each.conclusion].word, _PARTS[each.conclusion], (each.end - each.start) / whole)
            for each in control.spans
        ]
        return charts.strip(f"{control.control} over the period", parts)

    def share(self, control: ControlMeasure, conclusion: Conclusion) -> str:
        """For how much of the period a conclusion held: never nothing, or all, where it is not."""
        part = control.totals.get(conclusion, timedelta())
        return share(part, self._found.end - self._found.start) if part else ""

    def figure(self, name: str) -> str:
        """A figure with its unit."""
        return worded(name, self._found.figures[name])

    def _points(
        self, values: Sequence[float], known: Sequence[bool] | None = None
    ) -> tuple[tuple[datetime, float | None], ...]:
        """Values at the moments of the series; none where nothing was known, and from before anybody had looked."""
        rows = zip(self._found.moments, values, known or self._known, strict=True)
        return tuple((at, value if there else None) for at, value, there in rows)


def worded(name: str, measured: Measured | None) -> str:
    """A figure with its unit, as people read it."""
    return "not known" if measured is None else f"{measured} {FIGURES[name].unit}".rstrip()


def span(lasted: timedelta | None) -> str:
    """A length of time as people read it; JSON has it exactly."""
    return "not known" if lasted is None else length(lasted)
