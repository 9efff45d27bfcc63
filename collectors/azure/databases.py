"""PostgreSQL and MySQL, with the parameters that checks read; Cosmos DB from Resource Graph."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from collectors.azure.firewalls import address_range
from collectors.azure.logging import SETTINGS, settings_in
from collectors.azure.operations import Query, Read
from collectors.azure.parts import part_of
from collectors.azure.reading import Answer
from collectors.azure.rows import itself
from collectors.azure.source import AzureSubscription, AzureTenant
from core.plugins import collector
from core.resources.azure.databases import CosmosAccount, MysqlServer, PostgresqlServer
from core.resources.azure.logging import DiagnosticSetting

POSTGRESQL_SERVERS = Read(
    "{scope}/providers/Microsoft.DBforPostgreSQL/flexibleServers",
    "2022-12-01",
    "Microsoft.DBforPostgreSQL/flexibleServers/read",
)
POSTGRESQL_PARAMETERS = Read(
    "{scope}/configurations", "2022-12-01", "Microsoft.DBforPostgreSQL/flexibleServers/configurations/read"
)
POSTGRESQL_FIREWALL = Read(
    "{scope}/firewallRules", "2022-12-01", "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules/read"
)
MYSQL_SERVERS = Read(
    "{scope}/providers/Microsoft.DBforMySQL/flexibleServers",
    "2021-05-01",
    "Microsoft.DBforMySQL/flexibleServers/read",
)
MYSQL_PARAMETERS = Read(
    "{scope}/configurations", "2021-05-01", "Microsoft.DBforMySQL/flexibleServers/configurations/read"
)
MYSQL_FIREWALL = Read("{scope}/firewallRules", "2021-05-01", "Microsoft.DBforMySQL/flexibleServers/firewallRules/read")
COSMOS = Query(
    "microsoft.documentdb/databaseaccounts",
    "Microsoft.DocumentDB/databaseAccounts/read",
    {
        "api": "kind",
        "local_auth_disabled": "properties.disableLocalAuth",
        "public": "properties.publicNetworkAccess",
        "chosen": "properties.isVirtualNetworkFilterEnabled",
        "ip_rules": "properties.ipRules",
        "minimum_tls": "properties.minimalTlsVersion",
    },
)
OF_POSTGRESQL = frozenset(
    {"require_secure_transport", "ssl_min_protocol_version", "log_connections", "log_disconnections", "log_checkpoints"}
)
OF_MYSQL = frozenset({"require_secure_transport", "tls_version", "audit_log_enabled", "audit_log_events"})


@collector(permissions=(POSTGRESQL_SERVERS, POSTGRESQL_PARAMETERS, POSTGRESQL_FIREWALL, SETTINGS))
def postgresql_servers(subscription: AzureSubscription) -> Iterator[PostgresqlServer]:
    """Every flexible server of PostgreSQL: who may come and how, its parameters about TLS and logs, where these go."""
    for each in subscription.listed(POSTGRESQL_SERVERS):
        yield PostgresqlServer(
            **itself(each),
            passwords=each.switch("properties.authConfig.passwordAuth", absent=True),
            **_reached(subscription, POSTGRESQL_FIREWALL, each),
            parameters=_parameters(subscription, POSTGRESQL_PARAMETERS, each.must("id"), OF_POSTGRESQL),
            settings=_settings(subscription, each.must("id")),
        )


@collector(permissions=(MYSQL_SERVERS, MYSQL_PARAMETERS, MYSQL_FIREWALL, SETTINGS))
def mysql_servers(subscription: AzureSubscription) -> Iterator[MysqlServer]:
    """Every flexible server of MySQL: who may come, its parameters about TLS and the audit log, and where that goes."""
    for each in subscription.listed(MYSQL_SERVERS):
        yield MysqlServer(
            **itself(each),
            **_reached(subscription, MYSQL_FIREWALL, each),
            parameters=_parameters(subscription, MYSQL_PARAMETERS, each.must("id"), OF_MYSQL),
            settings=_settings(subscription, each.must("id")),
        )


@collector(permissions=(COSMOS,))
def cosmos_accounts(tenant: AzureTenant) -> Iterator[CosmosAccount]:
    """Every account of Cosmos DB."""
    for row in tenant.rows(COSMOS):
        yield CosmosAccount(
            **itself(row),
            api=row.text("api", absent="GlobalDocumentDB"),
            keys_work=part_of(row.flag("local_auth_disabled", absent=False), lambda disabled: not disabled),
            public=row.switch("public", absent=True),
            minimum_tls=row.text("minimum_tls"),
            chosen_networks=row.flag("chosen", absent=False),
            ranges=row.each("ip_rules", lambda each: each.must("ipAddressOrRange")),
        )


def _reached(subscription: AzureSubscription, read: Read, server: Answer) -> dict[str, Any]:
    """Whether a server answers the internet, and whom its firewall lets in. One that stands in a virtual network of
    ours has no firewall (learn.microsoft.com/azure/postgresql/flexible-server/concepts-networking-private)."""
    public = server.switch("properties.network.publicNetworkAccess")
    if public is False:
        return {"public": public, "firewall": ()}
    rules = subscription.look(lambda: tuple(map(address_range, subscription.pages(read, server.must("id")))))
    return {"public": public, "firewall": rules}


def _settings(subscription: AzureSubscription, server: str) -> tuple[DiagnosticSetting, ...]:
    return subscription.look(lambda: settings_in(subscription.pages(SETTINGS, server)))


def _parameters(subscription: AzureSubscription, read: Read, server: str, wanted: frozenset[str]) -> dict[str, str]:
    """Those parameters of a server that are wanted, as they are in force: Azure lists those with their default, too.
    One without a value is left out, and so is not known."""
    return subscription.look(
        lambda: {
            each.must("name").lower(): each.value("properties.value").lower()
            for each in subscription.pages(read, server)
            if each.must("name").lower() in wanted and isinstance(each.value("properties.value"), str)
        }
    )
