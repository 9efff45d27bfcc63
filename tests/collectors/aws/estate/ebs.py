"""Volumes and snapshots: encrypted and not, public, shared, and forgotten."""

from __future__ import annotations

from tests.collectors.aws.estate.ec2_instances import answer
from tests.collectors.aws.world import Maker


def populate(aws: Maker) -> None:
    aws.client("ec2", "eu-west-1").enable_ebs_encryption_by_default()
    for region in aws.regions:
        ec2 = aws.client("ec2", region)
        kept, loose = (
            ec2.create_volume(Size=1, AvailabilityZone=f"{region}a", Encrypted=encrypted)["VolumeId"]
            for encrypted in (True, False)
        )
        ec2.create_snapshot(VolumeId=kept, Description="kept")
        everybody = ec2.create_snapshot(VolumeId=loose, Description="for everybody")["SnapshotId"]
        permissions = {"Attribute": "createVolumePermission", "OperationType": "add", "SnapshotId": everybody}
        ec2.modify_snapshot_attribute(**permissions, GroupNames=["all"])
        ec2.modify_snapshot_attribute(**permissions, UserIds=["999999999999"])


ANSWERS = {
    "ec2:GetEbsDefaultKmsKeyId": answer("GetEbsDefaultKmsKeyId", "<kmsKeyId>alias/aws/ebs</kmsKeyId>"),
    "ec2:GetSnapshotBlockPublicAccessState": answer("GetSnapshotBlockPublicAccessState", "<state>unblocked</state>"),
    "ec2:GetSnapshotBlockPublicAccessState eu-west-1": answer(
        "GetSnapshotBlockPublicAccessState", "<state>block-all-sharing</state>"
    ),
}
