"""Alarms: one that is heard, one that is switched off, one that is silent; and the trail that brings them events."""

from __future__ import annotations

import json

from tests.collectors.aws.estate.logs import EVENTS
from tests.collectors.aws.world import REGIONS, Maker


def populate(aws: Maker) -> None:
    for region in REGIONS:
        topics = aws.client("sns", region)
        heard, deaf = (topics.create_topic(Name=name)["TopicArn"] for name in ("alarms", "nobody-there"))
        topics.subscribe(TopicArn=heard, Protocol="email", Endpoint="security@example.com")
        alarms = aws.client("cloudwatch", region)
        watching = {
            "Namespace": "Audit",
            "Statistic": "Sum",
            "Period": 300,
            "EvaluationPeriods": 1,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        }
        alarms.put_metric_alarm(AlarmName="root", MetricName="root", AlarmActions=[heard], **watching)
        alarms.put_metric_alarm(
            AlarmName="trails", MetricName="trails", AlarmActions=[heard], ActionsEnabled=False, **watching
        )
        alarms.put_metric_alarm(AlarmName="deaf", MetricName="other", AlarmActions=[deaf, f"{heard}-gone"], **watching)
        metric = {"Metric": {"Namespace": "Audit", "MetricName": "root"}, "Period": 300, "Stat": "Sum"}
        calculated = [
            {"Id": "twice", "Expression": "2 * root", "ReturnData": True},
            {"Id": "root", "MetricStat": metric, "ReturnData": False},
        ]
        told = {name: watching[name] for name in ("EvaluationPeriods", "Threshold", "ComparisonOperator")}
        alarms.put_metric_alarm(AlarmName="calculated", Metrics=calculated, **told)
        alarms.put_metric_alarm(AlarmName="written-otherwise", Metrics=[{**calculated[1], "ReturnData": True}], **told)
    logs = aws.client("s3")
    logs.create_bucket(Bucket="watched-trail-bucket")
    trails = aws.client("cloudtrail")
    trails.create_trail(
        Name="watched",
        S3BucketName="watched-trail-bucket",
        IsMultiRegionTrail=True,
        CloudWatchLogsLogGroupArn=f"arn:aws:logs:{REGIONS[0]}:{aws.account}:log-group:{EVENTS}:*",
        CloudWatchLogsRoleArn=f"arn:aws:iam::{aws.account}:role/trail",
    )
    trails.start_logging(Name="watched")
    trails.put_event_selectors(
        TrailName="watched", EventSelectors=[{"ReadWriteType": "All", "IncludeManagementEvents": True}]
    )


def _with_alarm_of_alarms(body: bytes) -> bytes:
    """moto has no alarms on alarms."""
    answer = json.loads(body)
    first = answer["MetricAlarms"][0]
    arn = first["AlarmArn"].rpartition(":")[0]
    answer["CompositeAlarms"] = [
        {"AlarmName": "any", "AlarmArn": f"{arn}:any", "ActionsEnabled": True, "AlarmRule": 'ALARM("calculated")'}
    ]
    return json.dumps(answer).encode()


MENDED = {"cloudwatch:DescribeAlarms": _with_alarm_of_alarms}
