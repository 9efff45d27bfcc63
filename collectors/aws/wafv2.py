"""Web ACLs: those of a region, and those of the edge, which stand in one region for the whole account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.operations import Read
from collectors.aws.parts import part_of
from collectors.aws.source import AwsAccount, AwsRegion, Place
from core.plugins import collector
from core.resources.aws.wafv2 import AclRule, WebAcl

LIST_ACLS = Read("wafv2", "ListWebACLs")
GET_ACL = Read("wafv2", "GetWebACL")
LOGGING = Read("wafv2", "ListLoggingConfigurations")
RESOURCES = Read(
    "wafv2",
    "ListResourcesForWebACL",
    (
        "wafv2:ListResourcesForWebACL",
        "appsync:ListResourcesForWebACL",
        "cognito-idp:ListResourcesForWebACL",
        "elasticloadbalancing:DescribeWebACLAssociation",
    ),
)
"""The service asks the others on behalf of the caller, who must be allowed to."""

REGIONAL, EDGE = "REGIONAL", "CLOUDFRONT"
PROTECTED = ("APPLICATION_LOAD_BALANCER", "API_GATEWAY", "APPSYNC", "COGNITO_USER_POOL")
"""What may be behind a web ACL, and is asked for: AWS tells one type at a time."""
LOG_OWNERS = ("CUSTOMER", "SECURITY_LAKE")

Found = Mapping[str, Any]


@collector(permissions=(LIST_ACLS, GET_ACL, LOGGING, RESOURCES))
def regional_web_acls(region: AwsRegion) -> Iterator[WebAcl]:
    """Every web ACL of the region, and what is behind it."""
    yield from _web_acls(region, REGIONAL)


@collector(permissions=(LIST_ACLS, GET_ACL, LOGGING))
def edge_web_acls(account: AwsAccount) -> Iterator[WebAcl]:
    """Every web ACL for CloudFront. Only the partition `aws` has them."""
    if account.identity.partition == "aws":
        yield from _web_acls(account, EDGE)


def _web_acls(place: Place, scope: str) -> Iterator[WebAcl]:
    listed = list(place.pages(LIST_ACLS, "WebACLs", Scope=scope))
    logs = place.look(lambda: _logs(place, scope) if listed else {})
    yield from place.each(lambda found: _web_acl(place, scope, found, logs), listed)


def _logs(place: Place, scope: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for owner in LOG_OWNERS:
        for each in place.pages(LOGGING, "LoggingConfigurations", Scope=scope, LogScope=owner):
            arn = each["ResourceArn"]
            found[arn] = tuple(sorted({*found.get(arn, ()), *each["LogDestinationConfigs"]}))
    return found


def _web_acl(place: Place, scope: str, found: Found, logs: Any) -> WebAcl:
    arn, name = found["ARN"], found["Name"]
    said = place.look(lambda: place.ask(GET_ACL, Name=name, Scope=scope, Id=found["Id"])["WebACL"])
    return WebAcl(
        id=arn,
        name=name,
        scope=scope,
        rules=part_of(said, lambda acl: tuple(_rules(acl))),
        blocks_by_default=part_of(said, lambda acl: "Block" in acl["DefaultAction"]),
        logs_to=part_of(logs, lambda found: found.get(arn, ())),
        resources=place.look(lambda: _behind(place, arn)) if scope == REGIONAL else (),
    )


def _rules(said: Found) -> Iterator[AclRule]:
    groups = "PreProcessFirewallManagerRuleGroups", "PostProcessFirewallManagerRuleGroups"
    for each in (*said.get(groups[0], ()), *said.get("Rules", ()), *said.get(groups[1], ())):
        yield AclRule(
            name=each["Name"],
            metrics=each["VisibilityConfig"]["CloudWatchMetricsEnabled"],
            # A rule has an action, and a group of rules may have one that overrides theirs.
            only_counts=any("Count" in each.get(member, {}) for member in ("Action", "OverrideAction")),
        )


def _behind(place: Place, arn: str) -> tuple[str, ...]:
    found = (place.ask(RESOURCES, WebACLArn=arn, ResourceType=each).get("ResourceArns", ()) for each in PROTECTED)
    return tuple(sorted({each for one in found for each in one}))
