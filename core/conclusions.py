"""What findings say about a control: evidence supports or contradicts it, leaves it open, or there is none.

Pure. The rules, in the order in which they are tried:

* A failure through a link of share `most` or `some` contradicts the control. Through `little` links alone it does not:
  it is a reservation, and the control is undetermined unless other objectives support it.
* One thing that we could not judge (unknown, or an error of ours) leaves the control undetermined.
* Otherwise a pass supports it, as strongly as the largest share among the objectives that passed.
* Everything else, not applicable included, is no evidence.

What people say comes after that, and never outweighs what was observed (`weighed`): where there is no evidence,
attestations that hold support the control, and one that does not leaves it undetermined. A control that the Statement
of Applicability excludes is excluded, with what was observed beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Protocol, TypeVar

from core.management.applicability import SoaRow
from core.management.attestation import JudgedAttestation
from core.model import SHARES, Conclusion, Control, Link, Status


class Serving(Protocol):
    """What serves an objective: a check, or what one said of itself before it was gone."""

    @property
    def id(self) -> str: ...

    @property
    def objective(self) -> str: ...


C = TypeVar("C", bound=Serving)


@dataclass(frozen=True, slots=True)
class Tally:
    """How often the checks of one objective, or one check, came to each status."""

    passes: int = 0
    fails: int = 0
    unknowns: int = 0
    not_applicable: int = 0

    @classmethod
    def of(cls, statuses: Iterable[Status]) -> Tally:
        counts = Counter(statuses)
        return cls(
            counts[Status.PASS],
            counts[Status.FAIL],
            counts[Status.UNKNOWN] + counts[Status.ERROR],
            counts[Status.NOT_APPLICABLE],
        )

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.passes + other.passes,
            self.fails + other.fails,
            self.unknowns + other.unknowns,
            self.not_applicable + other.not_applicable,
        )

    @property
    def conclusion(self) -> Conclusion:
        if self.fails:
            return Conclusion.CONTRADICTED
        if self.unknowns:
            return Conclusion.UNDETERMINED
        return Conclusion.SUPPORTED if self.passes else Conclusion.NO_EVIDENCE


@dataclass(frozen=True, slots=True)
class AcceptedFailures:
    """How many failures of one check somebody accepts, and until when at least."""

    count: int
    until: datetime


@dataclass(frozen=True, slots=True)
class ObjectiveResult:
    """One objective of a control: its link, the checks that serve it, and what they said."""

    link: Link
    checks: tuple[str, ...]
    tally: Tally

    @property
    def conclusion(self) -> Conclusion:
        return self.tally.conclusion


@dataclass(frozen=True, slots=True)
class ControlResult:
    """The conclusion about one control, with what it rests on.

    `failures` contradict it, and `accepted` of them are accepted, until `accepted_until` at least. They contradict it
    all the same. `stated` is what the Statement of Applicability says of it; `attestations` are those that name it.
    """

    control: Control
    conclusion: Conclusion
    strength: str
    objectives: tuple[ObjectiveResult, ...]
    reservations: tuple[str, ...]
    failures: int = 0
    accepted: int = 0
    accepted_until: datetime | None = None
    stated: SoaRow | None = None
    attestations: tuple[JudgedAttestation, ...] = ()

    @property
    def covered(self) -> bool:
        """Whether anything could speak to it: a check, or an attestation."""
        return bool(self.attestations) or any(each.checks for each in self.objectives)

    @property
    def failing(self) -> int:
        """How many findings fail, those of links that show little included."""
        return sum(each.tally.fails for each in self.objectives)

    @property
    def supported(self) -> int:
        """How many objectives passed."""
        return sum(o.conclusion is Conclusion.SUPPORTED for o in self.objectives)

    @property
    def word(self) -> str:
        """`contradicted (accepted until 2026-12-31)`, `contradicted (2 of 5 failures accepted until 2026-12-31)`."""
        text = self.conclusion.replace("_", " ")
        if self.accepted_until is None:
            return text
        some = "" if self.accepted == self.failures else f"{self.accepted} of {self.failures} failures "
        return f"{text} ({some}accepted until {self.accepted_until:%Y-%m-%d})"

    @property
    def sentence(self) -> str:
        """`supported (some), 3 of 5 objectives; reservations about 1`; `contradicted; 1 of 4 objectives supported`."""
        text, count = self.word, f"{self.supported} of {len(self.objectives)} objectives"
        if self.conclusion is Conclusion.EXCLUDED and self.stated:
            return f"{text}: {self.stated.justification}"
        if self.strength == ATTESTED:
            return f"{text} ({ATTESTED}: {', '.join(each.attestation.id for each in self.attestations)})"
        if self.conclusion is Conclusion.SUPPORTED:
            text += f" ({self.strength}), {count}"
        elif self.conclusion is not Conclusion.NO_EVIDENCE:
            text += f"; {count} supported"
        return text + (f"; reservations about {len(self.reservations)}" if self.reservations else "")


ATTESTED = "attested"
"""The strength of a control that nothing but people's word supports."""

