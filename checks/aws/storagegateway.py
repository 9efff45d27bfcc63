"""Checks of Storage Gateway."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.aws.storagegateway import FileShare

EVERYWHERE = ("0.0.0.0/0", "::/0")


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def share_is_encrypted_with_kms(share: FileShare) -> Verdict:
    """The files of a share are encrypted with a key of KMS.

    S3 encrypts them anyway, with keys of its own. A key of KMS is a second permission for whoever would read them.

    Remediation: `aws storagegateway update-nfs-file-share --encryption-type SseKms --kms-key …`, or with `smb`.
    """
    if share.kms:
        return passed(f"{share.name} encrypts with a key of KMS")
    return failed(f"{share.name} encrypts with keys of S3")


@check(objective="data-is-not-public", severity=Severity.HIGH)
def share_asks_who_comes(share: FileShare) -> Verdict:
    """A share is not for every address, nor for guests.

    NFS believes clients who they are, so addresses are all there is; guests of SMB share one password.

    Remediation: Name the clients of an NFS share; let an SMB share ask Active Directory.
    """
    if share.guests:
        return failed(f"{share.name} lets guests in")
    if share.type == "NFS" and (everywhere := [each for each in share.clients if each in EVERYWHERE]):
        return failed(f"{share.name} lets in clients from {', '.join(everywhere)}")
    if share.type == "NFS":
        return passed(f"{share.name} lets in clients from {', '.join(share.clients)}")
    return passed(f"{share.name} asks Active Directory")


@check(objective="use-is-logged", severity=Severity.LOW)
def share_access_is_logged(share: FileShare) -> Verdict:
    """An SMB share logs who opened which file.

    Without that log nobody can say who read, changed or deleted a file.

    Remediation: `aws storagegateway update-smb-file-share --audit-destination-arn …`.
    """
    if share.type != "SMB":
        return not_applicable(f"{share.name} is of {share.type}, which has no such log")
    if share.audits_to:
        return passed(f"{share.name} logs to {share.audits_to}")
    return failed(f"{share.name} does not log who opens files")
