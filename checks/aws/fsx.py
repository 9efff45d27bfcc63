"""Checks of FSx: how file systems survive, and what they leave on record. Encryption is not checked: all have it."""

from __future__ import annotations

from datetime import datetime

from checks.aws.backups import backed_up
from checks.aws.our_keys import encrypts_with_ours
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resources.aws.backup import ProtectedResource
from core.resources.aws.fsx import FsxFileSystem
from core.resources.aws.kms import KmsKey


@check(objective="services-survive-failures", severity=Severity.MEDIUM)
def file_system_spans_zones(system: FsxFileSystem, *, exempt: tuple[str, ...] = ()) -> Verdict:
    """A file system lies in more than one availability zone.

    With a single zone, its loss takes the files and everything that works with them. Name in `exempt` those that may.

    Remediation: Make a file system of a *Multi-AZ* type from a backup: the type cannot be changed.
    """
    if system.type == "LUSTRE":
        return not_applicable(f"{system.name} is of Lustre, which always lies in one zone")
    if {system.name, system.id} & set(exempt):
        return not_applicable(f"{system.name} is exempt by a setting")
    if system.deployment.startswith("MULTI_AZ"):
        return passed(f"{system.name} is of type {system.deployment}")
    return failed(f"{system.name} is of type {system.deployment}, in one zone")


@check(objective="data-is-backed-up", severity=Severity.MEDIUM)
def file_system_is_backed_up(
    system: FsxFileSystem,
    protected: Population[ProtectedResource],
    *,
    as_of: datetime,
    days: int = 7,
    kept: int = 7,
) -> Verdict:
    """A file system has automatic backups that are kept long enough, or is backed up by AWS Backup.

    Snapshots within a file system go with it.

    Remediation: `aws fsx update-file-system --file-system-id …`, with `AutomaticBackupRetentionDays` of its type.
    """
    if system.backup_days is None:
        return not_applicable(f"{system.name} is of type {system.deployment}, for data that may be lost")
    itself = f"keeps automatic backups for {system.backup_days} days" if system.backup_days >= kept else ""
    return backed_up(system.name, system.id, by_itself=itself, protected=protected, as_of=as_of, days=days)


@check(objective="use-is-logged", severity=Severity.LOW)
def file_access_is_logged(system: FsxFileSystem) -> Verdict:
    """A Windows file system logs who opened which file.

    Without that log nobody can say who read, changed or deleted a file.

    Remediation: *File access auditing*, *Manage*, for successful and failed attempts.
    """
    if system.audits is None:
        return not_applicable(f"{system.name} is of {system.type}, which FSx cannot audit")
    if system.audits == "DISABLED":
        return failed(f"{system.name} logs no access to files")
    return passed(f"{system.name} logs access to files: {system.audits}")


@check(objective="assets-are-labelled", severity=Severity.LOW)
def tags_reach_backups(system: FsxFileSystem) -> Verdict:
    """A file system hands its tags on to its backups.

    A backup without labels has no owner and no class, and rules that go by tags miss it.

    Remediation: Set `CopyTagsToBackups`, where the type allows when it is made, or when it is updated.
    """
    if system.tags_backups is None:
        return not_applicable(f"{system.name} of {system.type} has no such setting")
    if system.tags_backups:
        return passed(f"{system.name} copies its tags to backups")
    return failed(f"{system.name} does not copy its tags to backups")


@check(objective="assets-are-labelled", severity=Severity.LOW)
def tags_reach_volumes(system: FsxFileSystem) -> Verdict:
    """A file system hands its tags on to its volumes.

    A volume without labels has no owner and no class.

    Remediation: `aws fsx update-file-system --file-system-id … --open-zfs-configuration CopyTagsToVolumes=true`.
    """
    if system.tags_volumes is None:
        return not_applicable(f"{system.name} of {system.type} has no such setting")
    if system.tags_volumes:
        return passed(f"{system.name} copies its tags to volumes")
    return failed(f"{system.name} does not copy its tags to volumes")


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def file_system_uses_our_key(system: FsxFileSystem, keys: Population[KmsKey]) -> Verdict:
    """A file system is encrypted with a key that we control.

    FSx encrypts all. With a key of ours, access can be taken away from everybody at once, and its use is on record.

    Remediation: Make a file system with a key of your own from a backup: the key cannot be changed.
    """
    return encrypts_with_ours(system.name, system.key, keys)
