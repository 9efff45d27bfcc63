"""Route 53: names."""

from __future__ import annotations

from datetime import datetime

from core.resource import Observed, Resource, part, resource


@part
class Website(Observed):
    """A name that leads to the website of a bucket."""

    name: str
    bucket: str


@resource("aws_hosted_zone")
class HostedZone(Resource):
    """A zone. The id is the one that AWS gave it."""

    id: str
    name: str
    is_private: bool
    """Answered only within networks of ours."""
    logs_to: str
    """ARN of the log group that gets its queries; empty when none does."""
    is_signed: bool | None
    """By DNSSEC; `None` for private zones, which cannot be."""
    websites: tuple[Website, ...]
    """Of public zones."""


@resource("aws_domain")
class Domain(Resource):
    """A name that is registered with Route 53. The id is the name."""

    id: str
    is_locked: bool
    """It cannot be transferred to another registrar."""
    renews: bool
    """AWS renews it before it expires."""
    expires: datetime
