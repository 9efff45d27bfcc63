"""By what evidence is read: the checks, the mappings and the freshness target that hold now, or were in force then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from core.management.access_review import as_attestation
from core.management.applicability import Applicability
from core.management.attestation import Attestation
from core.management.statements import Version
from core.model import DescribedCheck, Framework
from evidence_store.errors import BrokenSealError
from evidence_store.questions.events import access_reviews, applicability, attestations
from evidence_store.questions.in_force import InForce, unseal
from evidence_store.questions.past import Past
from evidence_store.questions.queries import last_end
from evidence_store.store import Store
from mappings.loader import (
    OBJECTIVES,
    digest_of,
    documents,
    framework,
    frameworks,
    mapping_digest,
    objectives,
    read_framework,
    read_objectives,
)
from runs.configuration import Configuration
from runs.plugins import all_checks
from runs.selection import enabled_checks


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What checks say of themselves, by id; every framework, newest first; the sentence of each objective; how old
    evidence may be. `warnings` say what of it is not as it was. `applicability` and `attestations` are what people
    say."""

    checks: Mapping[str, DescribedCheck]
    frameworks: tuple[Framework, ...]
    objectives: Mapping[str, str]
    stale_after: timedelta
    warnings: tuple[str, ...] = ()
    applicability: Version[Applicability] | None = None
    attestations: tuple[Attestation, ...] = ()


def installed(configuration: Configuration, *, switched_off: bool = False) -> Rules:
    """What is installed and configured here; with `switched_off`, the words of checks that are disabled, too."""
    checks = all_checks() if switched_off else enabled_checks(configuration)
    return Rules(
        checks={name: check.described for name, check in checks.items()},
        frameworks=tuple(map(framework, sorted(frameworks(), reverse=True))),
        objectives=objectives(),
        stale_after=configuration.stale_after,
    )


def to_seal(configuration: Configuration) -> InForce:
    """The same as a scan seals it."""
    return InForce(
        documents=documents(),
        checks=tuple(check.described for check in enabled_checks(configuration).values()),
        stale_after=configuration.stale_after,
    )


def in_force(store: Store, configuration: Configuration, past: Past | None) -> Rules:
    """What was in force then: what the newest scan that had finished sealed. Without `past`, what is installed.

    Raises `BrokenSealError` when the files that are kept are not those of the mappings that were sealed.
    """
    today = installed(configuration)
    with store.reading() as connection:
        today = replace(
            today,
            applicability=applicability(store, connection, past),
            attestations=(
                *attestations(store, connection, past).values(),
                *filter(None, map(as_attestation, access_reviews(store, connection, past).values())),
            ),
        )
        if past is None:
            return today
        end = last_end(store, connection, past)
        kept = unseal(store.read_blob(connection), end) if end else None
    if end is None:
        why = "no scan had finished then: it is not known which checks, mappings and freshness target were in force"
        return replace(today, warnings=(f"{why}; those of today are used",))
    found, warnings = _frameworks(end.mappings, kept)
    if kept:
        words = read_objectives(OBJECTIVES, kept.documents[OBJECTIVES])
        checks = {check.id: check for check in kept.checks}
        return replace(
            today,
            checks=checks,
            frameworks=found,
            objectives=words,
            stale_after=kept.stale_after,
            warnings=warnings,
        )
    why = "scans of that time did not seal the freshness target, nor what checks said of themselves"
    return replace(
        today,
        checks={name: check for name, check in today.checks.items() if name in end.checks},
        frameworks=found,
        warnings=(*warnings, f"{why}: those of today are used", *_missing(end.checks, today)),
    )


def _frameworks(sealed: Mapping[str, str], kept: InForce | None) -> tuple[tuple[Framework, ...], tuple[str, ...]]:
    found: list[Framework] = []
    warnings: list[str] = []
    here = frameworks()
    for name, digest in sorted(sealed.items(), reverse=True):
        if name in here and mapping_digest(name) == digest:
            found.append(framework(name))
        elif kept:
            found.append(_kept(name, digest, kept))
            warnings.append(f"the mapping {name} has changed since: what was in force then is used, as it was sealed")
        elif name in here:
            found.append(framework(name))
            warnings.append(f"the mapping {name} has changed since and was not kept: conclusions follow today's")
        else:
            warnings.append(f"the mapping {name} is not installed any more and was not kept: it is left out")
    return tuple(found), tuple(warnings)


def _kept(name: str, digest: str, kept: InForce) -> Framework:
    if digest_of(name, kept.documents) != digest:
        raise BrokenSealError(f"the files kept of the mapping {name} are not those that were sealed: {digest}")
    known = read_objectives(OBJECTIVES, kept.documents[OBJECTIVES])
    return read_framework(f"{name}.yaml", kept.documents[f"{name}.yaml"], known)


def _missing(checks: tuple[str, ...], today: Rules) -> tuple[str, ...]:
    gone = sorted(set(checks) - set(today.checks))
    some = f"{', '.join(gone[:3])}{' and more' if len(gone) > 3 else ''}"  # noqa: PLR2004 - as many as fit a line
    return (f"{some}: not switched on today, so nobody knows which controls it served",) if gone else ()
