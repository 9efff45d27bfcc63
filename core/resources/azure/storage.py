"""Storage accounts, and their blob and file services."""

from __future__ import annotations

from datetime import datetime

from core.resource import Observed, Resource, part, resource


@resource("azure_storage_account")
class StorageAccount(Resource):
    """A storage account."""

    id: str
    name: str
    location: str
    subscription: str
    created: datetime
    https_only: bool
    minimum_tls: str
    """`TLS1_0` where it was never set."""
    key_source: str
    """Whose key encrypts it: `Microsoft.Storage`, or `Microsoft.Keyvault` for one of ours."""
    encrypted_twice: bool
    public_blobs: bool | None
    """Containers may be opened to everybody. `None` where it was never set."""
    public: bool
    """Its address answers the internet at all (`publicNetworkAccess`)."""
    default_action: str
    """What happens to networks that no rule names: `Allow` or `Deny`."""
    ranges: tuple[str, ...]
    """Addresses, and ranges of them, that rules let in."""
    shared_keys: bool
    """Whoever has one of its two keys may do everything."""
    to_other_tenants: bool | None
    """Its containers may be copied into accounts of other tenants by themselves. `None` where it was never set."""
    keys_made: tuple[datetime, ...]
    """When its keys were made. Azure does not know it of keys from before 2021."""


@part
class Retention(Observed):
    """For how long something deleted is kept."""

    enabled: bool
    days: int | None


@resource("azure_blob_service")
class BlobService(Resource):
    """The blob service of a storage account. The id is that of the account."""

    id: str
    subscription: str
    deleted_blobs: Retention
    deleted_containers: Retention
    deleted_for_good: bool
    """Deleted versions and snapshots that are kept may be deleted once more, and are then gone."""
    versions: bool


@resource("azure_file_service")
class FileService(Resource):
    """The file service of a storage account. The id is that of the account."""

    id: str
    subscription: str
    deleted_shares: Retention
    smb: tuple[str, ...]
    """Versions of SMB that it takes: `SMB2.1`, `SMB3.0`, `SMB3.1.1`."""
