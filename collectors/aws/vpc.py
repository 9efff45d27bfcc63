"""Virtual private clouds, and the ways that lead out of them. Listings are bulk; few things are asked one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from collectors.aws.names import name_of
from collectors.aws.operations import Read
from collectors.aws.parts import part_of
from collectors.aws.policy_documents import statements
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.vpc import (
    ClientVpnEndpoint,
    EndpointService,
    FlowLog,
    PeeredNetwork,
    PeeringRoute,
    Subnet,
    Tunnel,
    Vpc,
    VpcEndpoint,
    VpcPeering,
    VpnConnection,
)

VPCS = Read("ec2", "DescribeVpcs")
FLOW_LOGS = Read("ec2", "DescribeFlowLogs")
SUBNETS = Read("ec2", "DescribeSubnets")
ROUTE_TABLES = Read("ec2", "DescribeRouteTables")
PEERINGS = Read("ec2", "DescribeVpcPeeringConnections")
ENDPOINTS = Read("ec2", "DescribeVpcEndpoints")
SERVICES = Read("ec2", "DescribeVpcEndpointServiceConfigurations")
SERVICE_PERMISSIONS = Read("ec2", "DescribeVpcEndpointServicePermissions")
VPN_CONNECTIONS = Read("ec2", "DescribeVpnConnections")
CLIENT_VPNS = Read("ec2", "DescribeClientVpnEndpoints")

EVERYWHERE = ("0.0.0.0/0", "::/0")

Found = Mapping[str, Any]


@collector(permissions=(VPCS, FLOW_LOGS))
def vpcs(region: AwsRegion) -> Iterator[Vpc]:
    """Every network of the region, those included in which others share subnets with us, with its flow logs."""
    listed = list(region.pages(VPCS, "Vpcs"))
    logs = region.look(lambda: list(region.pages(FLOW_LOGS, "FlowLogs")) if listed else [])
    for found in listed:
        yield Vpc(
            id=found["VpcId"],
            name=name_of(found),
            owner=found["OwnerId"],
            of_this_account=found["OwnerId"] == region.account,
            is_default=found["IsDefault"],
            ranges=_ranges(found),
            flow_logs=part_of(logs, partial(_logs_of, found["VpcId"])),
        )


def _ranges(found: Found) -> tuple[str, ...]:
    """Ranges of a network: the VPC's own members, or those of one side of a peering."""
    four = [each["CidrBlock"] for each in found.get("CidrBlockAssociationSet", found.get("CidrBlockSet", ()))]
    six = [
        each["Ipv6CidrBlock"] for each in found.get("Ipv6CidrBlockAssociationSet", found.get("Ipv6CidrBlockSet", ()))
    ]
    own = [found["CidrBlock"]] if "CidrBlock" in found else []
    return tuple(sorted({*own, *four, *six}))


def _logs_of(vpc: str, logs: list[Found]) -> tuple[FlowLog, ...]:
    return tuple(
        FlowLog(
            id=each["FlowLogId"],
            traffic=each["TrafficType"],
            active=each["FlowLogStatus"] == "ACTIVE",
            failing=each.get("DeliverLogsStatus") == "FAILED",  # nothing is said before the first delivery
        )
        for each in sorted(logs, key=lambda one: str(one["FlowLogId"]))
        if each["ResourceId"] == vpc
    )


@collector(permissions=(SUBNETS, ROUTE_TABLES))
def subnets(region: AwsRegion) -> Iterator[Subnet]:
    """Every subnet of the region, and whether its routes lead to the internet."""
    listed = list(region.pages(SUBNETS, "Subnets"))
    tables = region.look(lambda: list(region.pages(ROUTE_TABLES, "RouteTables")) if listed else [])
    for found in listed:
        yield Subnet(
            id=found["SubnetId"],
            name=name_of(found),
            vpc=found["VpcId"],
            of_this_account=found["OwnerId"] == region.account,
            zone=found["AvailabilityZone"],
            public_by_default=found["MapPublicIpOnLaunch"],
            reaches_internet=part_of(tables, partial(_reaches_internet, found)),
        )


def _reaches_internet(subnet: Found, tables: list[Found]) -> Any:
    """By the subnet's own route table, or else by the main one of its network."""
    main: Found | None = None
    for table in tables:
        for each in table.get("Associations", ()):
            if each.get("SubnetId") == subnet["SubnetId"]:
                return _leads_out(table)
            if each.get("Main") and table["VpcId"] == subnet["VpcId"]:
                main = table
    if main is None:
        return unobserved(f"{subnet['SubnetId']} has no route table that this account can see")
    return _leads_out(main)


