"""What is backed up in vaults of Recovery Services, for how long, and what the vaults themselves withstand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from collectors.azure.operations import Query
from collectors.azure.parts import part_of
from collectors.azure.reading import Answer
from collectors.azure.rows import itself, where
from collectors.azure.source import AzureTenant
from core.plugins import collector
from core.resource import Unobserved, unobserved
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
STATES = frozenset({
    "Invalid", "IRPending", "Protected", "ProtectionError", "ProtectionStopped", "ProtectionPaused", "BackupsSuspended",
    "ConfiguringProtection", "ConfiguringProtectionFailed", "ProtectionConfigured", "SoftDeleting", "SoftDeleted",
})  # fmt: skip
"""Of both states (learn.microsoft.com/rest/api/backup/protected-items/get: `ProtectionState`;
learn.microsoft.com/azure/backup/query-backups-using-azure-resource-graph)."""
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
            state=row.word("state_now" if row.value("state_now") else "state", STATES),
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
            days=_longest(days),
        )


@collector(permissions=(VAULTS,))
def backup_vaults(tenant: AzureTenant) -> Iterator[BackupVault]:
    """Every vault of Recovery Services, and what becomes of what is deleted there."""
    for row in tenant.rows(VAULTS):
        yield BackupVault(
            **itself(row), soft_delete=row.text("soft_delete"), immutable=row.text("immutable", absent="Disabled")
        )


def _kept(found: Answer, place: str) -> Iterator[Any]:
    """For how many days the copies of each schedule are kept; unobserved where the words are not known."""
    for name in (place, *(f"{place}.{schedule}" for schedule in SCHEDULES)):
        duration = f"{name}.retentionDuration"
        if found.has(duration):
            count, unit = found.number(f"{duration}.count"), found.word(f"{duration}.durationType", DAYS)
            yield count if isinstance(count, Unobserved) else part_of(unit, lambda word: count * DAYS[word])  # noqa: B023 - at once


def _longest(days: Sequence[Any]) -> Any:
    """Of a schedule that nobody can read it may be the longest."""
    if not days:
        return unobserved("Azure says of no schedule how long copies are kept")
    hidden = [each for each in days if isinstance(each, Unobserved)]
    return hidden[0] if hidden else max(days)
