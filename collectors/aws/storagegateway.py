"""Storage Gateway. File shares are described ten at a time, each type by its own operation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.errors import MalformedAnswerError
from collectors.aws.offers import listed
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.storagegateway import FileShare

SHARES = Read("storagegateway", "ListFileShares")
NFS = Read("storagegateway", "DescribeNFSFileShares")
SMB = Read("storagegateway", "DescribeSMBFileShares")

TYPES = {"NFS": (NFS, "NFSFileShareInfoList"), "SMB": (SMB, "SMBFileShareInfoList")}
AT_ONCE = 10
WITH_KMS = {"SseS3": False, "SseKms": True, "DsseKms": True}
GUESTS = {"GuestAccess": True, "ActiveDirectory": False}


@collector(permissions=(SHARES, NFS, SMB))
def shares(region: AwsRegion) -> Iterator[FileShare]:
    """Every file share of the region. Raises `MalformedAnswerError` for a type that AWS did not have before."""
    found = list(listed(region, SHARES, "FileShareInfoList"))
    if strange := sorted({each["FileShareType"] for each in found} - TYPES.keys()):
        raise MalformedAnswerError(f"nobody knows how to ask about file shares of type {', '.join(strange)}")
    for kind, (read, listing) in TYPES.items():
        arns = sorted(each["FileShareARN"] for each in found if each["FileShareType"] == kind)
        for first in range(0, len(arns), AT_ONCE):
            for each in region.ask(read, FileShareARNList=arns[first : first + AT_ONCE])[listing]:
                yield _share(each, kind)


def _share(found: Mapping[str, Any], kind: str) -> FileShare:
    name = found.get("FileShareName") or found["FileShareId"]
    silent = unobserved(f"AWS does not say it of {name}")
    return FileShare(
        id=found["FileShareARN"],
        name=name,
        type=kind,
        kms=WITH_KMS.get(found.get("EncryptionType", ""), found.get("KMSEncrypted", silent)),
        clients=tuple(sorted(found.get("ClientList", ()))),
        guests=GUESTS.get(found.get("Authentication", ""), silent) if kind == "SMB" else False,
        audits_to=found.get("AuditDestinationARN", ""),
    )
