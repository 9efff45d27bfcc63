"""The figures that are measured of the management system, by name: what each means, and in what it is counted.

Objectives set bounds for them. `docs/measures.md` defines them exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.management.organization import Objective
from core.model import Severity


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: what it counts, and its `unit`: nothing for a plain count, else `%` or `days`."""

    meaning: str
    unit: str = ""


def _figures() -> Iterator[tuple[str, Figure]]:
    yield "controls_supported", Figure("applicable controls that evidence supports")
    yield "controls_contradicted", Figure("applicable controls that evidence contradicts")
    yield "controls_undetermined", Figure("applicable controls about which nobody can tell")
    yield "controls_without_evidence", Figure("applicable controls about which nothing was judged")
    yield "control_coverage", Figure("applicable controls with a fresh verdict that passes or fails", "%")
    yield "estate_coverage", Figure("places that were seen whole, and whose evidence is fresh", "%")
    yield "time_known", Figure("time in which somebody could tell, of all that verdicts stood", "%")
    yield "gaps", Figure("things that could not be looked at")
    yield "failing", Figure("findings that fail")
    for severity in Severity:
        yield f"failing_{severity.value}", Figure(f"findings of severity {severity.value} that fail")
    yield "reappeared", Figure("failures that came back after they had been resolved")
    for severity in Severity:
        yield (
            f"mean_days_to_resolve_{severity.value}",
            Figure(f"mean time to resolve, severity {severity.value}", "days"),
        )
        yield (
            f"p90_days_to_resolve_{severity.value}",
            Figure(f"time in which 90 % of failures were resolved, severity {severity.value}", "days"),
        )
    yield "nonconformities_open", Figure("nonconformities that nobody has closed")
    yield "nonconformities_overdue", Figure("open nonconformities past their day")
    yield "actions_overdue", Figure("corrective actions past their day")
    yield "nonconformities_recurred", Figure("nonconformities that were seen again after review or closure")


FIGURES: Mapping[str, Figure] = dict(_figures())
"""Every figure there is."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a figure came to. With `more` it is at least that much: there are things about which nobody can tell."""

    value: float
    more: bool = False

    def __str__(self) -> str:
        return f"at least {spelt(self.value)}" if self.more else spelt(self.value)


Figures = Mapping[str, Measured | None]
"""Every figure by name; none where nobody can tell anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveMeasure:
    """An objective beside its figure. `reached` is none where nobody can tell, or where people judge."""

    objective: Objective
    measured: Measured | None
    reached: bool | None
    sentence: str


def against(objective: Objective, figures: Figures) -> ObjectiveMeasure:
    """An objective against what was measured. What nobody knows reaches no target, and misses none."""
    if not objective.measure:
        return _unmeasured(objective, f"people judge it: {objective.target}")
    figure = FIGURES.get(objective.measure)
    if figure is None:
        return _unmeasured(objective, f"there is no figure named {objective.measure}")
    target = " and ".join(
        f"at {word} {bound} {figure.unit}".rstrip()
        for word, bound in (("least", objective.at_least), ("most", objective.at_most))
        if bound is not None
    )
    measured = figures.get(objective.measure)
    if measured is None:
        return _unmeasured(objective, f"not known; target {target}")
    said = f"{measured} {figure.unit}".rstrip() + f"; target {target}"
    return ObjectiveMeasure(
        objective=objective, measured=measured, reached=_reached(objective, measured), sentence=said
    )


def _unmeasured(objective: Objective, sentence: str) -> ObjectiveMeasure:
    return ObjectiveMeasure(objective=objective, measured=None, reached=None, sentence=sentence)


def _reached(objective: Objective, measured: Measured) -> bool | None:
    """Whether both bounds are kept, whatever nobody can tell; none where that decides."""
    if objective.at_most is not None and measured.value > objective.at_most:
        return False
    if objective.at_least is not None and measured.value < objective.at_least:
        return None if measured.more else False
    return None if measured.more and objective.at_most is not None else True


def spelt(value: float) -> str:
    """A figure with so many decimals that nothing is rounded to a whole that it is not."""
    if value == int(value):
        return f"{int(value):,}"
    for decimals in (1, 2, 3):
        text = f"{value:,.{decimals}f}"
        if float(text.replace(",", "")) != round(value):
            return text
    return f"{'<' if value < round(value) else '>'}{round(value):,}"
