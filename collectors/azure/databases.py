"""PostgreSQL and MySQL, with the parameters that checks read; Cosmos DB and Redis from Resource Graph."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.azure.operations import Query, Read
from collectors.azure.parts import part_of
from collectors.azure.rows import itself
from collectors.azure.source import AzureSubscription, AzureTenant
from core.plugins import collector
from core.resources.azure.databases import CosmosAccount, MysqlServer, PostgresqlServer, RedisCache

POSTGRESQL_SERVERS = Read(
    "{scope}/providers/Microsoft.DBforPostgreSQL/flexibleServers",
    "2022-12-01",
    "Microsoft.DBforPostgreSQL/flexibleServers/read",
)
POSTGRESQL_PARAMETERS = Read(
    "{scope}/configurations", "2022-12-01", "Microsoft.DBforPostgreSQL/flexibleServers/configurations/read"
)
MYSQL_SERVERS = Read(
    "{scope}/providers/Microsoft.DBforMySQL/flexibleServers",
    "2021-05-01",
    "Microsoft.DBforMySQL/flexibleServers/read",
)
MYSQL_PARAMETERS = Read(
    "{scope}/configurations", "2021-05-01", "Microsoft.DBforMySQL/flexibleServers/configurations/read"
)
COSMOS = Query(
    "microsoft.documentdb/databaseaccounts",
    "Microsoft.DocumentDB/databaseAccounts/read",
    {"api": "kind", "local_auth_disabled": "properties.disableLocalAuth"},
)
REDIS = Query(
    "microsoft.cache/redis",
    "Microsoft.Cache/redis/read",
    {"plain_port": "properties.enableNonSslPort", "minimum_tls": "properties.minimumTlsVersion"},
)
OF_POSTGRESQL = frozenset({"require_secure_transport", "log_connections", "log_disconnections", "log_checkpoints"})
OF_MYSQL = frozenset({"require_secure_transport", "audit_log_enabled", "audit_log_events"})


@collector(permissions=(POSTGRESQL_SERVERS, POSTGRESQL_PARAMETERS))
def postgresql_servers(subscription: AzureSubscription) -> Iterator[PostgresqlServer]:
    """Every flexible server of PostgreSQL, with its parameters about TLS and logs."""
    for each in subscription.listed(POSTGRESQL_SERVERS):
        server = each.must("id")
        yield PostgresqlServer(
            **itself(each),
            parameters=subscription.look(
                lambda: _parameters(subscription, POSTGRESQL_PARAMETERS, server, OF_POSTGRESQL)  # noqa: B023 - now
            ),
        )


@collector(permissions=(MYSQL_SERVERS, MYSQL_PARAMETERS))
def mysql_servers(subscription: AzureSubscription) -> Iterator[MysqlServer]:
    """Every flexible server of MySQL, with its parameters about TLS and the audit log."""
    for each in subscription.listed(MYSQL_SERVERS):
        server = each.must("id")
        yield MysqlServer(
            **itself(each),
            parameters=subscription.look(
                lambda: _parameters(subscription, MYSQL_PARAMETERS, server, OF_MYSQL)  # noqa: B023 - now
            ),
        )


@collector(permissions=(COSMOS,))
def cosmos_accounts(tenant: AzureTenant) -> Iterator[CosmosAccount]:
    """Every account of Cosmos DB."""
    for row in tenant.rows(COSMOS):
        yield CosmosAccount(
            **itself(row),
            api=row.text("api", absent="GlobalDocumentDB"),
            keys_work=part_of(row.flag("local_auth_disabled", absent=False), lambda disabled: not disabled),
        )


@collector(permissions=(REDIS,))
def redis_caches(tenant: AzureTenant) -> Iterator[RedisCache]:
    """Every cache of Redis."""
    for row in tenant.rows(REDIS):
        yield RedisCache(
            **itself(row),
            plain_port=row.flag("plain_port"),
            minimum_tls=row.text("minimum_tls", absent=""),
        )


def _parameters(subscription: AzureSubscription, read: Read, server: str, wanted: frozenset[str]) -> dict[str, str]:
    """Those parameters of a server that are wanted, as they are in force: Azure lists those with their default, too.
    One without a value is left out, and so is not known."""
    return {
        each.must("name").lower(): each.value("properties.value").lower()
        for each in subscription.pages(read, server)
        if each.must("name").lower() in wanted and isinstance(each.value("properties.value"), str)
    }
