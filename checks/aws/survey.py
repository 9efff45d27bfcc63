"""Checks of what is looked at: accounts and regions that are left out are said to be."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.aws.survey import MemberAccount, Region


@check(objective="audit-access-is-read-only", severity=Severity.MEDIUM)
def member_account_is_looked_at(account: MemberAccount) -> Verdict:
    """Every active account of the organization is looked at.

    What goes on in an account that nobody looks at is not evidence of anything; and that is where things are forgotten.

    Remediation: Take the account into `include` or out of `exclude` in the configuration, and let it have the role that
    `annexa permissions aws --format cloudformation` prints.
    """
    if account.status != "ACTIVE":
        return not_applicable(f"the status of {account.name} is {account.status}")
    if account.looked_at:
        return passed(f"{account.name} is looked at")
    return failed(f"{account.name} is left out: {account.left_out}")


@check(objective="audit-access-is-read-only", severity=Severity.LOW)
def enabled_region_is_looked_at(region: Region) -> Verdict:
    """Every region that the account can use is looked at.

    A region that nobody uses is the best place to hide something.

    Remediation: Set `regions: enabled`, or switch off the region: *Account*, *AWS Regions*; a service control policy
    can deny those that are always on.
    """
    if region.opt_in == "not-opted-in":
        return not_applicable(f"the account has not opted in to {region.id}")
    if region.looked_at:
        return passed(f"{region.id} is looked at")
    return failed(f"{region.id} is left out: {region.left_out}")
