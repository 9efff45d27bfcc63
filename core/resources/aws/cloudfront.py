"""CloudFront: what is delivered from the edge."""

from __future__ import annotations

from core.resource import Observed, Resource, part, resource


@part
class Origin(Observed):
    """Where a distribution gets what it delivers."""

    id: str
    domain: str
    is_bucket: bool
    """A bucket by the interface of S3, not by its website."""
    is_guarded: bool
    """For a bucket: CloudFront proves who it is, so that the bucket need not be public."""
    protocol: str
    """`http-only`, `https-only`, `match-viewer`; empty for buckets, which are asked as the viewer asks."""
    tls: tuple[str, ...]
    """The versions that CloudFront may use towards it; empty for buckets."""


@resource("aws_distribution")
class Distribution(Resource):
    """A distribution. The id is its ARN."""

    id: str
    name: str
    """Its first name of its own, or the one that AWS gave it."""
    enabled: bool
    plain_paths: tuple[str, ...]
    """Paths that are delivered by plain HTTP as well; `*` for all else."""
    minimum_tls: str
    """`TLSv1.2_2021`, …"""
    own_certificate: bool
    """Without one, only the name that AWS gave it works, and the least version of TLS cannot be chosen."""
    origins: tuple[Origin, ...]
    fails_over: bool
    """A group of origins has a second one."""
    encrypts_fields: bool
    web_acl: str
    """ARN or id; empty when there is none."""
    logs: tuple[str, ...]
    """Where requests are recorded: a bucket, a delivery of CloudWatch Logs, a real-time configuration."""
    root_object: str
    """What `/` answers with; empty when nothing is named."""
