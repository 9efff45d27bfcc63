"""Checks of storage accounts: who reaches them and how, whose keys encrypt them, what becomes of what is deleted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from checks.azure.logs import is_logged
from checks.azure.our_keys import encrypted_with_our_key
from checks.azure.reachable import closed_unless_allowed
from checks.azure.versions import at_least_tls_12
from core.model import Severity, Verdict, failed, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.azure.logging import ResourceLogging
from core.resources.azure.storage import BlobService, Retention, StorageAccount

CLOSED_SINCE = datetime(2023, 11, 1, tzinfo=UTC)
"""New accounts let nobody open a container from then on, unless told to; of older ones no word meant that they may."""
KEPT_TOGETHER_SINCE = datetime(2023, 12, 15, tzinfo=UTC)
"""Likewise of copies into other tenants
(learn.microsoft.com/azure/storage/blobs/object-replication-prevent-cross-tenant-policies)."""


@check(objective="data-in-transit-is-protected", severity=Severity.HIGH)
def account_takes_https_only(account: StorageAccount) -> Verdict:
    """A storage account answers over TLS only.

    Without it, whoever is in between reads what is stored, and the signature that opens it.

    Remediation: *Configuration*, *Secure transfer required*; `az storage account update --https-only true`;
    `https_traffic_only_enabled = true` in Terraform.
    """
    if account.https_only:
        return passed(f"{account.name} answers over TLS only")
    return failed(f"{account.name} answers without TLS as well")


@check(objective="cryptography-is-strong", severity=Severity.HIGH)
def account_demands_tls_12(account: StorageAccount) -> Verdict:
    """A storage account demands TLS 1.2 or newer.

    Older versions are broken, and whoever is in between can make both sides use them.

    Remediation: *Configuration*, *Minimum TLS version*; `az storage account update --min-tls-version TLS1_2`;
    `min_tls_version = "TLS1_2"` in Terraform.
    """
    return at_least_tls_12(account.name, account.minimum_tls)


@check(objective="keys-are-under-our-control", severity=Severity.MEDIUM)
def account_is_encrypted_with_our_key(account: StorageAccount) -> Verdict:
    """A storage account is encrypted with a key of ours.

    With a key of Microsoft's alone, nobody but Microsoft can take it away when the data must not be read any more.

    Remediation: *Encryption*, *Customer-managed keys*; `az storage account update --encryption-key-source
    Microsoft.Keyvault`; `customer_managed_key` in Terraform.
    """
    return encrypted_with_our_key(account.name, account.key_source)


@check(objective="data-at-rest-is-encrypted", severity=Severity.LOW)
def account_is_encrypted_twice(account: StorageAccount) -> Verdict:
    """A storage account is encrypted once more below, with another algorithm and another key.

    Every account is encrypted; the second time helps where one algorithm or key turns out to be broken.

    Remediation: It can be chosen only when an account is made: `az storage account create
    --require-infrastructure-encryption true`; `infrastructure_encryption_enabled = true` in Terraform.
    """
    if account.encrypted_twice:
        return passed(f"{account.name} is encrypted twice")
    return failed(f"{account.name} is encrypted once")


@check(objective="data-is-not-public", severity=Severity.CRITICAL)
def account_forbids_public_blobs(account: StorageAccount) -> Verdict:
    """Nobody can open a container of a storage account to everybody.

    One wrong setting of one container, and the world reads it without a name.

    Remediation: *Configuration*, *Allow Blob anonymous access*: Disabled; `az storage account update
    --allow-blob-public-access false`; `allow_nested_items_to_be_public = false` in Terraform.
    """
    if account.public_blobs is True:
        return failed(f"containers of {account.name} may be opened to everybody")
    if account.public_blobs is False:
        return passed(f"no container of {account.name} can be opened to everybody")
    if account.created < CLOSED_SINCE:
        return failed(f"{account.name} of {account.created:%Y-%m-%d} was never told to forbid public containers")
    return unknown(f"Azure does not say whether containers of {account.name} may be opened to everybody")


@check(objective="networks-deny-by-default", severity=Severity.HIGH)
def account_is_closed_to_public_networks(account: StorageAccount) -> Verdict:
    """A storage account answers only networks that are meant to reach it.

    Where every network may ask, a leaked key or link is all that a thief needs.

    Remediation: *Networking*, *Enabled from selected virtual networks and IP addresses*, or *Disabled*;
    `az storage account update --default-action Deny`; `network_rules { default_action = "Deny" }` in Terraform.
    """
    return closed_unless_allowed(account)


@check(objective="workloads-use-short-lived-credentials", severity=Severity.MEDIUM)
def account_refuses_shared_keys(account: StorageAccount) -> Verdict:
    """A storage account takes no shared keys.

    Who has one of the two keys may do everything, is nobody in the logs, and stays until the key is changed.

    Remediation: *Configuration*, *Allow storage account key access*: Disabled, when all programs sign in with Entra;
    `az storage account update --allow-shared-key-access false`; `shared_access_key_enabled = false` in Terraform.
    """
    if account.shared_keys:
        return failed(f"{account.name} takes shared keys")
    return passed(f"{account.name} takes no shared keys")


@check(objective="credentials-are-rotated", severity=Severity.MEDIUM)
def account_keys_are_renewed(account: StorageAccount, *, as_of: datetime, most_days: int = 90) -> Verdict:
    """The shared keys of a storage account are renewed in time.

    They stand in configurations and scripts, and in those of people who left.

    Remediation: *Access keys*, *Rotate key*, one after the other; `az storage account keys renew`; or refuse shared
    keys altogether.
    """
    if not account.shared_keys:
        return passed(f"{account.name} takes no shared keys")
    oldest = min(account.keys_made)
    if oldest >= as_of - timedelta(days=most_days):
        return passed(f"the keys of {account.name} were made on {oldest:%Y-%m-%d} or later")
    return failed(f"a key of {account.name} was made on {oldest:%Y-%m-%d}, more than {most_days} days before")


@check(objective="deletions-can-be-undone", severity=Severity.MEDIUM)
def deleted_blobs_are_kept(service: BlobService, *, days: int = 7) -> Verdict:
    """What is deleted from a storage account is kept for some days, single blobs and whole containers.

    A mistake or an extortionist deletes in minutes; it is noticed days later.

    Remediation: *Data protection*, *Enable soft delete for blobs* and *for containers*; `az storage account
    blob-service-properties update --enable-delete-retention true --delete-retention-days 7
    --enable-container-delete-retention true --container-delete-retention-days 7`; `delete_retention_policy`, without
    `permanent_delete_enabled`, and `container_delete_retention_policy` in Terraform.
    """
    kept = {"blobs": service.deleted_blobs, "containers": service.deleted_containers}
    short = [what for what, retention in kept.items() if not _keeps(retention, days)]
    if short:
        return failed(f"deleted {' and '.join(short)} of {_account(service.id)} are not kept for {days} days")
    if service.deleted_for_good:
        return failed(f"deleted versions and snapshots of {_account(service.id)} are kept, and may be deleted for good")
    return passed(f"deleted blobs and containers of {_account(service.id)} are kept for {days} days or more")


@check(objective="deletions-can-be-undone", severity=Severity.LOW)
def overwritten_blobs_are_kept(service: BlobService) -> Verdict:
    """What is overwritten in a storage account is kept as an older version.

    Whoever encrypts everything overwrites it; to keep what is deleted is no help then.

    Remediation: *Data protection*, *Enable versioning for blobs*; `az storage account blob-service-properties update
    --enable-versioning true`; `versioning_enabled = true` in Terraform.
    """
    if service.versions:
        return passed(f"{_account(service.id)} keeps older versions of blobs")
    return failed(f"{_account(service.id)} keeps no older versions of blobs")


@check(objective="data-leaves-only-as-allowed", severity=Severity.MEDIUM)
def account_copies_nothing_to_other_tenants(account: StorageAccount) -> Verdict:
    """No rule can copy what is in a storage account to another tenant.

    One rule, set by whoever may configure the account, and everything new leaves by itself.

    Remediation: *Object replication*, *Advanced settings*, *Allow cross-tenant replication*: off; `az storage account
    update --allow-cross-tenant-replication false`; `cross_tenant_replication_enabled = false` in Terraform.
    """
    if account.to_other_tenants is True:
        return failed(f"{account.name} may be copied to other tenants")
    if account.to_other_tenants is False:
        return passed(f"{account.name} is copied to no other tenant")
    if account.created < KEPT_TOGETHER_SINCE:
        return failed(f"{account.name} of {account.created:%Y-%m-%d} was never told not to be copied to other tenants")
    return unknown(f"Azure does not say whether {account.name} may be copied to other tenants")


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def blob_use_is_logged(service: BlobService, logging: Population[ResourceLogging]) -> Verdict:
    """Who reads, writes and deletes blobs is written down.

    Without it nobody can say what left.

    Remediation: *Diagnostic settings*, *blob*, with StorageRead, StorageWrite and StorageDelete;
    `az monitor diagnostic-settings create --resource …/blobServices/default`; `azurerm_monitor_diagnostic_setting`.
    """
    wanted = ("StorageRead", "StorageWrite", "StorageDelete")
    return is_logged(_account(service.id), f"{service.id}/blobservices/default", logging, wanted)


def _keeps(retention: Retention, days: int) -> bool:
    return retention.enabled and retention.days is not None and retention.days >= days


def _account(path: str) -> str:
    return path.rpartition("/")[2]
