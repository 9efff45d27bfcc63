"""IAM Identity Center: where people sign in once for all accounts, and what they may do there."""

from __future__ import annotations

from typing import Literal

from core.resource import Observed, Resource, part, resource
from core.resources.aws.policy import Statement

ADMINISTRATIVE = ("AdministratorAccess", "IAMFullAccess")
"""Policies of AWS that make an administrator: by all rights, or by the right to give them."""


@resource("aws_identity_center")
class IdentityCenter(Resource):
    """An instance, as an account sees it. The id is its ARN."""

    id: str
    owner: str
    """The number of the account that it was made in."""
    status: str
    """`ACTIVE`, `CREATE_IN_PROGRESS`, `CREATE_FAILED`, `DELETE_IN_PROGRESS`."""
    made_here: bool
    """The account that is looked at is the owner: what the instance holds is told there alone."""


@part
class Assignment(Observed):
    """Somebody who has a permission set in an account."""

    account: str
    who: Literal["USER", "GROUP"]
    principal: str
    """The id of the user or group in the identity store."""


@part
class CustomerPolicy(Observed):
    """A policy of the accounts, which must be in each of them under this name."""

    name: str
    path: str


@resource("aws_permission_set")
class PermissionSet(Resource):
    """Rights that people get in accounts while they are signed in. The id is its ARN."""

    id: str
    name: str
    session_minutes: int
    managed_policies: tuple[str, ...]
    """ARNs of policies of AWS."""
    customer_policies: tuple[CustomerPolicy, ...]
    statements: tuple[Statement, ...]
    """Of the policy that is written into it."""
    is_bounded: bool
    """A permissions boundary limits it."""
    accounts: tuple[str, ...]
    """Numbers of the accounts that it has been brought to."""
    assignments: tuple[Assignment, ...]
