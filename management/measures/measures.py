"""All measures of a period, put together: computed from what is sealed, pinned to a place in the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.codec import timestamp
from core.errors import AnnexaError, did_you_mean
from core.management.figures import Figures, Measured, ObjectiveMeasure, against
from core.management.organization import Organization
from core.management.statements import Version
from core.model import Conclusion, Framework, Severity
from evidence_store.questions.check_history import Period
from evidence_store.questions.events import organization
from evidence_store.questions.histories import first_moment
from evidence_store.questions.measured import PlacesSeen, places_seen
from evidence_store.questions.past import Past
from evidence_store.questions.periods import Why
from evidence_store.questions.queries import current_gaps
from evidence_store.questions.states import GapState
from evidence_store.questions.window import end_of_log
from evidence_store.store import Store
from management.measures.behind import Behind, behind
from management.measures.controls import ConcludedAt, ControlMeasure, concluded_at, control_measures
from management.measures.estate import (
    CheckRun,
    FailingAt,
    Resolution,
    check_runs,
    failing_at,
    known_time,
    resolution,
)
from management.measures.people import People, people
from runs.as_of import as_of as place
from runs.as_of import spoken
from runs.configuration import Configuration
from runs.rules import Rules, in_force
from runs.selection import DEFAULT_FRAMEWORK

MOST_MOMENTS = 53
"""Points of a series: a year by weeks."""
STEPS = tuple(timedelta(hours=hours) for hours in (1, 6, 24, 7 * 24, 28 * 24))
"""How far the points of a series are apart: the least of these that is enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """Everything that is measured. `moments` are those of the series, and its end is the last.

    `known` of `stood` is for how long somebody could tell, over all verdicts. `figures` are what objectives are set
    for: none where nobody can tell; `behind` says what each counts, and where that is. What happened between two
    moments is in no series, but in every total.
    """

    start: datetime
    end: datetime
    past: Past
    framework: str
    framework_name: str
    stale_after: timedelta
    organization: Version[Organization] | None
    moments: tuple[datetime, ...]
    controls: tuple[ControlMeasure, ...]
    conclusions: tuple[ConcludedAt, ...]
    failing: tuple[FailingAt, ...]
    resolutions: tuple[Resolution, ...]
    people: People
    places: tuple[PlacesSeen, ...]
    gaps: tuple[GapState, ...]
    known: timedelta
    stood: timedelta
    figures: Figures
    behind: Mapping[str, Behind]
    objectives: tuple[ObjectiveMeasure, ...]
    warnings: tuple[str, ...]


def measures(
    configuration: Configuration, store: Store, now: datetime, *, start: str = "", end: str = "", framework: str = ""
) -> Measures:
    """The measures from `start` until `end`; from the first scan until now. The controls are those of an edition: that
    of the Statement of Applicability, where none is named. Raises `AnnexaError`."""
    period, past, warnings = _period(configuration, store, now, start, end)
    rules = in_force(store, configuration, past)
    period = Period(start=period.start, end=period.end, stale_after=rules.stale_after)
    edition = _edition(rules, framework)
    moments = series(period.start, period.end)
    with store.reading() as connection:
        runs = list(check_runs(store, connection, period, past))
        led = people(store, connection, past, period.start, period.end, moments)
        places = tuple(places_seen(connection, moments, past, period.stale_after))
        gaps = tuple(current_gaps(store, connection, past))
        said = organization(store, connection, past)
    controls = control_measures(edition, rules, {run.check: run for run in runs}, period)
    failing = failing_at(runs, moments)
    resolutions = tuple(_resolution(severity, runs, period.start) for severity in reversed(Severity))
    known, stood = known_time(runs)
    figures = _figures(controls, failing[-1], resolutions, led, places[-1], len(gaps), (known, stood))
    objectives = said.said.objectives if said else ()
    return Measures(
        start=period.start,
        end=period.end,
        past=past,
        framework=edition.id,
        framework_name=edition.name,
        stale_after=period.stale_after,
        organization=said,
        moments=moments,
        controls=controls,
        conclusions=concluded_at([each for each in controls if each.applicable], moments),
        failing=failing,
        resolutions=resolutions,
        people=led,
        places=places,
        gaps=gaps,
        known=known,
        stood=stood,
        figures=figures,
        behind=behind(controls, runs, led, gaps, period, past, edition.id),
        objectives=tuple(against(each, figures) for each in objectives),
        warnings=(*warnings, *rules.warnings, *_disposed(runs)),
    )


