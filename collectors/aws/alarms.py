"""CloudWatch alarms, and who hears them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from collectors.aws.errors import is_answer
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import Unobserved
from core.resources.aws.alarms import Alarm, AlarmTopic, TopicSubscription

ALARMS = Read("cloudwatch", "DescribeAlarms")
SUBSCRIPTIONS = Read("sns", "ListSubscriptionsByTopic")

KINDS = ["MetricAlarm", "CompositeAlarm"]
UNCONFIRMED = ("PendingConfirmation", "Deleted")
"""What stands in the place of a subscription's ARN while nobody confirmed it, and after it was given up."""


@collector(permissions=(ALARMS, SUBSCRIPTIONS))
def alarms(region: AwsRegion) -> Iterator[Alarm | AlarmTopic]:
    """Every alarm of the region on a metric or on other alarms, and the topics that they speak to."""
    topics: set[str] = set()
    for answer in region.answers(ALARMS, "MetricAlarms", AlarmTypes=KINDS):
        for found in (*answer.get("MetricAlarms", ()), *answer.get("CompositeAlarms", ())):
            alarm = _alarm(found)
            topics |= {each for each in alarm.actions if ":sns:" in each}
            yield alarm
    yield from region.each(lambda arn: _topic(region, arn), sorted(topics))


def _alarm(found: Mapping[str, Any]) -> Alarm:
    watched = found
    inputs: tuple[str, ...] = ()
    queries = found.get("Metrics") or []
    metrics = [each["MetricStat"] for each in queries if "MetricStat" in each]
    if len(queries) == 1 and metrics:  # one metric, written as a calculation
        watched = {**metrics[0]["Metric"], "Statistic": metrics[0]["Stat"]}
    elif queries:
        inputs = tuple(sorted(f"{each['Metric']['Namespace']}/{each['Metric']['MetricName']}" for each in metrics))
    threshold = found.get("Threshold")
    return Alarm(
        id=found["AlarmArn"],
        name=found["AlarmName"],
        acts=found["ActionsEnabled"],
        actions=tuple(sorted(found.get("AlarmActions", ()))),
        namespace=watched.get("Namespace", ""),
        metric=watched.get("MetricName", ""),
        inputs=inputs,
        dimensions=tuple(sorted(each["Name"] for each in watched.get("Dimensions", ()))),
        statistic=watched.get("Statistic", ""),
        comparison=found.get("ComparisonOperator", ""),
        threshold="" if threshold is None else f"{threshold:.15g}",
        periods=found.get("DatapointsToAlarm", found.get("EvaluationPeriods")),
        rule=found.get("AlarmRule", ""),
        suppressor=found.get("ActionsSuppressor", ""),
    )


def _topic(region: AwsRegion, arn: str) -> AlarmTopic:
    """A topic. Where another account owns it, its policy may keep the subscriptions from us."""
    found = region.look(lambda: _subscriptions(region, arn))
    exists = found if isinstance(found, Unobserved) else found is not None
    return AlarmTopic(id=arn, exists=exists, subscriptions=() if found is None else found)


def _subscriptions(region: AwsRegion, arn: str) -> tuple[TopicSubscription, ...] | None:
    """`None` when there is no such topic."""
    try:
        listed = list(region.pages(SUBSCRIPTIONS, "Subscriptions", TopicArn=arn))
    except ClientError as error:
        if is_answer(error, "NotFound", "NotFoundException"):
            return None
        raise
    told = [(each["Protocol"], each["SubscriptionArn"] not in UNCONFIRMED) for each in listed]
    return tuple(TopicSubscription(protocol=protocol, confirmed=confirmed) for protocol, confirmed in sorted(told))
