"""Web application firewalls."""

from __future__ import annotations

from core.resource import Observed, Resource, part, resource


@part
class AclRule(Observed):
    """A rule of a web ACL, or a group of rules."""

    name: str
    metrics: bool
    """CloudWatch counts what it does."""
    only_counts: bool
    """It turns nothing away: requests that it fits are counted, and go on."""


@resource("aws_web_acl")
class WebAcl(Resource):
    """A web ACL. The id is its ARN."""

    id: str
    name: str
    scope: str
    """`REGIONAL`, or `CLOUDFRONT` for distributions and the like."""
    rules: tuple[AclRule, ...]
    """Its own, and those that Firewall Manager puts before and after them."""
    blocks_by_default: bool
    """What no rule speaks of is turned away."""
    logs_to: tuple[str, ...]
    """ARNs that get a log of requests; empty when none does."""
    resources: tuple[str, ...]
    """ARNs of load balancers, stages and APIs behind it; empty for `CLOUDFRONT`, where distributions name their ACL."""
