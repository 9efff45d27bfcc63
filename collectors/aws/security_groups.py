"""Security groups, who has them, and access control lists: bulk listings of one region."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from collectors.aws.names import name_of
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import Unobserved
from core.resources.aws.security_groups import AclEntry, NetworkAcl, ReferencedGroup, Rule, SecurityGroup

GROUPS = Read("ec2", "DescribeSecurityGroups")
INTERFACES = Read("ec2", "DescribeNetworkInterfaces")
PREFIX_LISTS = Read("ec2", "DescribeManagedPrefixLists")
PREFIX_LIST_ENTRIES = Read("ec2", "GetManagedPrefixListEntries")
ACLS = Read("ec2", "DescribeNetworkAcls")

OF_AWS = "AWS"
"""The owner of the prefix lists of AWS's own services."""

Found = Mapping[str, Any]


@collector(permissions=(GROUPS, INTERFACES, PREFIX_LISTS, PREFIX_LIST_ENTRIES))
def security_groups(region: AwsRegion) -> Iterator[SecurityGroup]:
    """Every security group of the region with its rules, and whether anything has it."""
    listed = list(region.pages(GROUPS, "SecurityGroups"))
    interfaces = region.look(lambda: list(region.pages(INTERFACES, "NetworkInterfaces")) if listed else [])
    seen = interfaces if isinstance(interfaces, Unobserved) else list(_memberships(interfaces))
    names = {
        each["PrefixListId"]
        for group in listed
        for one in (*group["IpPermissions"], *group["IpPermissionsEgress"])
        for each in one.get("PrefixListIds", ())
    }
    lists = _PrefixLists(region, sorted(names))
    referenced = {
        pair["GroupId"]
        for group in listed
        for one in (*group["IpPermissions"], *group["IpPermissionsEgress"])
        for pair in one.get("UserIdGroupPairs", ())
        if pair["GroupId"] != group["GroupId"]
    }
    for found in listed:
        number = found["GroupId"]
        yield SecurityGroup(
            id=number,
            name=found["GroupName"],
            vpc=found["VpcId"],
            owner=found["OwnerId"],
            of_this_account=found["OwnerId"] == region.account,
            ingress=tuple(lists.rule(each) for each in found["IpPermissions"]),
            egress=tuple(lists.rule(each) for each in found["IpPermissionsEgress"]),
            is_used=seen if isinstance(seen, Unobserved) else any(group == number for group, _ in seen),
            is_public=seen if isinstance(seen, Unobserved) else (number, True) in seen,
            is_referenced=number in referenced,
        )


def _memberships(interfaces: Iterable[Found]) -> Iterator[tuple[str, bool]]:
    """Each group of each interface, and whether the interface has a public address."""
    for each in interfaces:
        public = bool(each.get("Association", {}).get("PublicIp") or each.get("Ipv6Addresses"))
        for group in each.get("Groups", ()):
            yield group["GroupId"], public


class _PrefixLists:
    """The ranges of the prefix lists that rules name, each asked for once."""

    def __init__(self, region: AwsRegion, names: list[str]) -> None:
        owners = region.look(partial(_owners, region, names))
        self._ranges: dict[str, Any] = {}
        for name in names:
            if isinstance(owners, Unobserved):
                self._ranges[name] = owners
            elif owners[name] == OF_AWS:
                self._ranges[name] = ()
            else:
                self._ranges[name] = region.look(partial(_entries, region, name))

    def rule(self, found: Found) -> Rule:
        lists = tuple(sorted(each["PrefixListId"] for each in found.get("PrefixListIds", ())))
        hidden = next((self._ranges[each] for each in lists if isinstance(self._ranges[each], Unobserved)), None)
        ranges = (
            *(each["CidrIp"] for each in found.get("IpRanges", ())),
            *(each["CidrIpv6"] for each in found.get("Ipv6Ranges", ())),
            *(each for name in lists if hidden is None for each in self._ranges[name]),
        )
        return Rule(
            protocol=found["IpProtocol"],
            first=_port(found.get("FromPort")),
            last=_port(found.get("ToPort")),
            ranges=hidden if hidden is not None else tuple(sorted(ranges)),
            lists=lists,
            groups=tuple(
                ReferencedGroup(
                    id=each["GroupId"], account=each.get("UserId", ""), status=each.get("PeeringStatus", "")
                )
                for each in sorted(found.get("UserIdGroupPairs", ()), key=lambda one: str(one["GroupId"]))
            ),
        )


def _owners(region: AwsRegion, names: list[str]) -> dict[str, str]:
    if not names:
        return {}
    found = region.pages(PREFIX_LISTS, "PrefixLists", PrefixListIds=names)
    return {each["PrefixListId"]: each["OwnerId"] for each in found}


def _entries(region: AwsRegion, name: str) -> tuple[str, ...]:
    return tuple(each["Cidr"] for each in region.pages(PREFIX_LIST_ENTRIES, "Entries", PrefixListId=name))


def _port(found: int | None) -> int | None:
    return None if found is None or found < 0 else found  # -1 means all, as does nothing


@collector(permissions=(ACLS,))
def network_acls(region: AwsRegion) -> Iterator[NetworkAcl]:
    """Every access control list of the region's networks."""
    for found in region.pages(ACLS, "NetworkAcls"):
        incoming = sorted((each for each in found["Entries"] if not each["Egress"]), key=lambda e: int(e["RuleNumber"]))
        yield NetworkAcl(
            id=found["NetworkAclId"],
            name=name_of(found),
            vpc=found["VpcId"],
            of_this_account=found["OwnerId"] == region.account,
            is_default=found["IsDefault"],
            subnets=tuple(sorted(each["SubnetId"] for each in found.get("Associations", ()))),
            ingress=tuple(_entry(each) for each in incoming),
        )


def _entry(found: Found) -> AclEntry:
    ports = found.get("PortRange", {})
    return AclEntry(
        number=found["RuleNumber"],
        allows=found["RuleAction"] == "allow",
        protocol=found["Protocol"],
        range=found.get("CidrBlock") or found["Ipv6CidrBlock"],
        first=ports.get("From"),
        last=ports.get("To"),
    )
