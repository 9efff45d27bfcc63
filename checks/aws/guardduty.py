"""Checks of GuardDuty: attacks are looked for in each region, and what was found does not lie about."""

from __future__ import annotations

from datetime import datetime, timedelta

from checks.aws.alarm_chains import shortened
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.aws.guardduty import GuardDutyRegion

FEATURES = (
    "S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION", "RDS_LOGIN_EVENTS", "LAMBDA_NETWORK_LOGS",
    "RUNTIME_MONITORING",
)  # fmt: skip
INSTEAD = {"RUNTIME_MONITORING": "EKS_RUNTIME_MONITORING"}
"""A feature that an account has in the place of another: AWS lets one have only either."""


@check(objective="threat-detection-is-on", severity=Severity.HIGH)
def region_is_watched(region: GuardDutyRegion) -> Verdict:
    """GuardDuty looks for attacks in the region.

    It reads trails, flow logs and DNS without being asked, also in regions where nobody works and an intruder would.

    Remediation: *GuardDuty*, *Enable*, in each region; in an organization let the administrator switch it on for all.
    """
    if not region.detector:
        return failed(f"GuardDuty is not on in {region.id}")
    if not region.enabled:
        return failed(f"GuardDuty is suspended in {region.id}")
    return passed(f"GuardDuty is on in {region.id}")


@check(objective="threat-detection-is-on", severity=Severity.LOW)
def region_has_its_features(region: GuardDutyRegion, *, features: tuple[str, ...] = FEATURES) -> Verdict:
    """GuardDuty looks at all that it can: buckets, clusters, disks, databases, functions, running systems.

    The features that are needed can be chosen in `features`, by AWS's names for them.

    Remediation: *GuardDuty*, *Protection plans*, or `aws guardduty update-detector --features …`.
    """
    if not region.detector:
        return not_applicable(f"GuardDuty is not on in {region.id}")
    if not region.enabled:
        return not_applicable(f"GuardDuty is suspended in {region.id}, whatever its features say")
    on = {*region.on, *(wanted for wanted, other in INSTEAD.items() if other in region.on)}
    if off := [each for each in features if each in region.off and each not in on]:
        return failed(f"off in {region.id}: {', '.join(off)}")
    if unsaid := [each for each in features if each not in on]:
        return unknown(f"AWS does not say whether {', '.join(unsaid)} are on in {region.id}, or offered there")
    return passed(f"on in {region.id}: {', '.join(features)}")


@check(objective="logs-are-collected-centrally", severity=Severity.LOW)
def region_is_administered_centrally(region: GuardDutyRegion) -> Verdict:
    """One account sees what GuardDuty finds in all accounts.

    Findings that each account keeps to itself are seen by nobody who knows what they mean.

    Remediation: Name a delegated administrator in the management account, and let it add all accounts.
    """
    if not region.detector:
        return not_applicable(f"GuardDuty is not on in {region.id}")
    if region.administrator:
        return passed(f"{region.administrator} administers {region.id}")
    if region.members:
        return passed(f"this account administers {region.members} others in {region.id}")
    return failed(f"nobody administers {region.id}")


@check(objective="detections-are-handled", severity=Severity.HIGH)
def serious_findings_are_handled(region: GuardDutyRegion, *, as_of: datetime, days: int = 7) -> Verdict:
    """No serious finding of GuardDuty stays open beyond the agreed time.

    Serious is severity 7 and more. Handled is what somebody archived, or a rule that somebody wrote.

    Remediation: *GuardDuty*, *Findings*: look into it, act, then archive it.
    """
    if not region.detector:
        return not_applicable(f"GuardDuty is not on in {region.id}")
    late = [each for each in region.serious if each.found < as_of - timedelta(days=days)]
    if late:
        named = shortened([f"{each.type} of {each.found:%Y-%m-%d}" for each in late])
        return failed(f"{len(late)} serious findings in {region.id} are open for more than {days} days: {named}")
    if region.serious:
        named = shortened([f"{each.type} of {each.found:%Y-%m-%d}" for each in region.serious])
        return passed(f"the serious findings in {region.id} are open for at most {days} days: {named}")
    return passed(f"no serious finding is open in {region.id}")
