"""Collecting again: one sealed unit over its recorded exchanges, without the place it looked at."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.codec import canonical, parse
from core.engine import Collected, collect
from core.errors import AnnexaError
from core.model import CollectionGap, Evidence, Unit
from core.plugins import Collector
from core.replay import NotRecordedError, Replay
from evidence_store.errors import BrokenSealError, DisposedError
from evidence_store.log.sealed import ProvenLog
from evidence_store.records import UnitSeen, lines
from runs.digests import code_digest
from runs.erased import Erased, mention, same_but_for_names
from runs.plugins import collector_with_provider
from runs.reperformance import Answer, CannotReplayError, GapDifference, ResourceDifference, UnitAgain


@dataclass(frozen=True, slots=True)
class Recollected:
    """What a unit came to, and its populations by kind when they are not the sealed ones."""

    again: UnitAgain
    evidence: Mapping[str, Evidence]


def recollect(log: ProvenLog, leaf: int, seen: UnitSeen) -> Recollected:
    """Run the collector of a unit once more and compare populations and gaps with the sealed ones. Never raises."""
    try:
        collector, replay = _replay(seen.unit)
        digest = code_digest(collector.module)
        return _compared(log, leaf, seen, digest, _collect(collector, replay, log, (leaf, seen.unit), digest))
    except (CannotReplayError, DisposedError) as error:
        return Recollected(_again(leaf, seen.unit, Answer.CANNOT_REPLAY, reason=str(error)), {})
    except BrokenSealError as error:
        return Recollected(_again(leaf, seen.unit, Answer.BROKEN_SEAL, reason=str(error)), {})


def _replay(unit: Unit) -> tuple[Collector, Replay]:
    if unit.gaps and not unit.exchanges:
        raise CannotReplayError(
            "nothing to replay: the unit was given up before it had recorded an answer; its sealed gap stands: "
            + "; ".join(gap.reason for gap in unit.gaps)
        )
    try:
        found = collector_with_provider(unit.collector, unit.source)
    except AnnexaError as error:
        raise CannotReplayError(f"{error}: {error.hint}" if error.hint else str(error)) from error
    if found is None:
        raise CannotReplayError(f"no collector named {unit.collector} is installed")
    collector, name, provider = found
    replay: Replay | None = getattr(provider, "replay", None)
    if replay is None:
        raise CannotReplayError(f"the provider {name} offers no replay")
    return collector, replay


def _collect(collector: Collector, replay: Replay, log: ProvenLog, sealed: tuple[int, Unit], digest: str) -> Collected:
    leaf, unit = sealed
    answered = [each for each in unit.exchanges if each.response]
    gone = [(each, stone) for each in answered if (stone := log.thrown_away(each.response, leaf))]
    if gone:
        first, stone = gone[0]
        raise CannotReplayError(
            f"{stone}; so went {len(gone)} of {len(unit.exchanges)} recorded answers, the first to "
            f"{first.operation} {dict(first.parameters)}"
        )
    bodies = {each.response: log.blob(each.response, leaf) for each in answered}
    try:
        source = replay(unit, unit.exchanges, bodies, lambda: unit.started)
        return collect(collector, source, version=digest, clock=lambda: unit.started)
    except NotRecordedError as error:
        since = "the collector has changed since and asks more: " if digest != unit.version else ""
        raise CannotReplayError(f"{since}{error}") from error
    except Exception as error:  # an old recording that this version of an SDK cannot read accuses nobody
        raise CannotReplayError(f"the recording cannot be read any more: {type(error).__name__}") from error


def _compared(log: ProvenLog, leaf: int, seen: UnitSeen, digest: str, found: Collected) -> Recollected:
    erased = log.names.pseudonyms_of_erased()
    now = {each.kind: each for each in found.evidence}
    sealed = {each.kind: each.lines for each in seen.populations}
    differences = tuple(
        difference
        for kind in sorted(sealed.keys() | now.keys())
        if sealed.get(kind) != (_digest(now[kind].encoded) if kind in now else None)
        for difference in _resources(
            kind,
            lines(log.blob(sealed[kind], leaf)) if kind in sealed else [],
            now[kind].encoded if kind in now else (),
            erased,
        )
    )
    gaps = tuple(_gaps(seen.unit.gaps, found.unit.gaps))
    same = not differences and not gaps
    if not same and mention((line.decode() for each in found.evidence for line in each.encoded), erased):
        raise CannotReplayError(
            "people have no names in these answers (erased since, or left out of a bundle); without them it comes to "
            f"something else ({len(differences) + len(gaps)})"
        )
    changed = digest != seen.unit.version
    again = _again(
        leaf,
        seen.unit,
        Answer.CHANGED if changed else Answer.REPRODUCED if same else Answer.DIFFERS,
        reason=_words(changed=changed, same=same),
        same=same,
        digest=digest,
        resources=differences,
        gaps=gaps,
    )
    return Recollected(again, {} if same else now)


def _words(*, changed: bool, same: bool) -> str:
    if changed:
        outcome = "comes to the same" if same else "comes to something else"
        return f"the collector has changed since, and {outcome}"
    return "the same resources and gaps" if same else "the same code over the same exchanges comes to something else"


def _again(leaf: int, unit: Unit, answer: Answer, *, reason: str, same: bool | None = None, **more: Any) -> UnitAgain:
    return UnitAgain(
        collector=unit.collector,
        source=unit.source,
        scope=unit.scope,
        leaf=leaf,
        answer=answer,
        same=same,
        reason=reason,
        sealed_digest=unit.version,
        exchanges=len(unit.exchanges),
        **more,
    )


def _digest(encoded: Iterable[bytes]) -> str:
    return hashlib.sha256(b"".join(line + b"\n" for line in encoded)).hexdigest()


def _resources(
    kind: str, sealed: Iterable[bytes], now: Iterable[bytes], erased: Erased
) -> Iterator[ResourceDifference]:
    before = {content["id"]: content for content in map(parse, sealed)}
    after = {content["id"]: content for content in map(parse, now)}
    if before.keys() == after.keys() == set():
        yield ResourceDifference(kind=kind, resource="*", what="the kind was shown by only one of both")
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            yield ResourceDifference(kind=kind, resource=name, what="sealed, and not found again")
        elif name not in before:
            yield ResourceDifference(kind=kind, resource=name, what="found now, and not sealed")
        elif fields := _fields(before[name], after[name], erased):
            yield ResourceDifference(kind=kind, resource=name, what=f"differs in {', '.join(fields)}")


def _fields(before: Mapping[str, Any], after: Mapping[str, Any], erased: Erased) -> list[str]:
    absent = object()
    differ = (name for name in before.keys() | after.keys() if before.get(name, absent) != after.get(name, absent))
    return sorted(
        name
        for name in differ
        if name not in before
        or name not in after
        or not same_but_for_names(canonical(before[name]).decode(), canonical(after[name]).decode(), erased)
    )


def _gaps(sealed: Sequence[CollectionGap], now: Sequence[CollectionGap]) -> Iterator[GapDifference]:
    yield from (GapDifference(gap=gap, sealed=True) for gap in sealed if gap not in now)
    yield from (GapDifference(gap=gap, sealed=False) for gap in now if gap not in sealed)
