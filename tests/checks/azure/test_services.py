"""Services, clusters, registries, caches, hardware for keys, and what apps and machines are told: the truth tables."""

from __future__ import annotations

from typing import Any

import pytest

from checks.azure import (
    applications,
    compute,
    containers,
    database_networks,
    databases,
    files,
    managed_hsm,
    redis,
    services,
)
from core.resource import NotObservedError
from core.resources.azure.sql import AddressRange
from core.resources.azure.storage import Retention, StorageAccount
from tests.checks.azure import making

WIDE, SITE = ("0.0.0.0/0",), ("203.0.113.0/24",)
PLAIN, KEYED = making.redis_database(encrypted=False), making.redis_database(keys_work=True)
AZURE = (AddressRange(name="azure", first="0.0.0.0", last="0.0.0.0"),)
OFFICE = (AddressRange(name="office", first="203.0.113.1", last="203.0.113.9"),)
LOGS = making.setting("PostgreSQLLogs", "MySqlAuditLogs")
Row = tuple[Any, Any, dict[str, Any], str]

SERVICES: list[Row] = [
    (services.service_refuses_keys, making.service, {}, "pass"),
    (services.service_refuses_keys, making.service, {"keys_work": True}, "fail"),
    (services.service_demands_tls_12, making.service, {"minimum_tls": "1.2"}, "pass"),
    (services.service_demands_tls_12, making.service, {"minimum_tls": "1.1"}, "fail"),
    (services.service_demands_tls_12, making.service, {}, "not_applicable"),
    (services.service_is_closed_to_public_networks, making.service, {}, "pass"),
    (services.service_is_closed_to_public_networks, making.service, {"public": False, "ranges": WIDE}, "pass"),
    (services.service_is_closed_to_public_networks, making.service, {"default_action": "Allow"}, "fail"),
    (services.service_is_closed_to_public_networks, making.service, {"ranges": WIDE}, "fail"),
    (managed_hsm.hsm_survives_deletion, making.managed_hsm, {}, "pass"),
    (managed_hsm.hsm_survives_deletion, making.managed_hsm, {"purge_protection": False}, "fail"),
    (managed_hsm.hsm_is_closed_to_public_networks, making.managed_hsm, {}, "pass"),
    (managed_hsm.hsm_is_closed_to_public_networks, making.managed_hsm, {"default_action": "Allow"}, "fail"),
    (managed_hsm.hsm_use_is_logged, making.managed_hsm, {}, "pass"),
    (managed_hsm.hsm_use_is_logged, making.managed_hsm, {"settings": ()}, "fail"),
    (redis.cluster_answers_over_tls_only, making.redis_cluster, {}, "pass"),
    (redis.cluster_answers_over_tls_only, making.redis_cluster, {"databases": (PLAIN,)}, "fail"),
    (redis.cluster_refuses_keys, making.redis_cluster, {}, "pass"),
    (redis.cluster_refuses_keys, making.redis_cluster, {"databases": (KEYED,)}, "fail"),
    (redis.cluster_is_closed_to_public_networks, making.redis_cluster, {}, "pass"),
    (redis.cluster_is_closed_to_public_networks, making.redis_cluster, {"public": True}, "fail"),
    (files.deleted_shares_are_kept, making.file_service, {}, "pass"),
    (
        files.deleted_shares_are_kept,
        making.file_service,
        {"deleted_shares": Retention(enabled=False, days=None)},
        "fail",
    ),
    (
        files.deleted_shares_are_kept,
        making.file_service,
        {"deleted_shares": Retention(enabled=True, days=None)},
        "fail",
    ),
    (files.deleted_shares_are_kept, making.file_service, {"deleted_shares": Retention(enabled=True, days=6)}, "fail"),
]
CONTAINERS: list[Row] = [
    (containers.cluster_is_not_open_to_everybody, making.cluster, {}, "pass"),
    (containers.cluster_is_not_open_to_everybody, making.cluster, {"private": True, "ranges": ()}, "pass"),
    (containers.cluster_is_not_open_to_everybody, making.cluster, {"ranges": ()}, "fail"),
    (containers.cluster_is_not_open_to_everybody, making.cluster, {"ranges": WIDE}, "fail"),
    (containers.cluster_is_watched_for_attacks, making.cluster, {}, "pass"),
    (containers.cluster_is_watched_for_attacks, making.cluster, {"watched": False}, "fail"),
    (containers.cluster_secrets_are_encrypted_with_our_key, making.cluster, {}, "pass"),
    (containers.cluster_secrets_are_encrypted_with_our_key, making.cluster, {"our_key": False}, "fail"),
    (containers.cluster_nodes_are_private, making.cluster, {}, "pass"),
    (containers.cluster_nodes_are_private, making.cluster, {"public_pools": ("games",)}, "fail"),
    (containers.cluster_can_keep_programs_apart, making.cluster, {}, "pass"),
    (containers.cluster_can_keep_programs_apart, making.cluster, {"network_policy": "none"}, "fail"),
    (containers.cluster_can_keep_programs_apart, making.cluster, {"network_policy": "new"}, "unknown"),
    (containers.cluster_takes_new_versions, making.cluster, {}, "pass"),
    (containers.cluster_takes_new_versions, making.cluster, {"upgrades": "node-image"}, "fail"),
    (containers.cluster_takes_new_versions, making.cluster, {"upgrades": "none"}, "fail"),
    (containers.cluster_takes_new_versions, making.cluster, {"upgrades": "new"}, "unknown"),
    (containers.registry_is_closed_to_public_networks, making.registry, {"ranges": SITE}, "pass"),
    (containers.registry_is_closed_to_public_networks, making.registry, {"default_action": "Allow"}, "fail"),
    (applications.web_app_tools_demand_tls_12, making.web_app, {}, "pass"),
    (applications.web_app_tools_demand_tls_12, making.web_app, {"minimum_tls_of_tools": "1.0"}, "fail"),
    (applications.web_app_is_not_debugged_remotely, making.web_app, {}, "pass"),
    (applications.web_app_is_not_debugged_remotely, making.web_app, {"debugged_remotely": True}, "fail"),
    (applications.web_app_has_an_identity, making.web_app, {}, "pass"),
    (applications.web_app_has_an_identity, making.web_app, {"has_identity": False}, "fail"),
    (applications.web_app_takes_no_publishing_passwords, making.web_app, {}, "pass"),
    (applications.web_app_takes_no_publishing_passwords, making.web_app, {"passwords": ("ftp", "scm")}, "fail"),
]
DATABASES: list[Row] = [
    (database_networks.postgresql_is_not_open_to_everybody, making.postgresql, {"firewall": OFFICE}, "pass"),
    (database_networks.postgresql_is_not_open_to_everybody, making.postgresql, {"firewall": AZURE}, "fail"),
    (database_networks.postgresql_is_not_open_to_everybody, making.postgresql, {"public": False}, "pass"),
    (database_networks.mysql_is_not_open_to_everybody, making.mysql, {"firewall": OFFICE}, "pass"),
    (database_networks.mysql_is_not_open_to_everybody, making.mysql, {"firewall": AZURE}, "fail"),
    (database_networks.cosmos_is_closed_to_public_networks, making.cosmos, {"public": False}, "pass"),
    (database_networks.cosmos_is_closed_to_public_networks, making.cosmos, {"chosen_networks": True}, "pass"),
    (database_networks.cosmos_is_closed_to_public_networks, making.cosmos, {"ranges": SITE}, "pass"),
    (database_networks.cosmos_is_closed_to_public_networks, making.cosmos, {"ranges": WIDE}, "fail"),
    (database_networks.cosmos_is_closed_to_public_networks, making.cosmos, {"ranges": (*SITE, "0.0.0.0")}, "fail"),
    (database_networks.cosmos_is_closed_to_public_networks, making.cosmos, {}, "fail"),
    (databases.postgresql_logs_leave_the_server, making.postgresql, {"settings": (LOGS,)}, "pass"),
    (databases.postgresql_logs_leave_the_server, making.postgresql, {}, "fail"),
    (databases.mysql_audit_leaves_the_server, making.mysql, {"settings": (LOGS,)}, "pass"),
    (databases.mysql_audit_leaves_the_server, making.mysql, {}, "fail"),
    (databases.cosmos_demands_tls_12, making.cosmos, {}, "pass"),
    (databases.cosmos_demands_tls_12, making.cosmos, {"minimum_tls": "Tls"}, "fail"),
    (databases.cosmos_demands_tls_12, making.cosmos, {"minimum_tls": "New"}, "unknown"),
    (databases.postgresql_takes_no_passwords, making.postgresql, {}, "pass"),
    (databases.postgresql_takes_no_passwords, making.postgresql, {"passwords": True}, "fail"),
    (databases.postgresql_demands_tls_12, making.postgresql, {"ssl_min_protocol_version": "tlsv1.2"}, "pass"),
    (databases.postgresql_demands_tls_12, making.postgresql, {"ssl_min_protocol_version": "tlsv1.1"}, "fail"),
    (databases.postgresql_demands_tls_12, making.postgresql, {"ssl_min_protocol_version": "tlsv1"}, "fail"),
    (databases.postgresql_demands_tls_12, making.postgresql, {}, "unknown"),
    (databases.mysql_demands_tls_12, making.mysql, {"tls_version": "tlsv1.2,tlsv1.3"}, "pass"),
    (databases.mysql_demands_tls_12, making.mysql, {"tls_version": "tlsv1.2, tlsv1"}, "fail"),
    (databases.mysql_demands_tls_12, making.mysql, {"tls_version": "tlsv1.3, tlsv1.1"}, "fail"),
    (databases.mysql_demands_tls_12, making.mysql, {"tls_version": ""}, "unknown"),
]
MACHINES: list[Row] = [
    (compute.machine_starts_only_what_is_signed, making.machine, {}, "pass"),
    (compute.machine_starts_only_what_is_signed, making.machine, {"secure_boot": False}, "fail"),
    (compute.machine_starts_only_what_is_signed, making.machine, {"security_type": "Standard"}, "fail"),
    (compute.machine_starts_only_what_is_signed, making.machine, {"security_type": "New"}, "unknown"),
    (compute.disk_is_not_fetched_over_the_internet, making.disk, {}, "pass"),
    (compute.disk_is_not_fetched_over_the_internet, making.disk, {"network_policy": "AllowPrivate"}, "pass"),
    (compute.disk_is_not_fetched_over_the_internet, making.disk, {"network_policy": "AllowAll"}, "fail"),
    (
        compute.disk_is_not_fetched_over_the_internet,
        making.disk,
        {"network_policy": "AllowAll", "public": False},
        "pass",
    ),
    (compute.disk_is_not_fetched_over_the_internet, making.disk, {"network_policy": "New"}, "unknown"),
]


