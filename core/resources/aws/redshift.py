"""Redshift: clusters with their snapshots, and serverless workgroups with their namespaces."""

from __future__ import annotations

from datetime import datetime

from core.resource import Resource, resource


@resource("aws_redshift_cluster")
class RedshiftCluster(Resource):
    """A cluster. The id is its ARN."""

    id: str
    name: str
    encrypted: bool
    key: str
    public: bool
    own_routes: bool
    """*Enhanced VPC routing*: what it loads and unloads goes through its network."""
    multi_zone: bool
    backup_days: int
    """For how many days automatic snapshots are kept; 0 when there are none."""
    upgrades: bool
    """New versions are installed by themselves."""
    managed_password: bool
    """Secrets Manager keeps and changes the password of the administrator."""
    needs_tls: bool
    """`require_ssl` of its parameter group, which it runs with."""
    logs_queries: bool
    """`enable_user_activity_logging` of its parameter group, which it runs with."""
    logs_to: str
    """`s3 BUCKET`, `cloudwatch` or `s3table`; empty when it logs nowhere."""
    log_failure: str
    """Why the last delivery failed; empty when it did not."""


@resource("aws_redshift_snapshot")
class RedshiftSnapshot(Resource):
    """A snapshot that somebody made. The id is its ARN."""

    id: str
    name: str
    cluster: str
    created: datetime
    encrypted: bool
    restorable_by: tuple[str, ...]
    """The accounts that may restore it."""


@resource("aws_redshift_workgroup")
class Workgroup(Resource):
    """The computing part of Redshift Serverless. The id is its ARN."""

    id: str
    name: str
    namespace: str
    public: bool
    own_routes: bool
    needs_tls: bool


@resource("aws_redshift_namespace")
class Namespace(Resource):
    """The data of Redshift Serverless, which is always encrypted. The id is its ARN."""

    id: str
    name: str
    log_exports: tuple[str, ...]
    """`userlog`, `connectionlog`, `useractivitylog`, as far as they go to CloudWatch Logs."""
    managed_password: bool
