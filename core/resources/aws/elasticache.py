"""ElastiCache: replication groups of Valkey and Redis, clusters that stand alone, and serverless caches."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("aws_elasticache_group")
class ReplicationGroup(Resource):
    """A replication group. The id is its ARN."""

    id: str
    name: str
    encrypted: bool
    """What it writes to disk is; also with a key that AWS owns, though nobody asked for it."""
    key: str
    """The KMS key; empty where there is none, or AWS owns it."""
    offers_tls: bool
    needs_tls: bool
    """It refuses plain text; while clients are moved to TLS, it may offer both."""
    asks_who: bool
    """Clients must give a password, or be users of a user group."""
    open_users: tuple[str, ...]
    """Those of its users who need no password, and may do something."""
    fails_over: bool
    """A replica takes over by itself."""
    multi_zone: bool
    backup_days: int
    """For how many days automatic snapshots are kept; 0 when there are none."""
    minor_upgrades: bool


@resource("aws_elasticache_cluster")
class CacheCluster(Resource):
    """A cluster that belongs to no replication group: Memcached, or one node of Valkey or Redis. The id is its ARN."""

    id: str
    name: str
    engine: str
    """`memcached`, `redis`, `valkey`."""
    offers_tls: bool
    needs_tls: bool
    zone: str
    """Where all nodes are; `Multiple` when they are in several."""
    minor_upgrades: bool


@resource("aws_elasticache_serverless")
class ServerlessCache(Resource):
    """A serverless cache: always encrypted, on disk and on the way, and in several zones. The id is its ARN."""

    id: str
    name: str
    engine: str
    user_group: str
    """Who may use it; empty when everybody may who reaches it."""
    open_users: tuple[str, ...]
    """Those of its users who need no password, and may do something."""
    backup_days: int
