"""Network firewalls, each with its policy and what it records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from collectors.aws.listings import where_offered
from collectors.aws.operations import Read
from collectors.aws.parts import part_of
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resources.aws.networkfirewall import NetworkFirewall

LIST_FIREWALLS = Read("network-firewall", "ListFirewalls")
FIREWALL = Read("network-firewall", "DescribeFirewall")
LOGGING = Read(
    "network-firewall",
    "DescribeLoggingConfiguration",
    ("network-firewall:DescribeLoggingConfiguration", "logs:GetLogDelivery", "logs:ListLogDeliveries"),
)
"""What it records is kept by CloudWatch Logs, which the caller must be allowed to ask."""
POLICY = Read("network-firewall", "DescribeFirewallPolicy")


@collector(permissions=(LIST_FIREWALLS, FIREWALL, LOGGING, POLICY))
def network_firewalls(region: AwsRegion) -> Iterator[NetworkFirewall]:
    """Every network firewall of the region."""
    listed = (each["FirewallArn"] for each in where_offered(region, LIST_FIREWALLS, "Firewalls"))
    yield from region.each(lambda arn: _firewall(region, arn), listed)


def _firewall(region: AwsRegion, arn: str) -> NetworkFirewall:
    found = region.ask(FIREWALL, FirewallArn=arn)["Firewall"]
    policy = region.look(lambda: region.ask(POLICY, FirewallPolicyArn=found["FirewallPolicyArn"])["FirewallPolicy"])
    subnets = [each["SubnetId"] for each in found.get("SubnetMappings", ())]
    zones = [each["AvailabilityZone"] for each in found.get("AvailabilityZoneMappings", ())]

    return NetworkFirewall(
        id=arn,
        name=found["FirewallName"],
        vpc=found.get("VpcId", ""),
        places=tuple(sorted(subnets or zones)),
        is_protected=found.get("DeleteProtection", False),
        logs=region.look(lambda: _logs(region, arn)),
        rule_groups=part_of(policy, _groups),
        packets=part_of(policy, lambda said: tuple(sorted(said["StatelessDefaultActions"]))),
        fragments=part_of(policy, lambda said: tuple(sorted(said["StatelessFragmentDefaultActions"]))),
    )


def _logs(region: AwsRegion, arn: str) -> tuple[str, ...]:
    found = region.ask(LOGGING, FirewallArn=arn).get("LoggingConfiguration", {})
    return tuple(sorted({each["LogType"] for each in found.get("LogDestinationConfigs", ())}))


def _groups(policy: Any) -> int:
    references = "StatelessRuleGroupReferences", "StatefulRuleGroupReferences"
    return sum(len(policy.get(name, ())) for name in references)
