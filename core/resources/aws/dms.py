"""Database Migration Service: the machines that copy, where they copy from and to, and what is being copied."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("aws_dms_instance")
class ReplicationInstance(Resource):
    """A replication instance. The id is its ARN."""

    id: str
    name: str
    public: bool
    multi_zone: bool
    minor_upgrades: bool


@resource("aws_dms_endpoint")
class MigrationEndpoint(Resource):
    """A database or another store that is copied from or to. The id is its ARN."""

    id: str
    name: str
    engine: str
    role: str
    """`source` or `target`."""
    tls: str
    """How the connection is protected: `none`, `require`, `verify-ca`, `verify-full`; for Redis `plaintext` or
    `ssl-encryption`; for Kafka `plaintext`, `ssl-encryption`, `ssl-authentication` or `sasl-ssl`."""


@resource("aws_dms_task")
class ReplicationTask(Resource):
    """A replication task. The id is its ARN."""

    id: str
    name: str
    logs: bool
    """It logs to CloudWatch Logs at all."""
    levels: tuple[str, ...]
    """What each part logs: `SOURCE_CAPTURE LOGGER_SEVERITY_DEFAULT`."""
