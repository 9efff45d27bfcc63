"""Networks: security groups, virtual networks, and what is written down of their traffic."""

from __future__ import annotations

from core.resource import Observed, Resource, part, resource


@part
class SecurityRule(Observed):
    """A rule for what comes in. That with the lowest number decides."""

    name: str
    priority: int
    allows: bool
    protocol: str
    """`tcp`, `udp`, `icmp`, `esp`, `ah`, or `*` for all."""
    sources: tuple[str, ...]
    """Ranges of addresses, names of services (`internet`), or `*`, in lower case."""
    ports: tuple[str, ...]
    """`22`, `20-30`, or `*`."""
    groups: int
    """How many application security groups it names as source instead."""
    partial: bool
    """It speaks only of some destinations, or only of what comes from some ports: whoever else remains undecided."""


@resource("azure_security_group")
class SecurityGroup(Resource):
    """A network security group, with its own rules for what comes in."""

    id: str
    name: str
    location: str
    subscription: str
    rules: tuple[SecurityRule, ...]
    subnets: tuple[str, ...]
    interfaces: int
    """How many network interfaces have it."""


@part
class Subnet(Observed):
    """A part of a virtual network, and the security group that filters it; empty for none."""

    id: str
    security_group: str


@resource("azure_virtual_network")
class VirtualNetwork(Resource):
    """A virtual network."""

    id: str
    name: str
    location: str
    subscription: str
    subnets: tuple[Subnet, ...]


@resource("azure_flow_log")
class FlowLog(Resource):
    """What is written down of the traffic of a network, a subnet, an interface or a security group."""

    id: str
    target: str
    subscription: str
    enabled: bool
    retention_days: int
    """0 for ever."""


@resource("azure_network_watcher")
class NetworkWatcher(Resource):
    """What watches the networks of one subscription in one region."""

    id: str
    name: str
    location: str
    subscription: str
