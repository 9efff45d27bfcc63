"""Elastic Compute Cloud: instances, and what a region gives to those that say nothing themselves."""

from __future__ import annotations

from datetime import datetime

from core.resource import Observed, Resource, part, resource


@part
class MetadataOptions(Observed):
    """How an instance can ask for its metadata, the credentials of its role among them. Empty where nobody said."""

    endpoint: str
    """`enabled` or `disabled`."""
    tokens: str
    """`required` (only version 2 of the service), or `optional` (version 1 as well)."""
    hops: int | None
    """How many routers an answer may pass; `None` where nobody said."""


@resource("aws_ec2_defaults")
class Ec2Defaults(Resource):
    """What one region of an account says about all its instances. The id is `ACCOUNT/REGION`."""

    id: str
    region: str
    metadata: MetadataOptions
    serial_console: bool
    """People with the right can sit down at the serial console of instances."""


@resource("aws_ec2_instance")
class Ec2Instance(Resource):
    """An instance that is there: what was terminated lingers in AWS's listings for an hour, and is left out."""

    id: str
    name: str
    region: str
    state: str
    """`pending`, `running`, `stopping`, `stopped`."""
    image: str
    launched: datetime
    """When it was last started."""
    stopped: datetime | None
    """When somebody stopped it; `None` where AWS does not say."""
    virtualization: str
    """`hvm` or `paravirtual`."""
    profile: str
    """The ARN of the instance profile that brings a role; empty when none does."""
    metadata: MetadataOptions
    public_addresses: tuple[str, ...]
    """Public IPv4 addresses, elastic ones included."""
    addresses6: tuple[str, ...]
    """IPv6 addresses and prefixes: the internet reaches those that are not private, where routes let it."""
    private_addresses: tuple[str, ...]
    """Private IPv4 addresses; the first is that of its first interface."""
    tags: tuple[str, ...]
    """`Name=Value`, sorted."""
    subnets: tuple[str, ...]
    """Of all its interfaces."""
    security_groups: tuple[str, ...]
    """Of all its interfaces."""
    scaling_group: str
    """The Auto Scaling group that made it, and can make another; empty when none did."""
    operator: str
    """The AWS service that made it and looks after it; empty when the account does itself."""


@resource("aws_ec2_user_data")
class UserData(Resource):
    """What an instance is given at its start. The id is that of the instance; of the text only this is kept."""

    id: str
    given: bool
    secrets: tuple[str, ...]
    """What was masked in it, by kind."""
