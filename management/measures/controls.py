"""What evidence said about each control over a period: exactly, from change to change, by the rules of its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from core.conclusions import ControlResult, by_objective, conclude, weighed
from core.management.applicability import SoaRow
from core.management.attestation import Attestation, judged
from core.model import Conclusion, Control, DescribedCheck, Framework
from evidence_store.questions.check_history import Period
from management.measures.estate import CheckRun
from runs.concluding import attestations_by_control
from runs.rules import Rules

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Said:
    """From `start` up to `end` this was concluded about a control; `judged` says whether a fresh verdict stood that
    passes or fails."""

    start: datetime
    end: datetime
    conclusion: Conclusion
    judged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlMeasure:
    """One control over a period. `sentence` is the conclusion at its end."""

    control: str
    title: str
    applicable: bool
    conclusion: Conclusion
    sentence: str
    judged: bool
    spans: tuple[Said, ...]

    @property
    def totals(self) -> Mapping[Conclusion, timedelta]:
        """For how long each conclusion held. They add up to the period."""
        found: dict[Conclusion, timedelta] = {}
        for each in self.spans:
            found[each.conclusion] = found.get(each.conclusion, timedelta()) + (each.end - each.start)
        return found

    def at(self, moment: datetime) -> Said:
        """What was concluded at a moment of the period; at its end, what was last."""
        return next((each for each in self.spans if each.start <= moment < each.end), self.spans[-1])


def control_measures(
    edition: Framework, rules: Rules, runs: Mapping[str, CheckRun], period: Period
) -> tuple[ControlMeasure, ...]:
    """Every control of an edition. Which checks, links, exclusions and attestations count is what counts at the end."""
    serving = by_objective(rules.checks.values())
    said = rules.applicability.said if rules.applicability else None
    rows = {row.control: row for row in said.rows} if said and said.edition == edition.id else {}
    found = []
    for control in edition.controls:
        asking = dict.fromkeys(check.id for link in control.links for check in serving.get(link.objective, ()))
        asked = _Asked(edition.id, control, serving, rows.get(control.id), rules.attestations)
        found.append(asked.over(period, [runs[name] for name in asking if name in runs]))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One control, and all that speaks to it."""

    edition: str
    control: Control
    serving: Mapping[str, Sequence[DescribedCheck]]
    stated: SoaRow | None
    attestations: Sequence[Attestation]

    def over(self, period: Period, runs: Sequence[CheckRun]) -> ControlMeasure:
        """The control from change to change."""
        moments = sorted({period.start, *self._changes(period, runs)})
        spans: list[Said] = []
        for start, end in pairwise([*moments, period.end]):
            result = self._at(start, runs)
            judged = any(each.tally.passes or each.tally.fails for each in result.objectives)
            if spans and (spans[-1].conclusion, spans[-1].judged) == (result.conclusion, judged):
                spans[-1] = replace(spans[-1], end=end)
            else:
                spans.append(Said(start, end, result.conclusion, judged))
        last = self._at(period.end, runs)
        return ControlMeasure(
            control=self.control.id,
            title=self.control.title,
            applicable=last.conclusion is not Conclusion.EXCLUDED,
            conclusion=last.conclusion,
            sentence=last.sentence,
            judged=spans[-1].judged,
            spans=tuple(spans),
        )

    def _at(self, at: datetime, runs: Sequence[CheckRun]) -> ControlResult:
        """The conclusion at a moment, of attestations that had been given by then."""
        tallies = {run.check: run.tally_at(at) for run in runs}
        given = judged((each for each in self.attestations if each.attested <= at), at)
        attested = attestations_by_control(given, self.edition).get(self.control.id, ())
        return weighed(conclude(self.control, self.serving, tallies), self.stated, attested)

    def _changes(self, period: Period, runs: Sequence[CheckRun]) -> Iterator[datetime]:
        """When anything may have become otherwise: a verdict, or an attestation's first and last day."""
        moments = [span.start for run in runs for span in run.spans]
        for each in self.attestations:
            moments += [each.attested, midnight(each.said.valid_from), midnight(each.said.valid_until + DAY)]
            moments += [midnight(each.said.reviewed)] if each.said.reviewed else []
        return (at for at in moments if period.start < at < period.end)


def midnight(day: date) -> datetime:
    """When a day begins, in UTC."""
    return datetime.combine(day, time.min, UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcludedAt:
    """How many controls were what at a moment, and to how many of them a fresh verdict spoke."""

    at: datetime
    counts: Mapping[Conclusion, int]
    judged: int


def concluded_at(controls: Iterable[ControlMeasure], moments: Sequence[datetime]) -> tuple[ConcludedAt, ...]:
    """The controls at each of these moments."""
    found = list(controls)
    answer = []
    for at in moments:
        said = [each.at(at) for each in found]
        judged = sum(each.judged for each in said)
        answer.append(ConcludedAt(at=at, counts=Counter(each.conclusion for each in said), judged=judged))
    return tuple(answer)
