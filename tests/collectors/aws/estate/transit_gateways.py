"""Transit gateways: one that asks, one that does not."""

from __future__ import annotations

from tests.collectors.aws.world import Maker


def populate(aws: Maker) -> None:
    for region in aws.regions:
        ec2 = aws.client("ec2", region)
        for accepts in ("enable", "disable"):
            ec2.create_transit_gateway(Options={"AutoAcceptSharedAttachments": accepts})
