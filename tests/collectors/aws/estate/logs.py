"""Log groups, one of them that of a trail, with filters that count what happens."""

from __future__ import annotations

import json

from tests.collectors.aws.world import REGIONS, Maker

EVENTS = "trail-events"


def populate(aws: Maker) -> None:
    for region in REGIONS:
        logs = aws.client("logs", region)
        for name, key in ((EVENTS, f"arn:aws:kms:{region}:{aws.account}:key/logs"), ("forgotten", "")):
            logs.create_log_group(logGroupName=name, **({"kmsKeyId": key} if key else {}))
        logs.put_retention_policy(logGroupName=EVENTS, retentionInDays=400)
        logs.create_log_group(logGroupName="short")
        logs.put_retention_policy(logGroupName="short", retentionInDays=7)
        for name, principal in (("open", "*"), ("dns", {"Service": "route53.amazonaws.com"})):
            statement = {"Effect": "Allow", "Principal": principal, "Action": "logs:PutLogEvents", "Resource": "*"}
            document = {"Version": "2012-10-17", "Statement": [statement]}
            logs.put_resource_policy(policyName=name, policyDocument=json.dumps(document))
        _count(logs, "root", '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS }')
        _count(logs, "trails", "{ $.eventName = DeleteTrail }")
        _count(logs, "strange", "[first, second]")


def _count(logs: object, name: str, pattern: str) -> None:
    metric = {"metricName": name, "metricNamespace": "Audit", "metricValue": "1", "defaultValue": 0.0}
    logs.put_metric_filter(  # type: ignore[attr-defined] # the SDK makes its methods as it runs
        logGroupName=EVENTS, filterName=name, filterPattern=pattern, metricTransformations=[metric]
    )


def _guarded(body: bytes) -> bytes:
    """moto does not know of deletion protection and of data protection policies."""
    answer = json.loads(body)
    for group in answer["logGroups"]:
        group["deletionProtectionEnabled"] = group["logGroupName"] == EVENTS
        if group["logGroupName"] == EVENTS:
            group["dataProtectionStatus"] = "ACTIVATED"
    return json.dumps(answer).encode()


MENDED = {"logs:DescribeLogGroups": _guarded}
