"""Clusters, good and careless. moto gives instances no public addresses: one is told here."""

from __future__ import annotations

import json

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import Maker

INSTANCES = {"InstanceCount": 1, "MasterInstanceType": "m5.large", "KeepJobFlowAliveWhenNoSteps": True}
ENCRYPTS = {"EncryptionConfiguration": {"EnableAtRestEncryption": True, "EnableInTransitEncryption": True}}


def populate(aws: Maker) -> None:
    emr = aws.client("emr")  # moto tells the region by the address, so that here all regions are one
    emr.create_security_configuration(Name="full", SecurityConfiguration=json.dumps(ENCRYPTS))
    for name, settings in (("good", {"SecurityConfiguration": "full", "LogUri": "s3://logs"}), ("careless", {})):
        emr.run_job_flow(
            Name=name,
            ReleaseLabel="emr-7.0.0",
            Instances=INSTANCES,
            JobFlowRole="instances",
            ServiceRole="service",
            **settings,
        )
    emr.put_block_public_access_configuration(
        BlockPublicAccessConfiguration={
            "BlockPublicSecurityGroupRules": True,
            "PermittedPublicSecurityGroupRuleRanges": [{"MinRange": 22, "MaxRange": 22}],
        }
    )


ANSWERS = {
    "emr:ListInstances": Canned({"Instances": [{"Ec2InstanceId": "i-0123", "PublicIpAddress": "203.0.113.7"}]}),
}
