"""Vaults, storage accounts and databases: the truth tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checks.azure import databases, key_vault, sql, storage
from core.model import Verdict
from core.resource import NotObservedError, unobserved
from core.resources.azure.logging import LogWorkspace, ResourceLogging
from core.resources.azure.sql import AddressRange, Auditing
from core.resources.azure.storage import Retention
from tests.checks.azure import making
from tests.checks.azure.making import AS_OF, logs_of, population, setting

OLD = datetime(2022, 5, 1, tzinfo=UTC)
SHORT, LONG, OFF = Retention(enabled=True, days=6), Retention(enabled=True, days=7), Retention(enabled=False, days=None)


def audit(**more: Any) -> Auditing:
    return Auditing(**{"enabled": True, "to_storage": True, "retention_days": 0, "to_monitor": False, **more})


def firewall(first: str, last: str) -> tuple[AddressRange, ...]:
    return (AddressRange(name="rule", first=first, last=last),)


TABLE: list[tuple[Any, Any, dict[str, Any], str]] = [
    (key_vault.vault_gives_access_by_roles, making.vault, {}, "pass"),
    (key_vault.vault_gives_access_by_roles, making.vault, {"by_roles": False}, "fail"),
    (key_vault.vault_is_closed_to_public_networks, making.vault, {}, "pass"),
    (key_vault.vault_is_closed_to_public_networks, making.vault, {"default_action": "Allow"}, "fail"),
    (key_vault.vault_is_closed_to_public_networks, making.vault, {"default_action": "Allow", "public": False}, "pass"),
    (key_vault.vault_is_closed_to_public_networks, making.vault, {"default_action": "Perhaps"}, "unknown"),
    (key_vault.vault_is_closed_to_public_networks, making.vault, {"ranges": ("203.0.113.0/24", "1.2.3.4")}, "pass"),
    (key_vault.vault_is_closed_to_public_networks, making.vault, {"ranges": ("1.2.3.4", "0.0.0.0/0")}, "fail"),
    (key_vault.vault_survives_deletion, making.vault, {}, "pass"),
    (key_vault.vault_survives_deletion, making.vault, {"soft_delete": None}, "pass"),
    (key_vault.vault_survives_deletion, making.vault, {"purge_protection": False}, "fail"),
    (key_vault.vault_survives_deletion, making.vault, {"soft_delete": False}, "fail"),
    (key_vault.key_has_an_end, making.key, {}, "pass"),
    (key_vault.key_has_an_end, making.key, {"expires": None}, "fail"),
    (key_vault.key_has_an_end, making.key, {"expires": None, "enabled": False}, "not_applicable"),
    (key_vault.key_rotates, making.key, {}, "pass"),
    (key_vault.key_rotates, making.key, {"rotates": False}, "fail"),
    (key_vault.key_rotates, making.key, {"rotates": unobserved("off"), "enabled": False}, "not_applicable"),
    (key_vault.secret_has_an_end, making.secret, {}, "pass"),
    (key_vault.secret_has_an_end, making.secret, {"expires": None}, "fail"),
    (key_vault.secret_has_an_end, making.secret, {"enabled": False}, "not_applicable"),
    (storage.account_takes_https_only, making.account, {}, "pass"),
    (storage.account_takes_https_only, making.account, {"https_only": False}, "fail"),
    (storage.account_demands_tls_12, making.account, {}, "pass"),
    (storage.account_demands_tls_12, making.account, {"minimum_tls": "TLS1_3"}, "pass"),
    (storage.account_demands_tls_12, making.account, {"minimum_tls": "TLS1_1"}, "fail"),
    (storage.account_demands_tls_12, making.account, {"minimum_tls": "TLS2_0"}, "unknown"),
    (storage.account_is_encrypted_with_our_key, making.account, {"key_source": "Microsoft.KeyVault"}, "pass"),
    (storage.account_is_encrypted_with_our_key, making.account, {"key_source": "Microsoft.Storage"}, "fail"),
    (storage.account_is_encrypted_with_our_key, making.account, {"key_source": "Elsewhere"}, "unknown"),
    (storage.account_is_encrypted_twice, making.account, {}, "pass"),
    (storage.account_is_encrypted_twice, making.account, {"encrypted_twice": False}, "fail"),
    (storage.account_forbids_public_blobs, making.account, {}, "pass"),
    (storage.account_forbids_public_blobs, making.account, {"public_blobs": True}, "fail"),
    (storage.account_forbids_public_blobs, making.account, {"public_blobs": None, "created": OLD}, "fail"),
    (storage.account_forbids_public_blobs, making.account, {"public_blobs": None}, "unknown"),
    (storage.account_is_closed_to_public_networks, making.account, {}, "pass"),
    (storage.account_is_closed_to_public_networks, making.account, {"default_action": "Allow"}, "fail"),
    (storage.account_is_closed_to_public_networks, making.account, {"ranges": ("128.0.0.0/1",)}, "fail"),
    (storage.account_is_closed_to_public_networks, making.account, {"ranges": ("odd",)}, "fail"),
    (storage.account_refuses_shared_keys, making.account, {}, "pass"),
    (storage.account_refuses_shared_keys, making.account, {"shared_keys": True}, "fail"),
    (storage.account_copies_nothing_to_other_tenants, making.account, {}, "pass"),
    (storage.account_copies_nothing_to_other_tenants, making.account, {"to_other_tenants": True}, "fail"),
    (
        storage.account_copies_nothing_to_other_tenants,
        making.account,
        {"to_other_tenants": None, "created": OLD},
        "fail",
    ),
    (storage.account_copies_nothing_to_other_tenants, making.account, {"to_other_tenants": None}, "unknown"),
    (storage.overwritten_blobs_are_kept, making.blob_service, {}, "pass"),
    (storage.overwritten_blobs_are_kept, making.blob_service, {"versions": False}, "fail"),
    (storage.deleted_blobs_are_kept, making.blob_service, {}, "pass"),
    (storage.deleted_blobs_are_kept, making.blob_service, {"deleted_blobs": SHORT}, "fail"),
    (storage.deleted_blobs_are_kept, making.blob_service, {"deleted_containers": OFF}, "fail"),
    (storage.deleted_blobs_are_kept, making.blob_service, {"deleted_blobs": LONG}, "pass"),
    (storage.deleted_blobs_are_kept, making.blob_service, {"deleted_for_good": True}, "fail"),
    (sql.server_is_audited, making.sql_server, {}, "pass"),
    (sql.server_is_audited, making.sql_server, {"auditing": audit(enabled=False)}, "fail"),
    (sql.server_is_audited, making.sql_server, {"auditing": audit(to_storage=False)}, "fail"),
    (sql.server_is_audited, making.sql_server, {"auditing": audit(to_storage=False, to_monitor=True)}, "fail"),
    (
        sql.server_is_audited,
        making.sql_server,
        {"auditing": audit(to_storage=False, to_monitor=True), "monitored": (setting("SQLSecurityAuditEvents", "x"),)},
        "pass",
    ),
    (
        sql.server_is_audited,
        making.sql_server,
        {"auditing": audit(to_storage=False, to_monitor=True), "monitored": (setting(groups=("audit",)),)},
        "pass",
    ),
    (sql.database_is_encrypted, making.sql_database, {"encrypted": True}, "pass"),
    (sql.database_is_encrypted, making.sql_database, {"encrypted": False}, "fail"),
    (sql.server_is_protected_by_our_key, making.sql_server, {}, "pass"),
    (sql.server_is_protected_by_our_key, making.sql_server, {"key_type": "ServiceManaged"}, "fail"),
    (sql.server_is_protected_by_our_key, making.sql_server, {"key_type": "Other"}, "unknown"),
    (sql.server_demands_tls_12, making.sql_server, {}, "pass"),
    (sql.server_demands_tls_12, making.sql_server, {"minimum_tls": "None"}, "fail"),
    (sql.server_takes_no_passwords, making.sql_server, {}, "pass"),
    (sql.server_takes_no_passwords, making.sql_server, {"entra_only": False}, "fail"),
    (sql.server_is_not_open_to_everybody, making.sql_server, {}, "pass"),
    (
        sql.server_is_not_open_to_everybody,
        making.sql_server,
        {"firewall": firewall("0.0.0.0", "255.255.255.255")},
        "fail",
    ),
    (sql.server_is_not_open_to_everybody, making.sql_server, {"firewall": firewall("0.0.0.0", "0.0.0.0")}, "fail"),
    (sql.server_is_not_open_to_everybody, making.sql_server, {"firewall": firewall("1.2.0.0", "1.3.0.0")}, "fail"),
    (sql.server_is_not_open_to_everybody, making.sql_server, {"firewall": firewall("1.2.0.0", "1.2.255.255")}, "pass"),
    (sql.server_is_not_open_to_everybody, making.sql_server, {"firewall": firewall("1.2.0.0", "odd")}, "fail"),
    (sql.server_is_not_open_to_everybody, making.sql_server, {"firewall": firewall("odd", "1.2.0.0")}, "fail"),
    (
        sql.server_is_not_open_to_everybody,
        making.sql_server,
        {"firewall": firewall("0.0.0.0", "0.0.0.0"), "public": False},
        "pass",
    ),
    (databases.postgresql_demands_tls, making.postgresql, {"require_secure_transport": "on"}, "pass"),
    (databases.postgresql_demands_tls, making.postgresql, {"require_secure_transport": "off"}, "fail"),
    (databases.postgresql_demands_tls, making.postgresql, {}, "unknown"),
    (databases.postgresql_demands_tls, making.postgresql, {"require_secure_transport": "perhaps"}, "unknown"),
    (databases.postgresql_demands_tls, making.postgresql, {"require_secure_transport": "all"}, "unknown"),
    (
        databases.postgresql_logs_connections,
        making.postgresql,
        {"log_connections": "receipt, authentication", "log_disconnections": "on"},
        "pass",
    ),
    (
        databases.postgresql_logs_connections,
        making.postgresql,
        {"log_connections": "on", "log_disconnections": "on"},
        "pass",
    ),
    (databases.postgresql_logs_connections, making.postgresql, {"log_connections": "on"}, "unknown"),
    (databases.postgresql_logs_connections, making.postgresql, {"log_disconnections": "off"}, "fail"),
    (databases.postgresql_logs_checkpoints, making.postgresql, {"log_checkpoints": "on"}, "pass"),
    (databases.postgresql_logs_checkpoints, making.postgresql, {"log_checkpoints": "off"}, "fail"),
    (databases.mysql_demands_tls, making.mysql, {"require_secure_transport": "on"}, "pass"),
    (databases.mysql_demands_tls, making.mysql, {"require_secure_transport": "off"}, "fail"),
    (
        databases.mysql_is_audited,
        making.mysql,
        {"audit_log_enabled": "on", "audit_log_events": "ddl,connection"},
        "pass",
    ),
    (databases.mysql_is_audited, making.mysql, {"audit_log_enabled": "on", "audit_log_events": "ddl"}, "fail"),
    (databases.mysql_is_audited, making.mysql, {"audit_log_enabled": "off"}, "fail"),
    (databases.mysql_is_audited, making.mysql, {"audit_log_enabled": "on"}, "unknown"),
    (
        databases.mysql_is_audited,
        making.mysql,
        {"audit_log_enabled": "on", "audit_log_events": "DDL, connection_v2".lower()},
        "pass",
    ),
    (databases.cosmos_refuses_keys, making.cosmos, {"keys_work": False}, "pass"),
    (databases.cosmos_refuses_keys, making.cosmos, {"keys_work": True}, "fail"),
    (databases.redis_answers_over_tls_only, making.redis, {}, "pass"),
    (databases.redis_answers_over_tls_only, making.redis, {"plain_port": True}, "fail"),
    (databases.redis_demands_tls_12, making.redis, {}, "pass"),
    (databases.redis_demands_tls_12, making.redis, {"minimum_tls": ""}, "fail"),
]


@pytest.mark.parametrize(("check", "make", "more", "status"), TABLE, ids=lambda value: getattr(value, "id", None))
def test_the_table(check: Any, make: Any, more: dict[str, Any], status: str) -> None:
    verdict = check(make(**more))
    assert verdict.status == status, verdict.reason


IN_MONITOR = {"to_storage": False, "to_monitor": True}
AUDITED = setting("SQLSecurityAuditEvents", workspace=making.workspace(1).id)


@pytest.mark.parametrize(
    ("auditing", "monitored", "workspaces", "status"),
    [
        (audit(), (), [], "pass"),
        (audit(retention_days=90), (), [], "pass"),
        (audit(retention_days=89), (), [], "fail"),
        (audit(enabled=False), (), [], "not_applicable"),
        (audit(to_storage=False), (AUDITED,), [90], "not_applicable"),
        (audit(**IN_MONITOR), (setting("SQLSecurityAuditEvents", workspace="", event_hub="/e"),), [], "not_applicable"),
        (audit(**IN_MONITOR), (setting("Errors", workspace="/w"),), [], "not_applicable"),
        (audit(**IN_MONITOR), (AUDITED,), [90], "pass"),
        (audit(**IN_MONITOR), (AUDITED,), [30], "fail"),
        (audit(retention_days=7, to_monitor=True), (AUDITED,), [90], "pass"),
        (audit(retention_days=7, to_monitor=True), (AUDITED,), [30], "fail"),
    ],
)
def test_audit_is_kept(auditing: Auditing, monitored: tuple[Any, ...], workspaces: list[int], status: str) -> None:
    server = making.sql_server(auditing=auditing, monitored=monitored)
    found = population(LogWorkspace, map(making.workspace, workspaces))
    assert sql.audit_is_kept(server, found).status == status


def test_a_workspace_that_nobody_looks_at_makes_it_unknown() -> None:
    server = making.sql_server(auditing=audit(**IN_MONITOR), monitored=(AUDITED,))
    for workspaces in (population(LogWorkspace), population(LogWorkspace, gap="denied")):
        with pytest.raises(NotObservedError):
            sql.audit_is_kept(server, workspaces)


def test_an_approved_rule_of_a_firewall_may_stand() -> None:
    server = making.sql_server(firewall=firewall("0.0.0.0", "0.0.0.0"))
    assert sql.server_is_not_open_to_everybody(server, approved=("rule",)).status == "pass"


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({}, "pass"),
        ({"shared_keys": True}, "pass"),
        ({"shared_keys": True, "keys_made": (AS_OF, AS_OF - timedelta(days=91))}, "fail"),
        ({"shared_keys": True, "keys_made": (AS_OF, AS_OF - timedelta(days=90))}, "pass"),
    ],
)
def test_account_keys_are_renewed(more: dict[str, Any], status: str) -> None:
    assert storage.account_keys_are_renewed(making.account(**more), as_of=AS_OF).status == status


def test_keys_that_azure_does_not_know_the_age_of_are_unknown() -> None:
    with pytest.raises(NotObservedError):
        storage.account_keys_are_renewed(
            making.account(shared_keys=True, keys_made=unobserved("Azure does not say it")), as_of=AS_OF
        )


def blobs_logged(*settings: Any) -> Verdict:
    service = making.blob_service()
    found = [logs_of(f"{service.id}/blobservices/default", *settings)] if settings != (None,) else []
    return storage.blob_use_is_logged(service, population(ResourceLogging, found))


@pytest.mark.parametrize(
    ("settings", "status", "words"),
    [
        ((setting("StorageRead", "StorageWrite", "StorageDelete"),), "pass", "logs StorageRead"),
        ((setting("StorageRead"), setting("StorageWrite", "StorageDelete")), "pass", "logs"),
        ((setting(groups=("allLogs",)),), "pass", "logs StorageRead"),
        ((setting("storageread", "STORAGEWRITE", "StorageDelete"),), "pass", "logs"),
        ((setting(groups=("AllLogs",)),), "pass", "logs"),
        ((setting("StorageRead"),), "fail", "sends StorageWrite, StorageDelete"),
        ((setting(groups=("allLogs",), workspace=""),), "fail", "sends StorageRead"),
        ((setting(groups=("allLogs",), workspace="", event_hub="/e"),), "pass", "logs"),
        ((), "fail", "has no diagnostic setting"),
        ((None,), "unknown", "nobody looked"),
    ],
)
def test_blob_use_is_logged(settings: tuple[Any, ...], status: str, words: str) -> None:
    verdict = blobs_logged(*settings)
    assert verdict.status == status
    assert words in verdict.reason


def test_vault_use_is_logged() -> None:
    vault = making.vault()
    good, bad = logs_of(vault.id, setting("AuditEvent")), logs_of(vault.id, setting("AllMetrics"))
    assert key_vault.vault_use_is_logged(vault, population(ResourceLogging, [good])).status == "pass"
    assert key_vault.vault_use_is_logged(vault, population(ResourceLogging, [bad])).status == "fail"
    with pytest.raises(NotObservedError):
        key_vault.vault_use_is_logged(vault, population(ResourceLogging, gap="denied"))
