"""Private certificate authorities of one region."""

from __future__ import annotations

from datetime import datetime

from core.resource import Resource, resource
from core.resources.aws.policy import Statement


@resource("aws_private_authority")
class PrivateAuthority(Resource):
    """A certificate authority that the account owns. The id is its ARN."""

    id: str
    type: str
    """`ROOT`, `SUBORDINATE`."""
    status: str
    """`ACTIVE`, `DISABLED`, `PENDING_CERTIFICATE`, `EXPIRED`, `DELETED` (it can still be restored), …"""
    short_lived: bool
    """It issues certificates for no more than seven days, which need no way to be revoked."""
    signing: str
    """`SHA256WITHRSA`, `SHA512WITHECDSA`, …"""
    expires: datetime | None
    """`None` while it has no certificate."""
    revokes_by: tuple[str, ...]
    """How it tells that a certificate was revoked: `CRL`, `OCSP`."""
    statements: tuple[Statement, ...]
    """Of the policy by which it is shared."""
