"""Judging again: the checks of one scan over its sealed resources, with the sealed moment and settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, get_origin

from core.codec import CodecError, canonical, decode
from core.engine import assess
from core.model import Evidence, Status, Verdict
from core.plugins import Check
from core.resource import Resource
from evidence_store.errors import BrokenSealError, DisposedError
from evidence_store.log.sealed import ProvenLog, SealedLeaf
from evidence_store.records import Assessed, Looked, PopulationSeen, SealedVerdict, lines
from runs.digests import code_digest
from runs.erased import Erased, mention, same_but_for_names
from runs.freshness import disbelieved
from runs.plugins import all_checks
from runs.reperformance import Answer, CannotReplayError, CheckAgain, VerdictDifference

UnitKey = tuple[int, int]
"""The position of a source's leaf, and the number of the unit below it."""

Instead = Mapping[UnitKey, Mapping[str, Evidence]]
"""What some units came to when they were done again, by kind."""

Verdicts = Mapping[tuple[str, str, str], Verdict]
"""Verdicts by source, scope and resource."""


class Reassessment:
    """Does assessments of one scan again. Populations are decoded once for all the checks that read them."""

    def __init__(self, log: ProvenLog) -> None:
        self._log = log
        self._decoded: dict[tuple[UnitKey, type[Resource]], Evidence] = {}
        self._below: dict[int, Mapping[tuple[str, str, str], tuple[int, PopulationSeen]]] = {}

    def check(self, leaf: SealedLeaf, body: Assessed, instead: Instead | None = None) -> CheckAgain:
        """One check once more, over what is sealed, or `instead` over what some units came to. Never raises."""
        check = all_checks().get(body.check)
        if check is None:
            missing = "no check of this name is installed: it was removed or renamed, or belongs to a plug-in"
            return _again(leaf, body, Answer.CANNOT_REPLAY, missing)
        digest = code_digest(check.module)
        try:
            sealed = {(v.source, v.scope, v.resource): _verdict(v) for v in self._log.verdicts(body, leaf.position)}
            found = self._evidence(check, body, instead or {})
            differences = self._compare(check, body, sealed, [evidence for _, evidence in found])
        except (CannotReplayError, DisposedError) as error:
            return _again(leaf, body, Answer.CANNOT_REPLAY, str(error), digest=digest)
        except BrokenSealError as error:
            return _again(leaf, body, Answer.BROKEN_SEAL, str(error), digest=digest)
        # What was collected again may well be more or less: its units tell so.
        miscounted = [] if instead else [text for looked, each in found if (text := _miscounted(looked, each))]
        changed = digest != body.check_digest
        same = not differences and not miscounted
        return _again(
            leaf,
            body,
            Answer.CHANGED if changed else Answer.REPRODUCED if same else Answer.DIFFERS,
            "; ".join([_words(changed=changed, same=not differences, recollected=bool(instead)), *miscounted]),
            digest=digest,
            same=same,
            differences=tuple(differences),
        )

    def _compare(
        self, check: Check[...], body: Assessed, sealed: Verdicts, evidence: Sequence[Evidence]
    ) -> list[VerdictDifference]:
        """What differs, for another reason than that people have been erased since. Raises `CannotReplayError`."""
        erased = self._log.names.pseudonyms_of_erased()
        differences = [each for each in _compare(check, body, sealed, evidence) if not _renamed(each, erased)]
        seen = (line.decode() for each in evidence for line in each.encoded)
        if differences and mention(chain(seen, (canonical(body.settings).decode(),)), erased):
            raise CannotReplayError(
                "people have no names in what it judged (erased since, or left out of a bundle); without them it comes "
                f"to other verdicts ({len(differences)})"
            )
        return differences

    def rests_on(self, body: Assessed, key: UnitKey) -> bool:
        """Whether an assessment looked at what this unit saw."""
        unit = self._log.units(key[0])[key[1]]
        kinds = {each.kind for each in unit.populations}
        looked = (at for at in (*body.subjects, *body.joins) if at.leaf == key[0] and at.kind in kinds)
        return any((at.source, at.scope) == (unit.unit.source, unit.unit.scope) for at in looked)

    def _evidence(self, check: Check[...], body: Assessed, instead: Instead) -> list[tuple[Looked, Evidence]]:
        """What the assessment looked at, as it was believed. Raises `CannotReplayError`, `BrokenSealError`."""
        types = {cls.kind: cls for cls in (check.subject, *check.joins.values())}
        found = []
        for looked in dict.fromkeys((*body.subjects, *body.joins)):
            if looked.kind in types:  # a check that has changed since may read other kinds
                key, sealed = self._sealed(looked, types[looked.kind])
                now = replace(instead.get(key, {}).get(looked.kind, sealed), collected_at=looked.collected_at)
                found.append((looked, disbelieved(now, body.as_of) if looked.stale else now))
        return found

    def _sealed(self, looked: Looked, cls: type[Resource]) -> tuple[UnitKey, Evidence]:
        """A population as its unit sealed it, and the unit."""
        where = f"{looked.kind} of {looked.source} in leaf {looked.leaf}"
        if looked.leaf < 0:
            raise CannotReplayError(f"{looked.kind} of {looked.source} was judged, but no leaf seals it")
        found = self._places(looked.leaf).get((looked.source, looked.scope, looked.kind))
        if found is None:
            raise BrokenSealError(f"the assessment rests on {where}, which does not hold it")
        key, population = (looked.leaf, found[0]), found[1]
        if (key, cls) not in self._decoded:
            encoded = tuple(lines(self._log.blob(population.lines, looked.leaf)))
            try:
                resources = tuple(decode(cls, line) for line in encoded)
            except CodecError as error:
                raise CannotReplayError(f"this version cannot read {where}: {error}") from error
            unit = self._log.units(looked.leaf)[found[0]].unit
            self._decoded[key, cls] = Evidence(
                kind=looked.kind,
                source=looked.source,
                scope=looked.scope,
                collected_at=unit.finished,
                resources=resources,
                encoded=encoded,
                gaps=unit.gaps,
            )
        return key, self._decoded[key, cls]

    def _places(self, leaf: int) -> Mapping[tuple[str, str, str], tuple[int, PopulationSeen]]:
        """By source, scope and kind, the unit below a leaf that saw the population: each of many checks asks."""
        if leaf not in self._below:
            self._below[leaf] = {
                (seen.unit.source, seen.unit.scope, population.kind): (number, population)
                for number, seen in reversed([*enumerate(self._log.units(leaf))])  # the first counts
                for population in reversed(seen.populations)
            }
        return self._below[leaf]


