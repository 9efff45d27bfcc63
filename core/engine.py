"""The verbs of the agent. `collect` touches the world through a source; `assess` is pure."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from core.codec import CodecError, encode
from core.model import (
    REST_OF_POPULATION,
    Assessment,
    CollectionGap,
    Coverage,
    Evidence,
    Finding,
    Status,
    Unit,
    Verdict,
    unknown,
)
from core.plugins import Check, Collector
from core.population import Population
from core.recording import Clock, recording
from core.redaction import redact_text
from core.resource import NotObservedError, Resource
from core.source import Source

logger = logging.getLogger(__name__)


LONGEST_ID = 1_500
"""Bytes: PostgreSQL indexes names up to 2,700, source and scope and what conceals people included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What one unit brought home: its record, one population per kind, and the bytes of its exchanges by SHA-256."""

    unit: Unit
    evidence: tuple[Evidence, ...]
    bodies: Mapping[str, bytes]


def collect(collector: Collector, source: Source, *, version: str, clock: Clock) -> Collected:
    """Run one collector on one source. Never raises: a failure to look, and a broken collector, become a gap.

    What cannot be sealed (an exchange, a gap, a principal that is not text) leaves its unit and becomes a gap as well.
    """
    started = clock()
    seen: dict[str, dict[str, tuple[bytes, Resource]]] = {kind.kind: {} for kind in collector.yields}
    gaps: list[CollectionGap] = []
    twice: list[str] = []
    with recording() as recorder:
        try:
            for item in collector(source):  # what was seen before a failure is kept
                _keep(item, seen, twice, collector)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever went wrong, the record must say so
            gaps.append(_gap(error, collector, source))
        if twice:
            gaps.append(_told_twice(twice))
    finished = clock()
    bare = Unit(
        collector=collector.id,
        version=version,
        source=source.id,
        scope=source.scope,
        principal="",
        started=started,
        finished=finished,
    )
    try:
        unit = replace(bare, principal=source.principal, exchanges=tuple(recorder.exchanges), gaps=tuple(gaps))
        encode(unit)
    except Exception as error:  # noqa: BLE001 - the same
        unit = replace(bare, gaps=(_failure(error, collector, source),))
    evidence = tuple(_evidence(kind, unit, found) for kind, found in sorted(seen.items()))
    return Collected(unit=unit, evidence=evidence, bodies=recorder.bodies)


def nothing_collected(
    collector: Collector, source: Source, gap: CollectionGap, *, version: str, at: datetime
) -> Collected:
    """The record of a unit that was abandoned or never ran: every kind it would have shown is a gap."""
    unit = Unit(
        collector=collector.id,
        version=version,
        source=source.id,
        scope=source.scope,
        principal="",
        started=at,
        finished=at,
        gaps=(gap,),
    )
    return Collected(unit=unit, evidence=tuple(_evidence(k, unit, {}) for k in sorted(collector.kinds)), bodies={})


def _evidence(kind: str, unit: Unit, found: Mapping[str, tuple[bytes, Resource]]) -> Evidence:
    ordered = [found[key] for key in sorted(found)]
    return Evidence(
        kind=kind,
        source=unit.source,
        scope=unit.scope,
        collected_at=unit.finished,
        resources=tuple(item for _, item in ordered),
        encoded=tuple(line for line, _ in ordered),
        gaps=unit.gaps,
    )


def _keep(
    item: object, seen: dict[str, dict[str, tuple[bytes, Resource]]], twice: list[str], collector: Collector
) -> None:
    """Keep a resource, or note that another one has its id and stays. Raises `CodecError` for what is none."""
    if not isinstance(item, collector.yields):
        names = ", ".join(kind.kind for kind in collector.yields)
        raise CodecError(f"{collector.id} promised {names} and yielded a {type(item).__name__}")
    if item.id == REST_OF_POPULATION:
        raise CodecError(f"{collector.id} yielded a {item.kind} with the id {item.id}, which means all the others")
    line = encode(item)
    if len(item.id.encode()) > LONGEST_ID:
        raise CodecError(f"{collector.id} yielded a {item.kind} whose id is longer than {LONGEST_ID} bytes")
    known = seen[item.kind].setdefault(item.id, (line, item))
    if known[0] != line:
        twice.append(f"{item.kind} {item.id}")


def _told_twice(names: Sequence[str]) -> CollectionGap:
    """The gap of what was told twice, differently: most often a list that moved on while its pages were asked for."""
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return CollectionGap(
        f"{names[0]}{more} was told twice, and not alike: it changed meanwhile, or two have one id",
        "scan again; if it comes back, report it with the recorded answers",
        retryable=True,
    )


def _gap(error: BaseException, collector: Collector, source: Source) -> CollectionGap:
    try:
        gap = source.explain(error) if isinstance(error, Exception) else None
    except Exception as broken:  # noqa: BLE001 - an explanation that breaks must not hide what it should explain
        logger.warning("%s could not explain %s: %s", source.id, type(error).__name__, _said(broken))
        gap = None
    return gap or _failure(error, collector, source)


def _failure(error: BaseException, collector: Collector, source: Source) -> CollectionGap:
    """The gap of an error that nobody can explain."""
    text = _said(error)
    logger.warning("%s failed on %s: %s", collector.id, source.id, text)
    logger.debug("%s", redact_text("".join(traceback.format_tb(error.__traceback__))))
    return CollectionGap(
        f"{collector.id} failed with {type(error).__name__}: {text:.500}", "this is a bug of the collector: report it"
    )


def _said(error: BaseException) -> str:
    """An error's own words, fit to be sealed and logged. Some errors cannot even say what they are."""
    try:
        return redact_text(str(error))
    except Exception:  # noqa: BLE001 - a broken error must not hide that there was one
        return "it does not say why"


