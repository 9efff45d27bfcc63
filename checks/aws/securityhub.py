"""Checks of Security Hub: findings come together, and the configuration is judged by a standard."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.aws.securityhub import SecurityHubRegion


@check(objective="logs-are-collected-centrally", severity=Severity.MEDIUM)
def findings_come_together(region: SecurityHubRegion) -> Verdict:
    """Security Hub gathers the findings of the region.

    It brings what GuardDuty, Inspector, Macie and others find into one place and one form.

    Remediation: `aws securityhub enable-security-hub`, in each region; or by the delegated administrator for all.
    """
    if region.enabled:
        return passed(f"Security Hub is on in {region.id}")
    return failed(f"Security Hub is not on in {region.id}")


@check(objective="configuration-is-watched", severity=Severity.MEDIUM)
def a_standard_is_applied(region: SecurityHubRegion) -> Verdict:
    """Security Hub judges the region by a standard.

    Switched on without a standard it only collects. Standards need AWS Config, and say so when it is not on.

    Remediation: *Security Hub*, *Security standards*, enable *AWS Foundational Security Best Practices*.
    """
    if not region.enabled:
        return not_applicable(f"Security Hub is not on in {region.id}")
    ready = [each.name for each in region.standards if each.status == "READY"]
    if ready:
        return passed(f"{region.id} is judged by {', '.join(ready)}")
    if any(each.status == "PENDING" for each in region.standards):
        return unknown(f"a standard is being switched on in {region.id}")
    if region.standards:
        lacking = ", ".join(f"{each.name} is {each.status} {each.reason}".strip() for each in region.standards)
        return failed(f"no standard is ready in {region.id}: {lacking}")
    return failed(f"no standard is switched on in {region.id}")
