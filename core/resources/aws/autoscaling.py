"""Auto Scaling: groups that start and replace instances by themselves, and the launch configurations of old."""

from __future__ import annotations

from core.resource import Resource, resource
from core.resources.aws.ec2_instances import MetadataOptions


@resource("aws_autoscaling_group")
class AutoScalingGroup(Resource):
    """A group. The id is its ARN."""

    id: str
    name: str
    zones: tuple[str, ...]
    launch_configuration: str
    """The one it starts instances from; empty when it uses a launch template."""
    template: str
    """The id of its launch template; empty when it uses none."""
    template_version: str
    """A number, `$Default` or `$Latest`."""
    behind_load_balancer: bool
    health_checks: tuple[str, ...]
    """`EC2`, `ELB`, `EBS`, `VPC_LATTICE`."""
    mixes_in_spot: bool
    """Its own policy has it start instances that AWS can take away. What it starts from may say so as well."""
    rebalances: bool
    """It replaces such an instance before AWS takes it."""


@resource("aws_launch_configuration")
class LaunchConfiguration(Resource):
    """A launch configuration, which can never be changed. The id is its ARN."""

    id: str
    name: str
    metadata: MetadataOptions
    public_address: bool | None
    """Whether instances get a public address; `None` when the subnet decides."""
    spot: bool
    """It asks for instances that AWS can take away."""
    secrets: tuple[str, ...]
    """What was masked in the user data, by kind."""
