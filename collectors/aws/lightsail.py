"""Lightsail: servers and databases, each in one listing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.errors import NoAnswerError
from collectors.aws.offers import is_missing
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resources.aws.ec2_instances import MetadataOptions
from core.resources.aws.lightsail import LightsailDatabase, LightsailInstance, OpenPorts

INSTANCES = Read("lightsail", "GetInstances")
DATABASES = Read("lightsail", "GetRelationalDatabases")


@collector(permissions=(INSTANCES,))
def instances(region: AwsRegion) -> Iterator[LightsailInstance]:
    """Every server of the region."""
    for found in _listed(region, INSTANCES, "instances"):
        metadata = found.get("metadataOptions", {})
        yield LightsailInstance(
            id=found["arn"],
            name=found["name"],
            state=found["state"]["name"],
            ports=tuple(_ports(each) for each in found["networking"]["ports"]),
            metadata=MetadataOptions(
                endpoint=metadata.get("httpEndpoint", ""),
                tokens=metadata.get("httpTokens", ""),
                hops=metadata.get("httpPutResponseHopLimit"),
            ),
            snapshots=any(
                each["name"] == "AutoSnapshot" and each["status"] == "Enabled" for each in found.get("addOns", ())
            ),
        )


@collector(permissions=(DATABASES,))
def databases(region: AwsRegion) -> Iterator[LightsailDatabase]:
    """Every database of the region."""
    for found in _listed(region, DATABASES, "relationalDatabases"):
        yield LightsailDatabase(
            id=found["arn"],
            name=found["name"],
            public=found["publiclyAccessible"],
            backups=found["backupRetentionEnabled"],
        )


def _ports(found: Mapping[str, Any]) -> OpenPorts:
    return OpenPorts(
        protocol=found["protocol"],
        first=found["fromPort"],
        last=found["toPort"],
        ranges=tuple(sorted([*found.get("cidrs", ()), *found.get("ipv6Cidrs", ())])),
    )


def _listed(region: AwsRegion, read: Read, listing: str) -> Iterator[dict[str, Any]]:
    """A listing; empty in a region that AWS does not offer Lightsail in."""
    try:
        yield from region.pages(read, listing)
    except NoAnswerError as error:
        if not is_missing(error, read.service, region.scope, region.identity.partition):
            raise
