"""The clauses of the standard, 4 to 10: what each asks for, and whether people or Annexa's records show it. Pure.

Technology shows little of them. A clause is shown by what people attest, and by records that are kept here: the scope,
the risks, nonconformities, and so on. The rules, in the order in which they are tried:

* A record that fails contradicts the clause.
* A record that cannot be judged, or an attestation that does not hold, leaves it undetermined.
* Otherwise a record that passes, or an attestation, supports it.
* Everything else is no evidence: somebody owes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.management.attestation import JudgedAttestation
from core.model import Conclusion, Status, Verdict


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause: its number and title, what it asks for in words of ours, and the names of Annexa's own records that
    speak to it."""

    id: str
    title: str
    asks: str
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSays:
    """What a record of Annexa's own says about a clause, and the command that shows it."""

    record: str
    verdict: Verdict
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseResult:
    """The conclusion about a clause, with what it rests on."""

    clause: Clause
    conclusion: Conclusion
    records: tuple[RecordSays, ...]
    attestations: tuple[JudgedAttestation, ...]

    @property
    def owed(self) -> tuple[str, ...]:
        """What people still owe, a sentence for each."""
        wrong = [
            f"{each.verdict.reason}: {each.command}" for each in self.records if each.verdict.status is not Status.PASS
        ]
        wrong += [each.sentence for each in self.attestations if not each.holds]
        if self.conclusion is Conclusion.NO_EVIDENCE and not wrong:
            return (f"nobody attests it: annexa attest add --control {self.clause.id}",)
        return tuple(wrong)


def conclude(clause: Clause, says: Mapping[str, RecordSays], attestations: Iterable[JudgedAttestation]) -> ClauseResult:
    """What records, by name, and attestations that name the clause say about it."""
    records = tuple(says[name] for name in clause.records if name in says)
    mine = tuple(each for each in attestations if clause.id in each.attestation.said.controls)
    statuses = {each.verdict.status for each in records}
    holding = [each.holds for each in mine]
    if Status.FAIL in statuses:
        conclusion = Conclusion.CONTRADICTED
    elif statuses & {Status.UNKNOWN, Status.ERROR} or False in holding:
        conclusion = Conclusion.UNDETERMINED
    elif Status.PASS in statuses or holding:
        conclusion = Conclusion.SUPPORTED
    else:
        conclusion = Conclusion.NO_EVIDENCE
    return ClauseResult(clause=clause, conclusion=conclusion, records=records, attestations=mine)