@pytest.mark.parametrize(
    ("check", "make", "more", "status"),
    [*SERVICES, *CONTAINERS, *DATABASES, *MACHINES],
    ids=lambda value: getattr(value, "id", None),
)
def test_the_table(check: Any, make: Any, more: dict[str, Any], status: str) -> None:
    verdict = check(make(**more))
    assert verdict.status == status, verdict.reason


@pytest.mark.parametrize(
    ("smb", "https_only", "status"),
    [
        (("SMB3.0", "SMB3.1.1"), False, "pass"),
        (("SMB2.1", "SMB3.0"), True, "pass"),
        (("SMB2.1", "SMB3.0"), False, "fail"),
    ],
)
def test_shares_demand_smb_3(smb: tuple[str, ...], https_only: bool, status: str) -> None:
    accounts = making.population(StorageAccount, [making.account(https_only=https_only)])
    assert files.shares_demand_smb_3(making.file_service(smb=smb), accounts).status == status


def test_an_account_that_may_be_hidden_makes_it_unknown() -> None:
    old = making.file_service(smb=("SMB2.1",))
    assert files.shares_demand_smb_3(old, making.population(StorageAccount)).status == "fail"
    with pytest.raises(NotObservedError):
        files.shares_demand_smb_3(old, making.population(StorageAccount, gap="denied"))


def test_pools_that_may_have_addresses_on_the_internet() -> None:
    cluster = making.cluster(public_pools=("games",))
    assert containers.cluster_nodes_are_private(cluster, approved=("games",)).status == "pass"
