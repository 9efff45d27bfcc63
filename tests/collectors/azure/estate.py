"""An estate in Azure for the tests: good ones and bad ones of everything that is judged, in the documented shapes.

The shapes are those of the sample responses and templates of the REST reference; each function names the page.
"""

from __future__ import annotations

from typing import Any

from tests.azure_server import OBJECT, READER, TENANT, Azure

GOOD = "aaaaaaaa-0000-0000-0000-000000000001"
BAD = "bbbbbbbb-0000-0000-0000-000000000002"
OFF = "cccccccc-0000-0000-0000-000000000003"
ROOT = f"/providers/Microsoft.Management/managementGroups/{TENANT}"
PROD = "/providers/Microsoft.Management/managementGroups/prod"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
ROOT_RULER = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"
GUEST = "12121212-0000-0000-0000-000000000009"


def path(subscription: str, kind: str, name: str) -> str:
    return f"/subscriptions/{subscription}/resourceGroups/rg/providers/{kind}/{name}"


GOOD_STORE = path(GOOD, "Microsoft.Storage/storageAccounts", "goodlogs")
WORKSPACE = path(GOOD, "Microsoft.OperationalInsights/workspaces", "logs")
PEOPLE = path(GOOD, "Microsoft.Insights/actionGroups", "people")


def estate() -> Azure:
    """A tenant with a good subscription, a bad one, and one that is switched off."""
    azure = Azure()
    tenant(azure)
    roles(azure)
    for make in (vaults, storage, sql, databases, services, compute, applications, network, logging, alerts, defender):
        make(azure)
    return azure


def tenant(azure: Azure) -> None:
    """learn.microsoft.com/rest/api/resources/subscriptions/list; …/managementgroups/management-groups/get-descendants"""
    for number, name, state in ((GOOD, "good", "Enabled"), (BAD, "bad", "Warned"), (OFF, "off", "Disabled")):
        azure.subscriptions.append(
            {
                "id": f"/subscriptions/{number}",
                "subscriptionId": number,
                "tenantId": TENANT,
                "displayName": name,
                "state": state,
            }
        )
        azure.descendants.append(descendant(number, name, PROD))
    azure.descendants.insert(
        0,
        {
            "id": PROD,
            "type": "Microsoft.Management/managementGroups",
            "name": "prod",
            "properties": {"displayName": "Production", "parent": {"id": ROOT}},
        },
    )


def descendant(number: str, name: str, parent: str) -> dict[str, Any]:
    return {
        "id": f"/subscriptions/{number}",
        "type": "/subscriptions",
        "name": number,
        "properties": {"displayName": name, "parent": {"id": parent}},
    }


def roles(azure: Azure) -> None:
    """learn.microsoft.com/rest/api/authorization/role-definitions/get; …/role-assignments/list-for-scope;
    …/rest/api/policy/policy-assignments/list"""
    azure.roles[READER] = definition(READER, "Reader", "BuiltInRole", ["*/read"], ["/"])
    for number, (name, actions) in enumerate((("everything", ["*"]), ("restart", ["Microsoft.Compute/*/read"]))):
        role = f"0000000{number}-1111-0000-0000-000000000000"
        azure.roles[role] = definition(role, name, "CustomRole", actions, [f"/subscriptions/{BAD}"])
    azure.assignments.append(assignment("reader", ROOT, READER, OBJECT, "ServicePrincipal"))
    azure.assignments.append(assignment("owner", f"/subscriptions/{GOOD}", OWNER, "o-1", "User"))
    for number in range(4):
        azure.assignments.append(assignment(f"owner-{number}", f"/subscriptions/{BAD}", OWNER, f"o-{number}", "User"))
    azure.assignments.append(assignment("root", "/", ROOT_RULER, "o-1", "User"))
    azure.assignments.append(assignment("guest", f"/subscriptions/{BAD}", OWNER, GUEST, "User"))
    benchmark = "/providers/Microsoft.Authorization/policySetDefinitions/1f3afdf9-d0c9-4c3d-847f-89da613e70a8"
    below = f"/subscriptions/{GOOD}/providers/Microsoft.Authorization/policyAssignments/benchmark"
    about = {"displayName": "Benchmark", "scope": f"/subscriptions/{GOOD}", "policyDefinitionId": benchmark}
    more = {"enforcementMode": "Default", "notScopes": []}
    kind = "Microsoft.Authorization/policyAssignments"
    azure.add({"id": below, "name": "benchmark", "type": kind, "properties": {**about, **more}})
    policies(azure)
    azure.denials.append(
        {
            "id": f"/subscriptions/{GOOD}/providers/Microsoft.Authorization/denyAssignments/1",
            "name": "1",
            "type": "Microsoft.Authorization/denyAssignments",
            "properties": {
                "denyAssignmentName": "managed application",
                "scope": f"/subscriptions/{GOOD}/resourceGroups/managed",
                "permissions": [{"actions": ["*"], "notActions": ["*/read"], "dataActions": []}],
                "principals": [{"id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined"}],
                "excludePrincipals": [],
            },
        }
    )


