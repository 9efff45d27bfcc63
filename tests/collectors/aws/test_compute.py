"""What EC2, Auto Scaling, Systems Manager, Inspector and WorkSpaces say in the corners: answers that moto does not have.

What must hold for every collector, of these as well, stands in `test_every_collector.py`.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from collectors.aws import (
    ami,
    autoscaling,
    ebs,
    ec2_instances,
    inspector2,
    launch_templates,
    ssm,
    transit_gateways,
    workspaces,
)
from collectors.aws.errors import MalformedAnswerError, NoAnswerError
from core.resource import missing_fields
from tests.collectors.aws.test_detection import ACCOUNT, DENIED, UNREACHABLE, error, seen

DAY = datetime(2026, 11, 20, tzinfo=UTC)
NOWHERE = "eu-nowhere-9"
"""A region of which the SDK does not know."""


def instance(**more: Any) -> dict[str, Any]:
    found = {"InstanceId": "i-1", "State": {"Name": "running"}, "ImageId": "ami-1", "LaunchTime": DAY, **more}
    return {"DescribeInstances": {"Reservations": [{"Instances": [found]}]}}


def test_an_instance_of_which_ec2_says_little() -> None:
    (found,) = seen(ec2_instances.instances, instance())
    assert missing_fields(found).keys() == {"virtualization"}
    assert (found.metadata.tokens, found.metadata.hops, found.public_addresses, found.operator) == ("", None, (), "")


def test_an_instance_with_everything() -> None:
    interfaces = [
        {"SubnetId": "subnet-1", "Groups": [{"GroupId": "sg-2"}], "Association": {"PublicIp": "203.0.113.7"}},
        {"SubnetId": "subnet-2", "PrivateIpAddresses": [{"Association": {"PublicIp": "203.0.113.8"}}, {}]},
        {"Ipv6Addresses": [{"Ipv6Address": "2600:1f18::7"}], "Ipv6Prefixes": [{"Ipv6Prefix": "2600:1f18:1::/80"}]},
    ]
    more = {
        "NetworkInterfaces": interfaces,
        "PublicIpAddress": "203.0.113.7",
        "SecurityGroups": [{"GroupId": "sg-1"}],
        "State": {"Name": "stopped"},
        "StateTransitionReason": "User initiated (2026-11-01 09:30:00 GMT)",
        "Tags": [{"Key": "Name", "Value": "web"}, {"Key": "aws:autoscaling:groupName", "Value": "webs"}],
        "Operator": {"Managed": True, "Principal": "eks.amazonaws.com"},
    }
    (found,) = seen(ec2_instances.instances, instance(**more))
    assert found.public_addresses == ("203.0.113.7", "203.0.113.8")
    assert found.addresses6 == ("2600:1f18:1::/80", "2600:1f18::7")
    assert (found.subnets, found.security_groups) == (("subnet-1", "subnet-2"), ("sg-1", "sg-2"))
    assert found.stopped == datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
    assert (found.name, found.scaling_group, found.operator) == ("web", "webs", "eks.amazonaws.com")


@pytest.mark.parametrize("why", ["", "Server.ScheduledStop: Stopped due to scheduled retirement", "User initiated"])
def test_a_stop_without_a_date_has_none(why: str) -> None:
    (found,) = seen(ec2_instances.instances, instance(State={"Name": "stopped"}, StateTransitionReason=why))
    assert found.stopped is None


@pytest.mark.parametrize("state", ["terminated", "shutting-down"])
def test_what_is_gone_is_left_out(state: str) -> None:
    assert seen(ec2_instances.instances, instance(State={"Name": state})) == []


def test_user_data_of_one_instance_that_are_denied_hide_no_others() -> None:
    def attribute(asked: Any) -> Any:
        return DENIED if asked["InstanceId"] == "i-1" else {"UserData": {"Value": "[redacted: password, 9 bytes]"}}

    listed = instance()
    listed["DescribeInstances"]["Reservations"] *= 2
    listed["DescribeInstances"]["Reservations"][1] = instance(InstanceId="i-2")["DescribeInstances"]["Reservations"][0]
    denied, given = seen(ec2_instances.user_data, {**listed, "DescribeInstanceAttribute": attribute})
    assert missing_fields(denied).keys() == {"given", "secrets"}
    assert (given.given, given.secrets) == (True, ("password",))


def test_an_instance_without_user_data() -> None:
    (found,) = seen(ec2_instances.user_data, {**instance(), "DescribeInstanceAttribute": {"InstanceId": "i-1"}})
    assert (found.given, found.secrets) == (False, ())


def test_each_default_of_a_region_is_looked_at_on_its_own() -> None:
    (found,) = seen(
        ec2_instances.defaults, {"GetInstanceMetadataDefaults": DENIED, "GetSerialConsoleAccessStatus": DENIED}
    )
    assert missing_fields(found).keys() == {"metadata", "serial_console"}
    (found,) = seen(
        ec2_instances.defaults,
        {"GetInstanceMetadataDefaults": {}, "GetSerialConsoleAccessStatus": {"SerialConsoleAccessEnabled": False}},
    )
    assert (found.id, found.metadata.tokens) == (f"{ACCOUNT}/eu-west-1", "")


def test_the_newest_completed_snapshot_of_a_volume_is_its_backup() -> None:
    def snapshot(name: str, day: int, state: str = "completed", volume: str = "vol-1") -> dict[str, Any]:
        moment = datetime(2026, 11, day, tzinfo=UTC)
        return {"SnapshotId": name, "State": state, "StartTime": moment, "Encrypted": False, "VolumeId": volume}

    listed = [snapshot("s1", 3), snapshot("s2", 9), snapshot("s3", 5), snapshot("s4", 20, "pending")]

    def answer(asked: Any) -> Any:
        return {"Snapshots": listed[:1] if "RestorableByUserIds" in asked else listed}

    found = seen(ebs.snapshots, {"DescribeSnapshots": answer})
    assert [each.public for each in found[:-1]] == [True, False, False, False]
    assert (found[-1].id, found[-1].snapshot) == ("vol-1", "s2")


def test_a_volume_of_a_service_names_no_instance() -> None:
    volume = {
        "VolumeId": "vol-1",
        "CreateTime": DAY,
        "State": "in-use",
        "Encrypted": True,
        "Attachments": [{"AssociatedResource": "arn:aws:x"}],
        "Operator": {"Managed": True},
    }
    (found,) = seen(ebs.volumes, {"DescribeVolumes": {"Volumes": [volume]}})
    assert (found.instances, found.operator) == ((), "an AWS service")


def test_an_image_and_whom_it_is_shared_with() -> None:
    image = {"ImageId": "ami-1", "State": "available", "CreationDate": "2026-11-01T09:30:00.000Z", "Public": False}
    permissions = [{"UserId": "999999999999"}, {"OrganizationArn": "arn:aws:organizations:o"}, {"Group": "all"}]
    (found,) = seen(
        ami.images,
        {
            "DescribeImages": {"Images": [{**image, "DeprecationTime": "2028-11-01T09:30:00"}]},
            "DescribeImageAttribute": {"LaunchPermissions": permissions},
        },
    )
    assert found.shared_with == ("999999999999", "arn:aws:organizations:o")
    assert found.created == datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
    assert found.deprecated == datetime(2028, 11, 1, 9, 30, tzinfo=UTC)


def test_a_version_that_is_default_and_latest_is_one() -> None:
    def version(number: int, default: bool, data: dict[str, Any]) -> dict[str, Any]:
        names = {"LaunchTemplateId": "lt-1", "LaunchTemplateName": "web"}
        return {**names, "VersionNumber": number, "DefaultVersion": default, "LaunchTemplateData": data}

    volumes = [
        {"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": False}},
        {"DeviceName": "/dev/xvdb", "Ebs": {"VolumeSize": 8}},
        {"DeviceName": "/dev/xvdc", "VirtualName": "ephemeral0"},
    ]
    versions = [version(4, False, {"BlockDeviceMappings": volumes}), version(1, True, {}), version(1, True, {})]
    (found,) = seen(
        launch_templates.templates, {"DescribeLaunchTemplateVersions": {"LaunchTemplateVersions": versions}}
    )
    assert [(each.number, each.default) for each in found.versions] == [(1, True), (4, False)]
    assert found.versions[1].plain_volumes == ("/dev/xvda",)
    assert found.versions[1].silent_volumes == ("/dev/xvdb",)


@pytest.mark.parametrize(
    ("more", "template", "version", "spot"),
    [
        ({"LaunchConfigurationName": "old"}, "", "$Default", False),
        ({"LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": "3"}}, "lt-1", "3", False),
        ({"MixedInstancesPolicy": {"LaunchTemplate": {"LaunchTemplateSpecification": {"LaunchTemplateId": "lt-2"}}}},
         "lt-2", "$Default", False),
        ({"MixedInstancesPolicy": {"InstancesDistribution": {"OnDemandPercentageAboveBaseCapacity": 20}}},
         "", "$Default", True),
    ],
)  # fmt: skip
def test_what_a_group_starts(more: dict[str, Any], template: str, version: str, spot: bool) -> None:
    group = {
        "AutoScalingGroupARN": "arn:aws:autoscaling:eu-west-1:1:autoScalingGroup:1:autoScalingGroupName/web",
        "AutoScalingGroupName": "web",
        "AvailabilityZones": ["b", "a"],
        "HealthCheckType": "EC2,ELB",
        **more,
    }
    (found,) = seen(autoscaling.groups, {"DescribeAutoScalingGroups": {"AutoScalingGroups": [group]}})
    assert (found.template, found.template_version, found.mixes_in_spot) == (template, version, spot)
    assert (found.zones, found.health_checks, found.rebalances) == (("a", "b"), ("EC2", "ELB"), False)


def test_transit_gateways_of_others_and_deleted_ones() -> None:
    def gateway(name: str, owner: str, state: str = "available") -> dict[str, Any]:
        return {"TransitGatewayArn": name, "TransitGatewayId": name, "OwnerId": owner, "State": state, "Options": {}}

    listed = [gateway("ours", ACCOUNT), gateway("shared", "999999999999"), gateway("gone", ACCOUNT, "deleted")]
    ours, shared = seen(transit_gateways.gateways, {"DescribeTransitGateways": {"TransitGateways": listed}})
    assert (ours.of_this_account, shared.of_this_account) == (True, False)
    assert missing_fields(ours).keys() == {"accepts_by_itself"}


def test_patches_are_asked_of_fifty_machines_at_a_time() -> None:
    nodes = [{"InstanceId": f"i-{number}", "PingStatus": "Online"} for number in range(60)]
    asked: list[int] = []

    def patches(question: Any) -> Any:
        asked.append(len(question["InstanceIds"]))
        state = {"InstanceId": question["InstanceIds"][0], "Operation": "Scan", "OperationEndTime": DAY}
        return {"InstancePatchStates": [{**state, "BaselineId": "pb-1", "MissingCount": 2}]}

    found = seen(
        ssm.nodes,
        {"DescribeInstanceInformation": {"InstanceInformationList": nodes}, "DescribeInstancePatchStates": patches},
    )
    assert asked == [50, 10]
    assert [each.id for each in found if each.patches] == ["i-0", "i-50"]
    assert found[0].patches.missing == 2
    assert missing_fields(found[0].patches).keys() == {"failed", "rejected", "waiting"}


def test_patches_that_are_denied_hide_no_machines() -> None:
    nodes = [{"InstanceId": "i-1", "PingStatus": "ConnectionLost", "LastPingDateTime": DAY}]
    (found,) = seen(
        ssm.nodes,
        {"DescribeInstanceInformation": {"InstanceInformationList": nodes}, "DescribeInstancePatchStates": DENIED},
    )
    assert missing_fields(found).keys() == {"patches"}
    assert found.last_seen == DAY


def region_of_ssm(**more: Any) -> Any:
    answers = {
        "DescribeInstanceInformation": {"InstanceInformationList": []},
        "GetServiceSetting": {"ServiceSetting": {"SettingValue": "Disable"}},
        "GetDocument": error("InvalidDocument"),
        **more,
    }
    (found,) = seen(ssm.settings, answers)
    return found


def test_a_region_where_nobody_set_preferences() -> None:
    found = region_of_ssm()
    assert (found.has_nodes, found.documents_may_be_public, found.sessions) == (False, False, None)


def test_preferences() -> None:
    inputs = {"s3BucketName": "logs", "idleSessionTimeout": "30", "maxSessionDuration": "", "runAsEnabled": "true"}
    found = region_of_ssm(GetDocument={"Content": json.dumps({"inputs": inputs})})
    assert (found.sessions.log_bucket, found.sessions.log_group) == ("logs", "")
    assert (found.sessions.idle_minutes, found.sessions.most_minutes, found.sessions.run_as) == (30, None, True)


@pytest.mark.parametrize(
    ("more", "unseen"),
    [
        ({"GetDocument": DENIED}, {"sessions"}),
        ({"GetDocument": {"Content": "[]"}}, {"sessions"}),
        ({"GetDocument": {"Content": "schemaVersion: 1"}}, {"sessions"}),
        ({"GetDocument": {"Content": '{"inputs": {"idleSessionTimeout": "soon"}}'}}, {"sessions"}),
        ({"GetServiceSetting": {"ServiceSetting": {"SettingValue": "Perhaps"}}}, {"documents_may_be_public"}),
        ({"GetServiceSetting": error("ServiceSettingNotFound")}, {"documents_may_be_public"}),
        ({"DescribeInstanceInformation": DENIED}, {"has_nodes"}),
    ],
)
def test_what_cannot_be_read_is_unobserved(more: dict[str, Any], unseen: set[str]) -> None:
    assert missing_fields(region_of_ssm(**more)).keys() == unseen


def test_a_parameter_without_an_arn_gets_one() -> None:
    (found,) = seen(ssm.parameters, {"DescribeParameters": {"Parameters": [{"Name": "/app/size", "Type": "String"}]}})
    assert found.id == f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter/app/size"


OFF = {"status": "DISABLED"}


def inspector(**more: Any) -> dict[str, Any]:
    account = {"accountId": ACCOUNT, "state": {"status": "ENABLED"}, "resourceState": {"ec2": OFF, "ecr": OFF}, **more}
    return {"BatchGetAccountStatus": {"accounts": [account]}}


def test_inspector_that_is_off_is_asked_nothing_further() -> None:
    assert seen(inspector2.coverage, inspector(state=OFF)) == []
    assert seen(inspector2.findings, inspector(state=OFF)) == []
    (found,) = seen(inspector2.region, inspector(state=OFF))
    assert (found.offered, found.status, found.scans) == (True, "DISABLED", ())


def test_inspector_that_cannot_say_is_no_answer() -> None:
    failed = {"BatchGetAccountStatus": {"accounts": [], "failedAccounts": [{"accountId": ACCOUNT}]}}
    (found,) = seen(inspector2.region, failed)
    assert missing_fields(found).keys() == {"status", "scans"}
    with pytest.raises(MalformedAnswerError):
        seen(inspector2.coverage, failed)


def test_inspector_where_aws_does_not_offer_it() -> None:
    silent = {"BatchGetAccountStatus": UNREACHABLE}
    (found,) = seen(inspector2.region, silent, NOWHERE)
    assert not found.offered
    assert seen(inspector2.findings, silent, NOWHERE) == []
    with pytest.raises(NoAnswerError):
        seen(inspector2.region, silent)


def test_coverage_without_a_status() -> None:
    covered = {"resourceId": "i-1", "scanType": "PACKAGE"}
    (found,) = seen(inspector2.coverage, {**inspector(), "ListCoverage": {"coveredResources": [covered]}})
    assert (found.id, found.status, found.reason) == ("i-1/PACKAGE", "", "")


def test_vulnerabilities_are_added_up() -> None:
    asked: list[Any] = []

    def findings(question: Any) -> Any:
        asked.append(question["filterCriteria"])
        resources = [{"id": "i-1", "type": "AWS_EC2_INSTANCE"}]
        return {
            "findings": [
                {"severity": severity, "firstObservedAt": datetime(2026, 11, day, tzinfo=UTC), "resources": resources}
                for severity, day in (("CRITICAL", 9), ("CRITICAL", 3), ("HIGH", 5))
            ]
        }

    (found,) = seen(inspector2.findings, {**inspector(), "ListFindings": findings})
    assert (found.critical, found.high, found.oldest_critical.day, found.oldest_high.day) == (2, 1, 3, 5)
    assert asked[0]["awsAccountId"] == [{"comparison": "EQUALS", "value": ACCOUNT}]
    assert [each["value"] for each in asked[0]["severity"]] == ["CRITICAL", "HIGH"]


def test_desktops_where_aws_does_not_offer_them() -> None:
    silent = {"DescribeWorkspaces": UNREACHABLE, "DescribeWorkspaceDirectories": UNREACHABLE}
    assert seen(workspaces.workspaces, silent, NOWHERE) == []
    assert seen(workspaces.directories, silent, NOWHERE) == []
    with pytest.raises(NoAnswerError):
        seen(workspaces.workspaces, silent)
    with pytest.raises(ClientError):
        seen(workspaces.workspaces, {"DescribeWorkspaces": DENIED}, NOWHERE)


def test_a_desktop_that_says_nothing_of_encryption_has_none() -> None:
    (found,) = seen(
        workspaces.workspaces, {"DescribeWorkspaces": {"Workspaces": [{"WorkspaceId": "ws-1", "State": "AVAILABLE"}]}}
    )
    assert (found.user, found.root_encrypted, found.user_encrypted) == ("", False, False)
