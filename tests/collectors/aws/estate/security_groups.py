"""Groups and lists, narrow and wide."""

from __future__ import annotations

from typing import Any

from tests.collectors.aws.world import REGIONS, Maker

NOT_CUT = "moto gives everything at once"
UNPAGED = {"aws.security_groups.security_groups": NOT_CUT, "aws.security_groups.network_acls": NOT_CUT}
WORLD = {"CidrIp": "0.0.0.0/0"}
OTHER = "999999999999"


def populate(aws: Maker) -> None:
    for region in REGIONS:
        ec2 = aws.client("ec2", region)
        vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.0.0/24")["Subnet"]["SubnetId"]
        lists = [_list(ec2, name, cidr) for name, cidr in (("offices", "198.51.100.0/24"), ("world", "0.0.0.0/0"))]
        web = _group(ec2, vpc, "web", [_tcp(443, 443, WORLD), {**_tcp(22, 22), "PrefixListIds": [lists[0]]}])
        ec2.create_network_interface(SubnetId=subnet, Groups=[web])
        _group(ec2, vpc, "launch-wizard-1", [_tcp(22, 22, WORLD), _tcp(5432, 5432, WORLD)])
        _group(ec2, vpc, "all", [{"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}])
        _group(ec2, vpc, "by-list", [{**_tcp(3306, 3306), "PrefixListIds": [lists[1]]}])
        _group(ec2, vpc, "inner", [{**_tcp(80, 80), "UserIdGroupPairs": [{"GroupId": web}]}])
        _group(ec2, vpc, "foreign", [{**_tcp(80, 80), "UserIdGroupPairs": [{"GroupId": web, "UserId": OTHER}]}])
        many = [{"CidrIp": f"192.0.2.{number}/32"} for number in range(55)]
        _group(ec2, vpc, "many", [_tcp(443, 443, *many, {"CidrIp": "198.0.0.0/9"})])
        _acls(ec2, vpc, subnet)
        _empty_default_group(ec2, vpc)


def _group(ec2: Any, vpc: str, name: str, rules: list[dict[str, Any]]) -> str:
    number: str = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=number, IpPermissions=rules)
    return number


def _tcp(first: int, last: int, *ranges: dict[str, str]) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": first, "ToPort": last, **({"IpRanges": list(ranges)} if ranges else {})}


def _list(ec2: Any, name: str, cidr: str) -> dict[str, str]:
    made = ec2.create_managed_prefix_list(
        PrefixListName=name, MaxEntries=5, AddressFamily="IPv4", Entries=[{"Cidr": cidr}]
    )
    return {"PrefixListId": made["PrefixList"]["PrefixListId"]}


def _acls(ec2: Any, vpc: str, subnet: str) -> None:
    """One around a subnet that lets in only the web, and one around none."""
    ec2.create_network_acl(VpcId=vpc)
    narrow = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    ec2.create_network_acl_entry(
        NetworkAclId=narrow,
        RuleNumber=100,
        Protocol="6",
        RuleAction="allow",
        Egress=False,
        CidrBlock="0.0.0.0/0",
        PortRange={"From": 443, "To": 443},
    )
    found = ec2.describe_network_acls(Filters=[{"Name": "association.subnet-id", "Values": [subnet]}])["NetworkAcls"]
    association = next(each for each in found[0]["Associations"] if each["SubnetId"] == subnet)
    ec2.replace_network_acl_association(AssociationId=association["NetworkAclAssociationId"], NetworkAclId=narrow)


def _empty_default_group(ec2: Any, vpc: str) -> None:
    mine = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    for found in ec2.describe_security_groups(Filters=mine)["SecurityGroups"]:
        for permissions, revoke in (
            (found["IpPermissions"], ec2.revoke_security_group_ingress),
            (found["IpPermissionsEgress"], ec2.revoke_security_group_egress),
        ):
            if permissions:
                revoke(GroupId=found["GroupId"], IpPermissions=permissions)
