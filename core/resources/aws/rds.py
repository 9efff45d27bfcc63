"""Relational Database Service, and what speaks its language: Aurora, Neptune, DocumentDB.

The three share one API: a listing of clusters or instances shows those of all engines, told apart by `engine`.
"""

from __future__ import annotations

from datetime import datetime

from core.resource import Observed, Resource, part, resource


@part
class AppliedGroup(Observed):
    """A parameter group that a database has been given."""

    arn: str
    status: str
    """`in-sync` when the database runs with it, `pending-reboot`, `applying`, …"""


@resource("aws_rds_instance")
class DatabaseInstance(Resource):
    """A database instance. The id is its ARN."""

    id: str
    name: str
    engine: str
    """`postgres`, `mysql`, `oracle-ee`, `sqlserver-se`, `aurora-postgresql`, `neptune`, `docdb`, …"""
    version: str
    version_status: str
    """`available` or `deprecated`; empty where the instance belongs to a cluster, which has the version."""
    standard_support_ends: datetime | None
    """Of its major version: after that day AWS mends only the worst, for a price. `None` for a member of a cluster, and
    for engines of which RDS does not tell."""
    cluster: str
    """The name of the cluster it belongs to, which then decides about storage, backups and logs; else empty."""
    replica_of: str
    """What it is a read replica of; empty when it is none."""
    public: bool
    """From outside of its network, its name leads to a public address."""
    encrypted: bool
    key: str
    """The KMS key; empty where there is none, or AWS owns it."""
    backup_days: int
    """For how many days automatic backups are kept; 0 when there are none."""
    guarded: bool
    """It cannot be deleted until somebody switches the protection off."""
    multi_zone: bool
    minor_upgrades: bool
    """Minor versions are installed by themselves."""
    log_exports: tuple[str, ...]
    """Logs that go to CloudWatch Logs."""
    iam_sign_in: bool
    """Identities of AWS can sign in to the database with short-lived tokens."""
    copies_tags: bool
    """Snapshots get the tags of the instance."""
    managed_password: bool
    """Secrets Manager keeps and changes the password of the administrator."""
    monitoring_seconds: int
    """How often the operating system is measured; 0 for never."""
    certificate_ends: datetime
    """When the certificate that it shows ends."""
    groups: tuple[AppliedGroup, ...]


@resource("aws_rds_cluster")
class DatabaseCluster(Resource):
    """A cluster of Aurora, RDS, Neptune or DocumentDB. The id is its ARN."""

    id: str
    name: str
    engine: str
    version: str
    version_status: str
    standard_support_ends: datetime | None
    encrypted: bool
    key: str
    """The KMS key; empty where there is none, or AWS owns it."""
    backup_days: int
    """For how many days automatic backups are kept."""
    guarded: bool
    multi_zone: bool
    """It has instances in several zones."""
    log_exports: tuple[str, ...]
    iam_sign_in: bool
    copies_tags: bool
    managed_password: bool
    group: AppliedGroup
    """Its cluster parameter group. `status` is `in-sync` only when all members run with it."""


@resource("aws_rds_snapshot")
class DatabaseSnapshot(Resource):
    """A snapshot that somebody made of an instance or a cluster. The id is its ARN.

    Automatic ones are as encrypted as their database, and cannot be shared.
    """

    id: str
    name: str
    database: str
    engine: str
    of_cluster: bool
    created: datetime
    encrypted: bool
    restorable_by: tuple[str, ...]
    """Accounts that may copy and restore it; `all` for everybody."""


@part
class Parameter(Observed):
    """A setting of the database engine."""

    name: str
    value: str | None
    """`None` where the group leaves it to the engine."""


@resource("aws_rds_parameter_group")
class ParameterGroup(Resource):
    """A group of settings for instances (`…:pg:…`) or clusters (`…:cluster-pg:…`). The id is its ARN."""

    id: str
    name: str
    family: str
    """`postgres16`, `aurora-mysql8.0`, `docdb5.0`, …"""
    parameters: tuple[Parameter, ...]
    """Those that decide about encrypted connections and logs; what the family does not know is not there."""


@resource("aws_rds_proxy")
class DatabaseProxy(Resource):
    """What stands between programs and a database, and keeps connections open. The id is its ARN."""

    id: str
    name: str
    family: str
    """`MYSQL`, `POSTGRESQL` or `SQLSERVER`."""
    needs_tls: bool


@part
class EventSubscription(Observed):
    """Whom RDS tells about events."""

    name: str
    topic: str
    """The ARN of the SNS topic."""
    enabled: bool
    status: str
    """`active`, `no-permission`, `topic-not-exist`, …"""
    source_type: str
    """`db-instance`, `db-cluster`, …; empty for everything."""
    sources: tuple[str, ...]
    """Names; none stands for all of the type."""
    categories: tuple[str, ...]
    """`failure`, `maintenance`, …; none stands for all."""


@resource("aws_rds_events")
class DatabaseEvents(Resource):
    """Who hears of the databases of one region. The id is `ACCOUNT/REGION`."""

    id: str
    region: str
    subscriptions: tuple[EventSubscription, ...]
