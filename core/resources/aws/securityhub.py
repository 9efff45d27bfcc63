"""Security Hub: whether it gathers findings in a region, and by which standards it judges."""

from __future__ import annotations

from core.resource import Observed, Resource, part, resource


@part
class Standard(Observed):
    """A standard that is switched on."""

    name: str
    """The end of its ARN: `aws-foundational-security-best-practices/v/1.0.0`."""
    status: str
    """`READY`, `INCOMPLETE`, `PENDING`, `DELETING`, `FAILED`."""
    reason: str
    """Why it is not ready; empty when AWS gives no reason."""


@resource("aws_securityhub_region")
class SecurityHubRegion(Resource):
    """Security Hub in one region. The id is the region's name."""

    id: str
    enabled: bool
    standards: tuple[Standard, ...]
