"""CloudTrail: what is recorded of what happens in an account, and where the records go."""

from __future__ import annotations

from datetime import datetime

from core.resource import Observed, Resource, part, resource


@part
class DataEvents(Observed):
    """Events of one kind of resource that a trail records beside management events."""

    kind: str
    """`AWS::S3::Object`, `AWS::Lambda::Function`, …"""
    reads: bool
    writes: bool
    everywhere: bool
    """Of all such resources, not only of some."""


@resource("aws_trail")
class Trail(Resource):
    """A trail, seen from the region it was made in. The id is its ARN."""

    id: str
    name: str
    home: str
    multi_region: bool
    global_events: bool
    of_organization: bool
    of_this_account: bool
    """Made in this account; a trail of the organization is made in its management account, and seen in all."""
    bucket: str
    key: str
    """The KMS key that encrypts the log files; empty for keys of S3."""
    validates: bool
    """Digest files let one prove that log files were not changed."""
    log_group: str
    """The CloudWatch log group that gets the events; empty when none does."""
    logging: bool
    delivery_error: str
    group_delivered: datetime | None
    """The last time events arrived in the log group; `None` when none did."""
    reads: bool
    """Management events that read are recorded."""
    writes: bool
    """Management events that change something are recorded."""
    excludes: tuple[str, ...]
    """Services whose management events are left out."""
    data: tuple[DataEvents, ...]
    insights: tuple[str, ...]


@resource("aws_trail_shadow")
class TrailShadow(Resource):
    """A trail of all regions, seen from a region that is not its home: so it is known where no home is looked at.

    The id is the region and the ARN of the trail.
    """

    id: str
    trail: str
    """The ARN of the trail."""
    name: str
    home: str
