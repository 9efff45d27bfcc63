"""Clusters, services and tasks, tidy and not."""

from __future__ import annotations

from tests.collectors.aws.world import REGIONS, Maker


def populate(aws: Maker) -> None:
    for region in REGIONS:
        ecs = aws.client("ecs", region)
        for cluster, insights, log in (("tidy", "enabled", "OVERRIDE"), ("loose", "disabled", "NONE")):
            ecs.create_cluster(
                clusterName=cluster,
                settings=[{"name": "containerInsights", "value": insights}],
                configuration={"executeCommandConfiguration": {"logging": log}},
            )
        ecs.register_task_definition(
            family="tidy",
            networkMode="awsvpc",
            containerDefinitions=[
                {
                    "name": "web",
                    "image": "web:1",
                    "memory": 64,
                    "readonlyRootFilesystem": True,
                    "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "web"}},
                    "environment": [{"name": "STAGE", "value": "production"}],
                }
            ],
        )
        ecs.register_task_definition(
            family="loose",
            networkMode="host",
            pidMode="host",
            containerDefinitions=[
                {
                    "name": "job",
                    "image": "job:1",
                    "memory": 64,
                    "privileged": True,
                    "user": "root",
                    "environment": [{"name": "DATABASE_PASSWORD", "value": "correct horse battery"}],
                }
            ],
        )
        ec2 = aws.client("ec2", region)
        network = ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=network, CidrBlock="10.8.0.0/24")["Subnet"]["SubnetId"]
        for cluster, public, version in (("tidy", "DISABLED", "LATEST"), ("loose", "ENABLED", "1.3.0")):
            ecs.create_service(
                cluster=cluster,
                serviceName=f"{cluster}-service",
                taskDefinition="tidy",
                desiredCount=1,
                launchType="FARGATE",
                platformVersion=version,
                networkConfiguration={
                    "awsvpcConfiguration": {"subnets": [subnet], "securityGroups": [], "assignPublicIp": public}
                },
            )