NONE_ACCEPTED: Mapping[str, AcceptedFailures] = MappingProxyType({})


def by_objective(checks: Iterable[C]) -> dict[str, list[C]]:
    """Checks by the objective that they serve, in their order."""
    found: dict[str, list[C]] = {}
    for check in checks:
        found.setdefault(check.objective, []).append(check)
    return found


def conclude(
    control: Control,
    serving: Mapping[str, Sequence[Serving]],
    tallies: Mapping[str, Tally],
    accepted: Mapping[str, AcceptedFailures] = NONE_ACCEPTED,
) -> ControlResult:
    """What the tallies (by check id) say about one control, and which failures are accepted.

    `serving` has checks by objective, those of other controls too.
    """
    served = ((link, tuple(check.id for check in serving.get(link.objective, ()))) for link in control.links)
    objectives = tuple(
        ObjectiveResult(link, checks, sum((tallies.get(check, Tally()) for check in checks), Tally()))
        for link, checks in served
    )
    failing = [o.link for o in objectives if o.conclusion is Conclusion.CONTRADICTED]
    contradicted = any(link.share != "little" for link in failing)
    reservations = tuple(link.objective for link in failing if link.share == "little")
    passing = {o.link.share for o in objectives if o.conclusion is Conclusion.SUPPORTED}
    if contradicted:
        conclusion = Conclusion.CONTRADICTED
    elif any(o.tally.unknowns for o in objectives) or (reservations and not passing):
        conclusion = Conclusion.UNDETERMINED
    else:
        conclusion = Conclusion.SUPPORTED if passing else Conclusion.NO_EVIDENCE
    strength = next((share for share in SHARES if share in passing), "")
    counting = [o for o in objectives if o.conclusion is Conclusion.CONTRADICTED and o.link.share != "little"]
    mine = [accepted[check] for each in counting for check in each.checks if check in accepted]
    return ControlResult(
        control,
        conclusion,
        strength,
        objectives,
        reservations,
        failures=sum(each.tally.fails for each in counting),
        accepted=sum(each.count for each in mine),
        accepted_until=min((each.until for each in mine), default=None),
    )


def weighed(
    result: ControlResult, stated: SoaRow | None, attestations: tuple[JudgedAttestation, ...] = ()
) -> ControlResult:
    """A conclusion with what people say: the Statement of Applicability, and attestations that name the control."""
    found = replace(result, stated=stated, attestations=attestations)
    if stated and not stated.applicable:
        return replace(found, conclusion=Conclusion.EXCLUDED)
    if attestations and result.conclusion is Conclusion.NO_EVIDENCE:
        if all(each.holds for each in attestations):
            return replace(found, conclusion=Conclusion.SUPPORTED, strength=ATTESTED)
        return replace(found, conclusion=Conclusion.UNDETERMINED)
    return found
