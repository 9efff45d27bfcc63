"""Load balancers for applications, networks and gateways: listeners and attributes are asked one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import Unobserved, unobserved
from core.resources.aws.elb import Listener, LoadBalancer

LOAD_BALANCERS = Read("elbv2", "DescribeLoadBalancers")
ATTRIBUTES = Read("elbv2", "DescribeLoadBalancerAttributes")
LISTENERS = Read("elbv2", "DescribeListeners")
RULES = Read("elbv2", "DescribeRules")
TLS_POLICIES = Read("elbv2", "DescribeSSLPolicies")

APPLICATION, GATEWAY = "application", "gateway"
ENCRYPTED = ("HTTPS", "TLS")
LOGS = "access_logs.s3.enabled"
PROTECTED = "deletion_protection.enabled"
DROPS = "routing.http.drop_invalid_header_fields.enabled"
DESYNC = "routing.http.desync_mitigation_mode"

Found = Mapping[str, Any]


@collector(permissions=(LOAD_BALANCERS, ATTRIBUTES, LISTENERS, RULES, TLS_POLICIES))
def load_balancers(region: AwsRegion) -> Iterator[LoadBalancer]:
    """Every load balancer of the region with its listeners."""
    listed = list(region.pages(LOAD_BALANCERS, "LoadBalancers"))
    versions = region.look(lambda: _versions(region) if listed else {})
    yield from region.each(lambda found: _load_balancer(region, found, versions), listed)


def _versions(region: AwsRegion) -> dict[str, tuple[str, ...]]:
    """The versions of TLS that each security policy of AWS accepts."""
    return {each["Name"]: tuple(sorted(each["SslProtocols"])) for each in region.pages(TLS_POLICIES, "SslPolicies")}


def _load_balancer(region: AwsRegion, found: Found, versions: Any) -> LoadBalancer:
    arn, kind = found["LoadBalancerArn"], found["Type"]
    said = region.look(
        lambda: {each["Key"]: each["Value"] for each in region.ask(ATTRIBUTES, LoadBalancerArn=arn)["Attributes"]}
    )
    is_application = kind == APPLICATION
    return LoadBalancer(
        id=arn,
        name=found["LoadBalancerName"],
        type=kind,
        scheme=found.get("Scheme", "") if kind == GATEWAY else found["Scheme"],
        zones=tuple(sorted(each["ZoneName"] for each in found["AvailabilityZones"])),
        listeners=region.look(lambda: tuple(_listeners(region, arn, versions))),
        is_protected=_is_true(said, PROTECTED),
        logs=None if kind == GATEWAY else _is_true(said, LOGS),
        drops_invalid_headers=_is_true(said, DROPS) if is_application else None,
        desync=_value(said, DESYNC) if is_application else None,
    )


def _value(said: Any, name: str) -> Any:
    if isinstance(said, Unobserved):
        return said
    return said.get(name) or unobserved(f"AWS did not say {name}")


def _is_true(said: Any, name: str) -> Any:
    value = _value(said, name)
    return value if isinstance(value, Unobserved) else value == "true"


def _listeners(region: AwsRegion, arn: str, versions: Any) -> Iterator[Listener]:
    found = region.pages(LISTENERS, "Listeners", LoadBalancerArn=arn)
    for each in sorted(found, key=lambda one: (int(one.get("Port", 0)), str(one["ListenerArn"]))):
        policy = each.get("SslPolicy", "") if each["Protocol"] in ENCRYPTED else ""
        yield Listener(
            port=each.get("Port"),
            protocol=each["Protocol"],
            policy=policy,
            tls=_accepted(policy, versions),
            serves_plain=each["Protocol"] == "HTTP" and region.look(partial(_plain, region, each["ListenerArn"])),
        )


def _accepted(policy: str, versions: Any) -> Any:
    if not policy:
        return ()
    if isinstance(versions, Unobserved):
        return versions
    return versions.get(policy) or unobserved(f"AWS did not say what the policy {policy} accepts")


def _plain(region: AwsRegion, listener: str) -> bool:
    """Whether a rule of a listener, the one for all else included, does anything but redirect to HTTPS."""
    rules = region.pages(RULES, "Rules", ListenerArn=listener)
    return any(not _redirects(rule["Actions"]) for rule in rules)


def _redirects(actions: Iterable[Found]) -> bool:
    return any(
        each["Type"] == "redirect" and each.get("RedirectConfig", {}).get("Protocol") == "HTTPS" for each in actions
    )
