"""Desktops, encrypted and not, in two directories."""

from __future__ import annotations

from tests.collectors.aws.world import Maker


def populate(aws: Maker) -> None:
    for region in aws.regions:
        ec2 = aws.client("ec2", region)
        network = ec2.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(VpcId=network, CidrBlock=f"10.77.{n}.0/24", AvailabilityZone=f"{region}{zone}")["Subnet"]
            for n, zone in enumerate("ab")
        ]
        directory = aws.client("ds", region).create_directory(
            Name="desktops.example.com",
            Password="Not-a-real-one-1",
            Size="Small",
            VpcSettings={"VpcId": network, "SubnetIds": [each["SubnetId"] for each in subnets]},
        )["DirectoryId"]
        workspaces = aws.client("workspaces", region)
        workspaces.register_workspace_directory(DirectoryId=directory)
        careless = region == "us-east-1"
        workspaces.modify_workspace_creation_properties(
            ResourceId=directory,
            WorkspaceCreationProperties={
                "EnableInternetAccess": careless,
                "EnableMaintenanceMode": not careless,
                "UserEnabledAsLocalAdministrator": careless,
            },
        )
        desktop = {"DirectoryId": directory, "BundleId": "wsb-12345678"}
        encrypted = {"RootVolumeEncryptionEnabled": True, "UserVolumeEncryptionEnabled": True}
        workspaces.create_workspaces(
            Workspaces=[
                {**desktop, "UserName": "ada", **encrypted, "VolumeEncryptionKey": "alias/aws/workspaces"},
                {**desktop, "UserName": "grace"},
            ]
        )
