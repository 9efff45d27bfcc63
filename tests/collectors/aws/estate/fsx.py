"""File systems of FSx: good ones and bad ones, and one for data that may be lost."""

from __future__ import annotations

from typing import Any

from tests.collectors.aws.world import REGIONS, Maker

GOOD = {
    "DeploymentType": "MULTI_AZ_1",
    "ThroughputCapacity": 64,
    "AutomaticBackupRetentionDays": 30,
    "CopyTagsToBackups": True,
}
BAD = {
    "DeploymentType": "SINGLE_AZ_2",
    "ThroughputCapacity": 64,
    "AutomaticBackupRetentionDays": 0,
    "CopyTagsToBackups": False,
}
AUDIT = {"FileAccessAuditLogLevel": "SUCCESS_AND_FAILURE", "FileShareAccessAuditLogLevel": "DISABLED"}


def populate(aws: Maker) -> None:
    for region in REGIONS:
        fsx = aws.client("fsx", region)
        key = aws.client("kms", region).create_key(Description="of shares")["KeyMetadata"]["Arn"]
        _make(fsx, "WINDOWS", KmsKeyId=key, WindowsConfiguration={**GOOD, "AuditLogConfiguration": AUDIT})
        _make(fsx, "WINDOWS", WindowsConfiguration=BAD)
        _make(fsx, "OPENZFS", OpenZFSConfiguration={**GOOD, "CopyTagsToVolumes": True})
        _make(fsx, "OPENZFS", OpenZFSConfiguration={**BAD, "CopyTagsToVolumes": False})
        _make(fsx, "LUSTRE", LustreConfiguration={"DeploymentType": "SCRATCH_2"})


def _make(fsx: Any, kind: str, **settings: Any) -> None:
    fsx.create_file_system(FileSystemType=kind, StorageCapacity=1200, SubnetIds=["subnet-12345678"], **settings)
