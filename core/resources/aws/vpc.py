"""Virtual private clouds: networks, their parts, and the ways that lead out of them."""

from __future__ import annotations

from core.resource import Observed, Resource, part, resource
from core.resources.aws.policy import Statement


@part
class FlowLog(Observed):
    """A record of the traffic of a network."""

    id: str
    traffic: str
    """`ALL`, `ACCEPT` or `REJECT`."""
    active: bool
    failing: bool
    """The last delivery failed."""


@resource("aws_vpc")
class Vpc(Resource):
    """A network. The id is the one that AWS gave it."""

    id: str
    name: str
    owner: str
    """The number of the account it belongs to; others may use subnets that are shared with them."""
    of_this_account: bool
    is_default: bool
    """AWS made it, in every region of every account."""
    ranges: tuple[str, ...]
    flow_logs: tuple[FlowLog, ...]
    """Of the network as a whole."""


@resource("aws_subnet")
class Subnet(Resource):
    """A part of a network, in one zone."""

    id: str
    name: str
    vpc: str
    of_this_account: bool
    zone: str
    public_by_default: bool
    """What starts here gets a public IPv4 address unless it says otherwise."""
    reaches_internet: bool
    """Its route table leads all else to an internet gateway, so that a public address works in both directions."""


@part
class PeeredNetwork(Observed):
    """One side of a peering."""

    vpc: str
    account: str
    ranges: tuple[str, ...]
    """Empty while the peering is not active."""


@part
class PeeringRoute(Observed):
    """A route of ours that leads over a peering."""

    table: str
    destination: str
    """A range, or the id of a prefix list."""


@resource("aws_vpc_peering")
class VpcPeering(Resource):
    """A direct way between two networks."""

    id: str
    name: str
    status: str
    """`active`, `pending-acceptance`, `rejected`, `expired`, `deleted`, …"""
    requester: PeeredNetwork
    accepter: PeeredNetwork
    other: str
    """The account on the other side; empty when both networks belong to this one."""
    routes: tuple[PeeringRoute, ...]


@resource("aws_vpc_endpoint")
class VpcEndpoint(Resource):
    """A private way from a network to a service."""

    id: str
    name: str
    service: str
    """`com.amazonaws.eu-west-1.s3`."""
    type: str
    """`Interface`, `Gateway`, `GatewayLoadBalancer`, `Resource`, `ServiceNetwork`."""
    vpc: str
    owner: str
    subnets: tuple[str, ...]
    """Where an interface endpoint has an address."""
    statements: tuple[Statement, ...] | None
    """Of its policy; `None` for endpoints that cannot have one."""


@resource("aws_vpc_endpoint_service")
class EndpointService(Resource):
    """A service of ours that others can reach from their networks."""

    id: str
    name: str
    account: str
    """Whose it is."""
    needs_acceptance: bool
    """Somebody must accept each connection."""
    principals: tuple[str, ...]
    """Who may connect: ARNs, or `*`."""


@part
class Tunnel(Observed):
    """One of the two tunnels of a VPN connection."""

    address: str
    """Of AWS's end."""
    up: bool


@resource("aws_vpn_connection")
class VpnConnection(Resource):
    """A site-to-site VPN connection."""

    id: str
    name: str
    state: str
    """`pending`, `available`, `deleting`, `deleted`."""
    tunnels: tuple[Tunnel, ...]


@resource("aws_client_vpn_endpoint")
class ClientVpnEndpoint(Resource):
    """Where people dial in to a network."""

    id: str
    name: str
    logs_connections: bool
    methods: tuple[str, ...]
    """How people prove who they are: `certificate-authentication`, `directory-service-authentication`,
    `federated-authentication`."""
