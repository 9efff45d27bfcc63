"""The organization that an account belongs to, and what it forbids and prescribes."""

from __future__ import annotations

from core.resource import Resource, resource
from core.resources.aws.policy import Statement


@resource("aws_organization_membership")
class Membership(Resource):
    """An account and its organization, as the account itself sees it. The id is the account's number."""

    id: str
    organization: str
    """Empty when the account stands alone."""
    is_management_account: bool
    all_features: bool
    """Policies can be used, not only common billing."""
    ai_use: str
    """What the policy in effect says of content that AI services of AWS get: `optOut`, `optIn`; empty when it says
    nothing, and then AWS may use it."""
    ai_use_allowed: tuple[str, ...]
    """Services for which that policy makes an exception and lets AWS use the content."""
    tag_keys: tuple[str, ...]
    """Labels that the tag policy in effect prescribes."""


@resource("aws_organization")
class Organization(Resource):
    """An organization, as its management account sees it. The id is the organization's."""

    id: str
    delegates: tuple[str, ...]
    """Numbers of the accounts that administer a service for all."""
    root_features: tuple[str, ...]
    """What the organization can do about the root users of its members: `RootCredentialsManagement`, `RootSessions`."""


@resource("aws_organization_account")
class OrganizationAccount(Resource):
    """An account of an organization and where it hangs. The id is its number."""

    id: str
    name: str
    status: str
    """`ACTIVE`, `SUSPENDED`, `PENDING_CLOSURE`, …"""
    is_management_account: bool
    above: tuple[str, ...]
    """Where policies can hang that bind it: the root, each organizational unit on the way down, and itself."""


@resource("aws_organization_policy")
class OrganizationPolicy(Resource):
    """A service control policy: it bounds what can be done in accounts. Only while such policies are switched on."""

    id: str
    name: str
    targets: tuple[str, ...]
    """Ids of the root, the units and the accounts that it hangs on."""
    statements: tuple[Statement, ...]
