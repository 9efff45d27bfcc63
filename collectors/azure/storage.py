"""Storage accounts from Resource Graph, and what only Resource Manager says of their blob service."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from collectors.azure.operations import Query, Read
from collectors.azure.parts import part_of
from collectors.azure.reading import Answer, arm_id, subscription_of
from collectors.azure.rows import itself
from collectors.azure.source import AzureSubscription, AzureTenant
from core.plugins import collector
from core.resource import Unobserved, unobserved
from core.resources.azure.storage import BlobService, FileService, Retention, StorageAccount

VERSION = "2023-05-01"
ACCOUNTS = Query(
    "microsoft.storage/storageaccounts",
    "Microsoft.Storage/storageAccounts/read",
    {
        "created": "properties.creationTime",
        "https_only": "properties.supportsHttpsTrafficOnly",
        "minimum_tls": "properties.minimumTlsVersion",
        "source_of_key": "properties.encryption.keySource",
        "encrypted_twice": "properties.encryption.requireInfrastructureEncryption",
        "public_blobs": "properties.allowBlobPublicAccess",
        "public": "properties.publicNetworkAccess",
        "default_action": "properties.networkAcls.defaultAction",
        "ip_rules": "properties.networkAcls.ipRules",
        "shared_keys": "properties.allowSharedKeyAccess",
        "to_others": "properties.allowCrossTenantReplication",
        "first_made": "properties.keyCreationTime.key1",
        "second_made": "properties.keyCreationTime.key2",
    },
)
LIST_ACCOUNTS = Read(
    "{scope}/providers/Microsoft.Storage/storageAccounts", VERSION, "Microsoft.Storage/storageAccounts/read"
)
BLOB_SERVICE = Read("{scope}/blobServices/default", VERSION, "Microsoft.Storage/storageAccounts/blobServices/read")
FILE_SERVICE = Read("{scope}/fileServices/default", VERSION, "Microsoft.Storage/storageAccounts/fileServices/read")
WITHOUT_BLOBS = frozenset({"FileStorage"})
"""Kinds of accounts that have no blob service."""
SMB = "SMB2.1;SMB3.0;SMB3.1.1"
WITHOUT_FILES = frozenset({"BlobStorage", "BlockBlobStorage"})
"""Kinds of accounts that have no file service."""


@collector(permissions=(ACCOUNTS,))
def accounts(tenant: AzureTenant) -> Iterator[StorageAccount]:
    """Every storage account. What was never set has the default that Azure documents."""
    for row in tenant.rows(ACCOUNTS):
        yield StorageAccount(
            **itself(row),
            created=row.moment("created"),
            https_only=row.flag("https_only"),
            minimum_tls=row.text("minimum_tls", absent="TLS1_0"),
            key_source=row.text("source_of_key"),
            encrypted_twice=row.flag("encrypted_twice", absent=False),
            public_blobs=row.flag("public_blobs", absent=None),
            public=_public(row),
            default_action=row.text("default_action", absent="Allow"),
            ranges=row.each("ip_rules", lambda each: each.must("value")),
            shared_keys=row.flag("shared_keys", absent=True),
            to_other_tenants=row.flag("to_others", absent=None),
            keys_made=_keys_made(row),
        )


@collector(permissions=(LIST_ACCOUNTS, BLOB_SERVICE))
def blob_services(subscription: AzureSubscription) -> Iterator[BlobService]:
    """The blob service of every storage account that has one: what becomes of what is deleted."""
    found = [each for each in subscription.listed(LIST_ACCOUNTS) if each.must("kind") not in WITHOUT_BLOBS]
    yield from subscription.each(lambda each: _blob_service(subscription, each.must("id")), found)


@collector(permissions=(LIST_ACCOUNTS, FILE_SERVICE))
def file_services(subscription: AzureSubscription) -> Iterator[FileService]:
    """The file service of every storage account that has one: what becomes of deleted shares, and how files are
    fetched."""
    found = [each for each in subscription.listed(LIST_ACCOUNTS) if each.must("kind") not in WITHOUT_FILES]
    yield from subscription.each(lambda each: _file_service(subscription, each.must("id")), found)


def _public(row: Answer) -> bool:
    """`SecuredByPerimeter` leaves it to a network security perimeter, of which we know nothing."""
    said: bool = row.switch("public", absent=True)
    return said


def _keys_made(row: Answer) -> tuple[datetime, ...]:
    made = [row.moment(place) for place in ("first_made", "second_made")]
    unseen = [each for each in made if isinstance(each, Unobserved)]
    found: tuple[datetime, ...] = unseen[0] if unseen else tuple(made)  # type: ignore[assignment] # a whole field
    return found


def _blob_service(subscription: AzureSubscription, account: str) -> BlobService:
    said = subscription.look(lambda: subscription.ask(BLOB_SERVICE, account))
    about = {"id": arm_id(account), "subscription": subscription_of(account)}
    if isinstance(said, Unobserved):  # one account that keeps us out must not hide the others
        unseen = unobserved(said.reason)
        hidden = dict.fromkeys(("deleted_blobs", "deleted_containers", "deleted_for_good", "versions"), unseen)
        return BlobService(**about, **hidden)
    return BlobService(
        **about,
        deleted_blobs=_retention(said, "properties.deleteRetentionPolicy"),
        deleted_containers=_retention(said, "properties.containerDeleteRetentionPolicy"),
        deleted_for_good=said.flag("properties.deleteRetentionPolicy.allowPermanentDelete", absent=False),
        versions=said.flag("properties.isVersioningEnabled", absent=False),
    )


def _file_service(subscription: AzureSubscription, account: str) -> FileService:
    """What was never set takes all versions (learn.microsoft.com/azure/storage/files/files-smb-protocol)."""
    said = subscription.look(lambda: subscription.ask(FILE_SERVICE, account))
    return FileService(
        id=arm_id(account),
        subscription=subscription_of(account),
        deleted_shares=part_of(said, lambda found: _retention(found, "properties.shareDeleteRetentionPolicy")),
        smb=part_of(
            said, lambda found: part_of(found.text("properties.protocolSettings.smb.versions", absent=SMB), _versions)
        ),
    )


def _versions(text: str) -> tuple[str, ...]:
    return tuple(each for each in (text or SMB).split(";") if each)


def _retention(said: Answer, place: str) -> Retention:
    return Retention(
        enabled=said.flag(f"{place}.enabled", absent=False), days=said.number(f"{place}.days", absent=None)
    )
