"""Checks of where logs go, for how long they are kept, and who can touch them there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checks.azure.logs import EVERYTHING, not_sent
from checks.azure.storage import account_forbids_public_blobs, account_is_encrypted_with_our_key
from core.model import Severity, Status, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resource import NotObservedError
from core.resources.azure.logging import ActivityLog, DirectoryLog, Lock, LogWorkspace
from core.resources.azure.storage import StorageAccount

OF_ACTIVITY = ("Administrative", "Security", "Alert", "Policy")
OF_THE_DIRECTORY = ("AuditLogs", "SignInLogs")
WORST_FIRST = (Status.FAIL, Status.UNKNOWN, Status.PASS)
KEEPING = frozenset({"cannotdelete", "readonly"})
"""Levels of a lock that keep something from being deleted."""


@check(objective="logs-are-collected-centrally", severity=Severity.CRITICAL)
def activity_log_leaves_its_subscription(log: ActivityLog) -> Verdict:
    """What people do to a subscription is sent to where it is kept.

    Azure itself forgets it after 90 days.

    Remediation: *Activity log*, *Export Activity Logs*, with Administrative, Security, Alert and Policy;
    `az monitor diagnostic-settings subscription create`; `azurerm_monitor_diagnostic_setting` of the subscription.
    """
    lacking = not_sent(log.settings, OF_ACTIVITY, (EVERYTHING,))
    if not log.settings:
        return failed(f"no diagnostic setting sends the activity log of {log.id} anywhere")
    if lacking:
        return failed(f"no diagnostic setting of {log.id} sends {', '.join(lacking)}")
    return passed(f"the activity log of {log.id} is sent by {', '.join(each.name for each in log.settings)}")


@check(objective="logs-are-collected-centrally", severity=Severity.HIGH)
def directory_log_leaves_the_directory(log: DirectoryLog) -> Verdict:
    """Who signs in to the directory, and who changes it, is sent to where it is kept.

    Entra itself forgets it after 30 days at most.

    Remediation: *Microsoft Entra ID*, *Diagnostic settings*, with AuditLogs and SignInLogs;
    `azurerm_monitor_aad_diagnostic_setting` in Terraform.
    """
    lacking = not_sent(log.settings, OF_THE_DIRECTORY, (EVERYTHING,))
    if lacking:
        return failed(f"no diagnostic setting of the directory sends {', '.join(lacking)}")
    return passed(f"the logs of the directory are sent by {', '.join(each.name for each in log.settings)}")


@check(objective="logs-are-kept", severity=Severity.MEDIUM)
def workspace_keeps_logs(workspace: LogWorkspace, *, days: int = 90) -> Verdict:
    """A workspace keeps logs for long enough.

    Thefts are noticed after months.

    Remediation: *Usage and estimated costs*, *Data Retention*; `az monitor log-analytics workspace update
    --retention-time 90`; `retention_in_days` in Terraform.
    """
    if workspace.retention_days >= days:
        return passed(f"{workspace.name} keeps logs for {workspace.retention_days} days")
    return failed(f"{workspace.name} keeps logs for {workspace.retention_days} days, not for {days}")


@check(objective="logs-are-protected", severity=Severity.HIGH)
def log_storage_is_not_public(log: ActivityLog, accounts: Population[StorageAccount]) -> Verdict:
    """Nobody can open the storage account that keeps an activity log to everybody.

    Whoever reads the log learns who acts in the subscription, and how.

    Remediation: *Configuration* of the account, *Allow Blob anonymous access*: Disabled; `az storage account update
    --allow-blob-public-access false`.
    """
    stores = _stores(log)
    if not stores:
        return not_applicable(f"the activity log of {log.id} goes to no storage account")
    return _of_all(account_forbids_public_blobs(each) for each in _found(stores, accounts))


@check(objective="logs-are-protected", severity=Severity.LOW)
def log_storage_is_encrypted_with_our_key(log: ActivityLog, accounts: Population[StorageAccount]) -> Verdict:
    """The storage account that keeps an activity log is encrypted with a key of ours.

    Then to read the log takes a right to the key as well.

    Remediation: *Encryption* of the account, *Customer-managed keys*; `az storage account update
    --encryption-key-source Microsoft.Keyvault`.
    """
    stores = _stores(log)
    if not stores:
        return not_applicable(f"the activity log of {log.id} goes to no storage account")
    return _of_all(account_is_encrypted_with_our_key(each) for each in _found(stores, accounts))


@check(objective="logs-are-protected", severity=Severity.MEDIUM)
def log_storage_is_locked(log: ActivityLog, locks: Population[Lock]) -> Verdict:
    """The storage account that keeps an activity log cannot be deleted in one step.

    Whoever hides his traces deletes the log first.

    Remediation: *Locks* of the account, *Delete*; `az lock create --lock-type CanNotDelete`;
    `azurerm_management_lock`.
    """
    stores = _stores(log)
    if not stores:
        return not_applicable(f"the activity log of {log.id} goes to no storage account")
    free = [each for each in stores if not any(_keeps(locks, scope) for scope in _above(each))]
    if not free:
        return passed(f"{', '.join(map(_name, stores))} is locked")
    locks.require_all("scope")
    return failed(f"no lock keeps {', '.join(map(_name, free))}, which keeps the activity log, from being deleted")


def _of_all(verdicts: Iterable[Verdict]) -> Verdict:
    """What is said of several storage accounts together: the worst, of those of which it is true."""
    found = list(verdicts)
    worst = next(status for status in WORST_FIRST if any(each.status is status for each in found))
    said = "; ".join(each.reason for each in found if each.status is worst)
    return Verdict(worst, f"where the activity log is kept: {said}")


def _keeps(locks: Population[Lock], scope: str) -> bool:
    return any(each.level.lower() in KEEPING for _, each in locks.having(scope, by="scope"))


def _stores(log: ActivityLog) -> list[str]:
    return sorted({each.storage for each in log.settings if each.storage})


def _found(stores: list[str], accounts: Population[StorageAccount]) -> Iterator[StorageAccount]:
    """Those storage accounts. Raises `NotObservedError` for one that is nowhere we look."""
    for each in stores:
        account = accounts.get(each)
        if account is None:
            raise NotObservedError(f"{_name(each)} is in no subscription that we look at")
        yield account


def _above(path: str) -> Iterator[str]:
    """A resource, its resource group and its subscription: where a lock would keep it."""
    parts = path.split("/")
    yield path
    yield "/".join(parts[:5])
    yield "/".join(parts[:3])


def _name(path: str) -> str:
    return path.rpartition("/")[2]
