"""From a verdict to the bytes it rests on: assessment, units, exchanges, leaves, checkpoint."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.errors import AnnexaError
from core.plugins import Check
from evidence_store.proofs import make_proof
from evidence_store.queries import assessed, leaf_data, scans
from evidence_store.records import Assessed
from evidence_store.standing import current_findings
from evidence_store.states import FindingState, ScanState
from evidence_store.store import Store
from evidence_store.timestamp import Authority
from evidence_store.trail import LeafProof, SeenUnit, prove, units_below
from mappings.loader import framework, frameworks


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """A finding all the way down."""

    finding: FindingState
    check: Check[...] | None
    controls: tuple[str, ...]
    assessed: Assessed
    units: tuple[SeenUnit, ...]
    leaves: tuple[LeafProof, ...]


def trace(
    store: Store, name: str, checks: Mapping[str, Check[...]], authorities: Sequence[Authority] = ()
) -> Trace | LeafProof | ScanState:
    """What `name` means: the number of a leaf, the id of a scan, or the beginning of a finding's id.

    Stamps are believed against `authorities` where they name one.

    Raises `AnnexaError` when it means nothing, or more than one finding.
    """
    with store.reading() as connection:
        if found := scans(store, connection, scan_id=name):
            return found[0]
        leaf = int(name) if re.fullmatch(r"\d{1,11}", name) else -1  # ids of findings have twelve characters
        if leaf >= 0 and leaf_data(connection, leaf) is not None:
            return prove(store, connection, leaf, authorities)
        findings = current_findings(store, connection, finding_id=name)
        if leaf >= 0 and not findings:
            return prove(store, connection, leaf, authorities)  # says that there is no such leaf
        finding = _one(findings, name)
        check = checks.get(finding.check)
        body = assessed(store, connection, finding.leaf)
        kinds = {each.kind for each in (*body.subjects, *body.joins)}
        return Trace(
            finding=finding,
            check=check,
            controls=controls_of(check.objective) if check else (),
            assessed=body,
            units=tuple(
                unit
                for position in finding.evidence
                for unit in units_below(store, connection, position, kinds, finding.scope)
            ),
            leaves=tuple(
                prove(store, connection, each, authorities) for each in sorted({*finding.evidence, finding.leaf})
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


def controls_of(objective: str) -> tuple[str, ...]:
    """The controls, with their edition, that an objective speaks to, newest edition first."""
    return tuple(
        f"{edition.name} {control.id}"
        for edition in map(framework, sorted(frameworks(), reverse=True))
        for control in edition.controls
        if objective in {link.objective for link in control.links}
    )
