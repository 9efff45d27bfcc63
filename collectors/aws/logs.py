"""CloudWatch Logs. What groups are like, never what is written in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.operations import Read
from collectors.aws.policy_documents import statements
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.logs import CountedMetric, LogGroup, LogPolicy, MetricFilter

GROUPS = Read("logs", "DescribeLogGroups")
POLICIES = Read("logs", "DescribeResourcePolicies")
FILTERS = Read("logs", "DescribeMetricFilters")


@collector(permissions=(GROUPS,))
def groups(region: AwsRegion) -> Iterator[LogGroup]:
    """Every log group of the region."""
    for found in region.pages(GROUPS, "logGroups"):
        yield LogGroup(
            id=_arn(region, found["logGroupName"]),
            name=found["logGroupName"],
            storage=found.get("logGroupClass", "STANDARD"),  # which all were before there were others
            days=found.get("retentionInDays"),
            key=found.get("kmsKeyId", ""),
            guarded=found.get("deletionProtectionEnabled", unobserved("AWS does not say whether it is guarded")),
            masks=found.get("dataProtectionStatus") == "ACTIVATED"
            or "ACCOUNT_DATA_PROTECTION" in found.get("inheritedProperties", ()),
        )


@collector(permissions=(POLICIES,))
def policies(region: AwsRegion) -> Iterator[LogPolicy]:
    """The account's resource policies. Those of single log groups would be one question for each group."""
    for found in region.pages(POLICIES, "resourcePolicies"):
        yield LogPolicy(id=found["policyName"], account=region.account, statements=statements(found["policyDocument"]))


@collector(permissions=(FILTERS,))
def filters(region: AwsRegion) -> Iterator[MetricFilter]:
    """Every metric filter of the region, whatever log group it counts in."""
    for found in region.pages(FILTERS, "metricFilters"):
        group = found["logGroupName"]
        yield MetricFilter(
            id=f"{group}:{found['filterName']}",  # neither name may have a colon
            name=found["filterName"],
            group=_arn(region, group),
            pattern=found.get("filterPattern", ""),
            restricted=bool(found.get("fieldSelectionCriteria")) or found.get("applyOnTransformedLogs", False),
            metrics=tuple(_metric(each) for each in found["metricTransformations"]),
        )


def _metric(found: Mapping[str, Any]) -> CountedMetric:
    return CountedMetric(
        namespace=found["metricNamespace"],
        name=found["metricName"],
        value=found["metricValue"],
        dimensions=tuple(sorted(found.get("dimensions", ()))),
        publishes_zero="defaultValue" in found,
    )


def _arn(region: AwsRegion, group: str) -> str:
    return f"arn:{region.identity.partition}:logs:{region.scope}:{region.account}:log-group:{group}"