def policies(azure: Azure) -> None:
    """learn.microsoft.com/azure/governance/policy/samples/resource-graph-samples: `PolicyStates` with the members of
    learn.microsoft.com/rest/api/policy/policy-states/list-query-results-for-subscription; …/policy-exemptions/list"""
    kind = "Microsoft.Authorization/policyAssignments"
    below = f"/subscriptions/{BAD}/providers/{kind}/tls"
    policy = "/providers/Microsoft.Authorization/policyDefinitions/404c3081-a854-4457-ae30-26a93ef643f9"
    about = {"displayName": "TLS", "scope": f"/subscriptions/{BAD}", "policyDefinitionId": policy}
    azure.add({"id": below, "name": "tls", "type": kind, "properties": {**about, "enforcementMode": "DoNotEnforce"}})
    benchmark = f"/subscriptions/{GOOD}/providers/{kind}/benchmark"
    store = "Microsoft.Storage/storageAccounts"
    state(azure, benchmark, path(GOOD, store, "goodlogs"), "Compliant")
    state(azure, benchmark, path(GOOD, "Microsoft.Sql/servers", "good-sql"), "Exempt")
    state(azure, below, path(BAD, store, "badstore"), "NonCompliant")
    kind = "Microsoft.Authorization/policyExemptions"
    for subscription, name, more in ((GOOD, "old", {"expiresOn": "2027-01-01T00:00:00Z"}), (BAD, "ever", {})):
        exempt = f"/subscriptions/{subscription}/providers/{kind}/{name}"
        about = {"policyAssignmentId": benchmark, "exemptionCategory": "Waiver", "displayName": name, **more}
        azure.add({"id": exempt, "name": name, "type": kind, "properties": about})


def state(azure: Azure, assignment: str, resource: str, word: str) -> None:
    kind = "Microsoft.PolicyInsights/policyStates"
    below = f"{resource}/providers/{kind}/{assignment.rpartition('/')[2]}"
    about = {
        "resourceId": resource.lower(),
        "policyAssignmentId": assignment.lower(),
        "policyDefinitionId": "/providers/microsoft.authorization/policydefinitions/404c3081-a854-4457-ae30-26a93ef643f9",
        "policyDefinitionReferenceId": "secureTransfer" if "benchmark" in assignment else "",
        "complianceState": word,
        "timestamp": "2026-11-22T03:00:00.0000000Z",
    }
    azure.add({"id": below, "name": assignment.rpartition("/")[2], "type": kind, "properties": about})


def definition(role: str, name: str, kind: str, actions: list[str], scopes: list[str]) -> dict[str, Any]:
    return {
        "id": f"/providers/Microsoft.Authorization/roleDefinitions/{role}",
        "name": role,
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {
            "roleName": name,
            "type": kind,
            "description": "",
            "assignableScopes": scopes,
            "permissions": [{"actions": actions, "notActions": [], "dataActions": [], "notDataActions": []}],
        },
    }


def assignment(name: str, scope: str, role: str, principal: str, kind: str) -> dict[str, Any]:
    return {
        "id": f"{scope.rstrip('/')}/providers/Microsoft.Authorization/roleAssignments/{name}",
        "name": name,
        "type": "Microsoft.Authorization/roleAssignments",
        "properties": {
            "roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{role}",
            "principalId": principal,
            "principalType": kind,
            "scope": scope,
            "condition": None,
        },
    }


def item(subscription: str, type_: str, name: str, properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": path(subscription, type_, name),
        "name": name,
        "type": type_,
        "location": "westeurope",
        "tags": {"owner": "Ada", "empty": ""},
        "properties": properties,
        **more,
    }


