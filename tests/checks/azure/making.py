"""Things of Azure with every field filled in; a test changes the fields it is about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar

from core.model import CollectionGap, Evidence
from core.population import Population
from core.resource import Resource
from core.resources.azure.access import CustomRole, RoleAssignment
from core.resources.azure.applications import ContainerRegistry, KubernetesCluster, WebApp
from core.resources.azure.compute import Disk, VirtualMachine, VmExtension
from core.resources.azure.databases import (
    CosmosAccount,
    MysqlServer,
    PostgresqlServer,
    RedisCache,
    RedisCluster,
    RedisDatabase,
)
from core.resources.azure.inventory import AzureResource
from core.resources.azure.key_vault import KeyVault, ManagedHsm, VaultKey, VaultSecret
from core.resources.azure.logging import (
    ActionGroup,
    ActivityAlert,
    ActivityLog,
    Condition,
    DefenderPlan,
    DiagnosticSetting,
    DirectoryLog,
    Lock,
    LogWorkspace,
    ResourceLogging,
    SecurityContact,
)
from core.resources.azure.network import FlowLog, NetworkWatcher, SecurityGroup, SecurityRule, Subnet, VirtualNetwork
from core.resources.azure.services import CalledService
from core.resources.azure.sql import (
    Auditing,
    SqlDatabase,
    SqlManagedInstance,
    SqlServer,
    ThreatAlerts,
    VulnerabilityScans,
)
from core.resources.azure.storage import BlobService, FileService, Retention, StorageAccount
from core.resources.azure.survey import Subscription

AS_OF = datetime(2026, 11, 22, 17, tzinfo=UTC)
SUB = "s-1"
HOME = "azure/default"
R = TypeVar("R", bound=Resource)


def population(kind: type[R], found: Iterable[R] = (), *, gap: str = "", source: str = HOME) -> Population[R]:
    """All of a kind, seen from a tenant; `gap` says why it may not be all."""
    gaps = (CollectionGap(gap),) if gap else ()
    one = Evidence(kind=kind.kind, source=source, scope="", collected_at=AS_OF, resources=tuple(found), gaps=gaps)
    return Population[R](kind.kind, [one], HOME)


def _itself(kind: str, name: str) -> dict[str, Any]:
    path = f"/subscriptions/{SUB}/resourcegroups/rg/providers/{kind}/{name}"
    return {"id": path, "name": name, "location": "westeurope", "subscription": SUB}


def subscription(**more: Any) -> Subscription:
    said = {"id": SUB, "name": "prod", "state": "Enabled", "tenant": "t", "management_groups": (), "granted": ()}
    return Subscription(**{**said, "denied": (), "visible": True, "looked_at": True, "left_out": "", **more})


def thing(name: str = "x", type_: str = "a/b", **more: Any) -> AzureResource:
    return AzureResource(**{"id": _itself(type_, name)["id"], "location": "westeurope", "tags": {}, **more})


def assignment(name: str, **more: Any) -> RoleAssignment:
    said = {"id": f"/a/{name}", "scope": f"/subscriptions/{SUB}", "role": "r", "principal": name}
    return RoleAssignment(**{**said, "principal_type": "User", "subscription": SUB, **more})


def custom_role(**more: Any) -> CustomRole:
    said = {"id": "/r", "name": "ours", "actions": ("*",), "not_actions": (), "scopes": (f"/subscriptions/{SUB}",)}
    return CustomRole(**{**said, "subscription": SUB, **more})


def vault(**more: Any) -> KeyVault:
    said = {"by_roles": True, "public": True, "default_action": "Deny", "soft_delete": True, "purge_protection": True}
    return KeyVault(**{**_itself("microsoft.keyvault/vaults", "v"), **said, "ranges": (), **more})


def _in_vault(name: str) -> dict[str, Any]:
    where = {"id": f"/v/keys/{name}", "name": name, "vault": "/v", "subscription": SUB}
    return {**where, "enabled": True, "created": AS_OF, "expires": AS_OF}


def key(**more: Any) -> VaultKey:
    return VaultKey(**{**_in_vault("k"), "rotates": True, **more})


def secret(**more: Any) -> VaultSecret:
    return VaultSecret(**{**_in_vault("s"), **more})


def account(**more: Any) -> StorageAccount:
    said = {
        "created": AS_OF, "https_only": True, "minimum_tls": "TLS1_2", "key_source": "Microsoft.Keyvault",
        "encrypted_twice": True, "public_blobs": False, "public": True, "default_action": "Deny",
        "ranges": (), "shared_keys": False, "to_other_tenants": False, "keys_made": (AS_OF, AS_OF),
    }  # fmt: skip
    return StorageAccount(**{**_itself("microsoft.storage/storageaccounts", "st"), **said, **more})


def blob_service(**more: Any) -> BlobService:
    kept = Retention(enabled=True, days=7)
    said = {"id": account().id, "subscription": SUB, "deleted_blobs": kept, "deleted_containers": kept}
    return BlobService(**{**said, "deleted_for_good": False, "versions": True, **more})


def setting(*categories: str, groups: tuple[str, ...] = (), **to: str) -> DiagnosticSetting:
    where = {"storage": "", "workspace": "/w", "event_hub": "", "partner": "", **to}
    return DiagnosticSetting(name="d", categories=categories, groups=groups, **where)


def logs_of(resource: str, *settings: DiagnosticSetting) -> ResourceLogging:
    return ResourceLogging(id=resource, type="t", subscription=SUB, settings=settings)


def activity_log(*settings: DiagnosticSetting) -> ActivityLog:
    return ActivityLog(id=SUB, settings=settings)


def directory_log(*settings: DiagnosticSetting) -> DirectoryLog:
    return DirectoryLog(id="t", settings=settings)


def workspace(days: int) -> LogWorkspace:
    return LogWorkspace(**_itself("microsoft.operationalinsights/workspaces", "w"), retention_days=days)


def lock(scope: str, level: str = "CanNotDelete") -> Lock:
    return Lock(id=f"{scope}/lock", subscription=SUB, scope=scope, level=level)


def alert(*operations: str, **more: Any) -> ActivityAlert:
    conditions = (
        Condition(field="category", values=("administrative",)),
        Condition(field="operationname", values=operations),
    )
    said = {"id": f"/alert/{operations}", "name": "a", "subscription": SUB, "enabled": True}
    where = {"scopes": (f"/subscriptions/{SUB}",), "conditions": conditions, "action_groups": ("/g",)}
    return ActivityAlert(**{**said, **where, **more})


def action_group(**more: Any) -> ActionGroup:
    return ActionGroup(**{"id": "/g", "name": "g", "subscription": SUB, "enabled": True, "receivers": 1, **more})


def contact(**more: Any) -> SecurityContact:
    said = {"id": "/c", "subscription": SUB, "addresses": ("ada@example.org",), "alerts": True}
    return SecurityContact(**{**said, "least_severity": "High", "roles": (), **more})


def plan(name: str, tier: str, *, coverage: str = "", deprecated: bool = False) -> DefenderPlan:
    about = {"id": f"/p/{name}", "name": name, "subscription": SUB}
    return DefenderPlan(**about, tier=tier, coverage=coverage, deprecated=deprecated)


def threats(**more: Any) -> ThreatAlerts:
    return ThreatAlerts(**{"enabled": True, "silenced": (), "addresses": (), "administrators": True, **more})


def scans(**more: Any) -> VulnerabilityScans:
    return VulnerabilityScans(**{"managed": True, "scheduled": False, "addresses": (), **more})


def audit(**more: Any) -> Auditing:
    return Auditing(**{"enabled": True, "to_storage": True, "retention_days": 0, "to_monitor": False, **more})


def sql_server(**more: Any) -> SqlServer:
    said = {"minimum_tls": "1.2", "public": True, "entra_only": True, "auditing": audit(), "monitored": ()}
    said |= {
        "key_type": "AzureKeyVault",
        "firewall": (),
        "firewall_ipv6": (),
        "threats": threats(),
        "searched": scans(),
    }
    return SqlServer(**{**_itself("microsoft.sql/servers", "sql"), **said, **more})


def sql_database(**more: Any) -> SqlDatabase:
    said = {"id": "/db", "name": "db", "server": sql_server().id, "subscription": SUB, "encrypted": True}
    return SqlDatabase(**{**said, "auditing": audit(), "monitored": (), **more})


def sql_instance(**more: Any) -> SqlManagedInstance:
    said = {"minimum_tls": "1.2", "public_endpoint": False, "entra_only": True, "key_type": "AzureKeyVault"}
    said |= {"threats": threats(), "searched": scans(scheduled=True), "monitored": (setting("SQLSecurityAuditEvents"),)}
    return SqlManagedInstance(**{**_itself("microsoft.sql/managedinstances", "mi"), **said, **more})


def postgresql(
    *, public: bool = True, firewall: Any = (), passwords: bool = False, settings: Any = (), **parameters: str
) -> PostgresqlServer:
    about = _itself("microsoft.dbforpostgresql/flexibleservers", "pg")
    return PostgresqlServer(
        **about, public=public, firewall=firewall, passwords=passwords, settings=settings, parameters=parameters
    )


def mysql(*, public: bool = True, firewall: Any = (), settings: Any = (), **parameters: str) -> MysqlServer:
    about = _itself("microsoft.dbformysql/flexibleservers", "my")
    return MysqlServer(**about, public=public, firewall=firewall, settings=settings, parameters=parameters)


def cosmos(**more: Any) -> CosmosAccount:
    said = {"api": "MongoDB", "keys_work": False, "public": True, "chosen_networks": False, "ranges": ()}
    said |= {"minimum_tls": "Tls12"}
    return CosmosAccount(**{**_itself("microsoft.documentdb/databaseaccounts", "c"), **said, **more})


def redis_cluster(**more: Any) -> RedisCluster:
    good = RedisDatabase(name="default", encrypted=True, keys_work=False)
    said = {"public": False, "databases": (good,)}
    return RedisCluster(**{**_itself("microsoft.cache/redisenterprise", "rc"), **said, **more})


def redis_database(**more: Any) -> RedisDatabase:
    return RedisDatabase(**{"name": "d", "encrypted": True, "keys_work": False, **more})


def service(**more: Any) -> CalledService:
    type_ = str(more.get("type", "microsoft.cognitiveservices/accounts"))
    said = {
        "type": type_,
        "keys_work": False,
        "minimum_tls": None,
        "public": True,
        "default_action": "Deny",
        "ranges": (),
    }
    return CalledService(**{**_itself(type_, "ai"), **said, **more})


def managed_hsm(**more: Any) -> ManagedHsm:
    said = {"public": True, "default_action": "Deny", "ranges": (), "purge_protection": True}
    about = _itself("microsoft.keyvault/managedhsms", "hsm")
    return ManagedHsm(**{**about, **said, "settings": (setting("AuditEvent"),), **more})


def file_service(**more: Any) -> FileService:
    said = {"id": account().id, "subscription": SUB, "deleted_shares": Retention(enabled=True, days=7)}
    return FileService(**{**said, "smb": ("SMB3.0", "SMB3.1.1"), **more})


def redis(**more: Any) -> RedisCache:
    return RedisCache(**{**_itself("microsoft.cache/redis", "r"), "plain_port": False, "minimum_tls": "1.2", **more})


def machine(**more: Any) -> VirtualMachine:
    said = {"system": "Linux", "passwords_refused": True, "encrypted_at_host": False}
    said |= {"security_type": "TrustedLaunch", "secure_boot": True}
    return VirtualMachine(**{**_itself("microsoft.compute/virtualmachines", "vm"), **said, **more})


def extension(**more: Any) -> VmExtension:
    said = {"id": "/e", "machine": machine().id, "subscription": SUB, "publisher": "Microsoft.Azure.Security"}
    more = {"operation": "EnableEncryption", **more}
    return VmExtension(**{**said, "type": "AzureDiskEncryptionForLinux", "state": "Succeeded", **more})


def disk(encryption: str = "EncryptionAtRestWithCustomerKey", **more: Any) -> Disk:
    said = {"encryption": encryption, "public": True, "network_policy": "DenyAll"}
    return Disk(**{**_itself("microsoft.compute/disks", "d"), **said, **more})


def web_app(**more: Any) -> WebApp:
    said = {"https_only": True, "minimum_tls": "1.2", "minimum_tls_of_tools": "1.2", "ftp": "Disabled"}
    said |= {"functions": False, "debugged_remotely": False, "has_identity": True, "passwords": ()}
    return WebApp(**{**_itself("microsoft.web/sites", "app"), **said, **more})


def cluster(**more: Any) -> KubernetesCluster:
    said = {
        "roles": True, "local_accounts": False, "managed_sign_in": True, "private": False,
        "ranges": ("203.0.113.0/24",), "network_policy": "cilium", "upgrades": "patch",
        "public_pools": (), "watched": True, "our_key": True,
    }  # fmt: skip
    return KubernetesCluster(**{**_itself("microsoft.containerservice/managedclusters", "aks"), **said, **more})


def registry(**more: Any) -> ContainerRegistry:
    said = {
        "shared_administrator": False, "anonymous_pull": False, "public": True, "default_action": "Deny", "ranges": (),
    }  # fmt: skip
    return ContainerRegistry(**{**_itself("microsoft.containerregistry/registries", "acr"), **said, **more})


def rule(priority: int, source: str, ports: str, **more: Any) -> SecurityRule:
    said = {"name": f"r{priority}", "priority": priority, "allows": True, "protocol": "tcp"}
    return SecurityRule(**{**said, "sources": (source,), "ports": (ports,), "groups": 0, "partial": False, **more})


def security_group(*rules: SecurityRule) -> SecurityGroup:
    about = _itself("microsoft.network/networksecuritygroups", "nsg")
    return SecurityGroup(**about, rules=rules, subnets=(), interfaces=1)


def network(*subnets: Subnet) -> VirtualNetwork:
    return VirtualNetwork(**_itself("microsoft.network/virtualnetworks", "net"), subnets=subnets)


def subnet(name: str = "default", security_group: str = "") -> Subnet:
    return Subnet(id=f"{network().id}/subnets/{name}", security_group=security_group)


def flow_log(target: str, *, enabled: bool = True, days: int = 0) -> FlowLog:
    return FlowLog(id=f"/f/{target}", target=target, subscription=SUB, enabled=enabled, retention_days=days)


def watcher(location: str) -> NetworkWatcher:
    return NetworkWatcher(**{**_itself("microsoft.network/networkwatchers", "w"), "location": location})
