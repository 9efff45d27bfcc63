"""Instances, good and bad, and what each region gives to those that say nothing themselves."""

from __future__ import annotations

import re

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import REGIONS, Maker

NAMESPACE = 'xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"'


def answer(operation: str, inside: str) -> Canned:
    """An answer of EC2 to an operation that moto lacks."""
    return Canned(
        f"<?xml version='1.0'?><{operation}Response {NAMESPACE}><requestId>x</requestId>{inside}</{operation}Response>"
    )


def populate(aws: Maker) -> None:
    for region in REGIONS:
        ec2 = aws.client("ec2", region)
        subnets = [each["SubnetId"] for each in ec2.describe_subnets()["Subnets"]][:2]
        common = {"ImageId": "ami-12345678", "MinCount": 1, "MaxCount": 1, "InstanceType": "t3.micro"}
        named = {
            name: [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": name}]}]
            for name in ("tidy", "open", "bridge", "stopped")
        }
        private = {"DeviceIndex": 0, "SubnetId": subnets[0], "AssociatePublicIpAddress": False}
        ec2.run_instances(
            **common,
            TagSpecifications=named["tidy"],
            NetworkInterfaces=[private],
            IamInstanceProfile={"Name": _profile(aws, region)},
            MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 1},
        )
        everybody = ec2.create_security_group(GroupName="ssh-for-everybody", Description="SSH for everybody")["GroupId"]
        ec2.authorize_security_group_ingress(
            GroupId=everybody, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0"
        )
        public = {"DeviceIndex": 0, "SubnetId": subnets[0], "AssociatePublicIpAddress": True, "Groups": [everybody]}
        ec2.run_instances(
            **common,
            TagSpecifications=named["open"],
            NetworkInterfaces=[public],
            MetadataOptions={"HttpTokens": "optional", "HttpPutResponseHopLimit": 64},
            UserData="#!/bin/sh\nexport DB_PASSWORD=Vm9yPT0x8ZqL2\nstart\n",
        )
        bridge = [{**private, "SubnetId": subnet, "DeviceIndex": index} for index, subnet in enumerate(subnets)]
        ec2.run_instances(
            **common, TagSpecifications=named["bridge"], NetworkInterfaces=bridge, UserData="#!/bin/sh\nstart\n"
        )
        stopped = ec2.run_instances(
            **{**common, "InstanceType": "t1.micro"}, TagSpecifications=named["stopped"], SubnetId=subnets[1]
        )
        ec2.stop_instances(InstanceIds=[stopped["Instances"][0]["InstanceId"]])


def _profile(aws: Maker, region: str) -> str:
    name = f"server-{region}"
    aws.client("iam").create_instance_profile(InstanceProfileName=name)
    return name


def _virtualized_by_hardware(body: bytes) -> bytes:
    """moto takes instances of unknown images for paravirtual ones, which current types never are."""
    return re.sub(rb">paravirtual(</virtualizationType>(?:(?!<instanceType>).)*<instanceType>t3)", rb">hvm\1", body)


MENDED = {"ec2:DescribeInstances": _virtualized_by_hardware}
ANSWERS = {
    "ec2:GetInstanceMetadataDefaults": answer("GetInstanceMetadataDefaults", "<accountLevel/>"),
    "ec2:GetInstanceMetadataDefaults eu-west-1": answer(
        "GetInstanceMetadataDefaults", "<accountLevel><httpTokens>required</httpTokens></accountLevel>"
    ),
    "ec2:GetSerialConsoleAccessStatus": answer(
        "GetSerialConsoleAccessStatus", "<serialConsoleAccessEnabled>true</serialConsoleAccessEnabled>"
    ),
    "ec2:GetSerialConsoleAccessStatus eu-west-1": answer(
        "GetSerialConsoleAccessStatus", "<serialConsoleAccessEnabled>false</serialConsoleAccessEnabled>"
    ),
}
