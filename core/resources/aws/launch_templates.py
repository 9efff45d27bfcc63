"""Launch templates: what new instances will be like."""

from __future__ import annotations

from core.resource import Observed, Resource, part, resource
from core.resources.aws.ec2_instances import MetadataOptions


@part
class TemplateVersion(Observed):
    """One version of a template. What it leaves out, the region, the subnet or the image decides."""

    number: int
    default: bool
    """Used where nobody names a version."""
    metadata: MetadataOptions
    public_address: bool
    """It asks for a public address."""
    spot: bool
    """It asks for instances that AWS can take away."""
    plain_volumes: tuple[str, ...]
    """Volumes that it wants not to be encrypted, by device."""
    silent_volumes: tuple[str, ...]
    """Volumes of which it does not say whether to encrypt them, by device."""
    secrets: tuple[str, ...]
    """What was masked in the user data, by kind."""


@resource("aws_launch_template")
class LaunchTemplate(Resource):
    """A template, with the versions that are used by name: the default one and the latest."""

    id: str
    name: str
    account: str
    region: str
    versions: tuple[TemplateVersion, ...]
