"""Checks of transit gateways."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.aws.transit_gateways import TransitGateway


@check(objective="outside-access-is-approved", severity=Severity.HIGH)
def gateway_asks_before_it_joins(gateway: TransitGateway) -> Verdict:
    """Somebody must consent before a network of another account is joined.

    Otherwise whoever the gateway is shared with puts a network next to ours whenever he likes.

    Remediation: `aws ec2 modify-transit-gateway --transit-gateway-id … --options AutoAcceptSharedAttachments=disable`.
    """
    if not gateway.of_this_account:
        return not_applicable(f"{gateway.gateway} belongs to {gateway.owner}, who decides that")
    match gateway.accepts_by_itself:
        case "disable":
            return passed(f"{gateway.gateway} waits for consent")
        case "enable":
            return failed(f"{gateway.gateway} accepts networks of other accounts by itself")
        case said:
            return unknown(f"EC2 says {said} of attachments to {gateway.gateway}")
