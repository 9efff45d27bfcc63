"""Inspector, which looks for known vulnerabilities."""

from __future__ import annotations

from datetime import datetime

from core.resource import Resource, resource


@resource("aws_inspector_region")
class InspectorRegion(Resource):
    """Whether Inspector works in a region. The id is `ACCOUNT/REGION`."""

    id: str
    region: str
    offered: bool
    """AWS has Inspector in this region."""
    status: str
    """`ENABLED`, `DISABLED`, `SUSPENDED`, …; empty where it is not offered."""
    scans: tuple[str, ...]
    """What it is enabled for: `ami`, `codeRepository`, `ec2`, `ecr`, `lambda`, `lambdaCode`."""


@resource("aws_inspector_coverage")
class InspectorCoverage(Resource):
    """One resource that one scan of Inspector should reach. The id is `RESOURCE/SCAN`."""

    id: str
    resource: str
    scan: str
    """`PACKAGE`, `NETWORK`, `CODE`."""
    status: str
    """`ACTIVE` or `INACTIVE`; empty when Inspector does not say."""
    reason: str


@resource("aws_inspector_findings")
class InspectedResource(Resource):
    """What Inspector has found, and nobody has fixed or suppressed, in one resource. The id is the resource's."""

    id: str
    type: str
    critical: int
    high: int
    oldest_critical: datetime | None
    """When the one that is open longest was first seen; `None` when there is none."""
    oldest_high: datetime | None
