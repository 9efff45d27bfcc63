"""Azure SQL: logical servers and all databases, by Resource Manager, for Resource Graph knows little of them.

Managed instances are in `sql_managed.py`; what both are asked alike, in `sql_defence.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from collectors.azure.firewalls import address_range
from collectors.azure.logging import SETTINGS, settings_in
from collectors.azure.operations import Read
from collectors.azure.parts import part_of
from collectors.azure.reading import Answer, arm_id
from collectors.azure.rows import itself, where
from collectors.azure.source import AzureSubscription
from collectors.azure.sql_defence import key_type, managed_scans, takes_no_passwords, threat_alerts, vulnerability_scans
from collectors.azure.sql_managed import INSTANCES
from core.plugins import collector
from core.resource import missing_fields, unobserved
from core.resources.azure.sql import Auditing, SqlDatabase, SqlServer

VERSION = "2021-11-01"
SERVERS = Read("{scope}/providers/Microsoft.Sql/servers", VERSION, "Microsoft.Sql/servers/read")
AUDITING = Read("{scope}/auditingSettings/default", VERSION, "Microsoft.Sql/servers/auditingSettings/read")
PROTECTOR = Read("{scope}/encryptionProtector/current", VERSION, "Microsoft.Sql/servers/encryptionProtector/read")
FIREWALL = Read("{scope}/firewallRules", VERSION, "Microsoft.Sql/servers/firewallRules/read")
FIREWALL_IPV6 = Read("{scope}/ipv6FirewallRules", VERSION, "Microsoft.Sql/servers/ipv6FirewallRules/read")
ENTRA_ONLY = Read(
    "{scope}/azureADOnlyAuthentications", VERSION, "Microsoft.Sql/servers/azureADOnlyAuthentications/read"
)
ALERTS = Read("{scope}/securityAlertPolicies/Default", VERSION, "Microsoft.Sql/servers/securityAlertPolicies/read")
SCANS = Read("{scope}/vulnerabilityAssessments", VERSION, "Microsoft.Sql/servers/vulnerabilityAssessments/read")
MANAGED_SCANS = Read(
    "{scope}/sqlVulnerabilityAssessments", "2023-08-01", "Microsoft.Sql/servers/sqlVulnerabilityAssessments/read"
)
DATABASES = Read("{scope}/databases", VERSION, "Microsoft.Sql/servers/databases/read")
ENCRYPTION = Read(
    "{scope}/transparentDataEncryption/current",
    VERSION,
    "Microsoft.Sql/servers/databases/transparentDataEncryption/read",
)
DATABASE_AUDITING = Read(
    "{scope}/auditingSettings/default", VERSION, "Microsoft.Sql/servers/databases/auditingSettings/read"
)
INSTANCE_DATABASES = Read("{scope}/databases", VERSION, "Microsoft.Sql/managedInstances/databases/read")
INSTANCE_ENCRYPTION = Read(
    "{scope}/transparentDataEncryption/current",
    VERSION,
    "Microsoft.Sql/managedInstances/databases/transparentDataEncryption/read",
)
SYSTEM_DATABASE = "master"
"""It holds no data of ours, and cannot be encrypted."""
OF_DATABASES = (DATABASES, ENCRYPTION, DATABASE_AUDITING, SETTINGS)
OF_SERVERS = (AUDITING, PROTECTOR, FIREWALL, FIREWALL_IPV6, ENTRA_ONLY, ALERTS, SCANS, MANAGED_SCANS, SETTINGS)


@collector(permissions=(SERVERS, *OF_SERVERS))
def servers(subscription: AzureSubscription) -> Iterator[SqlServer]:
    """Every logical server: who may come, how they sign in, what is written down, what watches it, and whose key
    protects it."""
    yield from subscription.each(lambda each: _server(subscription, each), subscription.listed(SERVERS))


@collector(permissions=(SERVERS, *OF_DATABASES, INSTANCES, INSTANCE_DATABASES, INSTANCE_ENCRYPTION))
def databases(subscription: AzureSubscription) -> Iterator[SqlDatabase]:
    """Every database but those of the system, of logical servers and managed instances: whether it is encrypted, and
    the auditing of its own."""
    for servers, below, read in (
        (SERVERS, DATABASES, _database),
        (INSTANCES, INSTANCE_DATABASES, _instance_database),
    ):
        found = subscription.each(
            lambda each: list(subscription.pages(below, each.must("id"))),  # noqa: B023 - asked at once
            subscription.listed(servers),
        )
        ours = [each for each in chain.from_iterable(found) if each.must("name").lower() != SYSTEM_DATABASE]
        yield from subscription.each(lambda each: read(subscription, each), ours)  # noqa: B023 - asked at once


def _server(subscription: AzureSubscription, found: Answer) -> SqlServer:
    server, look = found.must("id"), subscription.look
    auditing = look(lambda: _auditing(subscription.ask(AUDITING, server)))
    return SqlServer(
        **itself(found),
        minimum_tls=found.text("properties.minimalTlsVersion", absent="None"),
        public=found.switch("properties.publicNetworkAccess", absent=True),
        entra_only=look(lambda: takes_no_passwords(subscription.pages(ENTRA_ONLY, server))),
        auditing=auditing,
        monitored=_monitored(subscription, f"{server}/databases/{SYSTEM_DATABASE}", auditing),
        key_type=look(lambda: key_type(subscription.ask(PROTECTOR, server))),
        firewall=look(lambda: tuple(map(address_range, subscription.pages(FIREWALL, server)))),
        firewall_ipv6=look(
            lambda: tuple(address_range(each, "IPv6") for each in subscription.pages(FIREWALL_IPV6, server))
        ),
        threats=look(lambda: threat_alerts(subscription.ask(ALERTS, server))),
        searched=vulnerability_scans(
            look(lambda: managed_scans(subscription.pages(MANAGED_SCANS, server))),
            look(lambda: list(subscription.pages(SCANS, server))),
        ),
    )


def _database(subscription: AzureSubscription, found: Answer) -> SqlDatabase:
    name, look = found.must("id"), subscription.look
    auditing = look(lambda: _auditing(subscription.ask(DATABASE_AUDITING, name)))
    return SqlDatabase(
        **where(found),
        name=found.must("name"),
        server=_above(name),
        encrypted=look(lambda: subscription.ask(ENCRYPTION, name).switch("properties.state")),
        auditing=auditing,
        monitored=_monitored(subscription, name, auditing),
    )


def _instance_database(subscription: AzureSubscription, found: Answer) -> SqlDatabase:
    name = found.must("id")
    return SqlDatabase(
        **where(found),
        name=found.must("name"),
        server=_above(name),
        encrypted=subscription.look(lambda: subscription.ask(INSTANCE_ENCRYPTION, name).switch("properties.state")),
        auditing=None,
        monitored=(),
    )


def _above(database: str) -> str:
    """The id of the server that has a database."""
    return arm_id(database.rpartition("/")[0].rpartition("/")[0])


def _auditing(found: Answer) -> Auditing:
    return Auditing(
        enabled=found.switch("properties.state"),
        to_storage=part_of(found.text("properties.storageEndpoint", absent=""), bool),
        retention_days=found.number("properties.retentionDays"),
        to_monitor=found.flag("properties.isAzureMonitorTargetEnabled", absent=False),
    )


def _monitored(subscription: AzureSubscription, database: str, auditing: Any) -> Any:
    """Where a database sends what its auditing gives to Azure Monitor: nowhere where it gives nothing."""

    def settings(said: Auditing) -> Any:
        if unseen := missing_fields(said).get("to_monitor"):
            return unobserved(unseen)
        if not said.to_monitor:
            return ()
        return subscription.look(lambda: settings_in(subscription.pages(SETTINGS, database)))

    return part_of(auditing, settings)
