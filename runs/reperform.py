"""Doing a scan again, offline: the checks over the sealed resources, and the collectors over the sealed exchanges.

An auditor needs the store and this program: no credentials, no network, no place to look at. Only bytes that the log
proves are used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.codec import timestamp
from core.errors import AnnexaError
from evidence_store import records
from evidence_store.errors import BrokenSealError
from evidence_store.log.sealed import ProvenLog, SealedLeaf, SealedLog
from evidence_store.questions.queries import finished_scan, scans
from evidence_store.questions.states import ScanState
from evidence_store.records import Assessed, UnitSeen
from evidence_store.store import Store
from runs.reassessment import Reassessment, UnitKey
from runs.recollection import Recollected, recollect
from runs.reperformance import CheckAgain, Reperformance
from runs.selection import matches

Progress = Callable[[int, int], None]
"""Called with what is done and how much there is to do."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which scan to do again: this one, or the newest that had finished by a moment, or the newest of all; and with
    `checks` only what these patterns mean."""

    scan: str = ""
    as_of: datetime | None = None
    checks: tuple[str, ...] = ()


def reperform(store: Store, asked: Asked, progress: Progress = lambda _done, _all: None) -> Reperformance:
    """Do a scan again. What is wrong inside it is reported, not raised. Raises `AnnexaError` when there is none."""
    with store.reading() as connection:
        name = asked.scan or finished_scan(connection, asked.as_of)
        found = scans(store, connection, scan_id=name) if name else []
        if not found:
            raise _nothing(store, asked)
        scan = found[0]
        log = SealedLog(store, connection)
        leaves, broken = log.leaves(scan)
        return again(log, scan, leaves, broken, asked, progress)


def again(
    log: ProvenLog,
    scan: ScanState,
    leaves: Sequence[SealedLeaf],
    broken: Iterable[str],
    asked: Asked,
    progress: Progress = lambda _done, _all: None,
) -> Reperformance:
    """Do again what these leaves seal; `broken` says what is known to be wrong with them. Raises `AnnexaError`."""
    anew = Reassessment(log)
    assessed, unreadable = _assessed(log, leaves, asked)
    units, lost = _units(log, leaves, [body for _, body in assessed], everything=not asked.checks)
    total = len(assessed) + len(units)
    checks = []
    for done, (leaf, body) in enumerate(assessed):
        progress(done, total)
        checks.append(anew.check(leaf, body))
    recollected: dict[UnitKey, Recollected] = {}
    for done, (key, seen) in enumerate(units.items()):
        progress(len(assessed) + done, total)
        recollected[key] = recollect(log, key[0], seen)
    progress(total, total)
    return Reperformance(
        scan=scan,
        checkpoint_size=log.checkpoint_size,
        pending=tuple(leaf.position for leaf in leaves if not leaf.proven),
        broken=(*broken, *unreadable, *lost),
        checks=tuple(checks),
        units=tuple(each.again for each in recollected.values()),
        rechecks=tuple(_rechecks(anew, assessed, recollected)),
    )


def _nothing(store: Store, asked: Asked) -> AnnexaError:
    if asked.scan:
        return AnnexaError(f"there is no scan {asked.scan}", "the newest one is named by: annexa status")
    by_then = f" by {timestamp(asked.as_of)}" if asked.as_of else ""
    return AnnexaError(f"{store.folder}: no scan had finished{by_then}", "make one with: annexa scan")


def _assessed(
    log: ProvenLog, leaves: Iterable[SealedLeaf], asked: Asked
) -> tuple[list[tuple[SealedLeaf, Assessed]], list[str]]:
    """The assessments that are asked for, and what is wrong with those that cannot be read."""
    found: list[tuple[SealedLeaf, Assessed]] = []
    broken: list[str] = []
    for leaf in leaves:
        if leaf.type == records.ASSESSMENT:
            try:
                found.append((leaf, log.assessed(leaf)))
            except BrokenSealError as error:
                broken.append(f"leaf {leaf.position}: {error}")
    if not asked.checks:
        return found, broken
    for pattern in asked.checks:
        if not any(matches(body.check, pattern) for _, body in found):
            raise AnnexaError(f"the scan has no assessment of {pattern}", "list the checks with: annexa checks")
    wanted = [pair for pair in found if any(matches(pair[1].check, pattern) for pattern in asked.checks)]
    return wanted, broken


def _units(
    log: ProvenLog, leaves: Iterable[SealedLeaf], assessed: Iterable[Assessed], *, everything: bool
) -> tuple[dict[UnitKey, UnitSeen], list[str]]:
    """The units that the assessments rest on, and with `everything` all others of the scan; and what is wrong."""
    looked = {(at.leaf, at.source, at.scope, at.kind) for body in assessed for at in (*body.subjects, *body.joins)}
    ours = {leaf.position for leaf in leaves if leaf.type == records.SOURCE} if everything else set[int]()
    units: dict[UnitKey, UnitSeen] = {}
    broken: list[str] = []
    for position in sorted({at[0] for at in looked if at[0] >= 0} | ours):
        try:
            below = log.units(position)
        except BrokenSealError as error:
            broken.append(f"leaf {position}: {error}")
            continue
        for number, seen in enumerate(below):
            kinds = {(position, seen.unit.source, seen.unit.scope, each.kind) for each in seen.populations}
            if position in ours or kinds & looked:
                units[position, number] = seen
    return units, broken


def _rechecks(
    again: Reassessment,
    assessed: Iterable[tuple[SealedLeaf, Assessed]],
    recollected: Mapping[UnitKey, Recollected],
) -> Iterator[CheckAgain]:
    """The checks once more over what units came to, where that is not what was sealed."""
    instead = {key: each.evidence for key, each in recollected.items() if each.evidence}
    for leaf, body in assessed:
        if any(again.rests_on(body, key) for key in instead):
            yield again.check(leaf, body, instead)
