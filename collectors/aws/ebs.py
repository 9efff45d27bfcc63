"""Volumes and snapshots of EBS. Listings are bulk; with whom a snapshot is shared must be asked of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from collectors.aws.ec2_instances import MOST, operator_of
from collectors.aws.names import name_of
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resources.aws.ebs import EbsDefaults, Snapshot, SnapshotSharing, Volume, VolumeBackup

ENCRYPTS = Read("ec2", "GetEbsEncryptionByDefault")
DEFAULT_KEY = Read("ec2", "GetEbsDefaultKmsKeyId")
BLOCK = Read("ec2", "GetSnapshotBlockPublicAccessState")
VOLUMES = Read("ec2", "DescribeVolumes")
SNAPSHOTS = Read("ec2", "DescribeSnapshots")
SHARING = Read("ec2", "DescribeSnapshotAttribute")

PLAIN: list[dict[str, Any]] = [{"Name": "encrypted", "Values": ["false"]}]


@collector(permissions=(ENCRYPTS, DEFAULT_KEY, BLOCK))
def defaults(region: AwsRegion) -> Iterator[EbsDefaults]:
    """What the region says about all its volumes and snapshots."""
    yield EbsDefaults(
        id=f"{region.account}/{region.scope}",
        region=region.scope,
        encrypts=region.look(lambda: region.ask(ENCRYPTS)["EbsEncryptionByDefault"]),
        key=region.look(lambda: region.ask(DEFAULT_KEY)["KmsKeyId"]),
        blocks_public=region.look(lambda: region.ask(BLOCK)["State"]),
    )


@collector(permissions=(VOLUMES,))
def volumes(region: AwsRegion) -> Iterator[Volume]:
    """Every volume of the region."""
    for found in region.pages(VOLUMES, "Volumes", MaxResults=MOST):
        attached = {each["InstanceId"] for each in found.get("Attachments", ()) if each.get("InstanceId")}
        yield Volume(
            id=found["VolumeId"],
            name=name_of(found),
            created=found["CreateTime"],
            state=found["State"],
            encrypted=found["Encrypted"],
            key=found.get("KmsKeyId", ""),
            instances=tuple(sorted(attached)),
            operator=operator_of(found),
        )


@collector(permissions=(SNAPSHOTS,))
def snapshots(region: AwsRegion) -> Iterator[Snapshot | VolumeBackup]:
    """Every snapshot of the region that the account owns, public or not, and which is the newest of each volume."""
    # EC2 lists what everybody may use when asked so. It refuses to make public what is encrypted: no need to ask.
    everybody = region.pages(
        SNAPSHOTS, "Snapshots", OwnerIds=["self"], RestorableByUserIds=["all"], Filters=PLAIN, MaxResults=MOST
    )
    public = {each["SnapshotId"] for each in everybody}
    defaults_of_region = f"{region.account}/{region.scope}"
    newest: dict[str, VolumeBackup] = {}
    for found in region.pages(SNAPSHOTS, "Snapshots", OwnerIds=["self"], MaxResults=MOST):
        yield Snapshot(
            id=found["SnapshotId"],
            name=name_of(found),
            defaults=defaults_of_region,
            volume=found.get("VolumeId", ""),
            state=found["State"],
            started=found["StartTime"],
            encrypted=found["Encrypted"],
            public=found["SnapshotId"] in public,
        )
        if found["State"] == "completed" and found.get("VolumeId"):
            backup = VolumeBackup(id=found["VolumeId"], snapshot=found["SnapshotId"], started=found["StartTime"])
            newest[backup.id] = max(newest.get(backup.id, backup), backup, key=lambda each: each.started)
    yield from newest.values()


@collector(permissions=(SNAPSHOTS, SHARING))
def sharing(region: AwsRegion) -> Iterator[SnapshotSharing]:
    """With whom each snapshot of the region is shared."""
    listed = [each["SnapshotId"] for each in region.pages(SNAPSHOTS, "Snapshots", OwnerIds=["self"], MaxResults=MOST)]
    yield from region.each(lambda snapshot: _sharing(region, snapshot), listed)


def _sharing(region: AwsRegion, snapshot: str) -> SnapshotSharing:
    return SnapshotSharing(id=snapshot, accounts=region.look(lambda: _accounts(region, snapshot)))


def _accounts(region: AwsRegion, snapshot: str) -> tuple[str, ...]:
    said = region.ask(SHARING, SnapshotId=snapshot, Attribute="createVolumePermission")
    return tuple(sorted(each["UserId"] for each in said.get("CreateVolumePermissions", ()) if each.get("UserId")))
