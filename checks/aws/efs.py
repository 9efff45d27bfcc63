"""Checks of EFS: who mounts a file system, and how its data is kept."""

from __future__ import annotations

from datetime import datetime

from checks.aws.backups import backed_up
from checks.aws.our_keys import encrypts_with_ours
from checks.aws.policies import denies_plain_text, everybody_may
from checks.cloud.encryption import is_encrypted
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resources.aws.backup import ProtectedResource
from core.resources.aws.efs import EfsAccessPoint, EfsFileSystem
from core.resources.aws.kms import KmsKey
from core.resources.aws.policy import Condition

THROUGH_A_MOUNT_TARGET = "elasticfilesystem:accessedviamounttarget"


@check(objective="data-at-rest-is-encrypted", severity=Severity.HIGH)
def file_system_is_encrypted(system: EfsFileSystem) -> Verdict:
    """A file system is encrypted.

    EFS leaves it to whoever makes a file system by the API, and it cannot be changed later.

    Remediation: Make an encrypted file system, and move the files with DataSync or a restore from AWS Backup.
    """
    return is_encrypted(
        system.name, on=system.encrypted, key=(system.key or "a key of AWS") if system.encrypted else ""
    )


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def file_system_uses_our_key(system: EfsFileSystem, keys: Population[KmsKey]) -> Verdict:
    """A file system is encrypted with a key that we control.

    With a key of ours, mounting needs a second permission that we give and take, and leaves a record.

    Remediation: Make a file system with a key of your own, and move the files.
    """
    if not system.encrypted:
        return not_applicable(f"{system.name} is not encrypted at all")
    return encrypts_with_ours(system.name, system.key, keys)


@check(objective="data-is-not-public", severity=Severity.CRITICAL)
def file_system_is_not_public(system: EfsFileSystem) -> Verdict:
    """A file system's policy does not let in everybody who asks.

    Without a policy, and with one that asks for a mount target, only networks that reach the mount target get in.

    Remediation: Add to the statement for all principals the condition
    `elasticfilesystem:AccessedViaMountTarget`, or name the roles that mount.
    """
    everybody = [
        each for each in everybody_may(system.statements) if not any(_is_near(test) for test in each.conditions)
    ]
    if everybody:
        return failed(f"the policy of {system.name} lets everybody in")
    if not system.statements:
        return passed(f"{system.name} has no policy: whoever reaches a mount target gets in, and nobody else")
    return passed(f"the policy of {system.name} lets not everybody in")


@check(objective="permissions-are-least", severity=Severity.MEDIUM)
def file_system_asks_who_mounts(system: EfsFileSystem) -> Verdict:
    """A file system lets in named identities, not every client that reaches it.

    Without a policy EFS gives every client that reaches a mount target everything, also as root.

    Remediation: *File system policy*, with *Prevent anonymous access*; let clients mount with `-o tls,iam`.
    """
    if not system.statements:
        return failed(f"{system.name} has no policy: every client that reaches a mount target may do everything")
    if everybody_may(system.statements):
        return failed(f"the policy of {system.name} lets in clients without asking who they are")
    return passed(f"the policy of {system.name} lets in only those whom it names or confines")


@check(objective="data-in-transit-is-protected", severity=Severity.MEDIUM)
def file_system_needs_tls(system: EfsFileSystem) -> Verdict:
    """A file system refuses clients without TLS.

    NFS itself sends every file in the clear.

    Remediation: *File system policy*, *Enforce in-transit encryption for all clients*; mount with `-o tls`.
    """
    if denies_plain_text(system.statements, "elasticfilesystem", (system.id,)):
        return passed(f"{system.name} refuses clients without TLS")
    return failed(f"no statement of {system.name} refuses all clients without TLS")


@check(objective="services-survive-failures", severity=Severity.MEDIUM)
def file_system_spans_zones(system: EfsFileSystem) -> Verdict:
    """A file system, and the way to it, lie in more than one availability zone.

    A *One Zone* file system is gone with its zone; with a single mount target, the way to the data is.

    Remediation: Make a *Regional* file system, with a mount target in each zone that has clients.
    """
    if system.zone:
        return failed(f"{system.name} lies in {system.zone} alone")
    if len(system.mounted_from) == 1:
        return failed(f"{system.name} has a mount target in {system.mounted_from[0]} alone")
    if not system.mounted_from:
        return passed(f"{system.name} lies in several zones, and nobody mounts it")
    return passed(f"{system.name} lies in several zones, with mount targets in {', '.join(system.mounted_from)}")


@check(objective="data-is-backed-up", severity=Severity.MEDIUM)
def file_system_is_backed_up(
    system: EfsFileSystem, protected: Population[ProtectedResource], *, as_of: datetime, days: int = 7
) -> Verdict:
    """A file system is backed up, by automatic backups or by a plan of AWS Backup.

    EFS keeps no versions: what is deleted is gone.

    Remediation: `aws efs put-backup-policy --file-system-id … --backup-policy Status=ENABLED`.
    """
    itself = "has automatic backups" if system.backs_itself_up else ""
    return backed_up(system.name, system.id, by_itself=itself, protected=protected, as_of=as_of, days=days)


@check(objective="permissions-are-least", severity=Severity.LOW)
def access_point_shows_one_directory(point: EfsAccessPoint) -> Verdict:
    """An access point shows one directory, not the whole file system.

    Programs that share a file system should not see each other's files.

    Remediation: Make an access point with a *Root directory path*: it cannot be changed later.
    """
    if point.path == "/":
        return failed(f"{point.name} shows all of {point.file_system}")
    return passed(f"{point.name} shows {point.path}")


@check(objective="permissions-are-least", severity=Severity.LOW)
def access_point_says_who_clients_are(point: EfsAccessPoint) -> Verdict:
    """An access point makes one POSIX user of all its clients, and not root.

    Otherwise a client says itself who it is, and every client can say that it is root.

    Remediation: Make an access point with a *POSIX user*: it cannot be changed later.
    """
    if point.user is None:
        return failed(f"{point.name} lets clients say who they are")
    if point.user == 0:
        return failed(f"{point.name} makes clients root")
    return passed(f"{point.name} makes clients user {point.user}")


def _is_near(condition: Condition) -> bool:
    """Whether a condition holds only for clients that come through a mount target."""
    holds = tuple(value.lower() for value in condition.values) == ("true",)
    return condition.operator.lower() == "bool" and condition.key == THROUGH_A_MOUNT_TARGET and holds
