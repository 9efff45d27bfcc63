"""Launch templates: a careful one, a careless one, and one that leaves everything open."""

from __future__ import annotations

from base64 import b64encode

from tests.collectors.aws.world import Maker

SECRET = b64encode(b"#!/bin/sh\nexport DB_PASSWORD=Vm9yPT0x8ZqL2\nstart\n").decode()


def populate(aws: Maker) -> None:
    for region in aws.regions:
        ec2 = aws.client("ec2", region)
        ec2.create_launch_template(
            LaunchTemplateName="careful",
            LaunchTemplateData={
                "MetadataOptions": {"HttpTokens": "required"},
                "NetworkInterfaces": [{"DeviceIndex": 0, "AssociatePublicIpAddress": False}],
                "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": True, "VolumeSize": 8}}],
            },
        )
        ec2.create_launch_template(
            LaunchTemplateName="careless",
            LaunchTemplateData={
                "MetadataOptions": {"HttpTokens": "optional"},
                "NetworkInterfaces": [{"DeviceIndex": 0, "AssociatePublicIpAddress": True}],
                "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": False, "VolumeSize": 8}}],
                "InstanceMarketOptions": {"MarketType": "spot"},
                "UserData": SECRET,
            },
        )
        silent = {"ImageId": "ami-12345678", "InstanceType": "t3.micro"}
        ec2.create_launch_template(LaunchTemplateName="silent", LaunchTemplateData=silent)
        ec2.create_launch_template_version(LaunchTemplateName="silent", LaunchTemplateData=silent)


UNPAGED = {"aws.launch_templates.templates": "moto cuts the versions off, and says nothing of further pages"}
