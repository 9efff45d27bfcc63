"""Resource Access Manager: what an account shares with others."""

from __future__ import annotations

from core.resource import Observed, Resource, part, resource


@part
class SharedWith(Observed):
    """Somebody who gets what is shared."""

    principal: str
    """The number of an account, the ARN of an organization, unit, role or user, or the name of a service."""
    outside: bool
    """Outside the organization of the account that shares."""


@resource("aws_resource_share")
class ResourceShare(Resource):
    """A share that the account made. The id is its ARN."""

    id: str
    name: str
    may_leave_organization: bool
    """Accounts outside the organization can be let in."""
    resources: tuple[str, ...]
    """ARNs of what is shared."""
    principals: tuple[SharedWith, ...]
