"""Doing a scan again, offline: the checks over the sealed resources, and the collectors over the sealed exchanges.

An auditor needs the store and this program: no credentials, no network, no place to look at. Only bytes that the log
proves are used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, get_origin

from sqlalchemy import Connection

from core.codec import CodecError, decode
from core.engine import assess
from core.errors import AnnexaError
from core.model import CollectionGap, Coverage, Evidence, Finding, Status, Verdict
from core.plugins import Check
from core.resource import Resource
from evidence_store import records
from evidence_store.derive import lines
from evidence_store.errors import BrokenSealError
from evidence_store.queries import finished_scan, scans
from evidence_store.records import Assessed, Looked, SealedVerdict, UnitSeen
from evidence_store.sealed import SealedLeaf, SealedLog
from evidence_store.states import ScanState
from evidence_store.store import Store
from runs.digests import code_digest
from runs.freshness import disbelieved
from runs.plugins import all_checks
from runs.recollection import CannotReplayError, Recollected, recollect
from runs.reperformance import Answer, CheckAgain, Reperformance, UnitAgain, VerdictDifference
from runs.selection import matches

UnitKey = tuple[int, int]
"""The position of a source's leaf, and the number of the unit below it."""
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
        scan = _scan(store, connection, asked)
        log = SealedLog(store, connection)
        leaves, broken = log.leaves(scan)
        again = _Again(log, scan)
        assessed, unreadable = _assessed(log, leaves, asked)
        units, lost = _units(log, leaves, [body for _, body in assessed], everything=not asked.checks)
        total = len(assessed) + len(units)
        checks = []
        for done, (leaf, body) in enumerate(assessed):
            progress(done, total)
            checks.append(again.check(leaf, body))
        recollected: dict[UnitKey, Recollected] = {}
        for done, ((position, number), seen) in enumerate(sorted(units.items(), key=lambda item: item[0])):
            progress(len(assessed) + done, total)
            recollected[position, number] = recollect(log, position, seen)
        progress(total, total)
        return Reperformance(
            scan=scan,
            checkpoint_size=log.checkpoint_size,
            pending=tuple(leaf.position for leaf in leaves if not leaf.proven),
            broken=(*broken, *unreadable, *lost),
            checks=tuple(checks),
            units=tuple(each.again for each in recollected.values()),
            rechecks=tuple(again.recheck(assessed, recollected)),
        )


def _scan(store: Store, connection: Connection, asked: Asked) -> ScanState:
    name = asked.scan or finished_scan(connection, asked.as_of)
    found = scans(store, connection, scan_id=name) if name else []
    if found:
        return found[0]
    if asked.scan:
        raise AnnexaError(f"there is no scan {asked.scan}", "the newest one is named by: annexa status")
    by_then = f" by {asked.as_of.isoformat()}" if asked.as_of else ""
    raise AnnexaError(f"{store.folder}: no scan had finished{by_then}", "make one with: annexa scan")


def _assessed(
    log: SealedLog, leaves: Iterable[SealedLeaf], asked: Asked
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
    log: SealedLog, leaves: Iterable[SealedLeaf], assessed: Iterable[Assessed], *, everything: bool
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


class _Again:
    """Judges assessments of one scan once more. Populations are decoded once for all checks that read them."""

    def __init__(self, log: SealedLog, scan: ScanState) -> None:
        self._log = log
        self._scan = scan
        self._decoded: dict[tuple[UnitKey, str], Evidence] = {}

    def check(
        self, leaf: SealedLeaf, body: Assessed, instead: Mapping[UnitKey, Mapping[str, Evidence]] | None = None
    ) -> CheckAgain:
        """One assessment once more; `instead` of what was sealed, on what some units came to. Never raises."""
        check = all_checks().get(body.check)
        digest = code_digest(check.module) if check else ""
        try:
            if check is None:
                raise CannotReplayError(  # noqa: TRY301 - one place turns it into an answer
                    "no check of this name is installed: it was removed or renamed, or belongs to a plug-in"
                )
            sealed = [Finding(body.check, v.source, v.scope, v.resource, _verdict(v)) for v in self._log.verdicts(body)]
            evidence = self._evidence(check, body, instead or {})
            now = self._nearest(check, body, sealed, evidence)
        except CannotReplayError as error:
            return _checked(leaf, body, Answer.CANNOT_REPLAY, str(error), digest=digest)
        except BrokenSealError as error:
            return _checked(leaf, body, Answer.BROKEN_SEAL, str(error), digest=digest)
        miscounted = [] if instead else _miscounted(body, evidence)
        same = not now and not miscounted
        changed = digest != body.check_digest
        answer = Answer.CHANGED if changed else Answer.REPRODUCED if same else Answer.DIFFERS
        reason = "; ".join([_words(changed=changed, same=not now, over=bool(instead)), *miscounted])
        return _checked(leaf, body, answer, reason, digest=digest, same=same, differences=now)
