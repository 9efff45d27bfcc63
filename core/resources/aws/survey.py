"""The accounts of an organization and the regions of an account: what is looked at, and what is left out."""

from __future__ import annotations

from typing import Literal

from core.resource import Resource, resource


@resource("aws_member_account")
class MemberAccount(Resource):
    """An account of the organization. The id is its number."""

    id: str
    name: str
    arn: str
    status: str
    """`ACTIVE`, `SUSPENDED`, `PENDING_CLOSURE`, `PENDING_ACTIVATION`, `CLOSED`."""
    joined: Literal["INVITED", "CREATED"]
    is_management_account: bool
    looked_at: bool
    left_out: str
    """Why it is not looked at; empty when it is."""


@resource("aws_region")
class Region(Resource):
    """A region of the account's partition. The id is its name."""

    id: str
    opt_in: Literal["opt-in-not-required", "opted-in", "not-opted-in"]
    looked_at: bool
    left_out: str
    """Why it is not looked at; empty when it is."""
