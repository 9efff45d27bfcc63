"""Checks of the file services of storage accounts."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.population import Population
from core.resources.azure.storage import FileService, StorageAccount

OLD = "SMB2"


@check(objective="deletions-can-be-undone", severity=Severity.MEDIUM)
def deleted_shares_are_kept(service: FileService, *, days: int = 7) -> Verdict:
    """File shares that are deleted are kept for some days.

    A mistake or an extortionist deletes in minutes; it is noticed days later.

    Remediation: *File shares*, *Soft delete*; `az storage account file-service-properties update
    --enable-delete-retention true --delete-retention-days 7`; `share_properties { retention_policy }` in Terraform.
    """
    kept = service.deleted_shares
    if kept.enabled and kept.days is not None and kept.days >= days:
        return passed(f"deleted shares of {_account(service)} are kept for {kept.days} days")
    return failed(f"deleted shares of {_account(service)} are not kept for {days} days")


@check(objective="systems-are-hardened", severity=Severity.LOW)
def shares_demand_smb_3(service: FileService, accounts: Population[StorageAccount]) -> Verdict:
    """File shares are fetched by SMB 3 only.

    SMB 2.1 cannot encrypt: whoever is in between reads along. An account that demands secure transfer refuses it
    whatever is set here.

    Remediation: *File shares*, *Security*, *Maximum security* or a profile without SMB 2.1; `az storage account
    file-service-properties update --versions "SMB3.0;SMB3.1.1"`; `share_properties { smb { versions } }` in Terraform.
    """
    old = [each for each in service.smb if each.upper().startswith(OLD)]
    if not old:
        return passed(f"shares of {_account(service)} are fetched by {', '.join(service.smb)} only")
    account = accounts.get(service.id)
    if account is not None and account.https_only:
        return passed(f"{_account(service)} demands secure transfer, which {', '.join(old)} is not")
    return failed(f"shares of {_account(service)} are fetched by {', '.join(old)} as well")


def _account(service: FileService) -> str:
    return service.id.rpartition("/")[2]
