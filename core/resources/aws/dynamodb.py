"""DynamoDB: tables, and the caches in front of them."""

from __future__ import annotations

from core.resource import Resource, resource
from core.resources.aws.policy import Statement


@resource("aws_dynamodb_table")
class Table(Resource):
    """A table. The id is its ARN."""

    id: str
    name: str
    account: str
    key: str
    """The KMS key; empty for one that AWS owns. Every table is encrypted with one or the other."""
    guarded: bool
    """It cannot be deleted until somebody switches the protection off."""
    restorable_days: int
    """How many days back it can be restored to any moment; 0 when that is off."""
    statements: tuple[Statement, ...]
    """Of its own policy."""


@resource("aws_dax_cluster")
class DaxCluster(Resource):
    """A cluster of DynamoDB Accelerator, which keeps what it has read. The id is its ARN."""

    id: str
    name: str
    encrypted: bool
    needs_tls: bool
    zones: tuple[str, ...]
    """Of its nodes."""
