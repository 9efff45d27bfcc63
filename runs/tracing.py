"""From a verdict to the bytes it rests on: assessment, units, exchanges, leaves, checkpoint."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.errors import AnnexaError
from core.model import DescribedCheck, Framework
from evidence_store.log.proofs import make_proof
from evidence_store.log.trail import LeafProof, SeenUnit, prove, seen_unit, units_below
from evidence_store.questions.past import Past
from evidence_store.questions.queries import assessed, leaf_data, scans
from evidence_store.questions.standing import current_findings
from evidence_store.questions.states import FindingState, ScanState
from evidence_store.records import Assessed
from evidence_store.running import told_apart
from evidence_store.store import Store
from evidence_store.timestamps.timestamp import Authority
from runs.as_of import AsOf
from runs.as_of import as_of as place
from runs.authorities import authorities
from runs.configuration import Configuration
from runs.rules import Rules, in_force, installed


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """A finding all the way down."""

    finding: FindingState
    check: DescribedCheck | None
    controls: tuple[str, ...]
    assessed: Assessed
    units: tuple[SeenUnit, ...]
    leaves: tuple[LeafProof, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedUnit:
    """A unit, and the leaf that seals it."""

    seen: SeenUnit
    leaf: LeafProof


def follow(
    configuration: Configuration, store: Store, name: str, now: datetime, as_of: str = ""
) -> tuple[Trace | TracedUnit | LeafProof | ScanState, AsOf | None]:
    """What `name` means here and now, or meant `as_of` a moment, a scan or a leaf. Raises `AnnexaError`."""
    then = place(store, as_of, now)
    past = then.past if then else None
    rules = in_force(store, configuration, past) if past else installed(configuration, switched_off=True)
    return trace(store, name, rules, authorities(configuration), past), then


def trace(
    store: Store, name: str, rules: Rules, authorities: Sequence[Authority] = (), past: Past | None = None
) -> Trace | TracedUnit | LeafProof | ScanState:
    """What `name` means: the number of a leaf, a unit below one (`LEAF/UNIT`), the id of a scan, or the beginning of a
    finding's id.

    Stamps are believed against `authorities` where they name one. With `past`, everything is as it stood then.

    Raises `AnnexaError` when it means nothing, or more than one finding.
    """
    if not name:
        raise AnnexaError("an empty name means nothing", "ids of findings are listed by: annexa status")
    with store.reading() as connection:
        if found := scans(store, connection, scan_id=name, past=past):
            return found[0] if past else told_apart(store, found)[0]
        if unit := re.fullmatch(r"(\d{1,11})/(\d{1,9})", name):
            proven = prove(store, connection, int(unit[1]), authorities, past)
            return TracedUnit(seen=seen_unit(store, connection, int(unit[1]), int(unit[2])), leaf=proven)
        leaf = int(name) if re.fullmatch(r"\d{1,11}", name) else -1  # ids of findings have twelve characters
        if leaf >= 0 and leaf_data(connection, leaf) is not None:
            return prove(store, connection, leaf, authorities, past)
        findings = current_findings(store, connection, finding_id=name, past=past)
        if leaf >= 0 and not findings:
            return prove(store, connection, leaf, authorities, past)  # says that there is no such leaf
        finding = _one(findings, name)
        check = rules.checks.get(finding.check)
        body = assessed(store, connection, finding.leaf)
        kinds = {each.kind for each in (*body.subjects, *body.joins)}
        return Trace(
            finding=finding,
            check=check,
            controls=controls_of(check.objective, rules.frameworks) if check else (),
            assessed=body,
            units=tuple(
                unit
                for position in finding.evidence
                for unit in units_below(store, connection, position, kinds, finding.scope)
            ),
            leaves=tuple(
                prove(store, connection, each, authorities, past) for each in sorted({*finding.evidence, finding.leaf})
            ),
        )


def proof_of(store: Store, name: str) -> str:
    """The proof of a leaf (its number), of a unit below one (`LEAF/UNIT`), or of the assessment behind a finding.

    Raises `AnnexaError` when the name means nothing, or no checkpoint covers it yet.
    """
    with store.reading() as connection:
        if match := re.fullmatch(r"(\d{1,11})(?:/(\d{1,9}))?", name):
            return make_proof(store, connection, int(match[1]), int(match[2]) if match[2] else None)
        return make_proof(store, connection, _one(current_findings(store, connection, finding_id=name), name).leaf)


def _one(findings: Sequence[FindingState], name: str) -> FindingState:
    if len(findings) != 1:
        problem = f"{len(findings)} findings begin with {name}" if findings else f"nothing is called {name}"
        raise AnnexaError(problem, "ids of findings are listed by: annexa status")
    return findings[0]


def controls_of(objective: str, editions: Iterable[Framework]) -> tuple[str, ...]:
    """The controls, with their edition, that an objective speaks to, in the order of the editions."""
    return tuple(
        f"{edition.name} {control.id}"
        for edition in editions
        for control in edition.controls
        if objective in {link.objective for link in control.links}
    )
