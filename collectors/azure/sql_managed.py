"""Azure SQL: managed instances, by Resource Manager."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.azure.logging import SETTINGS, settings_in
from collectors.azure.operations import Read
from collectors.azure.reading import Answer
from collectors.azure.rows import itself
from collectors.azure.source import AzureSubscription
from collectors.azure.sql_defence import key_type, takes_no_passwords, threat_alerts, vulnerability_scans
from core.plugins import collector
from core.resources.azure.sql import SqlManagedInstance

VERSION = "2021-11-01"
BELOW = "Microsoft.Sql/managedInstances"
INSTANCES = Read("{scope}/providers/Microsoft.Sql/managedInstances", VERSION, f"{BELOW}/read")
ENTRA_ONLY = Read("{scope}/azureADOnlyAuthentications", VERSION, f"{BELOW}/azureADOnlyAuthentications/read")
PROTECTOR = Read("{scope}/encryptionProtector/current", VERSION, f"{BELOW}/encryptionProtector/read")
ALERTS = Read("{scope}/securityAlertPolicies/Default", VERSION, f"{BELOW}/securityAlertPolicies/read")
SCANS = Read("{scope}/vulnerabilityAssessments", VERSION, f"{BELOW}/vulnerabilityAssessments/read")


@collector(permissions=(INSTANCES, ENTRA_ONLY, PROTECTOR, ALERTS, SCANS, SETTINGS))
def managed_instances(subscription: AzureSubscription) -> Iterator[SqlManagedInstance]:
    """Every managed instance: who may come, how they sign in, what watches it, and whose key protects it."""
    yield from subscription.each(lambda each: _instance(subscription, each), subscription.listed(INSTANCES))


def _instance(subscription: AzureSubscription, found: Answer) -> SqlManagedInstance:
    """What the listing leaves out of TLS and of the public endpoint has no default that is documented."""
    instance, look = found.must("id"), subscription.look
    return SqlManagedInstance(
        **itself(found),
        minimum_tls=found.text("properties.minimalTlsVersion"),
        public_endpoint=found.flag("properties.publicDataEndpointEnabled"),
        entra_only=look(lambda: takes_no_passwords(subscription.pages(ENTRA_ONLY, instance))),
        key_type=look(lambda: key_type(subscription.ask(PROTECTOR, instance))),
        threats=look(lambda: threat_alerts(subscription.ask(ALERTS, instance))),
        searched=vulnerability_scans(False, look(lambda: list(subscription.pages(SCANS, instance)))),
        monitored=look(lambda: settings_in(subscription.pages(SETTINGS, instance))),
    )
