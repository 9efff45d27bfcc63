"""MemoryDB: Valkey and Redis that keep what they are told. Its clusters are always encrypted on disk."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("aws_memorydb_cluster")
class MemoryCluster(Resource):
    """A cluster. The id is its ARN."""

    id: str
    name: str
    needs_tls: bool
    access_list: str
    """The access control list; `open-access` lets everybody in."""
    open_users: tuple[str, ...]
    """Those in the list who need no password, and may do something."""
    multi_zone: bool
    backup_days: int
    """For how many days automatic snapshots are kept; 0 when there are none."""
    minor_upgrades: bool
