"""What is backed up in vaults of Recovery Services, for how long, and what the vaults themselves withstand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from collectors.azure.operations import Query
from collectors.azure.reading import Answer
from collectors.azure.rows import itself, where
from collectors.azure.source import AzureTenant
from core.plugins import collector
from core.resource import unobserved
from core.resources.azure.backup import BackupItem, BackupPolicy, BackupVault

ITEMS = Query(
    "microsoft.recoveryservices/vaults/backupfabrics/protectioncontainers/protecteditems",
    "Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems/read",
    {
        "protects": "properties.sourceResourceId",
        "state": "properties.protectionState",
        "state_now": "properties.currentProtectionState",
        "latest_copy": "properties.lastRecoveryPoint",
        "policy": "properties.policyId",
    },
    common=(),
    table="recoveryservicesresources",
)
SCHEDULES = ("dailySchedule", "weeklySchedule", "monthlySchedule", "yearlySchedule")
POLICIES = Query(
    "microsoft.recoveryservices/vaults/backuppolicies",
    "Microsoft.RecoveryServices/vaults/backupPolicies/read",
    {
        "kept": "properties.retentionPolicy",
        "parts": "properties.subProtectionPolicy",
    },
    common=("name",),
    table="recoveryservicesresources",
)
VAULTS = Query(
    "microsoft.recoveryservices/vaults",
    "Microsoft.RecoveryServices/vaults/read",
    {
        "soft_delete": "properties.securitySettings.softDeleteSettings.softDeleteState",
        "immutable": "properties.securitySettings.immutabilitySettings.state",
    },
)
DAYS = {"days": 1, "weeks": 7, "months": 30, "years": 365}
"""How long each unit of a retention is, in days."""


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
            state=row.text("state_now" if row.value("state_now") else "state"),
            latest_copy=row.moment("latest_copy", absent=None),
            policy=row.link("policy"),
        )


@collector(permissions=(POLICIES,))
def backup_policies(tenant: AzureTenant) -> Iterator[BackupPolicy]:
    """Every policy by which things are backed up, and for how long the copy is kept that is kept longest.

    Those of databases in machines have a part for each kind of copy, of which the whole copies count
    (learn.microsoft.com/rest/api/backup/protection-policies/get: `RetentionPolicy`, `SubProtectionPolicy`).
    """
    for row in tenant.rows(POLICIES):
        whole = [each for each in row.parts("parts") if str(each.value("policyType")).lower() == "full"]
        places = [(row, "kept"), *((each, "retentionPolicy") for each in whole)]
        days = [found for each, place in places for found in _kept(each, place)]
        yield BackupPolicy(
            **where(row),
            name=row.must("name"),
            days=max(days) if days else unobserved("Azure says of no schedule how long copies are kept"),
        )


@collector(permissions=(VAULTS,))
def backup_vaults(tenant: AzureTenant) -> Iterator[BackupVault]:
    """Every vault of Recovery Services, and what becomes of what is deleted there."""
    for row in tenant.rows(VAULTS):
        yield BackupVault(
            **itself(row), soft_delete=row.text("soft_delete"), immutable=row.text("immutable", absent="Disabled")
        )


def _kept(found: Answer, place: str) -> Iterator[int]:
    """For how many days the copies of each schedule are kept; nothing for one whose words are not known."""
    for name in (place, *(f"{place}.{schedule}" for schedule in SCHEDULES)):
        count: Any = found.number(f"{name}.retentionDuration.count")
        unit = str(found.value(f"{name}.retentionDuration.durationType")).lower()
        if isinstance(count, int) and unit in DAYS:
            yield count * DAYS[unit]
