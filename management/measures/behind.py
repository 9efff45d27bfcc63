"""What each figure counts: its findings, controls, records or checks by name, and the command that leads from one of
them to what is sealed. A figure that nobody can follow is a claim."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.management.figures import FIGURES
from core.model import Conclusion, Severity
from evidence_store.questions.check_history import Period
from evidence_store.questions.past import Past
from evidence_store.questions.states import GapState
from management.measures.controls import ControlMeasure
from management.measures.estate import UNSEEN, CheckRun, End, Episode
from management.measures.people import People

NAME = "NAME"
"""What a command has in place of one of the names."""
CONCLUSIONS = {
    "controls_supported": Conclusion.SUPPORTED,
    "controls_contradicted": Conclusion.CONTRADICTED,
    "controls_undetermined": Conclusion.UNDETERMINED,
    "controls_without_evidence": Conclusion.NO_EVIDENCE,
}


@dataclass(frozen=True, slots=True)
class Behind:
    """What a figure counts, in words and by `names`; `one` is the command that shows one of them and leads to its
    leaves, `whole` the one that shows all. Names are empty where nothing was counted, or a share is of all there is."""

    meaning: str
    names: tuple[str, ...]
    one: str
    whole: str


def behind(
    controls: Sequence[ControlMeasure],
    runs: Sequence[CheckRun],
    led: People,
    gaps: Sequence[GapState],
    period: Period,
    past: Past,
    framework: str,
) -> dict[str, Behind]:
    """By name, every figure, and every count of the tables beside them."""
    then = f"--as-of {past.size - 1}"
    during = f"--from {period.start:%Y-%m-%dT%H:%M:%SZ} --to {period.end:%Y-%m-%dT%H:%M:%SZ}"
    found: dict[str, Behind] = {}
    applicable = [each for each in controls if each.applicable]
    one, whole = (
        f"annexa controls {NAME} --framework {framework} {then}",
        f"annexa controls --framework {framework} {then}",
    )
    for name, conclusion in CONCLUSIONS.items():
        mine = [each.control for each in applicable if each.conclusion is conclusion]
        found[name] = _of(name, mine, one, whole)
    fresh = [each.control for each in applicable if each.judged]
    found["control_coverage"] = _of("control_coverage", fresh, one, whole)
    found["estate_coverage"] = _of("estate_coverage", (), "", f"annexa status {then} --json")
    blind = [run.check for run in runs if any(span.counts.get(state) for span in run.spans for state in UNSEEN)]
    found["time_known"] = Behind(
        "checks of which nobody could tell something for a while",
        tuple(blind),
        f"annexa history {NAME} {during}",
        f"annexa measures {during}",
    )
    unseen = [" ".join(filter(None, (each.source, each.scope, each.collector))) for each in gaps]
    found["gaps"] = _of("gaps", unseen, "", f"annexa status {then}")
    found |= dict(_failures(runs, period, then, during))
    for name, names in led.behind.items():
        listed = f"annexa nonconformities list --all {then}"
        found[name] = _of(name, names, f"annexa nonconformities show {NAME} {then}", listed)
    return found


def _of(name: str, names: Sequence[str], one: str, whole: str) -> Behind:
    plain, _, severity = name.rpartition("_")
    if name in FIGURES or severity not in list(Severity):
        plain, severity = name, ""
    meaning = FIGURES[plain].meaning if plain in FIGURES else plain.replace("_", " ")
    meaning += f", severity {severity}" if severity else ""
    return Behind(meaning, tuple(dict.fromkeys(names)), one, whole)


def _failures(runs: Sequence[CheckRun], period: Period, then: str, during: str) -> Iterator[tuple[str, Behind]]:
    """What became of failures, all together and by severity."""
    every = [each for run in runs for each in run.episodes]
    at_end = f"annexa show {NAME} {then}", f"annexa status --all {then}"
    in_between = f"annexa history {NAME} {during}", f"annexa drift {during}"
    for name, meaning, meant, commands in (
        ("failing", "findings that fail", _still_fails, at_end),
        ("resolved", "failures that were resolved", _was_resolved, in_between),
        ("out_of_sight", "failures that nobody has seen since", _is_out_of_sight, in_between),
        ("reappeared", "failures that came back", lambda each: each.again and each.began >= period.start, in_between),
    ):
        mine = [each for each in every if meant(each)]
        yield name, _named(meaning, mine, commands)
        for severity in Severity:
            one = _named(f"{meaning}, severity {severity.value}", [e for e in mine if e.severity is severity], commands)
            yield f"{name}_{severity.value}", one
            if name == "resolved":
                for figure in (f"mean_days_to_resolve_{severity.value}", f"p90_days_to_resolve_{severity.value}"):
                    yield figure, Behind(FIGURES[figure].meaning, one.names, *commands)


def _named(meaning: str, episodes: Sequence[Episode], commands: tuple[str, str]) -> Behind:
    return Behind(meaning, tuple(dict.fromkeys(each.finding for each in episodes)), *commands)


def _still_fails(each: Episode) -> bool:
    return each.ended is None and each.in_sight


def _was_resolved(each: Episode) -> bool:
    return each.end is End.RESOLVED


def _is_out_of_sight(each: Episode) -> bool:
    return each.ended is None and not each.in_sight
