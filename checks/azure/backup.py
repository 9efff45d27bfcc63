"""Checks of backups."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resources.azure.backup import BackupItem
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
