"""FSx. One listing says everything; what it says stands in a part named after the type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.names import name_of
from collectors.aws.offers import listed
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.fsx import FsxFileSystem

FILE_SYSTEMS = Read("fsx", "DescribeFileSystems")

PARTS = {
    "WINDOWS": "WindowsConfiguration",
    "LUSTRE": "LustreConfiguration",
    "ONTAP": "OntapConfiguration",
    "OPENZFS": "OpenZFSConfiguration",
}
"""Where the settings of each type stand."""
TAGS_BACKUPS = ("WINDOWS", "LUSTRE", "OPENZFS")
TAGS_VOLUMES = ("OPENZFS",)
AUDITS = ("WINDOWS",)
SCRATCH = "SCRATCH"
"""How the deployments of Lustre begin that keep nothing, and have no backups."""


@collector(permissions=(FILE_SYSTEMS,))
def file_systems(region: AwsRegion) -> Iterator[FsxFileSystem]:
    """Every file system of the region."""
    for found in listed(region, FILE_SYSTEMS, "FileSystems"):
        yield _file_system(found)


def _file_system(found: Mapping[str, Any]) -> FsxFileSystem:
    number, kind = found["FileSystemId"], found["FileSystemType"]
    settings = found.get(PARTS.get(kind, ""), {})
    silent = unobserved(f"AWS does not say it of {number}, of type {kind}")
    deployment = settings.get("DeploymentType", silent)
    scratch = isinstance(deployment, str) and deployment.startswith(SCRATCH)
    audit = settings.get("AuditLogConfiguration", {})
    return FsxFileSystem(
        id=found["ResourceARN"],
        name=name_of(found) or number,
        type=kind,
        deployment=deployment,
        key=found.get("KmsKeyId", ""),
        backup_days=None if scratch else settings.get("AutomaticBackupRetentionDays", silent),
        tags_backups=settings.get("CopyTagsToBackups", silent) if kind in TAGS_BACKUPS and not scratch else None,
        tags_volumes=settings.get("CopyTagsToVolumes", silent) if kind in TAGS_VOLUMES else None,
        audits=audit.get("FileAccessAuditLogLevel", "DISABLED") if kind in AUDITS else None,  # none is how it begins
    )
