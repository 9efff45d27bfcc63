"""Web ACLs. Which resources are behind one is canned: moto does not say."""

from __future__ import annotations

from typing import Any

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import ACCOUNT, REGIONS, Maker

ANSWERS: dict[str, Canned] = {}


def populate(aws: Maker) -> None:
    for region in REGIONS:
        _make(aws.client("wafv2", region), "REGIONAL")
    _make(aws.client("wafv2"), "CLOUDFRONT")
    balancers = aws.client("elbv2").describe_load_balancers()["LoadBalancers"]
    behind = [each["LoadBalancerArn"] for each in balancers if each["LoadBalancerName"] == "shop"]
    ANSWERS["wafv2:ListResourcesForWebACL"] = Canned({"ResourceArns": behind})


def _make(waf: Any, scope: str) -> None:
    def seen(name: str, *, counted: bool) -> dict[str, Any]:
        return {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": counted, "MetricName": name}

    def rule(number: int, *, counted: bool) -> dict[str, Any]:
        return {
            "Name": f"rule-{number}",
            "Priority": number,
            "Statement": {"GeoMatchStatement": {"CountryCodes": ["AQ"]}},
            "Action": {"Block": {}},
            "VisibilityConfig": seen(f"rule-{number}", counted=counted),
        }

    def acl(name: str, *rules: dict[str, Any]) -> str:
        made = waf.create_web_acl(
            Name=f"{name}-{scope.lower()}",
            Scope=scope,
            DefaultAction={"Allow": {}},
            Rules=list(rules),
            VisibilityConfig=seen(name, counted=True),
        )
        arn: str = made["Summary"]["ARN"]
        return arn

    good = acl("good", rule(1, counted=True))
    acl("silent", rule(1, counted=False))
    acl("empty")
    log = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:aws-waf-logs-{scope.lower()}"
    waf.put_logging_configuration(LoggingConfiguration={"ResourceArn": good, "LogDestinationConfigs": [log]})
