"""Network firewalls."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("aws_network_firewall")
class NetworkFirewall(Resource):
    """A firewall. The id is its ARN."""

    id: str
    name: str
    vpc: str
    """Empty for one that stands at a transit gateway."""
    places: tuple[str, ...]
    """The subnets it has an endpoint in, or the zones, at a transit gateway."""
    is_protected: bool
    """It cannot be deleted before somebody takes the protection away."""
    logs: tuple[str, ...]
    """What it records: `ALERT`, `FLOW`, `TLS`."""
    rule_groups: int
    """How many groups of rules its policy has."""
    packets: tuple[str, ...]
    """What becomes of whole packets of which no stateless rule speaks: `aws:pass`, `aws:drop`, `aws:forward_to_sfe`."""
    fragments: tuple[str, ...]
    """What becomes of parts of packets of which no stateless rule speaks."""