def assess(
    check: Check[...],
    evidence: Sequence[Evidence],
    *,
    as_of: datetime,
    digest: str,
    settings: Mapping[str, object] | None = None,
    populations: Callable[[str], Population[Any]] | None = None,
) -> Assessment:
    """Judge everything of the check's kind. Same evidence, moment and settings in, same findings out, for ever.

    `evidence` holds the newest of every kind the check reads. `populations` lets callers share indexed joins.
    """
    subjects = [e for e in evidence if e.kind == check.subject.kind]
    kinds = {join.kind for join in check.joins.values()}
    joined = [e for e in evidence if e.kind in kinds]
    make = populations or (lambda kind: Population[Any](kind, (e for e in joined if e.kind == kind)))
    joins = {name: make(cls.kind) for name, cls in check.joins.items()}
    parameters: dict[str, object] = {**check.settings, **(settings or {})}
    keywords: dict[str, object] = {**parameters, **({"as_of": as_of} if check.wants_as_of else {})}
    findings = [
        Finding(check.id, source, scope, resource, _judge(check, subject, source, joins, keywords))
        for source, scope, resource, subject in _subjects(check, subjects)
    ]
    findings += [
        Finding(check.id, source, scope, REST_OF_POPULATION, unknown(f"could not look: {reasons}"))
        for source, scope, reasons in _gaps(subjects)
    ]
    return Assessment(
        check=check.id,
        check_digest=digest,
        severity=check.severity,
        parameters=parameters,
        as_of=as_of,
        subjects=tuple(map(_coverage, subjects)),
        joins=tuple(map(_coverage, joined)),
        findings=tuple(sorted(findings, key=lambda f: (f.source, f.scope, f.resource))),
    )


def _subjects(check: Check[...], evidence: Sequence[Evidence]) -> Iterator[tuple[str, str, str, object]]:
    """Source, scope, resource id and what to hand to the check."""
    if not check.whole_population:
        yield from ((e.source, e.scope, r.id, r) for e in evidence for r in e.resources)
        return
    for source in sorted({e.source for e in evidence}):
        local = [e for e in evidence if e.source == source]
        if all(e.complete for e in local):  # else the gap speaks for the whole population
            yield source, "", source, Population[Any](check.subject.kind, local, source)


def _gaps(evidence: Sequence[Evidence]) -> Iterator[tuple[str, str, str]]:
    for e in sorted(evidence, key=lambda e: (e.source, e.scope)):
        if e.gaps:
            yield e.source, e.scope, "; ".join(dict.fromkeys(gap.reason for gap in e.gaps))


def _judge(
    check: Check[...],
    subject: object,
    source: str,
    joins: Mapping[str, Population[Any]],
    keywords: Mapping[str, object],
) -> Verdict:
    try:
        near = {name: join.at(source) for name, join in joins.items()}
        verdict: object = check(subject, **near, **keywords)
    except NotObservedError as missing:
        return unknown(str(missing))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a broken check must not stop the others
        text = _said(error)
        logger.warning("check %s broke with %s: %s", check.id, type(error).__name__, text)
        logger.debug("%s", redact_text("".join(traceback.format_tb(error.__traceback__))))
        return Verdict(Status.ERROR, f"the check broke with {type(error).__name__}: {text}")
    if not isinstance(verdict, Verdict):
        return Verdict(Status.ERROR, f"the check returned {type(verdict).__name__} instead of a verdict")
    if verdict.status.__class__ is not Status or not _is_text(verdict.reason):
        return Verdict(Status.ERROR, "the check returned a verdict that is not a status and a sentence")
    return verdict


def _is_text(value: object) -> bool:
    """Whether it can be sealed as text: half a character could not, and would cost all the other verdicts."""
    return value.__class__ is str and str(value).encode(errors="ignore").decode() == value


def _coverage(evidence: Evidence) -> Coverage:
    return Coverage(
        kind=evidence.kind,
        source=evidence.source,
        scope=evidence.scope,
        collected_at=evidence.collected_at,
        count=len(evidence.resources),
        complete=evidence.complete,
        stale=evidence.stale,
    )


def statuses(findings: Iterable[Finding]) -> dict[Status, int]:
    """How many findings have each status."""
    counts = dict.fromkeys(Status, 0)
    for finding in findings:
        counts[finding.verdict.status] += 1
    return counts
