"""Which sealed evidence the findings in question rest on: assessments, and the units below the leaves of sources."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from core.codec import decode, parse
from evidence_store.leaving.leaves import SealedUnit, newest_assessments, units_below
from evidence_store.questions.past import Past
from evidence_store.questions.queries import leaf_data
from evidence_store.records import Assessed
from evidence_store.store import Store
from runs.report import FindingState
from runs.selection import wanted


@dataclass(frozen=True, slots=True)
class SelectedAssessment:
    """An assessment, the leaf that seals it, and whether it is the newest of its check."""

    leaf: int
    body: Assessed
    newest: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectedUnit:
    """A unit that verdicts rest on: where it is sealed, and what it looked at. Its exchanges are read when needed."""

    leaf: int
    ordinal: int
    digest: str
    source: str
    scope: str
    collector: str
    kinds: tuple[str, ...]

    @property
    def name(self) -> str:
        """How files about this unit are called."""
        return f"{self.leaf}-{self.ordinal}"


@dataclass(frozen=True, slots=True)
class Selected:
    """What leaves of the sealed evidence."""

    assessments: tuple[SelectedAssessment, ...]
    units: tuple[SelectedUnit, ...]

    def of_check(self, check: str) -> tuple[SelectedUnit, ...]:
        """The units that the assessments of a check rest on, each once."""
        looked = {
            (at.leaf, at.source, at.scope, at.kind)
            for each in self.assessments
            if each.body.check == check
            for at in (*each.body.subjects, *each.body.joins)
        }
        return tuple(unit for unit in self.units if any((*_at(unit), kind) in looked for kind in unit.kinds))


def _at(unit: SelectedUnit) -> tuple[int, str, str]:
    return unit.leaf, unit.source, unit.scope


def select(
    store: Store, past: Past, checks: Collection[str], findings: Iterable[FindingState], sources: tuple[str, ...]
) -> Selected:
    """What the findings rest on: the assessments that say them, the newest of each check even where it says nothing,
    and the units those looked at; of sources that are not in question only what was looked up in them.

    Raises `BrokenSealError`.
    """
    with store.reading() as connection:
        newest = newest_assessments(connection, past)
        positions = {finding.leaf for finding in findings} | {newest[check] for check in checks if check in newest}
        read = store.read_blob(connection)
        assessments = []
        for position in sorted(positions):
            digest = decode_body(leaf_data(connection, position))
            body = decode(Assessed, read(bytes.fromhex(digest)))
            assessments.append(SelectedAssessment(position, body, newest[body.check] == position))
        looked = {
            (at.leaf, at.source, at.scope, at.kind)
            for each in assessments
            for at in (*(at for at in each.body.subjects if wanted(at.source, sources)), *each.body.joins)
            if at.leaf >= 0
        }
        units = [
            chosen
            for position in sorted({at[0] for at in looked})
            for below in units_below(store, connection, position)
            if (chosen := _chosen(below, looked))
        ]
    return Selected(tuple(assessments), tuple(units))


def decode_body(data: bytes | None) -> str:
    """The digest of the body that a leaf names."""
    content: Mapping[str, str] = parse(data or b"{}")
    return content["body"]


def _chosen(below: SealedUnit, looked: Collection[tuple[int, str, str, str]]) -> SelectedUnit | None:
    unit = below.seen.unit
    kinds = tuple(each.kind for each in below.seen.populations)
    if not any((below.leaf, unit.source, unit.scope, kind) in looked for kind in kinds):
        return None
    return SelectedUnit(
        leaf=below.leaf,
        ordinal=below.ordinal,
        digest=below.digest,
        source=unit.source,
        scope=unit.scope,
        collector=unit.collector,
        kinds=kinds,
    )
