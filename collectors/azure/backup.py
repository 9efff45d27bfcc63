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
        "state_now": "properties.currentProtectionState",
        "latest_copy": "properties.lastRecoveryPoint",
    },
    common=(),
    table="recoveryservicesresources",
)


@collector(permissions=(ITEMS,))
def backup_items(tenant: AzureTenant) -> Iterator[BackupItem]:
    """Everything that is backed up in a vault of Recovery Services, with its newest copy.

    Resource Graph has a word of its own for the state, which knows of soft deletion, too; the other is Resource
    Manager's (learn.microsoft.com/azure/backup/query-backups-using-azure-resource-graph).
    """
    for row in tenant.rows(ITEMS):
        yield BackupItem(
            **where(row),
            protects=row.link("protects"),
            state=row.text("state_now", absent=None) or row.text("state"),
            latest_copy=row.moment("latest_copy", absent=None),
        )
