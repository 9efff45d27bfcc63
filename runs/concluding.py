"""What evidence and people say about every control of a framework, by the rules of a moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from core.conclusions import NONE_ACCEPTED, AcceptedFailures, ControlResult, Tally, by_objective, conclude, weighed
from core.management.attestation import JudgedAttestation, judged
from core.model import Framework
from runs.rules import Rules
from runs.selection import DEFAULT_FRAMEWORK


def conclude_all(
    edition: Framework,
    rules: Rules,
    tallies: Mapping[str, Tally],
    at: datetime,
    accepted: Mapping[str, AcceptedFailures] = NONE_ACCEPTED,
) -> tuple[ControlResult, ...]:
    """The conclusion about every control: of tallies by check, the Statement of Applicability, and attestations."""
    said = rules.applicability.said if rules.applicability else None
    rows = {row.control: row for row in said.rows} if said and said.edition == edition.id else {}
    attested = attestations_by_control(judged(rules.attestations, at), edition.id)
    serving = by_objective(rules.checks.values())
    return tuple(
        weighed(conclude(control, serving, tallies, accepted), rows.get(control.id), attested[control.id])
        for control in edition.controls
    )


def attestations_by_control(
    found: tuple[JudgedAttestation, ...], edition: str
) -> Mapping[str, tuple[JudgedAttestation, ...]]:
    """Attestations by the controls of one edition: of the current one by number alone, of others behind a colon."""
    by_control: dict[str, tuple[JudgedAttestation, ...]] = defaultdict(tuple)
    for each in found:
        for name in dict.fromkeys(each.attestation.said.controls):
            named, _, number = name.rpartition(":")
            if (named or DEFAULT_FRAMEWORK) == edition:
                by_control[number] += (each,)
    return by_control
