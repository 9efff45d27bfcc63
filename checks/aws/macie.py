"""Checks of Macie: somebody knows in which buckets sensitive data lies."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resources.aws.macie import MacieRegion
from core.resources.aws.s3 import Bucket


@check(objective="data-leaves-only-as-allowed", severity=Severity.LOW)
def buckets_are_searched(region: MacieRegion, buckets: Population[Bucket]) -> Verdict:
    """Macie looks for sensitive data in the region's buckets, and for those that are open.

    One protects what one knows of. Regions without buckets need no Macie.

    Remediation: *Macie*, *Get started*, in each region that has buckets; or for the whole organization.
    """
    if not region.offered:
        return not_applicable(f"AWS does not offer Macie in {region.id}")
    if region.status == "ENABLED":
        return passed(f"Macie is on in {region.id}")
    here = sum(each.region == region.id for each in buckets.here)
    if not here:
        return not_applicable(f"there is no bucket in {region.id}")
    state = "paused" if region.status else "not on"
    return failed(f"Macie is {state} in {region.id}, where buckets are: {here}")


@check(objective="data-leaves-only-as-allowed", severity=Severity.LOW)
def buckets_are_searched_without_being_asked(region: MacieRegion) -> Verdict:
    """Macie samples all buckets by itself.

    Without this it finds only what somebody has it look for, in jobs, and new buckets are forgotten.

    Remediation: *Macie*, *Automated sensitive data discovery*, enable.
    """
    if region.status != "ENABLED":
        return not_applicable(f"Macie is not on in {region.id}")
    if region.discovers:
        return passed(f"Macie samples the buckets of {region.id} by itself")
    return failed(f"Macie waits for jobs in {region.id}")
