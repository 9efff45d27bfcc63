"""Whom AWS writes to about an account."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("aws_account_contacts")
class AccountContacts(Resource):
    """The contacts of an account beside its root user, without names and addresses. The id is the account's number."""

    id: str
    security: bool
    operations: bool
    billing: bool
    differ: bool
    """No two of the contacts that are there have one e-mail address."""
