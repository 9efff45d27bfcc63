"""Certificate Manager: the certificates of one region."""

from __future__ import annotations

from datetime import datetime

from core.resource import Resource, resource


@resource("aws_certificate")
class Certificate(Resource):
    """A certificate. The id is its ARN."""

    id: str
    domain: str
    status: str
    """`ISSUED`, `EXPIRED`, `PENDING_VALIDATION`, `REVOKED`, …"""
    type: str
    """`AMAZON_ISSUED`, `IMPORTED`, `PRIVATE`."""
    algorithm: str
    """`RSA_2048`, `EC_prime256v1`, …"""
    in_use: bool
    """A resource of AWS uses it."""
    expires: datetime | None
    """`None` while it was not issued."""
