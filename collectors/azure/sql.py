"""Azure SQL: servers and their databases, by Resource Manager, for Resource Graph knows little of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from collectors.azure.logging import SETTINGS, settings_in
from collectors.azure.operations import Read
from collectors.azure.parts import part_of
from collectors.azure.reading import Answer, arm_id
from collectors.azure.rows import itself, where
from collectors.azure.source import AzureSubscription
from core.plugins import collector
from core.resources.azure.databases import AddressRange, Auditing, SqlDatabase, SqlServer
from core.resources.azure.logging import DiagnosticSetting

VERSION = "2021-11-01"
SERVERS = Read("{scope}/providers/Microsoft.Sql/servers", VERSION, "Microsoft.Sql/servers/read")
AUDITING = Read("{scope}/auditingSettings/default", VERSION, "Microsoft.Sql/servers/auditingSettings/read")
PROTECTOR = Read("{scope}/encryptionProtector/current", VERSION, "Microsoft.Sql/servers/encryptionProtector/read")
FIREWALL = Read("{scope}/firewallRules", VERSION, "Microsoft.Sql/servers/firewallRules/read")
ENTRA_ONLY = Read(
    "{scope}/azureADOnlyAuthentications", VERSION, "Microsoft.Sql/servers/azureADOnlyAuthentications/read"
)
DATABASES = Read("{scope}/databases", VERSION, "Microsoft.Sql/servers/databases/read")
ENCRYPTION = Read(
    "{scope}/transparentDataEncryption/current",
    VERSION,
    "Microsoft.Sql/servers/databases/transparentDataEncryption/read",
)
SYSTEM_DATABASE = "master"
"""It holds no data of ours, and cannot be encrypted."""


@collector(permissions=(SERVERS, AUDITING, PROTECTOR, FIREWALL, ENTRA_ONLY, SETTINGS))
def servers(subscription: AzureSubscription) -> Iterator[SqlServer]:
    """Every logical server: who may come, how they sign in, what is written down, and whose key protects it."""
    yield from subscription.each(lambda each: _server(subscription, each), subscription.listed(SERVERS))


@collector(permissions=(SERVERS, DATABASES, ENCRYPTION))
def databases(subscription: AzureSubscription) -> Iterator[SqlDatabase]:
    """Every database but those of the system, and whether it is encrypted."""
    found = subscription.each(
        lambda each: list(subscription.pages(DATABASES, each.must("id"))), subscription.listed(SERVERS)
    )
    ours = [each for each in chain.from_iterable(found) if each.must("name").lower() != SYSTEM_DATABASE]
    yield from subscription.each(lambda each: _database(subscription, each), ours)


def _server(subscription: AzureSubscription, found: Answer) -> SqlServer:
    server, look = found.must("id"), subscription.look
    auditing = look(lambda: _auditing(subscription.ask(AUDITING, server)))
    return SqlServer(
        **itself(found),
        minimum_tls=found.text("properties.minimalTlsVersion", absent="None"),
        public=found.switch("properties.publicNetworkAccess", absent=True),
        entra_only=look(lambda: _entra_only(list(subscription.pages(ENTRA_ONLY, server)))),
        auditing=auditing,
        monitored=part_of(auditing, lambda said: look(lambda: _monitored(subscription, server, said))),
        key_type=look(lambda: subscription.ask(PROTECTOR, server).text("properties.serverKeyType")),
        firewall=look(lambda: tuple(_range(each) for each in subscription.pages(FIREWALL, server))),
    )


def _database(subscription: AzureSubscription, found: Answer) -> SqlDatabase:
    name = found.must("id")
    return SqlDatabase(
        **where(found),
        name=found.must("name"),
        server=arm_id(name.rpartition("/")[0].rpartition("/")[0]),
        encrypted=subscription.look(lambda: subscription.ask(ENCRYPTION, name).switch("properties.state")),
    )


def _entra_only(found: list[Answer]) -> bool:
    """A server on which it was never decided has no such setting, and takes passwords."""
    said: bool = found[0].flag("properties.azureADOnlyAuthentication") if found else False
    return said


def _auditing(found: Answer) -> Auditing:
    return Auditing(
        enabled=found.switch("properties.state"),
        to_storage=bool(found.text("properties.storageEndpoint", absent="")),
        retention_days=found.number("properties.retentionDays"),
        to_monitor=found.flag("properties.isAzureMonitorTargetEnabled", absent=False),
    )


def _monitored(subscription: AzureSubscription, server: str, auditing: Auditing) -> tuple[DiagnosticSetting, ...]:
    if not auditing.to_monitor:
        return ()
    return settings_in(subscription.pages(SETTINGS, f"{server}/databases/{SYSTEM_DATABASE}"))


def _range(found: Answer) -> AddressRange:
    return AddressRange(
        name=found.must("name"),
        first=found.must("properties.startIpAddress"),
        last=found.must("properties.endIpAddress"),
    )
