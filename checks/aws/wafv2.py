"""Checks of web ACLs: they have rules, protect something, and tell what they turned away."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resource import missing_fields
from core.resources.aws.wafv2 import WebAcl

REGIONAL = "REGIONAL"


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def web_acl_logs_requests(acl: WebAcl) -> Verdict:
    """A web ACL records the requests that it sees.

    Without a log nobody learns who attacks, nor which visitors a rule turns away by mistake.

    Remediation: `aws wafv2 put-logging-configuration`, to a log group, bucket or stream whose name begins with
    `aws-waf-logs-`.
    """
    if acl.logs_to:
        return passed(f"{acl.name} records requests into {', '.join(acl.logs_to)}")
    return failed(f"{acl.name} records no requests")


@check(objective="use-is-logged", severity=Severity.LOW)
def web_acl_rules_are_counted(acl: WebAcl) -> Verdict:
    """CloudWatch counts what each rule of a web ACL does.

    A number that jumps is the first sign of an attack, and what an alarm can hang on.

    Remediation: Set `CloudWatchMetricsEnabled` to true in the `VisibilityConfig` of each rule.
    """
    if not acl.rules:
        return not_applicable(f"{acl.name} has no rules")
    silent = [each.name for each in acl.rules if not each.metrics]
    if silent:
        return failed(f"nothing counts what these rules of {acl.name} do: {', '.join(silent)}")
    return passed(f"CloudWatch counts what each of {len(acl.rules)} rules of {acl.name} does")


@check(objective="traffic-is-filtered", severity=Severity.MEDIUM)
def web_acl_has_rules(acl: WebAcl) -> Verdict:
    """A web ACL has rules, and not all of them only count.

    Otherwise it lets everything through, and looks like protection. Counting is for the days in which one tries a rule.

    Remediation: Add rules, such as the core rule set that AWS manages.
    """
    reason = f"{acl.name} has {len(acl.rules) or 'no'} rules"
    if acl.blocks_by_default:
        return passed(f"{reason}, and turns away what none of them lets through")
    if not acl.rules:
        return failed(f"{reason}, and lets everything through")
    if all(each.only_counts for each in acl.rules):
        return failed(f"{reason} that only count, and lets everything through")
    return passed(reason)


@check(objective="what-is-not-needed-is-removed", severity=Severity.LOW)
def web_acl_protects_something(acl: WebAcl) -> Verdict:
    """A web ACL of a region has something behind it.

    One that protects nothing costs money, and may stand in a list of what is protected.

    Remediation: Associate it with a load balancer, stage, API or user pool; or delete it.
    """
    if acl.scope != REGIONAL:
        return not_applicable(f"{acl.name} is for CloudFront, whose distributions name their ACL")
    if acl.resources:
        return passed(f"{acl.name} protects {', '.join(acl.resources)}")
    return failed(f"no load balancer, stage, API or user pool is behind {acl.name}")


def web_acl_of(resource: str, acls: Population[WebAcl]) -> WebAcl | None:
    """The web ACL before a resource, or `None` when there is none.

    One that was seen is enough. That there is none can only be said where all were seen: raises `NotObservedError`.
    """
    for each in acls.observed:
        if "resources" not in missing_fields(each) and resource in each.resources:
            return each
    return next((each for each in acls if resource in each.resources), None)
