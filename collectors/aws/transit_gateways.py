"""Transit gateways, those included that other accounts share with this one."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.aws.ec2_instances import MOST
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.transit_gateways import TransitGateway

GATEWAYS = Read("ec2", "DescribeTransitGateways")


@collector(permissions=(GATEWAYS,))
def gateways(region: AwsRegion) -> Iterator[TransitGateway]:
    """Every transit gateway that the account can see in the region and that is not deleted."""
    account = region.account
    for found in region.pages(GATEWAYS, "TransitGateways", MaxResults=MOST):
        if found["State"] in ("deleting", "deleted"):
            continue
        options = found.get("Options", {})
        yield TransitGateway(
            id=found["TransitGatewayArn"],
            gateway=found["TransitGatewayId"],
            owner=found["OwnerId"],
            of_this_account=found["OwnerId"] == account,
            accepts_by_itself=options.get("AutoAcceptSharedAttachments")
            or unobserved("EC2 does not say whether it accepts attachments by itself"),
        )
