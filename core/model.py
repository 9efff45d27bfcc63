"""The words of the domain, as frozen plain data.

ISO/IEC 27000 gives the word where it has one (control, control objective, nonconformity); XCCDF 1.2 names the
five statuses; OSCAL and OCSF name the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.resource import Resource
from core.scalars import LATER


class Severity(StrEnum):
    """How much a failure matters, before anybody weighs the resource it is about."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Status(StrEnum):
    """What a check concluded."""

    PASS = "pass"  # noqa: S105 - the status of XCCDF, no password
    FAIL = "fail"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"  # the evidence does not say; nobody may read it as a pass
    ERROR = "error"  # the check broke: our bug, never the auditee's failure


@dataclass(frozen=True, slots=True)
class Verdict:
    """A status and the sentence, with the observed values, that justifies it."""

    status: Status
    reason: str


def passed(reason: str) -> Verdict:
    return Verdict(Status.PASS, reason)


def failed(reason: str) -> Verdict:
    return Verdict(Status.FAIL, reason)


def not_applicable(reason: str) -> Verdict:
    return Verdict(Status.NOT_APPLICABLE, reason)


def unknown(reason: str) -> Verdict:
    return Verdict(Status.UNKNOWN, reason)


ALARM = "ALARM: "
"""How the reason of a gap begins when a place showed that it is not, or may not be, the one that is meant."""


@dataclass(frozen=True, slots=True)
class CollectionGap:
    """We could not look. A gap is evidence too: it is sealed, shown and never a pass."""

    reason: str
    hint: str = ""
    retryable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One question to a provider and its answer, recorded by the transport, never by a collector.

    `response` is the SHA-256 (hex) of the answer's redacted bytes, which the store keeps as a blob; empty when only
    metadata may be kept. `duration_ms` is wall time. `redactions` counts what was masked, by kind.

    `endpoint` is where it was asked (`https://iam.amazonaws.com`, `local`), without a secret and without what is in
    `parameters`. A question that is answered in pages is one exchange for each; `page` counts them from 1 and is 0 for
    what has no pages. `items` is how many things the answer listed, `None` where the transport cannot see.
    `headers` are those parts of the answer beside its body without which the body cannot be read. `attempts` is how
    often it was asked until this answer came: not at all where another unit had asked the same and was told this, or
    where nobody could ask. `throttled` is how many of those attempts were told to slow down.
    """

    operation: str
    parameters: Mapping[str, str]
    response: str
    size: int
    status: str
    at: datetime
    duration_ms: int
    request_id: str = ""
    truncated: bool = False
    error: str = ""
    redactions: Mapping[str, int] = field(default_factory=dict[str, int])
    endpoint: str = field(default="", metadata={LATER: True})
    page: int = field(default=0, metadata={LATER: True})
    items: int | None = field(default=None, metadata={LATER: True})
    headers: Mapping[str, str] = field(default_factory=dict[str, str], metadata={LATER: True})
    attempts: int = field(default=1, metadata={LATER: True})
    throttled: int = field(default=0, metadata={LATER: True})


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One run of one collector in one scope of one source."""

    collector: str
    version: str
    source: str
    scope: str
    principal: str
    started: datetime
    finished: datetime
    exchanges: tuple[Exchange, ...] = ()
    gaps: tuple[CollectionGap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Every resource of one kind in one scope at one moment: the whole population, or a gap that says it is not.

    Because it is whole, absence is evidenced and an auditor can draw samples from it. `encoded` holds the canonical
    bytes of each resource, in the order of `resources` (by id): they are made while collecting, so that a value
    which cannot be sealed costs its own unit and nothing else.
    """

    kind: str
    source: str
    scope: str
    collected_at: datetime
    resources: tuple[Resource, ...]
    encoded: tuple[bytes, ...] = ()
    gaps: tuple[CollectionGap, ...] = ()
    stale: bool = False

    @property
    def complete(self) -> bool:
        return not self.gaps


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's verdict on one resource. The rest of the way down (parameters, moment, evidence, digest of the
    check) is in the `Assessment` that it belongs to, said once for all its findings."""

    check: str
    source: str
    scope: str
    resource: str
    verdict: Verdict


REST_OF_POPULATION = "*"
"""The resource of a finding that speaks for whatever could not be looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What one assessment looked at: one kind in one scope, how many, and whether that was all of them.

    `stale` evidence was past its freshness target: nothing of it was believed.
    """

    kind: str
    source: str
    scope: str
    collected_at: datetime
    count: int
    complete: bool
    stale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """One check over everything it judges at one moment: what an auditor needs to reach its findings again."""

    check: str
    check_digest: str
    severity: Severity
    parameters: Mapping[str, object]
    as_of: datetime
    subjects: tuple[Coverage, ...]
    joins: tuple[Coverage, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedCheck:
    """What a check says of itself, without the check: plain data that can be sealed and read when it is gone."""

    id: str
    title: str
    rationale: str
    remediation: str
    objective: str
    severity: Severity
    kind: str


SHARES = ("most", "some", "little")
"""How much of a control an objective can show. Nothing shows all of one."""


@dataclass(frozen=True, slots=True)
class Link:
    """One objective speaks to one control, this much, for this reason."""

    objective: str
    share: str
    because: str


@dataclass(frozen=True, slots=True)
class Control:
    """A control of a standard: its number and title (the text is copyrighted) and the objectives that speak to it."""

    id: str
    title: str
    theme: str
    potential: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Framework:
    """One edition of one standard. Keep the edition with every control id: A.8.1 differs between editions."""

    id: str
    name: str
    controls: tuple[Control, ...]


class Conclusion(StrEnum):
    """What technical evidence says about a control. Never "compliant": people conclude that."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    UNDETERMINED = "undetermined"
    NO_EVIDENCE = "no_evidence"
    EXCLUDED = "excluded"
