"""About which controls the evidence says something else: conclusions of either moment, by the rules of either."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from core.conclusions import Tally
from core.model import Conclusion, Status
from evidence_store.questions.verdict_changes import VerdictChanges
from monitoring.changes import Side, statuses_throughout
from monitoring.filters import Asked
from runs.concluding import conclude_all
from runs.rules import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedControl:
    """A control about which the evidence says something else now, and for what reason: by sentences with counts."""

    framework: str
    control: str
    title: str
    was: Conclusion
    conclusion: Conclusion
    was_sentence: str
    sentence: str


def changed_controls(
    verdicts: VerdictChanges, sides: tuple[Side, Side], rules: tuple[Rules, Rules], asked: Asked
) -> Iterator[ChangedControl]:
    """The controls about which the evidence says something else, in the order of their frameworks."""
    before, after = _tallies(verdicts, sides)
    old = {
        (edition.id, result.control.id): result
        for edition in rules[0].frameworks
        for result in conclude_all(edition, rules[0], before, sides[0].past.moment)
    }
    for edition in rules[1].frameworks:
        for now in conclude_all(edition, rules[1], after, sides[1].past.moment):
            control = now.control
            was = old.get((edition.id, control.id))
            if was and was.conclusion is not now.conclusion and asked.control(edition.id, control.id):
                yield ChangedControl(
                    framework=edition.id,
                    control=control.id,
                    title=control.title,
                    was=was.conclusion,
                    conclusion=now.conclusion,
                    was_sentence=was.sentence,
                    sentence=now.sentence,
                )


def _tallies(verdicts: VerdictChanges, sides: tuple[Side, Side]) -> tuple[dict[str, Tally], dict[str, Tally]]:
    """How often each check came to each status, at the start and at the end."""
    counts: tuple[dict[str, Counter[Status]], ...] = (defaultdict(Counter), defaultdict(Counter))
    for unchanged in verdicts.throughout:
        for number, status in enumerate(statuses_throughout(unchanged, *sides)):
            counts[number][unchanged.check][status] += unchanged.count
    for each in verdicts.changes:
        for number, stood in enumerate((sides[0].of(each.before), sides[1].of(each.after))):
            if stood:
                counts[number][each.check][stood.status] += 1
    before, after = ({check: Tally.of(found.elements()) for check, found in each.items()} for each in counts)
    return before, after
