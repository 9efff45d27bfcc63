"""Auto Scaling groups in one zone and in two, of launch templates and of launch configurations."""

from __future__ import annotations

from tests.collectors.aws.world import Maker


def populate(aws: Maker) -> None:
    for region in aws.regions:
        scaling = aws.client("autoscaling", region)
        scaling.create_launch_configuration(
            LaunchConfigurationName="old",
            ImageId="ami-12345678",
            InstanceType="t3.micro",
            AssociatePublicIpAddress=True,
            UserData="#!/bin/sh\nexport DB_PASSWORD=Vm9yPT0x8ZqL2\nstart\n",
        )
        scaling.create_launch_configuration(
            LaunchConfigurationName="hardened",
            ImageId="ami-12345678",
            InstanceType="t3.micro",
            MetadataOptions={"HttpTokens": "required"},
        )
        size = {"MinSize": 0, "MaxSize": 2}
        scaling.create_auto_scaling_group(
            AutoScalingGroupName="one-zone", LaunchConfigurationName="old", AvailabilityZones=[f"{region}a"], **size
        )
        aws.client("ec2", region).create_launch_template(
            LaunchTemplateName="scaled",
            LaunchTemplateData={"InstanceMarketOptions": {"MarketType": "spot"}, "ImageId": "ami-12345678"},
        )
        zones = [f"{region}a", f"{region}b"]
        for name, checked, rebalances in (("two-zones", "ELB", True), ("waits", "EC2", False)):
            group = _target_group(aws, region, name)
            scaling.create_auto_scaling_group(
                AutoScalingGroupName=name,
                LaunchTemplate={"LaunchTemplateName": "scaled", "Version": "$Latest"},
                AvailabilityZones=zones,
                HealthCheckType=checked,
                HealthCheckGracePeriod=60,
                TargetGroupARNs=[group],
                CapacityRebalance=rebalances,
                **size,
            )


def _target_group(aws: Maker, region: str, name: str) -> str:
    network = aws.client("ec2", region).describe_vpcs()["Vpcs"][0]["VpcId"]
    balancing = aws.client("elbv2", region)
    made = balancing.create_target_group(Name=f"scaled-{name}", Protocol="HTTP", Port=80, VpcId=network)
    return str(made["TargetGroups"][0]["TargetGroupArn"])
