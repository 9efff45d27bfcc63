"""Verdicts on the newest evidence there is, whoever sealed it.

Several scans work on one store at once. Whoever judged on what another has meanwhile seen anew would hide the newer
verdict behind the older: so nothing is sealed that does not rest on the newest evidence (docs/decisions/0036).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence

from core.recording import Clock
from evidence_store.errors import OutdatedError
from evidence_store.log.append import log_size
from evidence_store.questions.queries import Placed, kinds_by_others, latest_evidence
from evidence_store.writer import Known, ScanWriter
from runs.configuration import Configuration
from runs.judging import Places, judge, portions
from runs.plugins import resource_kinds
from runs.rhythm import Key
from runs.selection import Selection

logger = logging.getLogger(__name__)

MOST_JUDGED = 10
"""How many times the same is judged when others seal newer evidence meanwhile."""


def seal_verdicts(
    configuration: Configuration,
    selection: Selection,
    sources: Sequence[str],
    writer: ScanWriter,
    clock: Clock,
    fresh: Mapping[Key, Placed],
    stage: Callable[[str], None],
) -> None:
    """Judge and seal what is `fresh`, beside the rest of what is known of these sources; again, as long as others seal
    newer evidence meanwhile. Raises `StoreError` and `BrokenSealError`."""
    refreshed = {key[0] for key in fresh}
    left = {name: check for name, check in selection.checks.items() if check.kinds & refreshed}
    kinds = frozenset(kind for check in left.values() for kind in check.kinds)
    for _ in range(MOST_JUDGED):
        stage("judging")
        evidence, known = _newest(selection, kinds, sources, writer, fresh)
        places = Places(evidence)
        try:
            for some in portions(judge(configuration, dict(left), evidence, clock(), refreshed=refreshed)):
                stage("sealing")
                writer.seal_assessments(some, places, at=clock(), known=known)
                for each in some:
                    del left[each.check]
                stage("judging")
        except OutdatedError:
            continue
        return
    # Whoever seals evidence judges after it, and so sees what we sealed.
    logger.warning("%d checks are left to the scans that seal newer evidence of the same kinds", len(left))


def _newest(
    selection: Selection, kinds: frozenset[str], sources: Sequence[str], writer: ScanWriter, fresh: Mapping[Key, Placed]
) -> tuple[Mapping[Key, Placed], Known]:
    """What was seen in this scan, unless others have seen it since, and beside it the newest that the store has."""
    with writer.store.reading() as connection:
        known = Known(log_size(connection), kinds)
        if not selection.narrowed and not kinds & kinds_by_others(connection, writer.scan, writer.first):
            return fresh, known  # everything that is configured was looked at, if only to find a gap
        types = {kind: cls for kind, cls in resource_kinds().items() if kind in kinds}
        stored = latest_evidence(writer.store, connection, types)
    since = 0 if selection.narrowed else writer.first
    configured = set(sources)
    found = {_key(each): each for each in stored if each.evidence.source in configured and each.leaf >= since}
    ours = {key: each for key, each in fresh.items() if key not in found or found[key].leaf <= each.leaf}
    return {**found, **ours}, known


def _key(placed: Placed) -> Key:
    evidence = placed.evidence
    return evidence.kind, evidence.source, evidence.scope