def child(parent: str, kind: str, name: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {"id": f"{parent}/{kind}/{name}", "name": name, "type": f"child/{kind}", "properties": properties}


def setting(resource: str, name: str, logs: list[dict[str, Any]], **to: str) -> dict[str, Any]:
    """learn.microsoft.com/rest/api/monitor/diagnostic-settings/list"""
    below = f"{resource}/providers/Microsoft.Insights/diagnosticSettings"
    return {"id": f"{below}/{name}", "name": name, "type": "x/diagnosticSettings", "properties": {"logs": logs, **to}}


def category(name: str, enabled: bool = True) -> dict[str, Any]:
    return {"category": name, "enabled": enabled, "retentionPolicy": {"enabled": False, "days": 0}}


def vaults(azure: Azure) -> None:
    """learn.microsoft.com/rest/api/keyvault/keyvault/vaults/list-by-subscription; …/keyvault/keys/get; …/secrets/list"""
    kind = "Microsoft.KeyVault/vaults"
    good = {
        "enableRbacAuthorization": True,
        "publicNetworkAccess": "Enabled",
        "networkAcls": {"bypass": "AzureServices", "defaultAction": "Deny", "ipRules": [], "virtualNetworkRules": []},
        "enableSoftDelete": True,
        "enablePurgeProtection": True,
    }
    azure.add(item(GOOD, kind, "good-vault", good))
    azure.add(item(BAD, kind, "bad-vault", {"enableSoftDelete": True, "accessPolicies": []}))
    rotation = {"lifetimeActions": [{"trigger": {"timeAfterCreate": "P90D"}, "action": {"type": "rotate"}}]}
    times = {"created": 1700000000, "updated": 1700000000}
    vault = path(GOOD, kind, "good-vault")
    azure.add(
        child(
            vault,
            "keys",
            "k",
            {"attributes": {"enabled": True, "exp": 1900000000, **times}, "rotationPolicy": rotation},
        )
    )
    azure.add(child(vault, "secrets", "s", {"attributes": {"enabled": True, "exp": 1900000000, **times}}))
    vault = path(BAD, kind, "bad-vault")
    azure.add(child(vault, "keys", "k", {"attributes": {"enabled": True, **times}}))
    azure.add(child(vault, "keys", "off", {"attributes": {"enabled": False, **times}}))
    azure.add(child(vault, "secrets", "s", {"attributes": {"enabled": True, **times}, "contentType": "text"}))
    azure.add(setting(path(GOOD, kind, "good-vault"), "d", [category("AuditEvent")], workspaceId=WORKSPACE))
    managed_hsms(azure)


def managed_hsms(azure: Azure) -> None:
    """learn.microsoft.com/rest/api/keyvault/managedhsm/managed-hsms/list-by-subscription"""
    kind = "Microsoft.KeyVault/managedHSMs"
    good = {
        "publicNetworkAccess": "Disabled",
        "networkAcls": {"bypass": "None", "defaultAction": "Deny", "ipRules": [{"value": "203.0.113.7"}]},
        "enableSoftDelete": True,
        "enablePurgeProtection": True,
    }
    azure.add(item(GOOD, kind, "good-hsm", good))
    azure.add(item(BAD, kind, "bad-hsm", {"enableSoftDelete": True, "enablePurgeProtection": False}))
    azure.add(setting(path(GOOD, kind, "good-hsm"), "d", [category("AuditEvent")], workspaceId=WORKSPACE))


def storage(azure: Azure) -> None:
    """learn.microsoft.com/rest/api/storagerp/storage-accounts/list; …/storagerp/blob-services/get-service-properties;
    …/storagerp/file-services/get-service-properties"""
    kind = "Microsoft.Storage/storageAccounts"
    good = {
        "creationTime": "2024-05-01T10:00:00.1234567Z",
        "supportsHttpsTrafficOnly": True,
        "minimumTlsVersion": "TLS1_2",
        "encryption": {"keySource": "Microsoft.Keyvault", "requireInfrastructureEncryption": True},
        "allowBlobPublicAccess": False,
        "publicNetworkAccess": "Enabled",
        "networkAcls": {"bypass": "AzureServices", "defaultAction": "Deny"},
        "allowSharedKeyAccess": False,
        "allowCrossTenantReplication": False,
        "keyCreationTime": {"key1": "2026-10-01T00:00:00.0000000Z", "key2": "2026-10-01T00:00:00.0000000Z"},
    }
    bad = {
        "creationTime": "2022-05-01T10:00:00.1234567Z",
        "supportsHttpsTrafficOnly": False,
        "encryption": {"keySource": "Microsoft.Storage"},
        "networkAcls": {"bypass": "AzureServices", "defaultAction": "Allow"},
        "keyCreationTime": {"key1": "2022-05-01T10:00:00Z", "key2": "2022-05-01T10:00:00Z"},
    }
    azure.add(item(GOOD, kind, "goodlogs", good, kind="StorageV2", sku={"name": "Standard_LRS"}))
    azure.add(item(BAD, kind, "badstore", bad, kind="StorageV2", sku={"name": "Standard_LRS"}))
    azure.add(item(BAD, kind, "files", {**good}, kind="FileStorage", sku={"name": "Premium_LRS"}))
    kept = {"enabled": True, "days": 14}
    blobs = {"deleteRetentionPolicy": kept, "containerDeleteRetentionPolicy": kept, "isVersioningEnabled": True}
    azure.add(child(GOOD_STORE, "blobServices", "default", blobs))
    azure.add(
        child(path(BAD, kind, "badstore"), "blobServices", "default", {"deleteRetentionPolicy": {"enabled": False}})
    )
    smb = {"smb": {"versions": "SMB3.0;SMB3.1.1;", "channelEncryption": "AES-256-GCM"}}
    files = {"shareDeleteRetentionPolicy": kept, "protocolSettings": smb}
    azure.add(child(GOOD_STORE, "fileServices", "default", files))
    for name in ("badstore", "files"):
        off = {"shareDeleteRetentionPolicy": {"enabled": False}}
        azure.add(child(path(BAD, kind, name), "fileServices", "default", off))
    logs = [category(each) for each in ("StorageRead", "StorageWrite", "StorageDelete")]
    azure.add(setting(f"{GOOD_STORE}/blobServices/default", "d", logs, workspaceId=WORKSPACE))


def sql(azure: Azure) -> None:
    """learn.microsoft.com/rest/api/sql: servers/list, server-blob-auditing-policies/get, encryption-protectors/get,
    firewall-rules/list-by-server, ipv6-firewall-rules/list-by-server,
    server-azure-ad-only-authentications/list-by-server, databases/list-by-server, transparent-data-encryptions/get,
    server-security-alert-policies/get, server-vulnerability-assessments/list-by-server,
    sql-vulnerability-assessments-settings/list-by-server, database-blob-auditing-policies/get"""
    kind = "Microsoft.Sql/servers"
    azure.add(item(GOOD, kind, "good-sql", {"minimalTlsVersion": "1.2", "publicNetworkAccess": "Disabled"}))
    azure.add(item(BAD, kind, "bad-sql", {"minimalTlsVersion": "None", "publicNetworkAccess": "Enabled"}))
    server = path(GOOD, kind, "good-sql")
    audit = {"state": "Enabled", "storageEndpoint": "https://goodlogs.blob.core.windows.net/", "retentionDays": 0}
    azure.add(child(server, "auditingSettings", "default", {**audit, "isAzureMonitorTargetEnabled": True}))
    azure.add(setting(f"{server}/databases/master", "d", [category("SQLSecurityAuditEvents")], workspaceId=WORKSPACE))
    azure.add(child(server, "encryptionProtector", "current", {"serverKeyType": "AzureKeyVault", "uri": "https://v/k"}))
    azure.add(child(server, "azureADOnlyAuthentications", "Default", {"azureADOnlyAuthentication": True}))
    azure.add(child(server, "databases", "master", {}))
    database(azure, server, "Enabled", {"state": "Disabled", "retentionDays": 0})
    whom = {"emailAddresses": ["dba@example.org"], "emailAccountAdmins": False, "disabledAlerts": [""]}
    azure.add(child(server, "securityAlertPolicies", "Default", {"state": "Enabled", "retentionDays": 0, **whom}))
    azure.add(child(server, "sqlVulnerabilityAssessments", "default", {"state": "Enabled"}))
    site = {"startIPv6Address": "2001:db8:1::", "endIPv6Address": "2001:db8:1:ffff:ffff:ffff:ffff:ffff"}
    azure.add(child(server, "ipv6FirewallRules", "site", site))
    server = path(BAD, kind, "bad-sql")
    short = {"state": "Enabled", "storageEndpoint": "https://x.blob.core.windows.net/", "retentionDays": 7}
    azure.add(child(server, "auditingSettings", "default", short))
    azure.add(child(server, "encryptionProtector", "current", {"serverKeyType": "ServiceManaged"}))
    everybody = {"startIpAddress": "0.0.0.0", "endIpAddress": "255.255.255.255"}
    azure.add(child(server, "firewallRules", "all", everybody))
    database(azure, server, "Disabled", {"state": "Enabled", "isAzureMonitorTargetEnabled": True, "retentionDays": 0})
    some = {"state": "Enabled", "emailAddresses": [""], "disabledAlerts": ["Brute_Force"], "emailAccountAdmins": False}
    azure.add(child(server, "securityAlertPolicies", "Default", some))
    scans = {"isEnabled": True, "emailSubscriptionAdmins": True, "emails": []}
    azure.add(child(server, "vulnerabilityAssessments", "Default", {"recurringScans": scans}))
    azure.add(item(BAD, kind, "silent-sql", {"minimalTlsVersion": "1.2", "publicNetworkAccess": "Disabled"}))
    server = path(BAD, kind, "silent-sql")
    azure.add(child(server, "auditingSettings", "default", {"state": "Disabled", "retentionDays": 0}))
    azure.add(child(server, "encryptionProtector", "current", {"serverKeyType": "ServiceManaged"}))
    database(azure, server, "Enabled", {"state": "Disabled", "retentionDays": 0})
    off = {"state": "Disabled", "emailAddresses": [], "disabledAlerts": [], "emailAccountAdmins": False}
    azure.add(child(server, "securityAlertPolicies", "Default", off))
    managed_instances(azure)


def database(azure: Azure, server: str, encrypted: str, auditing: dict[str, Any]) -> None:
    azure.add(child(server, "databases", "shop", {}))
    azure.add(child(f"{server}/databases/shop", "transparentDataEncryption", "current", {"state": encrypted}))
    azure.add(child(f"{server}/databases/shop", "auditingSettings", "default", auditing))


def managed_instances(azure: Azure) -> None:
    """learn.microsoft.com/rest/api/sql: managed-instances/list, managed-instance-azure-ad-only-authentications,
    managed-instance-encryption-protectors/get, managed-server-security-alert-policies/get,
    managed-instance-vulnerability-assessments/list-by-instance, managed-databases/list-by-instance"""
    kind = "Microsoft.Sql/managedInstances"
    for subscription, name, good in ((GOOD, "good-mi", True), (BAD, "bad-mi", False)):
        server = path(subscription, kind, name)
        about = {"publicDataEndpointEnabled": not good, "minimalTlsVersion": "1.2" if good else "1.0"}
        azure.add(item(subscription, kind, name, about))
        key = {"serverKeyType": "AzureKeyVault" if good else "ServiceManaged"}
        azure.add(child(server, "encryptionProtector", "current", key))
        if good:
            azure.add(child(server, "azureADOnlyAuthentications", "Default", {"azureADOnlyAuthentication": True}))
            scans = {"isEnabled": True, "emailSubscriptionAdmins": True, "emails": []}
            azure.add(child(server, "vulnerabilityAssessments", "Default", {"recurringScans": scans}))
            azure.add(setting(server, "d", [category("SQLSecurityAuditEvents")], workspaceId=WORKSPACE))
        alarm = {"state": "Enabled" if good else "Disabled", "emailAccountAdmins": True}
        azure.add(child(server, "securityAlertPolicies", "Default", alarm))
        azure.add(child(server, "databases", "ledger", {"status": "Online"}))
        azure.add(child(f"{server}/databases/ledger", "transparentDataEncryption", "current", {"state": "Enabled"}))


def databases(azure: Azure) -> None:
    """learn.microsoft.com/rest/api/postgresql: servers/list, configurations/list-by-server; …/rest/api/mysql, likewise;
    …/rest/api/cosmos-db-resource-provider/database-accounts/list; …/rest/api/redis/redis/list-by-subscription"""
    for kind, parameters in (
        ("Microsoft.DBforPostgreSQL/flexibleServers", ("log_connections", "log_disconnections", "log_checkpoints")),
        ("Microsoft.DBforMySQL/flexibleServers", ("audit_log_enabled",)),
    ):
        for subscription, name, value in ((GOOD, "good-db", "ON"), (BAD, "bad-db", "OFF")):
            entra = {"activeDirectoryAuth": "Enabled", "passwordAuth": "Disabled" if name == "good-db" else "Enabled"}
            public = {"publicNetworkAccess": "Enabled"}
            signs_in = {"authConfig": entra} if "PostgreSQL" in kind else {}
            azure.add(item(subscription, kind, name, {"state": "Ready", "network": public, **signs_in}))
            last = "0.0.0.0" if name == "bad-db" else "203.0.113.9"
            rule = {"startIpAddress": "0.0.0.0" if name == "bad-db" else "203.0.113.1", "endIpAddress": last}
            azure.add(child(path(subscription, kind, name), "firewallRules", "some", rule))
            least = {"value": "TLSv1.2" if name == "good-db" else "TLSv1.1,TLSv1.2", "dataType": "Enumeration"}
            for each in ("ssl_min_protocol_version", "tls_version"):
                azure.add(child(path(subscription, kind, name), "configurations", each, least))
            for each in ("require_secure_transport", *parameters):
                about = {"value": value, "defaultValue": "ON", "dataType": "Boolean", "source": "user-override"}
                azure.add(child(path(subscription, kind, name), "configurations", each, about))
    about = {"value": "CONNECTION,DDL", "dataType": "Enumeration"}
    for kind, logs in (("PostgreSQL", "PostgreSQLLogs"), ("MySQL", "MySqlAuditLogs")):
        server = path(GOOD, f"Microsoft.DBfor{kind}/flexibleServers", "good-db")
        azure.add(setting(server, "d", [category(logs)], workspaceId=WORKSPACE))
    server = path(GOOD, "Microsoft.DBforMySQL/flexibleServers", "good-db")
    azure.add(child(server, "configurations", "audit_log_events", about))
    cosmos, redis = "Microsoft.DocumentDB/databaseAccounts", "Microsoft.Cache/redis"
    rules = {"ipRules": [{"ipAddressOrRange": "203.0.113.7"}], "isVirtualNetworkFilterEnabled": True}
    good = {"disableLocalAuth": True, "publicNetworkAccess": "Enabled", "minimalTlsVersion": "Tls12", **rules}
    azure.add(item(GOOD, cosmos, "good-cosmos", good, kind="GlobalDocumentDB"))
    azure.add(item(BAD, cosmos, "bad-cosmos", {"disableLocalAuth": False, "ipRules": []}, kind="GlobalDocumentDB"))
    azure.add(item(GOOD, redis, "good-redis", {"enableNonSslPort": False, "minimumTlsVersion": "1.2"}))
    azure.add(item(BAD, redis, "bad-redis", {"enableNonSslPort": True}))
    redis_clusters(azure)


def redis_clusters(azure: Azure) -> None:
    """learn.microsoft.com/rest/api/redis/redisenterprisecache/redis-enterprise/list; …/databases/list-by-cluster"""
    kind = "Microsoft.Cache/redisEnterprise"
    for subscription, name, public, protocol, keys in (
        (GOOD, "good-cluster", "Disabled", "Encrypted", "Disabled"),
        (BAD, "bad-cluster", "Enabled", "Plaintext", "Enabled"),
    ):
        azure.add(item(subscription, kind, name, {"minimumTlsVersion": "1.2", "publicNetworkAccess": public}))
        about = {"clientProtocol": protocol, "accessKeysAuthentication": keys, "port": 10000}
        azure.add(child(path(subscription, kind, name), "databases", "default", about))


def services(azure: Azure) -> None:
    """learn.microsoft.com/rest/api: servicebus/namespaces/list, …/get-network-rule-set, the same of eventhub,
    aiservices/accountmanagement/accounts/list, searchmanagement/services/list-by-subscription,
    appconfiguration/configuration-stores/list"""
    closed = {"disableLocalAuth": True, "publicNetworkAccess": "Disabled"}
    allow = {"disableLocalAuth": False, "publicNetworkAccess": "Enabled"}
    for kind, good, bad in (
        ("Microsoft.ServiceBus/namespaces", {"minimumTlsVersion": "1.2"}, {"minimumTlsVersion": "1.0"}),
        ("Microsoft.EventHub/namespaces", {"minimumTlsVersion": "1.2"}, {"minimumTlsVersion": "1.1"}),
        ("Microsoft.CognitiveServices/accounts", {"networkAcls": {"defaultAction": "Deny", "ipRules": []}}, {}),
        (
            "Microsoft.Search/searchServices",
            {"publicNetworkAccess": "disabled"},
            {"publicNetworkAccess": "enabled", "networkRuleSet": {"ipRules": []}},
        ),
        ("Microsoft.AppConfiguration/configurationStores", {}, {}),
    ):
        name = kind.rpartition("/")[2].lower()
        azure.add(item(GOOD, kind, f"good-{name}", {**closed, **good}))
        azure.add(item(BAD, kind, f"bad-{name}", {**allow, **bad}))
        if name == "namespaces":
            rules = {"defaultAction": "Deny", "ipRules": [{"ipMask": "203.0.113.0/24", "action": "Allow"}]}
            azure.add(item(GOOD, kind, f"open-{name}", {**allow, **good}))
            azure.add(child(path(GOOD, kind, f"open-{name}"), "networkRuleSets", "default", rules))
            azure.add(child(path(BAD, kind, f"bad-{name}"), "networkRuleSets", "default", {"defaultAction": "Allow"}))


def compute(azure: Azure) -> None:
    """learn.microsoft.com/rest/api/compute/virtual-machines/list-all; …/virtual-machine-extensions/list;
    …/compute/disks/list"""
    kind = "Microsoft.Compute/virtualMachines"

    def machine(subscription: str, name: str, keys_only: bool, **more: Any) -> None:
        linux = {"disablePasswordAuthentication": keys_only}
        about = {
            "storageProfile": {"osDisk": {"osType": "Linux"}},
            "osProfile": {"computerName": name, "linuxConfiguration": linux},
            **more,
        }
        azure.add(item(subscription, kind, name, about))

    trusted = {"securityType": "TrustedLaunch", "uefiSettings": {"secureBootEnabled": True, "vTpmEnabled": True}}
    machine(GOOD, "good-vm", keys_only=True, securityProfile={"encryptionAtHost": True, **trusted})
    machine(BAD, "bad-vm", keys_only=False)
    machine(GOOD, "ade-vm", keys_only=True)
    extension = {
        "publisher": "Microsoft.Azure.Security",
        "type": "AzureDiskEncryptionForLinux",
        "provisioningState": "Succeeded",
    }
    azure.add(
        {
            "id": f"{path(GOOD, kind, 'ade-vm')}/extensions/ade",
            "name": "ade",
            "type": f"{kind}/extensions",
            "location": "westeurope",
            "properties": extension,
        }
    )
    for name in ("good-vm", "ade-vm"):
        backed_up(azure, path(GOOD, kind, name), name)
    disk = "Microsoft.Compute/disks"
    nobody = {"networkAccessPolicy": "DenyAll", "publicNetworkAccess": "Disabled"}
    azure.add(item(GOOD, disk, "good-disk", {"encryption": {"type": "EncryptionAtRestWithCustomerKey"}, **nobody}))
    everybody = {"networkAccessPolicy": "AllowAll", "publicNetworkAccess": "Enabled"}
    azure.add(item(BAD, disk, "bad-disk", {"encryption": {"type": "EncryptionAtRestWithPlatformKey"}, **everybody}))
    recovery(azure)


def recovery(azure: Azure) -> None:
    """learn.microsoft.com/rest/api/recoveryservices/vaults/list-by-subscription-id;
    …/rest/api/backup/protection-policies/get"""
    kind = "Microsoft.RecoveryServices/vaults"
    for subscription, name, soft, immutable in (
        (GOOD, "copies", "AlwaysON", "Locked"),
        (BAD, "bad-copies", "Disabled", "Disabled"),
    ):
        kept = {"softDeleteSettings": {"softDeleteState": soft}, "immutabilitySettings": {"state": immutable}}
        azure.add(item(subscription, kind, name, {"securitySettings": kept}))
    vault = path(GOOD, kind, "copies")
    short, long = {"count": 14, "durationType": "Days"}, {"count": 12, "durationType": "Weeks"}
    for name, schedules in (
        ("long", {"dailySchedule": {"retentionDuration": short}, "weeklySchedule": {"retentionDuration": long}}),
        ("short", {"dailySchedule": {"retentionDuration": short}}),
    ):
        retention = {"retentionPolicyType": "LongTermRetentionPolicy", **schedules}
        about = {"backupManagementType": "AzureIaasVM", "retentionPolicy": retention}
        below = f"{vault}/backupPolicies/{name}"
        azure.add({"id": below, "name": name, "type": f"{kind}/backupPolicies", "properties": about})


def backed_up(azure: Azure, machine: str, name: str) -> None:
    """learn.microsoft.com/azure/templates/microsoft.recoveryservices/vaults/backupfabrics/protectioncontainers/protecteditems"""
    kind = "Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems"
    vault = path(GOOD, "Microsoft.RecoveryServices/vaults", "copies")
    below = f"{vault}/backupFabrics/Azure/protectionContainers/c"
    about = {
        "protectedItemType": "Microsoft.Compute/virtualMachines",
        "sourceResourceId": machine,
        "protectionState": "Protected",
        "lastRecoveryPoint": "2026-11-22T02:00:00.0000000Z",
        "policyId": f"{vault}/backupPolicies/{'long' if name == 'good-vm' else 'short'}",
    }
    azure.add({"id": f"{below}/protectedItems/VM;{name}", "name": name, "type": kind, "properties": about})


def applications(azure: Azure) -> None:
    """learn.microsoft.com/rest/api/appservice/web-apps/list; …/web-apps/get-configuration; …/rest/api/aks/managed-clusters/list;
    …/rest/api/containerregistry/registries/list"""
    site, cluster = "Microsoft.Web/sites", "Microsoft.ContainerService/managedClusters"
    registry = "Microsoft.ContainerRegistry/registries"
    identity = {"type": "SystemAssigned", "tenantId": TENANT}
    azure.add(
        item(GOOD, site, "good-app", {"httpsOnly": True, "state": "Running"}, kind="app,linux", identity=identity)
    )
    azure.add(item(BAD, site, "bad-app", {"httpsOnly": False, "state": "Running"}, kind="app"))
    good = {"minTlsVersion": "1.2", "scmMinTlsVersion": "1.2", "ftpsState": "Disabled", "remoteDebuggingEnabled": False}
    bad = {"minTlsVersion": "1.0", "scmMinTlsVersion": "1.0", "ftpsState": "AllAllowed", "remoteDebuggingEnabled": True}
    slot = f"{path(GOOD, site, 'good-app')}/slots/next"
    azure.add(
        {
            "id": slot,
            "name": "good-app/next",
            "type": f"{site}/slots",
            "kind": "functionapp,linux",
            "location": "West Europe",
            "properties": {"httpsOnly": False, "state": "Running"},
        }
    )
    for app, config in ((path(GOOD, site, "good-app"), good), (path(BAD, site, "bad-app"), bad), (slot, bad)):
        azure.add(child(app, "config", "web", config))
        for tool in ("ftp", "scm"):
            azure.add(child(app, "basicPublishingCredentialsPolicies", tool, {"allow": config is bad}))
    azure.add(setting(path(GOOD, site, "good-app"), "d", [category("AppServiceHTTPLogs")], storageAccountId=GOOD_STORE))
    good = {"enableRBAC": True, "disableLocalAccounts": True, "aadProfile": {"managed": True}}
    good |= {"apiServerAccessProfile": {"authorizedIPRanges": ["203.0.113.0/24"]}}
    good |= {"networkProfile": {"networkPolicy": "cilium"}, "autoUpgradeProfile": {"upgradeChannel": "stable"}}
    security = {"defender": {"securityMonitoring": {"enabled": True}}, "azureKeyVaultKms": {"enabled": True}}
    good |= {"securityProfile": security}
    pools = [{"name": "system", "mode": "System", "enableNodePublicIP": False}, {"name": "user", "mode": "User"}]
    azure.add(item(GOOD, cluster, "good-aks", {**good, "agentPoolProfiles": pools}))
    games = [{"name": "games", "mode": "System", "enableNodePublicIP": True}]
    azure.add(item(BAD, cluster, "bad-aks", {"enableRBAC": True, "agentPoolProfiles": games}))
    azure.add(setting(path(GOOD, cluster, "good-aks"), "d", [category("kube-audit-admin")], workspaceId=WORKSPACE))
    good = {"adminUserEnabled": False, "anonymousPullEnabled": False, "publicNetworkAccess": "Enabled"}
    good |= {"networkRuleSet": {"defaultAction": "Deny", "ipRules": [{"action": "Allow", "value": "203.0.113.7"}]}}
    azure.add(item(GOOD, registry, "goodimages", good))
    azure.add(item(BAD, registry, "badimages", {"adminUserEnabled": True, "anonymousPullEnabled": True}))


def network(azure: Azure) -> None:
    """learn.microsoft.com/rest/api/virtualnetwork: network-security-groups/list-all, virtual-networks/list-all;
    …/rest/api/network-watcher: flow-logs/get, network-watchers/list-all"""
    group, net = "Microsoft.Network/networkSecurityGroups", "Microsoft.Network/virtualNetworks"
    watcher = "Microsoft.Network/networkWatchers"

    def rule(name: str, priority: int, access: str, source: str, port: str) -> dict[str, Any]:
        about = {
            "priority": priority,
            "direction": "Inbound",
            "access": access,
            "protocol": "Tcp",
            "sourceAddressPrefix": source,
            "sourceAddressPrefixes": [],
            "destinationPortRange": port,
            "destinationPortRanges": [],
        }
        return {"name": name, "properties": about}

    for subscription, name in ((GOOD, "good"), (BAD, "bad")):
        vnet, nsg = path(subscription, net, f"{name}-net"), path(subscription, group, f"{name}-nsg")
        subnet = {"id": f"{vnet}/subnets/default", "name": "default"}
        filtered = {"networkSecurityGroup": {"id": nsg}} if name == "good" else {}
        azure.add(item(subscription, net, f"{name}-net", {"subnets": [{**subnet, "properties": filtered}]}))
        source = "203.0.113.0/24" if name == "good" else "*"
        rules = [rule("in", 100, "Allow", source, "20-4000"), rule("web", 200, "Allow", "Internet", "443")]
        azure.add(item(subscription, group, f"{name}-nsg", {"securityRules": rules, "subnets": [subnet]}))
    azure.add(item(GOOD, watcher, "watcher", {"provisioningState": "Succeeded"}))
    for subscription, target, days in ((GOOD, path(GOOD, net, "good-net"), 90), (BAD, path(BAD, group, "bad-nsg"), 7)):
        about = {
            "targetResourceId": target,
            "enabled": subscription == GOOD,
            "retentionPolicy": {"days": days, "enabled": True},
        }
        flow = f"{path(subscription, watcher, 'watcher')}/flowLogs/log"
        azure.add(
            {"id": flow, "name": "log", "type": f"{watcher}/flowLogs", "location": "westeurope", "properties": about}
        )


def logging(azure: Azure) -> None:
    """learn.microsoft.com/rest/api/loganalytics/workspaces/list; …/rest/api/monitor/diagnostic-settings/list;
    …/rest/api/resources/management-locks/list-at-subscription-level; the directory's settings have the same shape
    (learn.microsoft.com/entra/identity/monitoring-health/howto-configure-diagnostic-settings)"""
    kind = "Microsoft.OperationalInsights/workspaces"
    azure.add(item(GOOD, kind, "logs", {"retentionInDays": 365}))
    azure.add(item(BAD, kind, "short", {"retentionInDays": 30}))
    every = [category(each) for each in ("Administrative", "Security", "Alert", "Policy")]
    azure.add(setting(f"/subscriptions/{GOOD}", "central", every, storageAccountId=GOOD_STORE))
    bad = path(BAD, "Microsoft.Storage/storageAccounts", "badstore")
    some = [category("Administrative"), category("Security", enabled=False)]
    azure.add(setting(f"/subscriptions/{BAD}", "some", some, storageAccountId=bad))
    directory = "/providers/microsoft.aadiam/diagnosticSettings/entra"
    logs = {"logs": [category("AuditLogs"), category("SignInLogs")], "workspaceId": WORKSPACE}
    azure.items[directory.lower()] = {"id": directory, "name": "entra", "type": "x/y", "properties": logs}
    lock = f"{GOOD_STORE}/providers/Microsoft.Authorization/locks/keep"
    about = {"level": "CanNotDelete"}
    azure.add({"id": lock, "name": "keep", "type": "Microsoft.Authorization/locks", "properties": about})


def alerts(azure: Azure) -> None:
    """learn.microsoft.com/rest/api/monitor/activity-log-alerts/list-by-subscription-id; …/action-groups/list-by-subscription-id"""
    person = {"name": "Ada", "emailAddress": "ada@example.org", "useCommonAlertSchema": True}
    azure.add(item(GOOD, "Microsoft.Insights/actionGroups", "people", {"enabled": True, "emailReceivers": [person]}))
    operations = (
        "Microsoft.Authorization/policyAssignments/write",
        "Microsoft.Authorization/policyAssignments/delete",
        "Microsoft.Network/networkSecurityGroups/write",
        "Microsoft.Network/networkSecurityGroups/delete",
        "Microsoft.Security/securitySolutions/write",
        "Microsoft.Security/securitySolutions/delete",
        "Microsoft.Sql/servers/firewallRules/write",
        "Microsoft.Sql/servers/firewallRules/delete",
        "Microsoft.Authorization/roleAssignments/write",
        "Microsoft.Network/publicIPAddresses/write",
        "Microsoft.Network/publicIPAddresses/delete",
    )
    for number, operation in enumerate(operations):
        conditions = [
            {"field": "category", "equals": "Administrative"},
            {"field": "operationName", "equals": operation},
        ]
        about = {
            "enabled": True,
            "scopes": [f"/subscriptions/{GOOD}"],
            "condition": {"allOf": conditions},
            "actions": {"actionGroups": [{"actionGroupId": PEOPLE}]},
        }
        azure.add(item(GOOD, "Microsoft.Insights/activityLogAlerts", f"alert-{number}", about, location="global"))
    health = {"allOf": [{"field": "category", "equals": "ServiceHealth"}]}
    about = {**about, "condition": health}
    azure.add(item(GOOD, "Microsoft.Insights/activityLogAlerts", "health", about, location="global"))


def defender(azure: Azure) -> None:
    """learn.microsoft.com/rest/api/defenderforcloud/pricings/list; …/defenderforcloud/security-contacts/list"""
    for subscription, tier in ((GOOD, "Standard"), (BAD, "Free")):
        for name in ("VirtualMachines", "Arm", "Dns"):
            about = {"pricingTier": tier if name != "Dns" else "Free", "deprecated": name == "Dns"}
            about["resourcesCoverageStatus"] = "FullyCovered" if about["pricingTier"] == "Standard" else "NotCovered"
            below = f"/subscriptions/{subscription}/providers/Microsoft.Security/pricings/{name}"
            azure.add({"id": below, "name": name, "type": "Microsoft.Security/pricings", "properties": about})
    about = {
        "emails": "security@example.org; ada@example.org",
        "alertNotifications": {"state": "On", "minimalSeverity": "High"},
        "notificationsByRole": {"state": "On", "roles": ["Owner"]},
    }
    below = f"/subscriptions/{GOOD}/providers/Microsoft.Security/securityContacts/default"
    azure.add({"id": below, "name": "default", "type": "Microsoft.Security/securityContacts", "properties": about})
