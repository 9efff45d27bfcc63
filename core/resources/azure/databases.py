"""Databases: PostgreSQL, MySQL, Cosmos DB and Redis. Those of Azure SQL are in `sql.py`."""

from __future__ import annotations

from core.resource import Observed, Resource, part, resource
from core.resources.azure.logging import DiagnosticSetting
from core.resources.azure.sql import AddressRange


@resource("azure_postgresql_server")
class PostgresqlServer(Resource):
    """A flexible server of PostgreSQL."""

    id: str
    name: str
    location: str
    subscription: str
    public: bool
    """Its address answers the internet at all."""
    firewall: tuple[AddressRange, ...]
    """Empty where it does not."""
    passwords: bool
    """Its own passwords are taken, beside or instead of identities of the directory."""
    parameters: dict[str, str]
    """Those that checks read, by name, in lower case."""
    settings: tuple[DiagnosticSetting, ...]
    """Where its logs go."""


@resource("azure_mysql_server")
class MysqlServer(Resource):
    """A flexible server of MySQL."""

    id: str
    name: str
    location: str
    subscription: str
    public: bool
    """Its address answers the internet at all."""
    firewall: tuple[AddressRange, ...]
    """Empty where it does not."""
    parameters: dict[str, str]
    """Those that checks read, by name, in lower case."""
    settings: tuple[DiagnosticSetting, ...]
    """Where its logs go."""


@resource("azure_cosmos_account")
class CosmosAccount(Resource):
    """An account of Cosmos DB."""

    id: str
    name: str
    location: str
    subscription: str
    api: str
    """`GlobalDocumentDB`, `MongoDB`, `Parse`."""
    keys_work: bool
    """Whoever has one of its keys may do everything."""
    public: bool
    """Its address answers the internet at all (`publicNetworkAccess`)."""
    minimum_tls: str
    """`Tls` for 1.0, `Tls11`, `Tls12`."""
    chosen_networks: bool
    """Only subnets that it names are let in, beside the addresses."""
    ranges: tuple[str, ...]
    """Addresses, and ranges of them, that are let in. Where there are none, and no subnets are chosen, everybody is."""


@resource("azure_redis_cache")
class RedisCache(Resource):
    """A cache of Redis."""

    id: str
    name: str
    location: str
    subscription: str
    plain_port: bool
    """It answers without TLS as well."""
    minimum_tls: str
    """Empty where none is demanded."""


@part
class RedisDatabase(Observed):
    """A database of a cluster."""

    name: str
    encrypted: bool
    """It answers over TLS only."""
    keys_work: bool
    """Whoever has one of its keys may do everything."""


@resource("azure_redis_cluster")
class RedisCluster(Resource):
    """A cluster of Azure Managed Redis, or of its forerunner Redis Enterprise."""

    id: str
    name: str
    location: str
    subscription: str
    public: bool
    """Its address answers the internet: it has no firewall of its own."""
    databases: tuple[RedisDatabase, ...]
