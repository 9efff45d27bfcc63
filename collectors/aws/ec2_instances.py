"""Instances of EC2. One listing shows them all; only what they are given at their start is asked of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from collectors.aws.marks import kinds_of_secrets
from collectors.aws.names import name_of
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.ec2_instances import Ec2Defaults, Ec2Instance, MetadataOptions, UserData

METADATA_DEFAULTS = Read("ec2", "GetInstanceMetadataDefaults")
SERIAL_CONSOLE = Read("ec2", "GetSerialConsoleAccessStatus")
INSTANCES = Read("ec2", "DescribeInstances")
ATTRIBUTE = Read("ec2", "DescribeInstanceAttribute")

MOST = 1000
"""Items of one page: the most that EC2 gives."""
GONE = ("shutting-down", "terminated")
SCALING_GROUP = "aws:autoscaling:groupName"
"""The tag that Auto Scaling sets. Nobody else can: AWS keeps the prefix for itself."""

_STOPPED = re.compile(r"\((\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?:GMT|UTC)\)")


@collector(permissions=(METADATA_DEFAULTS, SERIAL_CONSOLE))
def defaults(region: AwsRegion) -> Iterator[Ec2Defaults]:
    """What the region gives to instances that say nothing themselves."""
    yield Ec2Defaults(
        id=f"{region.account}/{region.scope}",
        region=region.scope,
        metadata=region.look(lambda: metadata_options(region.ask(METADATA_DEFAULTS).get("AccountLevel"))),
        serial_console=region.look(lambda: region.ask(SERIAL_CONSOLE)["SerialConsoleAccessEnabled"]),
    )


@collector(permissions=(INSTANCES,))
def instances(region: AwsRegion) -> Iterator[Ec2Instance]:
    """Every instance of the region that is not terminated."""
    for found in _listed(region):
        yield _instance(region, found)


@collector(permissions=(INSTANCES, ATTRIBUTE))
def user_data(region: AwsRegion) -> Iterator[UserData]:
    """Whether what instances are given at their start holds secrets."""
    yield from region.each(lambda found: _user_data(region, found["InstanceId"]), _listed(region))


def metadata_options(found: Mapping[str, Any] | None) -> MetadataOptions:
    """Metadata options as EC2 and Auto Scaling write them, or none of them."""
    said = found or {}
    return MetadataOptions(
        endpoint=said.get("HttpEndpoint", ""),
        tokens=said.get("HttpTokens", ""),
        hops=said.get("HttpPutResponseHopLimit"),
    )


def operator_of(found: Mapping[str, Any]) -> str:
    """The AWS service that looks after a thing; empty when the account does itself."""
    operator = found.get("Operator", {})
    return str(operator.get("Principal", "an AWS service")) if operator.get("Managed") else ""


def _listed(region: AwsRegion) -> list[dict[str, Any]]:
    return [
        found
        for reservation in region.pages(INSTANCES, "Reservations", MaxResults=MOST)
        for found in reservation.get("Instances", ())
        if found["State"]["Name"] not in GONE
    ]


def _instance(region: AwsRegion, found: Mapping[str, Any]) -> Ec2Instance:
    interfaces = found.get("NetworkInterfaces", ())
    tags = {tag["Key"]: tag["Value"] for tag in found.get("Tags", ())}
    groups = [*found.get("SecurityGroups", ()), *(group for each in interfaces for group in each.get("Groups", ()))]
    return Ec2Instance(
        id=found["InstanceId"],
        name=name_of(found),
        region=region.scope,
        state=found["State"]["Name"],
        image=found["ImageId"],
        launched=found["LaunchTime"],
        stopped=_stopped(found),
        virtualization=found.get("VirtualizationType") or unobserved("EC2 does not say how it is virtualized"),
        profile=found.get("IamInstanceProfile", {}).get("Arn", ""),
        metadata=metadata_options(found.get("MetadataOptions")),
        public_addresses=tuple(sorted(set(_public_addresses(found)))),
        addresses6=tuple(sorted(set(_addresses6(found)))),
        private_addresses=tuple(dict.fromkeys(_private_addresses(found))),
        tags=tuple(sorted(f"{name}={value}" for name, value in tags.items())),
        subnets=tuple(sorted({each["SubnetId"] for each in interfaces if each.get("SubnetId")})),
        security_groups=tuple(sorted({group["GroupId"] for group in groups})),
        scaling_group=tags.get(SCALING_GROUP, ""),
        operator=operator_of(found),
    )


def _stopped(found: Mapping[str, Any]) -> datetime | None:
    """EC2 says when an instance was stopped in words only: `User initiated (2026-11-01 09:30:00 GMT)`."""
    match = _STOPPED.search(found.get("StateTransitionReason", ""))
    if found["State"]["Name"] != "stopped" or match is None:
        return None
    return datetime.fromisoformat(match[1]).replace(tzinfo=UTC)


def _public_addresses(found: Mapping[str, Any]) -> Iterator[str]:
    if found.get("PublicIpAddress"):
        yield found["PublicIpAddress"]
    for interface in found.get("NetworkInterfaces", ()):
        for each in (interface, *interface.get("PrivateIpAddresses", ())):
            if address := each.get("Association", {}).get("PublicIp"):
                yield address


def _addresses6(found: Mapping[str, Any]) -> Iterator[str]:
    for interface in found.get("NetworkInterfaces", ()):
        yield from (each["Ipv6Address"] for each in interface.get("Ipv6Addresses", ()))
        yield from (each["Ipv6Prefix"] for each in interface.get("Ipv6Prefixes", ()))


def _private_addresses(found: Mapping[str, Any]) -> Iterator[str]:
    if found.get("PrivateIpAddress"):
        yield found["PrivateIpAddress"]
    for interface in found.get("NetworkInterfaces", ()):
        for each in interface.get("PrivateIpAddresses", ()):
            if "PrivateIpAddress" in each:
                yield each["PrivateIpAddress"]


def _user_data(region: AwsRegion, instance: str) -> UserData:
    said = region.look(
        lambda: region.ask(ATTRIBUTE, InstanceId=instance, Attribute="userData").get("UserData", {}).get("Value", "")
    )
    if not isinstance(said, str):
        return UserData(id=instance, given=said, secrets=said)
    return UserData(id=instance, given=bool(said), secrets=kinds_of_secrets(said))