def _edition(rules: Rules, asked: str) -> Framework:
    """The edition whose controls are measured. Raises `AnnexaError` for one that there is not."""
    known = {each.id: each for each in rules.frameworks}
    if asked and asked not in known:
        raise AnnexaError(f"there is no framework {asked}{did_you_mean(asked, known)}", f"there are {', '.join(known)}")
    stated = rules.applicability.said.edition if rules.applicability else DEFAULT_FRAMEWORK
    return known.get(asked or stated, rules.frameworks[0])


def _period(
    configuration: Configuration, store: Store, now: datetime, start: str, end: str
) -> tuple[Period, Past, tuple[str, ...]]:
    """The period, and the last checkpoint by its end. Raises `AnnexaError` for a period that is none."""
    then = place(store, end, now)
    with store.reading() as connection:
        begins = first_moment(connection)
        past = then.past if then else end_of_log(connection, now)
    if begins is None:
        raise AnnexaError(f"{store.location.name}: there is no scan yet", "make one with: annexa scan")
    until = past.moment
    since = spoken(start, begins=True) if start else begins
    if since >= until:
        raise AnnexaError(
            f"the period ends at {timestamp(until)}, before it begins: {timestamp(since)}",
            "give --from the earlier moment; a day alone is its beginning there, and its end after --to",
        )
    early = f"nothing is known from before {timestamp(begins)}: there was no scan" if since < begins else ""
    period = Period(start=since, end=until, stale_after=configuration.stale_after)
    return period, past, (*(then.warnings if then else ()), *([early] if early else []))


def _disposed(runs: Sequence[CheckRun]) -> list[str]:
    """That verdicts of the beginning are not there any more, and until when."""
    gone = [run.spans[0] for run in runs if Why.DISPOSED in run.spans[0].blind]
    if not gone:
        return []
    last = timestamp(max(span.end for span in gone))
    return [f"verdicts of {len(gone)} checks from before {last} were disposed of: that time is out of sight"]


def series(start: datetime, end: datetime) -> tuple[datetime, ...]:
    """Moments at equal steps back from the end of a period, and its beginning; `MOST_MOMENTS` at most."""
    whole = end - start
    step = next((each for each in STEPS if whole <= each * (MOST_MOMENTS - 2)), whole / (MOST_MOMENTS - 2))
    moments = [end]
    while moments[-1] - step > start:
        moments.append(moments[-1] - step)
    return (start, *reversed(moments))


def _resolution(severity: Severity, runs: Sequence[CheckRun], start: datetime) -> Resolution:
    return resolution(severity, [each for run in runs if run.severity is severity for each in run.episodes], start)


def _figures(
    controls: Sequence[ControlMeasure],
    failing: FailingAt,
    resolutions: Sequence[Resolution],
    led: People,
    places: PlacesSeen,
    gaps: int,
    time_known: tuple[timedelta, timedelta],
) -> Figures:
    """The figures at the end of the period by name; a share of nothing is not known."""
    applicable = [each for each in controls if each.applicable]
    counts = Counter(each.conclusion for each in applicable)
    counted: dict[str, float | None] = {
        "controls_supported": counts[Conclusion.SUPPORTED],
        "controls_contradicted": counts[Conclusion.CONTRADICTED],
        "controls_undetermined": counts[Conclusion.UNDETERMINED],
        "controls_without_evidence": counts[Conclusion.NO_EVIDENCE],
        "control_coverage": percent(sum(each.judged for each in applicable), len(applicable)),
        "estate_coverage": percent(places.fresh, places.places),
        "time_known": percent(time_known[0] / timedelta(seconds=1), time_known[1] / timedelta(seconds=1)),
        "gaps": gaps,
        "reappeared": sum(each.reappeared for each in resolutions),
        "nonconformities_open": sum(each.open for each in led.led),
        "nonconformities_overdue": sum(each.overdue for each in led.led),
        "actions_overdue": len(led.actions),
        "nonconformities_recurred": len(led.recurred),
    }
    for each in resolutions:
        counted[f"mean_days_to_resolve_{each.severity.value}"] = days(each.mean)
        counted[f"p90_days_to_resolve_{each.severity.value}"] = days(each.p90)
    found = {name: None if value is None else Measured(value) for name, value in counted.items()}
    found["failing"] = Measured(sum(failing.failing.values()), more=any(failing.unknown.values()))
    for severity, count in failing.failing.items():
        found[f"failing_{severity.value}"] = Measured(count, more=failing.unknown[severity] > 0)
    return found


def percent(part: float, whole: float) -> float | None:
    """So many of a hundred; none of nothing."""
    return 100 * part / whole if whole else None


def days(length: timedelta | None) -> float | None:
    """A length in days."""
    return None if length is None else length / timedelta(days=1)