def _miscounted(looked: Looked, believed: Evidence) -> str:
    """The sentence about a population that the assessment counts in another way than its leaf does, or nothing."""
    if (looked.count, looked.complete) == (len(believed.resources), believed.complete):
        return ""
    counted = f"{looked.count}{'' if looked.complete else ' or more'}"
    held = f"{len(believed.resources)}{'' if believed.complete else ' or more'}"
    return f"{looked.kind} of {looked.source} is sealed as {counted}, and leaf {looked.leaf} holds {held}"


def _compare(
    check: Check[...], body: Assessed, sealed: Verdicts, evidence: Sequence[Evidence]
) -> list[VerdictDifference]:
    """Judge, and list what is not the sealed verdict."""
    assessment = assess(check, evidence, as_of=body.as_of, digest="", settings=_settings(check, body.settings))
    now = {(f.source, f.scope, f.resource): f.verdict for f in assessment.findings}
    return [
        VerdictDifference(source=key[0], scope=key[1], resource=key[2], sealed=sealed.get(key), now=now.get(key))
        for key in sorted(sealed.keys() | now.keys())
        if sealed.get(key) != now.get(key)
    ]


def _renamed(each: VerdictDifference, erased: Erased) -> bool:
    """Whether verdicts differ only in names, some of which were erased."""
    before, now = each.sealed, each.now
    return bool(before and now and before.status is now.status) and same_but_for_names(
        before.reason if before else "", now.reason if now else "", erased
    )


def _settings(check: Check[...], sealed: Mapping[str, object]) -> dict[str, object]:
    """The sealed settings as the check takes them: JSON knows lists only. Those a changed check no longer has, or has
    with another type, are left out."""
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in sealed.items()
        if name in check.setting_types and _fits(value, check.setting_types[name])
    }


def _fits(value: object, hint: Any) -> bool:
    return type(value) is (list if get_origin(hint) is tuple else hint)


def _verdict(sealed: SealedVerdict) -> Verdict:
    try:
        return Verdict(Status(sealed.status), sealed.reason)
    except ValueError as error:
        raise CannotReplayError(f"the status {sealed.status} is not one that this version knows") from error


def _words(*, changed: bool, same: bool, recollected: bool) -> str:
    over = "what was collected again" if recollected else "the sealed resources"
    if changed:
        outcome = "comes to the same verdicts" if same else "comes to other verdicts"
        return f"the check has changed since, and over {over} {outcome}"
    return f"the same verdicts over {over}" if same else f"the same code over {over} comes to other verdicts"


def _again(
    leaf: SealedLeaf,
    body: Assessed,
    answer: Answer,
    reason: str,
    *,
    digest: str = "",
    same: bool | None = None,
    differences: Iterable[VerdictDifference] = (),
) -> CheckAgain:
    return CheckAgain(
        check=body.check,
        leaf=leaf.position,
        answer=answer,
        same=same,
        reason=reason,
        sealed_digest=body.check_digest,
        digest=digest,
        verdicts=body.count,
        differences=tuple(differences),
    )
