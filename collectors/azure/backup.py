"""What is backed up in vaults of Recovery Services."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.azure.operations import Query
from collectors.azure.rows import where
from collectors.azure.source import AzureTenant
from core.plugins import collector
from core.resources.azure.backup import BackupItem

ITEMS = Query(
    "microsoft.recoveryservices/vaults/backupfabrics/protectioncontainers/protecteditems",
    "Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems/read",
    {
        "protects": "properties.sourceResourceId",
        "state": "properties.protectionState",
        "latest_copy": "properties.lastRecoveryPoint",
    },
    common=(),
    table="recoveryservicesresources",
)


@collector(permissions=(ITEMS,))
def backup_items(tenant: AzureTenant) -> Iterator[BackupItem]:
    """Everything that is backed up in a vault of Recovery Services, with its newest copy."""
    for row in tenant.rows(ITEMS):
        yield BackupItem(
            **where(row),
            protects=row.link("protects"),
            state=row.text("state"),
            latest_copy=row.moment("latest_copy", absent=None),
        )
