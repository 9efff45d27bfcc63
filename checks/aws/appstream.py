"""Checks of AppStream."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resources.aws.appstream import Fleet


@check(objective="traffic-is-filtered", severity=Severity.MEDIUM)
def fleet_has_no_way_past_our_network(fleet: Fleet) -> Verdict:
    """The machines of a fleet reach the internet through our network, or not at all.

    People browse and copy there. A way out that AWS provides passes no filter.

    Remediation: Stop the fleet, *Edit*, *Default Internet Access* off; use private subnets with a NAT gateway.
    """
    if fleet.internet:
        return failed(f"{fleet.name} has default internet access")
    return passed(f"{fleet.name} has no default internet access")


@check(objective="systems-are-hardened", severity=Severity.MEDIUM)
def fleet_needs_metadata_tokens(fleet: Fleet) -> Verdict:
    """The machines of a fleet answer for their credentials only with a token (IMDSv2).

    With the first version, one request that a page makes for somebody else hands out the keys of the fleet's role.

    Remediation: `aws appstream update-fleet --name … --disable-imdsv1`.
    """
    if fleet.refuses_old_metadata:
        return passed(f"{fleet.name} answers version 2 of the metadata service alone")
    return failed(f"{fleet.name} answers version 1 of the metadata service as well")


@check(objective="sessions-end", severity=Severity.LOW)
def fleet_sessions_end(fleet: Fleet, *, idle: int = 900, longest: int = 43200) -> Verdict:
    """The sessions of a fleet end when idle, and after a maximum time.

    A session that stays open belongs to whoever sits down there next.

    Remediation: *Edit* the fleet, *Idle disconnect timeout* and *Maximum session duration*. Both, in seconds, are
    settings.
    """
    if not 0 < fleet.idle <= idle:
        after = f"after {fleet.idle} seconds" if fleet.idle else "never"
        return failed(f"{fleet.name} disconnects who is idle {after}, not within {idle} seconds")
    if fleet.longest > longest:
        return failed(f"sessions of {fleet.name} last up to {fleet.longest} seconds, more than {longest}")
    return passed(f"sessions of {fleet.name} end after {fleet.idle} idle seconds, and after {fleet.longest} in all")
