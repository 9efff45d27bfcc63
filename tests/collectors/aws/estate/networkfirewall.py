"""Network firewalls. What a policy says is canned: moto has no policies."""

from __future__ import annotations

from typing import Any

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import ACCOUNT, REGIONS, Maker

POLICY = f"arn:aws:network-firewall:us-east-1:{ACCOUNT}:firewall-policy/all"
ANSWERS = {
    "network-firewall:DescribeFirewallPolicy": Canned(
        {
            "UpdateToken": "1",
            "FirewallPolicyResponse": {
                "FirewallPolicyName": "all",
                "FirewallPolicyArn": POLICY,
                "FirewallPolicyId": "1",
            },
            "FirewallPolicy": {
                "StatelessDefaultActions": ["aws:forward_to_sfe"],
                "StatelessFragmentDefaultActions": ["aws:pass"],
                "StatefulRuleGroupReferences": [
                    {"ResourceArn": f"arn:aws:network-firewall:us-east-1:{ACCOUNT}:stateful-rulegroup/all"}
                ],
            },
        }
    )
}


def populate(aws: Maker) -> None:
    for region in REGIONS:
        ec2, firewall = aws.client("ec2", region), aws.client("network-firewall", region)
        vpc = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
        _make(firewall, "edge", vpc, ["subnet-1", "subnet-2"], protected=True)
        _make(firewall, "small", "vpc-elsewhere", ["subnet-3"], protected=False)
        firewall.update_logging_configuration(
            FirewallName="edge",
            LoggingConfiguration={
                "LogDestinationConfigs": [
                    {"LogType": "ALERT", "LogDestinationType": "S3", "LogDestination": {"bucketName": "tidy-bucket"}}
                ]
            },
        )


def _make(firewall: Any, name: str, vpc: str, subnets: list[str], *, protected: bool) -> None:
    firewall.create_firewall(
        FirewallName=name,
        FirewallPolicyArn=POLICY,
        VpcId=vpc,
        SubnetMappings=[{"SubnetId": each} for each in subnets],
        DeleteProtection=protected,
    )
