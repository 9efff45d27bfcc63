"""CloudWatch alarms, and the topics to which they speak."""

from __future__ import annotations

from core.resource import Observed, Resource, part, resource


@resource("aws_alarm")
class Alarm(Resource):
    """An alarm, on one metric, on a calculation, or on other alarms. The id is its ARN."""

    id: str
    name: str
    acts: bool
    """Its actions are not switched off."""
    actions: tuple[str, ...]
    """The ARNs of what it starts when it rings."""
    namespace: str
    metric: str
    """The one metric that it watches; empty when it watches something else."""
    inputs: tuple[str, ...]
    """`namespace/metric` of the metrics from which it calculates what it watches."""
    dimensions: tuple[str, ...]
    statistic: str
    """`Sum`, `SampleCount`, `Average`, `Maximum`, `Minimum`; empty for percentiles and for other alarms."""
    comparison: str
    threshold: str
    """A number, as text: sealed data has no fractions. Empty where there is none."""
    periods: int | None
    """In how many periods the metric must be over the threshold; `None` where that is not how it works."""
    rule: str
    """Of an alarm on other alarms; empty for all others."""
    suppressor: str
    """The alarm that keeps this one silent while it rings; empty when none does."""


@part
class TopicSubscription(Observed):
    """Where a topic sends its messages. Not to whom: addresses belong to people."""

    protocol: str
    """`email`, `sms`, `https`, `lambda`, `sqs`, …"""
    confirmed: bool


@resource("aws_alarm_topic")
class AlarmTopic(Resource):
    """A topic of SNS that is an action of an alarm. The id is its ARN."""

    id: str
    exists: bool
    subscriptions: tuple[TopicSubscription, ...]
