"""EFS. Listings are bulk; policies, backups and mount targets must be asked of each file system."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from collectors.aws.errors import is_answer
from collectors.aws.offers import listed
from collectors.aws.operations import Read
from collectors.aws.policy_documents import statements
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.efs import EfsAccessPoint, EfsFileSystem
from core.resources.aws.policy import Statement

FILE_SYSTEMS = Read("efs", "DescribeFileSystems")
POLICY = Read("efs", "DescribeFileSystemPolicy")
BACKUP = Read("efs", "DescribeBackupPolicy")
MOUNT_TARGETS = Read("efs", "DescribeMountTargets")
ACCESS_POINTS = Read("efs", "DescribeAccessPoints")

NO_POLICY = "PolicyNotFound"


@collector(permissions=(FILE_SYSTEMS, POLICY, BACKUP, MOUNT_TARGETS))
def file_systems(region: AwsRegion) -> Iterator[EfsFileSystem]:
    """Every file system of the region."""
    yield from region.each(lambda found: _file_system(region, found), list(listed(region, FILE_SYSTEMS, "FileSystems")))


def _file_system(region: AwsRegion, found: Mapping[str, Any]) -> EfsFileSystem:
    number = found["FileSystemId"]
    partition = region.identity.partition
    arn = f"arn:{partition}:elasticfilesystem:{region.scope}:{found['OwnerId']}:file-system/{number}"
    return EfsFileSystem(
        id=found.get("FileSystemArn", arn),
        name=found.get("Name") or number,
        encrypted=found.get("Encrypted", unobserved(f"AWS does not say whether {number} is encrypted")),
        key=found.get("KmsKeyId", ""),
        zone=found.get("AvailabilityZoneName", ""),
        mounted_from=region.look(lambda: _zones(region, number)),
        backs_itself_up=region.look(lambda: _backs_itself_up(region, number)),
        statements=region.look(lambda: _statements(region, number)),
    )


def _zones(region: AwsRegion, number: str) -> tuple[str, ...]:
    targets = region.pages(MOUNT_TARGETS, "MountTargets", FileSystemId=number)
    return tuple(sorted({each["AvailabilityZoneName"] for each in targets}))


def _backs_itself_up(region: AwsRegion, number: str) -> bool:
    try:
        return region.ask(BACKUP, FileSystemId=number)["BackupPolicy"]["Status"] in ("ENABLED", "ENABLING")
    except ClientError as error:
        if is_answer(error, NO_POLICY):
            return False
        raise


def _statements(region: AwsRegion, number: str) -> tuple[Statement, ...]:
    try:
        return statements(region.ask(POLICY, FileSystemId=number)["Policy"])
    except ClientError as error:
        if is_answer(error, NO_POLICY):
            return ()
        raise


@collector(permissions=(ACCESS_POINTS,))
def access_points(region: AwsRegion) -> Iterator[EfsAccessPoint]:
    """Every access point of the region."""
    for found in listed(region, ACCESS_POINTS, "AccessPoints"):
        yield EfsAccessPoint(
            id=found["AccessPointArn"],
            name=found.get("Name") or found["AccessPointId"],
            file_system=found["FileSystemId"],
            path=found.get("RootDirectory", {}).get("Path", "/"),  # without one it shows all
            user=found.get("PosixUser", {}).get("Uid"),
        )
