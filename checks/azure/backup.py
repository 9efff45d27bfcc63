"""Checks of backups."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.azure.backup import BackupItem, BackupPolicy, BackupVault
from core.resources.azure.compute import VirtualMachine

PROTECTED = frozenset({"protected", "protectionconfigured"})


@check(objective="data-is-backed-up", severity=Severity.MEDIUM)
def machine_is_backed_up(
    machine: VirtualMachine,
    items: Population[BackupItem],
    *,
    as_of: datetime,
    most_days: int = 2,
    approved: tuple[str, ...] = (),
) -> Verdict:
    """A virtual machine is backed up, and its newest copy is not old.

    What is not backed up is gone with the machine, or with whoever encrypts it. Only Azure Backup is known here: name
    machines that are backed up otherwise, or can be made anew, in the setting `approved`, by name.

    Remediation: *Backup* of the machine; `az backup protection enable-for-vm`; `azurerm_backup_protected_vm`.
    """
    if machine.name in approved:
        return not_applicable(f"{machine.name} need not be backed up by Azure")
    copies = [each for _, each in items.having(machine.id, by="protects")]
    kept = [each.latest_copy for each in copies if each.state.lower() in PROTECTED and each.latest_copy is not None]
    newest = max(kept, default=None)
    if newest is not None and newest >= as_of - timedelta(days=most_days):
        return passed(f"the newest copy of {machine.name} is of {newest:%Y-%m-%d}")
    items.here.require_all("protects")
    if newest is not None:
        return failed(f"the newest copy of {machine.name} is of {newest:%Y-%m-%d}, more than {most_days} days before")
    if copies:
        return failed(f"there is no copy of {machine.name}, whose backup is {copies[0].state}")
    return failed(f"{machine.name} is not backed up")


@check(objective="data-is-backed-up", severity=Severity.MEDIUM)
def copies_are_kept(policy: BackupPolicy, items: Population[BackupItem], *, days: int = 30) -> Verdict:
    """What a policy backs up is kept for long enough.

    What was encrypted or falsified in silence is noticed after weeks, when every copy that is left is of the spoilt
    one. The copy that is kept longest counts: daily, weekly, monthly or yearly.

    Remediation: *Backup policies*, *Retention range*; `az backup policy set`; `retention_daily` of
    `azurerm_backup_policy_vm`.
    """
    if not items.having(policy.id, by="policy"):
        items.here.require_all("policy")
        return not_applicable(f"nothing is backed up by {policy.name}")
    if policy.days >= days:
        return passed(f"{policy.name} keeps copies for {policy.days} days")
    return failed(f"{policy.name} keeps copies for {policy.days} days, not for {days}")


@check(objective="deletions-can-be-undone", severity=Severity.HIGH)
def vault_keeps_deleted_copies(vault: BackupVault) -> Verdict:
    """Copies that somebody deletes from a vault are kept for some days.

    Extortionists delete the copies first.

    Remediation: *Properties*, *Security settings*, *Soft delete*; `az backup vault backup-properties set
    --soft-delete-feature-state AlwaysOn`; `soft_delete_enabled` of `azurerm_recovery_services_vault`.
    """
    match vault.soft_delete.lower():
        case "enabled" | "alwayson":
            return passed(f"{vault.name} keeps deleted copies ({vault.soft_delete})")
        case "disabled":
            return failed(f"copies that are deleted from {vault.name} are gone at once")
        case _:
            return unknown(f"Azure says of {vault.name} that soft deletion is {vault.soft_delete}")


@check(objective="deletions-can-be-undone", severity=Severity.LOW)
def vault_is_immutable(vault: BackupVault) -> Verdict:
    """Copies in a vault cannot be deleted or shortened before their time.

    Otherwise whoever administers the vault, or took over who does, can end all that is kept there.

    Remediation: *Properties*, *Immutable vault*, then *Lock*; `az backup vault update --immutability-state Locked`;
    `immutability` of `azurerm_recovery_services_vault`.
    """
    match vault.immutable.lower():
        case "locked":
            return passed(f"copies in {vault.name} stand until their time, and nobody can change that")
        case "unlocked":
            return failed(f"copies in {vault.name} stand until their time, and who administers it can change that")
        case "disabled":
            return failed(f"copies in {vault.name} can be deleted before their time")
        case _:
            return unknown(f"Azure says of {vault.name} that its immutability is {vault.immutable}")
