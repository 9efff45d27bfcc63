"""Systems Manager: machines with and without patches, documents, preferences, parameters."""

from __future__ import annotations

import json

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import Maker

SCRIPT = {"schemaVersion": "2.2", "description": "", "mainSteps": []}
LATELY, LONG_AGO = 1795300000, 1780000000
ANSWERS: dict[str, Canned] = {}
"""moto knows neither managed nodes, nor patches, nor service settings."""


def populate(aws: Maker) -> None:
    for region in aws.regions:
        ssm = aws.client("ssm", region)
        leaky = {**SCRIPT, "description": "export DB_PASSWORD=Vm9yPT0x8ZqL2"}
        for name, text in (("ours", SCRIPT), ("for-everybody", SCRIPT), ("shared", leaky)):
            ssm.create_document(Name=name, Content=json.dumps(text), DocumentType="Command")
        share = {"PermissionType": "Share"}
        ssm.modify_document_permission(Name="for-everybody", AccountIdsToAdd=["all"], **share)
        ssm.modify_document_permission(Name="shared", AccountIdsToAdd=["999999999999"], **share)
        ssm.put_parameter(Name="/app/size", Value="3", Type="String")
        ssm.put_parameter(Name="/app/password", Value="not-a-real-one", Type="String")
        ssm.put_parameter(Name="/app/token", Value="not-a-real-one", Type="SecureString")
        _manage_machines(aws, region)
        may_be_public = "Enable" if region == "us-east-1" else "Disable"
        setting = {"SettingId": "/ssm/documents/console/public-sharing-permission", "SettingValue": may_be_public}
        ANSWERS[f"ssm:GetServiceSetting {region}"] = Canned({"ServiceSetting": setting})
    preferences = {"cloudWatchLogGroupName": "sessions", "idleSessionTimeout": "60", "runAsEnabled": True}
    aws.client("ssm", "eu-west-1").create_document(
        Name="SSM-SessionManagerRunShell",
        Content=json.dumps({"schemaVersion": "1.0", "sessionType": "Standard_Stream", "inputs": preferences}),
        DocumentType="Session",
    )


def _manage_machines(aws: Maker, region: str) -> None:
    found = aws.client("ec2", region).describe_instances(Filters=[{"Name": "tag:Name", "Values": ["tidy", "bridge"]}])
    tidy, bridge = (each["InstanceId"] for one in found["Reservations"] for each in one["Instances"])
    elsewhere = f"mi-{region}"
    nodes = [
        {"InstanceId": tidy, "PingStatus": "Online", "LastPingDateTime": LATELY, "AssociationStatus": "Success"},
        {"InstanceId": bridge, "PingStatus": "ConnectionLost", "LastPingDateTime": LONG_AGO, "ComputerName": "bridge"},
        {"InstanceId": elsewhere, "PingStatus": "Online", "AssociationStatus": "Failed", "PlatformName": "Debian"},
    ]
    state = {"PatchGroup": "", "BaselineId": "pb-1", "OperationStartTime": LATELY, "Operation": "Scan"}
    counts = {"FailedCount": 0, "InstalledRejectedCount": 0, "InstalledPendingRebootCount": 0}
    states = [
        {"InstanceId": tidy, "MissingCount": 0, "OperationEndTime": LATELY, **state, **counts},
        {"InstanceId": bridge, "MissingCount": 3, "OperationEndTime": LONG_AGO, **state, **counts},
    ]
    ANSWERS[f"ssm:DescribeInstanceInformation {region}"] = Canned({"InstanceInformationList": nodes})
    ANSWERS[f"ssm:DescribeInstancePatchStates {region}"] = Canned({"InstancePatchStates": states})
