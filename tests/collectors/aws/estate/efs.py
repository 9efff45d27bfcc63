"""File systems: one as it should be, one that leaves everything to its clients."""

from __future__ import annotations

import json

from tests.collectors.aws.world import ACCOUNT, REGIONS, Maker


def populate(aws: Maker) -> None:
    for region in REGIONS:
        ec2, efs = aws.client("ec2", region), aws.client("efs", region)
        network = ec2.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]
        zones = [each["ZoneName"] for each in ec2.describe_availability_zones()["AvailabilityZones"]][:2]
        key = aws.client("kms", region).create_key(Description="of files")["KeyMetadata"]["Arn"]
        good = efs.create_file_system(CreationToken="good", Encrypted=True, KmsKeyId=key, Backup=True)["FileSystemId"]
        for number, zone in enumerate(zones):
            subnet = ec2.create_subnet(VpcId=network, CidrBlock=f"10.77.{number}.0/24", AvailabilityZone=zone)
            efs.create_mount_target(FileSystemId=good, SubnetId=subnet["Subnet"]["SubnetId"])
        arn = f"arn:aws:elasticfilesystem:{region}:{ACCOUNT}:file-system/{good}"
        plain = {"Bool": {"aws:SecureTransport": "false"}}
        denies = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "*", "Resource": arn, "Condition": plain}
        role = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
        allows = {"Effect": "Allow", "Principal": role, "Action": "elasticfilesystem:ClientMount", "Resource": arn}
        policy = {"Version": "2012-10-17", "Statement": [denies, allows]}
        efs.put_file_system_policy(FileSystemId=good, Policy=json.dumps(policy))
        efs.create_access_point(FileSystemId=good, PosixUser={"Uid": 1000, "Gid": 1000}, RootDirectory={"Path": "/one"})
        efs.create_access_point(FileSystemId=good, ClientToken="all")
        careless = efs.create_file_system(CreationToken="careless", AvailabilityZoneName=zones[0])["FileSystemId"]
        public = {"Effect": "Allow", "Principal": "*", "Action": "elasticfilesystem:*", "Resource": "*"}
        open_policy = {"Version": "2012-10-17", "Statement": [public]}
        efs.put_file_system_policy(FileSystemId=careless, Policy=json.dumps(open_policy))
