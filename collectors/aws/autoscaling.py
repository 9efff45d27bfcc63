"""Auto Scaling groups and launch configurations, each in one listing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.ec2_instances import metadata_options
from collectors.aws.marks import kinds_of_secrets
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resources.aws.autoscaling import AutoScalingGroup, LaunchConfiguration

GROUPS = Read("autoscaling", "DescribeAutoScalingGroups")
CONFIGURATIONS = Read("autoscaling", "DescribeLaunchConfigurations")
MOST = 100


@collector(permissions=(GROUPS,))
def groups(region: AwsRegion) -> Iterator[AutoScalingGroup]:
    """Every Auto Scaling group of the region."""
    for found in region.pages(GROUPS, "AutoScalingGroups", MaxRecords=MOST):
        template = _template(found)
        yield AutoScalingGroup(
            id=found["AutoScalingGroupARN"],
            name=found["AutoScalingGroupName"],
            zones=tuple(sorted(found["AvailabilityZones"])),
            launch_configuration=found.get("LaunchConfigurationName", ""),
            template=template.get("LaunchTemplateId", ""),
            template_version=template.get("Version") or "$Default",
            behind_load_balancer=any(
                found.get(name) for name in ("LoadBalancerNames", "TargetGroupARNs", "TrafficSources")
            ),
            health_checks=tuple(sorted(found["HealthCheckType"].split(","))),
            mixes_in_spot=_mixes_in_spot(found.get("MixedInstancesPolicy", {})),
            rebalances=found.get("CapacityRebalance", False),
        )


@collector(permissions=(CONFIGURATIONS,))
def configurations(region: AwsRegion) -> Iterator[LaunchConfiguration]:
    """Every launch configuration of the region."""
    for found in region.pages(CONFIGURATIONS, "LaunchConfigurations", MaxRecords=MOST):
        yield LaunchConfiguration(
            id=found["LaunchConfigurationARN"],
            name=found["LaunchConfigurationName"],
            metadata=metadata_options(found.get("MetadataOptions")),
            public_address=found.get("AssociatePublicIpAddress"),
            spot=bool(found.get("SpotPrice")),
            secrets=kinds_of_secrets(found.get("UserData", "")),
        )


def _template(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """The launch template of a group, which a mixed instances policy names in its own place."""
    mixed = found.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {}).get("LaunchTemplateSpecification", {})
    template: Mapping[str, Any] = found.get("LaunchTemplate") or mixed
    return template


def _mixes_in_spot(policy: Mapping[str, Any]) -> bool:
    """Whether a mixed instances policy has some started as spot instances. Where it gives no share, none are."""
    share = policy.get("InstancesDistribution", {}).get("OnDemandPercentageAboveBaseCapacity", 100)
    return bool(policy) and share < 100  # noqa: PLR2004 - per cent