def _leads_out(table: Found) -> bool:
    return any(
        str(route.get("GatewayId", "")).startswith("igw-")
        and (route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock")) in EVERYWHERE
        for route in table.get("Routes", ())
    )


@collector(permissions=(PEERINGS, ROUTE_TABLES))
def peerings(region: AwsRegion) -> Iterator[VpcPeering]:
    """Every peering of the region's networks, seen from both of its sides, with our routes over it."""
    listed = list(region.pages(PEERINGS, "VpcPeeringConnections"))
    tables = region.look(lambda: list(region.pages(ROUTE_TABLES, "RouteTables")) if listed else [])
    for found in listed:
        number = found["VpcPeeringConnectionId"]
        owners = (found["RequesterVpcInfo"]["OwnerId"], found["AccepterVpcInfo"]["OwnerId"])
        yield VpcPeering(
            id=number,
            name=name_of(found),
            status=found["Status"]["Code"],
            requester=_side(found["RequesterVpcInfo"]),
            accepter=_side(found["AccepterVpcInfo"]),
            other=next((each for each in owners if each != region.account), ""),
            routes=part_of(tables, partial(_routes_over, number)),
        )


def _side(found: Found) -> PeeredNetwork:
    return PeeredNetwork(vpc=found["VpcId"], account=found["OwnerId"], ranges=_ranges(found))


def _routes_over(peering: str, tables: list[Found]) -> tuple[PeeringRoute, ...]:
    return tuple(
        PeeringRoute(table=table["RouteTableId"], destination=_destination(route))
        for table in sorted(tables, key=lambda one: str(one["RouteTableId"]))
        for route in table.get("Routes", ())
        if route.get("VpcPeeringConnectionId") == peering
    )


def _destination(route: Found) -> str:
    return str(
        route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock") or route["DestinationPrefixListId"]
    )


@collector(permissions=(ENDPOINTS,))
def endpoints(region: AwsRegion) -> Iterator[VpcEndpoint]:
    """Every endpoint of the region's networks, with its policy."""
    for found in region.pages(ENDPOINTS, "VpcEndpoints"):
        document = found.get("PolicyDocument")  # endpoints of load balancers and the like have none
        yield VpcEndpoint(
            id=found["VpcEndpointId"],
            name=name_of(found),
            service=found.get("ServiceName", ""),  # a resource endpoint leads to a resource, not to a service
            type=found["VpcEndpointType"],
            vpc=found["VpcId"],
            owner=found["OwnerId"],
            subnets=tuple(sorted(found.get("SubnetIds", ()))),
            statements=region.look(partial(statements, document)) if document else None,
        )


@collector(permissions=(SERVICES, SERVICE_PERMISSIONS))
def endpoint_services(region: AwsRegion) -> Iterator[EndpointService]:
    """Every service of ours that others can reach by endpoints, and who may."""
    yield from region.each(lambda found: _service(region, found), region.pages(SERVICES, "ServiceConfigurations"))


def _service(region: AwsRegion, found: Found) -> EndpointService:
    allowed = region.look(
        lambda: tuple(
            sorted(
                each["Principal"]
                for each in region.pages(SERVICE_PERMISSIONS, "AllowedPrincipals", ServiceId=found["ServiceId"])
            )
        )
    )
    return EndpointService(
        id=found["ServiceId"],
        name=name_of(found),
        account=region.account,
        needs_acceptance=found["AcceptanceRequired"],
        principals=allowed,
    )


@collector(permissions=(VPN_CONNECTIONS,))
def vpn_connections(region: AwsRegion) -> Iterator[VpnConnection]:
    """Every site-to-site VPN connection with its tunnels."""
    for found in region.ask(VPN_CONNECTIONS).get("VpnConnections", ()):
        yield VpnConnection(
            id=found["VpnConnectionId"],
            name=name_of(found),
            state=found["State"],
            tunnels=tuple(
                Tunnel(address=each["OutsideIpAddress"], up=each["Status"] == "UP")
                for each in sorted(found.get("VgwTelemetry", ()), key=lambda one: str(one["OutsideIpAddress"]))
            ),
        )


@collector(permissions=(CLIENT_VPNS,))
def client_vpn_endpoints(region: AwsRegion) -> Iterator[ClientVpnEndpoint]:
    """Every endpoint where people dial in."""
    for found in region.pages(CLIENT_VPNS, "ClientVpnEndpoints"):
        yield ClientVpnEndpoint(
            id=found["ClientVpnEndpointId"],
            name=name_of(found) or found.get("Description", ""),
            logs_connections=found["ConnectionLogOptions"]["Enabled"],
            methods=tuple(sorted({each["Type"] for each in found["AuthenticationOptions"]})),
        )
