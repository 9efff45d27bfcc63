"""GuardDuty: whether it watches a region, what it watches there, and what it found."""

from __future__ import annotations

from datetime import datetime

from core.resource import Observed, Resource, part, resource


@part
class Detection(Observed):
    """A finding that nobody archived. Its title is not kept: it names people and addresses."""

    id: str
    type: str
    """`UnauthorizedAccess:EC2/SSHBruteForce`, …"""
    resource: str
    """The kind of resource it is about: `Instance`, `AccessKey`, …"""
    tenths: int
    """The severity, ten times: 70 is 7.0, where *high* begins."""
    found: datetime


@resource("aws_guardduty_region")
class GuardDutyRegion(Resource):
    """GuardDuty in one region. The id is the region's name."""

    id: str
    detector: str
    """Empty when there is none: GuardDuty is not on."""
    enabled: bool
    """The detector works; one that is suspended does not."""
    on: tuple[str, ...]
    """The features that are on: `S3_DATA_EVENTS`, `RUNTIME_MONITORING`, …"""
    off: tuple[str, ...]
    """The features that are off. One that is in neither list is not offered in the region."""
    administrator: str
    """The account that sees all findings; empty when there is none."""
    members: int
    """How many accounts this one sees the findings of."""
    serious: tuple[Detection, ...]
    """Findings about this account of severity 7 and more that are not archived."""
