"""Derive `azure.json` from the models of Azure's management libraries.

    python -m tests.shapes.derive_azure | xargs -n 1 pip download --no-deps --dest FOLDER
    python -m tests.shapes.derive_azure FOLDER

Whoever asks something new adds it to `LISTINGS`, `THINGS` or `ROWS`, and the library that knows it to `LIBRARIES`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZipFile

from tests.shapes import azure
from tests.shapes.azure import LISTED
from tests.shapes.azure_models import Models
from tests.shapes.growing import Growing
from tests.shapes.schema import LIST, TYPE, Shapes, Variants, write

MANAGEMENT = "azure/mgmt/"
LIBRARIES = {
    # those of the version that we name in the question; an older version where no library has that
    "authorization": ("azure-mgmt-authorization==4.0.0", "authorization/v2022_04_01", "2022-04-01"),
    "clusters": ("azure-mgmt-containerservice==31.0.0", "containerservice/v2024_05_01", "2024-05-01"),
    "contacts": ("azure-mgmt-security==7.0.0", "security/v2020_01_01_preview", "2020-01-01-preview"),
    "groups": ("azure-mgmt-managementgroups==1.0.0b1", "managementgroups", "2020-05-01"),
    "locks": ("azure-mgmt-resource==23.4.0", "resource/locks/v2016_09_01", "2016-09-01"),
    "mysql": ("azure-mgmt-rdbms==10.1.1", "rdbms/mysql_flexibleservers", "2021-05-01"),
    "plans": ("azure-mgmt-security==7.0.0", "security/v2024_01_01", "2024-01-01"),
    "policy": ("azure-mgmt-resource==23.4.0", "resource/policy/v2023_04_01", "2023-04-01"),
    "postgresql": ("azure-mgmt-rdbms==10.2.0b8", "rdbms/postgresql_flexibleservers", "2022-12-01"),
    "settings": ("azure-mgmt-monitor==6.0.2", "monitor/v2021_05_01_preview", "2021-05-01-preview"),
    "sql": ("azure-mgmt-sql==4.0.0b2", "sql", "2021-08-01-preview and before"),
    "new sql": ("azure-mgmt-sql==4.0.0", "sql", "2025-01-01"),
    "storage": ("azure-mgmt-storage==21.2.1", "storage/v2023_05_01", "2023-05-01"),
    "subscriptions": ("azure-mgmt-resource==23.4.0", "resource/subscriptions/v2022_12_01", "2022-12-01"),
    "vaults": ("azure-mgmt-keyvault==10.3.1", "keyvault/v2023_07_01", "2023-07-01"),
    "web": ("azure-mgmt-web==7.3.1", "web/v2023_12_01", "2023-12-01"),
    # the newest, for Resource Graph, which does not say which version it shows
    "alerts": ("azure-mgmt-monitor==6.0.2", "monitor/v2020_10_01", "2020-10-01"),
    "backup": ("azure-mgmt-recoveryservicesbackup==11.2.0", "recoveryservicesbackup", "2026-10-01"),
    "cosmos": ("azure-mgmt-cosmosdb==10.0.0", "cosmosdb", "2026-03-15"),
    "graph": ("azure-mgmt-resourcegraph==8.0.1", "resourcegraph", "2021-03-01"),
    "hearers": ("azure-mgmt-monitor==6.0.2", "monitor/v2023_01_01", "2023-01-01"),
    "new clusters": ("azure-mgmt-containerservice==41.8.0", "containerservice", "2026-08-01"),
    "new compute": ("azure-mgmt-compute==39.0.0", "compute", "2026-04-01"),
    "new network": ("azure-mgmt-network==33.1.0", "network", "2026-03-01"),
    "new storage": ("azure-mgmt-storage==25.3.0", "storage", "2026-09-01"),
    "new vaults": ("azure-mgmt-keyvault==14.1.0", "keyvault", "2026-05-15"),
    "events": ("azure-mgmt-eventhub==12.0.0", "eventhub", "2026-01-01"),
    "exemptions": ("azure-mgmt-resource==23.4.0", "resource/policy/v2022_07_01_preview", "2022-07-01-preview"),
    "intelligence": ("azure-mgmt-cognitiveservices==14.1.0", "cognitiveservices", "2025-09-01"),
    "messages": ("azure-mgmt-servicebus==10.0.0", "servicebus", "2026-01-01"),
    "new redis": ("azure-mgmt-redisenterprise==3.1.0", "redisenterprise", "2025-07-01"),
    "recovery": ("azure-mgmt-recoveryservices==4.3.0", "recoveryservices", "2026-11-01"),
    "search": ("azure-mgmt-search==9.2.0", "search", "2025-05-01"),
    "states": ("azure-mgmt-policyinsights==1.0.1", "policyinsights", "2024-10-01"),
    "stores": ("azure-mgmt-appconfiguration==5.0.0", "appconfiguration", "2024-06-01"),
    "redis": ("azure-mgmt-redis==14.5.0", "redis", "2024-11-01"),
    "registries": ("azure-mgmt-containerregistry==15.0.0", "containerregistry", "2025-11-01"),
    "workspaces": ("azure-mgmt-loganalytics==14.0.0", "loganalytics", "2025-07-01"),
}
"""By our name: the package, where its models are, and the version of the interface that they are of."""
LISTINGS = {
    "Microsoft.Authorization/denyAssignments": "authorization.DenyAssignment",
    "Microsoft.Authorization/locks": "locks.ManagementLockObject",
    "Microsoft.Authorization/policyAssignments": "policy.PolicyAssignment",
    "Microsoft.Authorization/policyExemptions": "exemptions.PolicyExemption",
    "Microsoft.Authorization/roleAssignments": "authorization.RoleAssignment",
    "Microsoft.Authorization/roleDefinitions": "authorization.RoleDefinition",
    "Microsoft.Cache/redisEnterprise": "new redis.Cluster",
    "Microsoft.Cache/redisEnterprise/databases": "new redis.Database",
    "Microsoft.ContainerService/managedClusters": "clusters.ManagedCluster",
    "Microsoft.DBforMySQL/flexibleServers": "mysql.Server",
    "Microsoft.DBforMySQL/flexibleServers/configurations": "mysql.Configuration",
    "Microsoft.DBforMySQL/flexibleServers/firewallRules": "mysql.FirewallRule",
    "Microsoft.DBforPostgreSQL/flexibleServers": "postgresql.Server",
    "Microsoft.DBforPostgreSQL/flexibleServers/configurations": "postgresql.Configuration",
    "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules": "postgresql.FirewallRule",
    "Microsoft.Insights/diagnosticSettings": "settings.DiagnosticSettingsResource",
    "Microsoft.KeyVault/vaults": "vaults.Vault",
    "Microsoft.KeyVault/vaults/keys": "vaults.Key",
    "Microsoft.KeyVault/vaults/secrets": "vaults.Secret",
    "Microsoft.Management/managementGroups/descendants": "groups.DescendantInfo",
    "Microsoft.Resources/subscriptions": "subscriptions.Subscription",
    "Microsoft.Security/pricings": "plans.Pricing",
    "Microsoft.Security/securityContacts": "contacts.SecurityContact",
    "Microsoft.Sql/managedInstances": "sql.ManagedInstance",
    "Microsoft.Sql/managedInstances/azureADOnlyAuthentications": "sql.ManagedInstanceAzureADOnlyAuthentication",
    "Microsoft.Sql/managedInstances/databases": "sql.ManagedDatabase",
    "Microsoft.Sql/managedInstances/vulnerabilityAssessments": "sql.ManagedInstanceVulnerabilityAssessment",
    "Microsoft.Sql/servers": "sql.Server",
    "Microsoft.Sql/servers/azureADOnlyAuthentications": "sql.ServerAzureADOnlyAuthentication",
    "Microsoft.Sql/servers/databases": "sql.Database",
    "Microsoft.Sql/servers/firewallRules": "sql.FirewallRule",
    "Microsoft.Sql/servers/ipv6FirewallRules": "sql.IPv6FirewallRule",
    "Microsoft.Sql/servers/sqlVulnerabilityAssessments": "new sql.SqlVulnerabilityAssessment",
    "Microsoft.Sql/servers/vulnerabilityAssessments": "sql.ServerVulnerabilityAssessment",
    "Microsoft.Storage/storageAccounts": "storage.StorageAccount",
    "Microsoft.Web/sites": "web.Site",
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies": "web.CsmPublishingCredentialsPoliciesEntity",
    "Microsoft.Web/sites/slots": "web.Site",
    "Microsoft.Web/sites/slots/basicPublishingCredentialsPolicies": "web.CsmPublishingCredentialsPoliciesEntity",
    "microsoft.aadiam/diagnosticsettings": "settings.DiagnosticSettingsResource",
}
"""What each entry of a listing is, by what the question reads."""
THINGS = {
    "Microsoft.Authorization/roleDefinitions {role}": "authorization.RoleDefinition",
    "Microsoft.EventHub/namespaces/networkRuleSets default": "events.NetworkRuleSet",
    "Microsoft.KeyVault/vaults/keys {name}": "vaults.Key",
    "Microsoft.ServiceBus/namespaces/networkRuleSets default": "messages.NetworkRuleSet",
    "Microsoft.Sql/managedInstances/databases/transparentDataEncryption current": "sql.ManagedTransparentDataEncryption",
    "Microsoft.Sql/managedInstances/encryptionProtector current": "sql.ManagedInstanceEncryptionProtector",
    "Microsoft.Sql/managedInstances/securityAlertPolicies Default": "sql.ManagedServerSecurityAlertPolicy",
    "Microsoft.Sql/servers/auditingSettings default": "sql.ServerBlobAuditingPolicy",
    "Microsoft.Sql/servers/databases/auditingSettings default": "sql.DatabaseBlobAuditingPolicy",
    "Microsoft.Sql/servers/databases/transparentDataEncryption current": "sql.LogicalDatabaseTransparentDataEncryption",
    "Microsoft.Sql/servers/encryptionProtector current": "sql.EncryptionProtector",
    "Microsoft.Sql/servers/securityAlertPolicies Default": "sql.ServerSecurityAlertPolicy",
    "Microsoft.Storage/storageAccounts/blobServices default": "storage.BlobServiceProperties",
    "Microsoft.Storage/storageAccounts/fileServices default": "storage.FileServiceProperties",
    "Microsoft.Web/sites/config web": "web.SiteConfigResource",
    "Microsoft.Web/sites/slots/config web": "web.SiteConfigResource",
}
"""What a single thing is, by what the question reads and the last part of its path."""
ROWS = {
    "microsoft.appconfiguration/configurationstores": "stores.ConfigurationStore",
    "microsoft.cache/redis": "redis.RedisResource",
    "microsoft.cognitiveservices/accounts": "intelligence.Account",
    "microsoft.compute/disks": "new compute.Disk",
    "microsoft.compute/virtualmachines": "new compute.VirtualMachine",
    "microsoft.compute/virtualmachines/extensions": "new compute.VirtualMachineExtension",
    "microsoft.containerregistry/registries": "registries.Registry",
    "microsoft.containerservice/managedclusters": "new clusters.ManagedCluster",
    "microsoft.documentdb/databaseaccounts": "cosmos.DatabaseAccountGetResults",
    "microsoft.eventhub/namespaces": "events.EHNamespace",
    "microsoft.insights/actiongroups": "hearers.ActionGroupResource",
    "microsoft.insights/activitylogalerts": "alerts.ActivityLogAlertResource",
    "microsoft.keyvault/managedhsms": "new vaults.ManagedHsm",
    "microsoft.keyvault/vaults": "new vaults.Vault",
    "microsoft.network/networksecuritygroups": "new network.NetworkSecurityGroup",
    "microsoft.network/networkwatchers": "new network.NetworkWatcher",
    "microsoft.network/networkwatchers/flowlogs": "new network.FlowLog",
    "microsoft.network/virtualnetworks": "new network.VirtualNetwork",
    "microsoft.operationalinsights/workspaces": "workspaces.Workspace",
    "microsoft.policyinsights/policystates": "inside states.PolicyState",
    "microsoft.recoveryservices/vaults": "recovery.Vault",
    "microsoft.recoveryservices/vaults/backuppolicies": "backup.ProtectionPolicyResource",
    "microsoft.search/searchservices": "search.SearchService",
    "microsoft.servicebus/namespaces": "messages.SBNamespace",
    "microsoft.recoveryservices/vaults/backupfabrics/protectioncontainers/protecteditems": "backup.ProtectedItemResource",
    "microsoft.storage/storageaccounts": "new storage.StorageAccount",
}
"""What a row of Resource Graph is, by the type that is asked for."""
INSIDE = "inside"
"""Begins the name of what Resource Graph alone puts into `properties`."""


class Published:
    """All libraries as one schema. A type is `library.Class`, or `listing library.Class` for what stands around it."""

    def __init__(self, folder: Path) -> None:
        self._models = {
            name: Models(name, ZipFile(_wheel(folder, package)), f"{MANAGEMENT}{place}/models")
            for name, (package, place, _) in LIBRARIES.items()
        }

    def fields(self, name: str) -> Mapping[str, str] | None:
        if name.startswith(LISTED):
            return {"value": f"{LIST}{TYPE}{name.removeprefix(LISTED).strip()}", "nextLink": "string"}
        if name.startswith(INSIDE):
            named = dict.fromkeys(("id", "name", "type"), "string")
            return {**named, "properties": f"{TYPE}{name.removeprefix(INSIDE).strip()}"}
        library, _, own = name.partition(".")
        return self._models[library].fields(own)

    def variants(self, name: str) -> Variants | None:
        library, _, own = name.partition(".")
        return self._models[library].variants(own) if library in self._models else None


def _wheel(folder: Path, package: str) -> Path:
    name, _, version = package.partition("==")
    (found,) = folder.glob(f"{name.replace('-', '_')}-{version}-*.whl")
    return found


def main(folder: Path) -> None:
    published = Published(folder)
    known = {
        azure.GRAPH: "graph.QueryResponse",
        **ROWS,
        **THINGS,
        **{name: f"{LISTED} {each}" for name, each in LISTINGS.items()},
    }
    asked = {azure.GRAPH, *(name for each in azure.questions() for name in azure.names_of(each))}
    operations = {name: TYPE + each for name, each in known.items() if name in asked}
    source = {name: f"{package}, models of {version}" for name, (package, _, version) in sorted(LIBRARIES.items())}
    types, variants = Growing(published.fields), Growing(published.variants)
    shapes = Shapes({**source, "nulls": "anywhere"}, types, variants, operations)
    azure.shown(shapes)
    azure.read(shapes)
    write("azure", shapes.source, types, variants=variants, operations=operations)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        print("\n".join(sorted({package for package, _, _ in LIBRARIES.values()})))  # noqa: T201 - what one asks it for
    else:
        main(Path(sys.argv[1]))
