"""Networks beside the default ones, and ways between them. A VPN where people dial in is canned: moto knows none."""

from __future__ import annotations

import json
from typing import Any

import boto3

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import REGIONS, Maker

OTHER = "999999999999"
NOT_CUT = "moto gives everything at once"
UNPAGED = dict.fromkeys(
    ("aws.vpc.vpcs", "aws.vpc.subnets", "aws.vpc.peerings", "aws.vpc.endpoints", "aws.vpc.endpoint_services"), NOT_CUT
)


def populate(aws: Maker) -> None:
    for region in REGIONS:
        ec2 = aws.client("ec2", region)
        inner = _network(aws, region, "10.1.0.0/16")
        private = ec2.create_subnet(VpcId=inner, CidrBlock="10.1.0.0/24", AvailabilityZone=f"{region}a")["Subnet"]
        other = ec2.create_subnet(VpcId=inner, CidrBlock="10.1.1.0/24", AvailabilityZone=f"{region}b")["Subnet"]
        ec2.create_flow_logs(
            ResourceIds=[inner],
            ResourceType="VPC",
            TrafficType="ALL",
            LogDestinationType="s3",
            LogDestination="arn:aws:s3:::tidy-bucket",
        )
        narrow = {"Effect": "Allow", "Principal": {"AWS": aws.account}, "Action": "*", "Resource": "*"}
        for service, subnets, more in (
            ("ec2", [private["SubnetId"], other["SubnetId"]], {"PolicyDocument": _policy(narrow)}),
            ("ssm", [private["SubnetId"]], {"PolicyDocument": _policy({**narrow, "Principal": "*"})}),
        ):
            ec2.create_vpc_endpoint(
                VpcId=inner,
                VpcEndpointType="Interface",
                ServiceName=f"com.amazonaws.{region}.{service}",
                SubnetIds=subnets,
                **more,
            )
        stranger = {**narrow, "Principal": {"AWS": "arn:aws:iam::999999999999:root"}}
        ec2.create_vpc_endpoint(
            VpcId=inner,
            VpcEndpointType="Gateway",
            ServiceName=f"com.amazonaws.{region}.s3",
            PolicyDocument=_policy(narrow, stranger),
        )
        outer = _network(aws, region, "10.2.0.0/16")
        ec2.create_subnet(VpcId=outer, CidrBlock="10.2.0.0/24", AvailabilityZone=f"{region}a")
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=outer)
        ec2.create_route(RouteTableId=_main_table(ec2, outer), DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        _peer(aws, region, inner, outer, "10.2.0.0/16")
        _peer(aws, region, outer, inner, "10.1.0.0/24")
        _peer(aws, region, inner, _strange_network(aws, region), "", owner=OTHER)
        balancer = aws.client("elbv2", region).create_load_balancer(
            Name="service", Type="network", Subnets=[private["SubnetId"]], Scheme="internal"
        )["LoadBalancers"][0]["LoadBalancerArn"]
        for principals in ([], ["*"]):
            service = ec2.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=[balancer])
            number = service["ServiceConfiguration"]["ServiceId"]
            if principals:
                ec2.modify_vpc_endpoint_service_permissions(ServiceId=number, AddAllowedPrincipals=principals)
        _dial_out(ec2)


def _network(aws: Maker, region: str, cidr: str) -> str:
    made: str = aws.client("ec2", region).create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
    return made


def _strange_network(aws: Maker, region: str) -> str:
    """A network of another account, into which moto lets everybody who asks for a role there."""
    role = f"arn:aws:iam::{OTHER}:role/neighbour"
    keys = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="neighbour")["Credentials"]
    ec2 = boto3.client(
        "ec2",
        region_name=region,
        endpoint_url=aws.url,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    return ec2.create_vpc(CidrBlock="10.3.0.0/16")["Vpc"]["VpcId"]


def _main_table(ec2: Any, vpc: str) -> str:
    found = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
    number: str = found[0]["RouteTableId"]
    return number


def _peer(aws: Maker, region: str, one: str, other: str, route: str, *, owner: str = "") -> None:
    ec2 = aws.client("ec2", region)
    asked = {"PeerOwnerId": owner} if owner else {}
    peering = ec2.create_vpc_peering_connection(VpcId=one, PeerVpcId=other, **asked)["VpcPeeringConnection"]
    number = peering["VpcPeeringConnectionId"]
    if route:
        ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=number)
        table = _main_table(ec2, one)
        ec2.create_route(RouteTableId=table, DestinationCidrBlock=route, VpcPeeringConnectionId=number)


def _dial_out(ec2: Any) -> None:
    home = ec2.create_customer_gateway(Type="ipsec.1", PublicIp="203.0.113.7", BgpAsn=65000)["CustomerGateway"]
    there = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]
    for _ in range(2):
        ec2.create_vpn_connection(
            Type="ipsec.1", CustomerGatewayId=home["CustomerGatewayId"], VpnGatewayId=there["VpnGatewayId"]
        )


def _policy(*found: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(found)})


def _dial_in(number: str, method: str, *, logs: bool) -> str:
    return (
        f"<item><clientVpnEndpointId>{number}</clientVpnEndpointId><description>people</description>"
        "<status><code>available</code></status><authenticationOptions>"
        f"<item><type>{method}</type></item></authenticationOptions>"
        f"<connectionLogOptions><Enabled>{str(logs).lower()}</Enabled></connectionLogOptions></item>"
    )


def _with_tunnels(body: bytes) -> bytes:
    """moto's connections do not say how their tunnels do: those of the first are up, of the second only one."""
    state = b"<state>available</state>"
    begin, *rest = body.split(state)
    return begin + b"".join(
        state + _tunnels("UP", "UP" if number == 0 else "DOWN") + each for number, each in enumerate(rest)
    )


def _tunnels(*states: str) -> bytes:
    tunnels = "".join(
        f"<item><outsideIpAddress>203.0.113.{number}</outsideIpAddress><status>{state}</status></item>"
        for number, state in enumerate(states)
    )
    return f"<vgwTelemetry>{tunnels}</vgwTelemetry>".encode()


MENDED = {"ec2:DescribeVpnConnections": _with_tunnels}
ANSWERS = {
    "ec2:DescribeClientVpnEndpoints": Canned(
        "<DescribeClientVpnEndpointsResponse><clientVpnEndpoint>"
        + _dial_in("cvpn-endpoint-1", "federated-authentication", logs=True)
        + _dial_in("cvpn-endpoint-2", "certificate-authentication", logs=False)
        + "</clientVpnEndpoint></DescribeClientVpnEndpointsResponse>"
    )
}
