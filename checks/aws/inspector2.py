"""Checks of Inspector: whether it looks for vulnerabilities everywhere, and what became of those it found."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.aws.inspector2 import InspectedResource, InspectorCoverage, InspectorRegion

ON = "ENABLED"
NOT_NOW = frozenset({
    "EC2_INSTANCE_STOPPED", "PENDING_DISABLE", "RESOURCE_STOPPED", "RESOURCE_TERMINATED", "IMAGE_ARCHIVED",
    "PENDING_INITIAL_SCAN", "PENDING_REVIVAL_SCAN", "SCAN_IN_PROGRESS",
})  # fmt: skip
"""Reasons for not scanning that are as they should be: what does not run, is leaving, or comes next."""


@check(objective="vulnerabilities-are-looked-for", severity=Severity.MEDIUM)
def inspector_is_on(region: InspectorRegion, *, scans: tuple[str, ...] = ("ec2", "ecr", "lambda")) -> Verdict:
    """Inspector looks for known vulnerabilities in the region.

    It scans again whenever a flaw becomes known or something is installed; nobody has to think of it. `scans` says what
    it must be on for; `lambdaCode`, `codeRepository` and `ami` are possible as well.

    Remediation: `aws inspector2 enable --resource-types EC2 ECR LAMBDA`, in each region, best for the organization by
    its delegated administrator.
    """
    if not region.offered:
        return not_applicable(f"AWS does not offer Inspector in {region.region}")
    if region.status != ON:
        return failed(f"Inspector is {region.status} in {region.region}")
    if missing := [each for each in scans if each not in region.scans]:
        return failed(f"Inspector does not scan {', '.join(missing)} in {region.region}")
    return passed(f"Inspector scans {', '.join(region.scans)} in {region.region}")


@check(objective="vulnerabilities-are-looked-for", severity=Severity.MEDIUM)
def covered_resource_is_scanned(coverage: InspectorCoverage, *, excluded: bool = False) -> Verdict:
    """Inspector really scans what it is on for.

    An instance without an agent and an image of an unknown system show no findings, as if all were well. With
    `excluded`, what somebody excluded by a tag counts as decided.

    Remediation: See the reason; most often the agent of Systems Manager is missing, or the system is not supported.
    """
    what = f"{coverage.resource} ({coverage.scan})"
    if coverage.status == "ACTIVE":
        return passed(f"Inspector scans {what}: {coverage.reason}")
    if coverage.status != "INACTIVE":
        return unknown(f"Inspector says {coverage.status or 'nothing'} of {what}")
    if coverage.reason in NOT_NOW:
        return not_applicable(f"Inspector does not scan {what} now: {coverage.reason}")
    if coverage.reason == "EXCLUDED_BY_TAG" and excluded:
        return not_applicable(f"somebody excluded {what} by a tag")
    return failed(f"Inspector does not scan {what}: {coverage.reason}")


@check(objective="vulnerabilities-are-fixed", severity=Severity.HIGH)
def vulnerabilities_are_fixed_in_time(
    found: InspectedResource, *, as_of: datetime, critical_days: int = 15, high_days: int = 30
) -> Verdict:
    """No serious vulnerability that Inspector has found stays open beyond the agreed time.

    For flaws of this kind there are finished tools within days. What was suppressed in Inspector is not counted: that
    is its own record of a decision.

    Remediation: Update the package that the finding names, or build the image anew; suppress with a reason what does
    not apply.
    """
    late = [
        f"a {word} one is open since {oldest:%Y-%m-%d}, more than {days} days"
        for word, oldest, days in (
            ("critical", found.oldest_critical, critical_days),
            ("high", found.oldest_high, high_days),
        )
        if oldest is not None and oldest < as_of - timedelta(days=days)
    ]
    what = f"{found.id} has {found.critical} critical and {found.high} high vulnerabilities"
    if late:
        return failed(f"{what}; {', and '.join(late)}")
    return passed(f"{what}, all found lately")
