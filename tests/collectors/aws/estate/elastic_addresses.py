"""Elastic addresses: one that something has, and one that nothing has."""

from __future__ import annotations

from tests.collectors.aws.world import Maker


def populate(aws: Maker) -> None:
    for region in aws.regions:
        ec2 = aws.client("ec2", region)
        ec2.allocate_address(Domain="vpc")
        subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
        interface = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
        ec2.associate_address(
            AllocationId=ec2.allocate_address(Domain="vpc")["AllocationId"], NetworkInterfaceId=interface
        )
