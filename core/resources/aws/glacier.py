"""Glacier, the service with vaults of its own; the storage classes of S3 are not meant."""

from __future__ import annotations

from core.resource import Resource, resource
from core.resources.aws.policy import Statement


@resource("aws_glacier_vault")
class GlacierVault(Resource):
    """A vault. The id is its ARN."""

    id: str
    name: str
    statements: tuple[Statement, ...]
    """Of its access policy; none when it has none."""
    lock: str
    """`Locked`, `InProgress`, or empty when nobody began to lock it."""
