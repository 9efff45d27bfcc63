"""Databases: SQL, PostgreSQL, MySQL, Cosmos DB and Redis."""

from __future__ import annotations

from core.resource import Observed, Resource, part, resource
from core.resources.azure.logging import DiagnosticSetting


@part
class AddressRange(Observed):
    """A rule of a server's firewall: who may come, from one address to another."""

    name: str
    first: str
    last: str


@part
class Auditing(Observed):
    """What a server writes down of its use, and where."""

    enabled: bool
    to_storage: bool
    retention_days: int
    """In storage; 0 for ever."""
    to_monitor: bool
    """To Azure Monitor, whose diagnostic settings say where it goes."""


@resource("azure_sql_server")
class SqlServer(Resource):
    """A logical server of Azure SQL."""

    id: str
    name: str
    location: str
    subscription: str
    minimum_tls: str
    """`1.2`; `None` where none is demanded."""
    public: bool
    entra_only: bool
    """Nobody signs in with a password of the server's own."""
    auditing: Auditing
    monitored: tuple[DiagnosticSetting, ...]
    """Where its system database sends what auditing gives to Azure Monitor; empty where it gives nothing."""
    key_type: str
    """Whose key protects its databases: `ServiceManaged`, or `AzureKeyVault` for one of ours."""
    firewall: tuple[AddressRange, ...]


@resource("azure_sql_database")
class SqlDatabase(Resource):
    """A database of such a server."""

    id: str
    name: str
    server: str
    subscription: str
    encrypted: bool


@resource("azure_postgresql_server")
class PostgresqlServer(Resource):
    """A flexible server of PostgreSQL."""

    id: str
    name: str
    location: str
    subscription: str
    parameters: dict[str, str]
    """Those that checks read, by name, in lower case."""


@resource("azure_mysql_server")
class MysqlServer(Resource):
    """A flexible server of MySQL."""

    id: str
    name: str
    location: str
    subscription: str
    parameters: dict[str, str]
    """Those that checks read, by name, in lower case."""


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
