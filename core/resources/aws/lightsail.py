"""Lightsail: servers and databases in simple packages, beside EC2 and RDS and unseen by their checks."""

from __future__ import annotations

from core.resource import Observed, Resource, part, resource
from core.resources.aws.ec2_instances import MetadataOptions


@part
class OpenPorts(Observed):
    """A range of ports that others can reach."""

    protocol: str
    """`tcp`, `udp`, `icmp`, `icmpv6`, `all`."""
    first: int
    last: int
    ranges: tuple[str, ...]
    """From where, IPv4 and IPv6."""


@resource("aws_lightsail_instance")
class LightsailInstance(Resource):
    """A server. The id is its ARN."""

    id: str
    name: str
    state: str
    ports: tuple[OpenPorts, ...]
    metadata: MetadataOptions
    snapshots: bool
    """A snapshot is made every day."""


@resource("aws_lightsail_database")
class LightsailDatabase(Resource):
    """A database. The id is its ARN."""

    id: str
    name: str
    public: bool
    """It can be reached from outside of Lightsail."""
    backups: bool
    """It is backed up every day, and backups are kept for a week."""
