"""Checks of Resource Access Manager: with whom resources are shared."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resources.aws.resource_shares import ResourceShare


@check(objective="outside-access-is-approved", severity=Severity.HIGH)
def share_stays_with_approved_accounts(share: ResourceShare, *, approved: tuple[str, ...] = ()) -> Verdict:
    """Resources are shared with nobody outside the organization who was not approved.

    What is shared, the other account uses as its own. Name accounts that may in the setting `approved`.

    Remediation: `aws ram disassociate-resource-share --principals …`, or name the account in `approved`.
    """
    outside = [each.principal for each in share.principals if each.outside]
    if strange := [each for each in outside if each not in approved]:
        return failed(f"{share.name} shares {len(share.resources)} resources with {', '.join(strange)}")
    if outside:
        return passed(f"{share.name} shares with {', '.join(outside)}, as approved, and nobody else outside")
    return passed(f"{share.name} shares with nobody outside the organization")


@check(objective="outside-access-is-approved", severity=Severity.LOW)
def share_cannot_leave_the_organization(share: ResourceShare, *, approved: tuple[str, ...] = ()) -> Verdict:
    """A share that is meant for the organization cannot be opened to others.

    One more account number is quickly added. Name shares that are meant for others in the setting `approved`.

    Remediation: `aws ram update-resource-share --no-allow-external-principals`.
    """
    if not share.may_leave_organization:
        return passed(f"{share.name} takes only accounts of the organization")
    if share.name in approved:
        return passed(f"{share.name} takes accounts outside the organization, which is approved")
    return failed(f"{share.name} takes accounts outside the organization")
