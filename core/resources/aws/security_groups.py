"""What lets traffic through: security groups around machines, access control lists around subnets."""

from __future__ import annotations

from core.resource import Observed, Resource, part, resource


@part
class ReferencedGroup(Observed):
    """A security group whose members a rule lets in."""

    id: str
    account: str
    status: str
    """Of the peering that it is behind; empty for a group of the same network."""


@part
class Rule(Observed):
    """One permission of a security group: from any of these sources, to any of these ports."""

    protocol: str
    """`tcp`, `udp`, `icmp`, `icmpv6`, `-1` for all, or a number."""
    first: int | None
    """The first port, or the type of ICMP; `None` when all are meant."""
    last: int | None
    ranges: tuple[str, ...]
    """IPv4 and IPv6, those of our own prefix lists included."""
    lists: tuple[str, ...]
    """The prefix lists by id. The ranges of those of AWS are not looked up: they are its services."""
    groups: tuple[ReferencedGroup, ...]


@resource("aws_security_group")
class SecurityGroup(Resource):
    """A security group. The id is the one that AWS gave it."""

    id: str
    name: str
    vpc: str
    owner: str
    of_this_account: bool
    ingress: tuple[Rule, ...]
    egress: tuple[Rule, ...]
    is_used: bool
    """A network interface has it."""
    is_public: bool
    """A network interface with a public address has it."""
    is_referenced: bool
    """A rule of another group names it."""


@part
class AclEntry(Observed):
    """One entry of an access control list. The first that fits counts."""

    number: int
    allows: bool
    protocol: str
    """`-1` for all, otherwise a number: `6` is TCP, `17` UDP."""
    range: str
    first: int | None
    """The first port; `None` when all are meant."""
    last: int | None


@resource("aws_network_acl")
class NetworkAcl(Resource):
    """An access control list of a network. The id is the one that AWS gave it."""

    id: str
    name: str
    vpc: str
    of_this_account: bool
    is_default: bool
    subnets: tuple[str, ...]
    ingress: tuple[AclEntry, ...]
    """In the order in which they count."""
