"""Elastic addresses, in one listing: EC2 knows no pages of them."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.aws.names import name_of
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resources.aws.elastic_addresses import ElasticAddress

ADDRESSES = Read("ec2", "DescribeAddresses")


@collector(permissions=(ADDRESSES,))
def addresses(region: AwsRegion) -> Iterator[ElasticAddress]:
    """Every elastic address of the region."""
    for found in region.ask(ADDRESSES)["Addresses"]:
        yield ElasticAddress(
            id=found["AllocationId"],
            name=name_of(found),
            address=found.get("PublicIp") or found.get("CarrierIp") or found.get("CustomerOwnedIp", ""),
            used_by=found.get("NetworkInterfaceId") or found.get("InstanceId", ""),
            operator=found.get("ServiceManaged", ""),
        )
