"""Azure SQL: logical servers, managed instances, and the databases of both."""

from __future__ import annotations

from collections.abc import Iterator

from core.resource import Observed, Resource, missing_fields, part, resource
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


@part
class ThreatAlerts(Observed):
    """Whether Defender for SQL watches a server, and whom the server itself tells."""

    enabled: bool
    silenced: tuple[str, ...]
    """Alerts that are switched off: `Sql_Injection`, `Brute_Force`, …"""
    addresses: tuple[str, ...]
    administrators: bool
    """The administrators of the subscription are told."""


@part
class VulnerabilityScans(Observed):
    """Whether a server is searched for vulnerabilities again and again, without somebody asking for it."""

    managed: bool
    """By Azure itself, which keeps what it finds."""
    scheduled: bool
    """By the older way, which keeps what it finds in a storage account of ours."""
    addresses: tuple[str, ...]
    """To whom what the older way finds is sent."""


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
    firewall_ipv6: tuple[AddressRange, ...]
    threats: ThreatAlerts
    searched: VulnerabilityScans

    def persons(self) -> Iterator[str]:
        yield from _told(self)


@resource("azure_sql_database")
class SqlDatabase(Resource):
    """A database of such a server, or of a managed instance."""

    id: str
    name: str
    server: str
    subscription: str
    encrypted: bool
    auditing: Auditing | None
    """What is written down of this database alone; `None` in a managed instance, which audits as a whole."""
    monitored: tuple[DiagnosticSetting, ...]
    """Where it sends what its own auditing gives to Azure Monitor; empty where it gives nothing."""


@resource("azure_sql_managed_instance")
class SqlManagedInstance(Resource):
    """A managed instance of Azure SQL: a server of its own in a virtual network of ours."""

    id: str
    name: str
    location: str
    subscription: str
    minimum_tls: str
    """`1.2`; `None` where none is demanded."""
    public_endpoint: bool
    """It answers the internet on port 3342, as far as the security group of its subnet lets it."""
    entra_only: bool
    """Nobody signs in with a password of the instance's own."""
    key_type: str
    """Whose key protects its databases: `ServiceManaged`, or `AzureKeyVault` for one of ours."""
    threats: ThreatAlerts
    searched: VulnerabilityScans
    monitored: tuple[DiagnosticSetting, ...]
    """Where it sends what its auditing gives to Azure Monitor."""

    def persons(self) -> Iterator[str]:
        yield from _told(self)


def _told(server: SqlServer | SqlManagedInstance) -> Iterator[str]:
    """The addresses that a server sends something to, as far as they were seen."""
    for name in ("threats", "searched"):
        if name not in missing_fields(server) and "addresses" not in missing_fields(found := getattr(server, name)):
            yield from found.addresses
