"""Macie: whether it looks for sensitive data in the buckets of a region."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("aws_macie_region")
class MacieRegion(Resource):
    """Macie in one region. The id is the region's name."""

    id: str
    offered: bool
    """AWS has Macie in this region."""
    status: str
    """`ENABLED`, `PAUSED`; empty when it is not on."""
    discovers: bool
    """Macie samples all buckets by itself, without a job that somebody starts."""
