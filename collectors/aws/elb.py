"""Classic load balancers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.operations import Read
from collectors.aws.parts import part_of
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import Unobserved, unobserved
from core.resources.aws.elb import ClassicListener, ClassicLoadBalancer

LOAD_BALANCERS = Read("elb", "DescribeLoadBalancers")
ATTRIBUTES = Read("elb", "DescribeLoadBalancerAttributes")
POLICIES = Read("elb", "DescribeLoadBalancerPolicies")

ENCRYPTED = ("HTTPS", "SSL")
VERSION = "Protocol-"
"""How the attributes of a policy begin that switch on a version of TLS: `Protocol-TLSv1.2`."""
DESYNC = "elb.http.desyncmitigationmode"

Found = Mapping[str, Any]


@collector(permissions=(LOAD_BALANCERS, ATTRIBUTES, POLICIES))
def classic_load_balancers(region: AwsRegion) -> Iterator[ClassicLoadBalancer]:
    """Every classic load balancer of the region."""
    yield from region.each(
        lambda found: _load_balancer(region, found), region.pages(LOAD_BALANCERS, "LoadBalancerDescriptions")
    )


def _load_balancer(region: AwsRegion, found: Found) -> ClassicLoadBalancer:
    name = found["LoadBalancerName"]
    listeners = found["ListenerDescriptions"]
    attributes = region.look(lambda: region.ask(ATTRIBUTES, LoadBalancerName=name)["LoadBalancerAttributes"])
    encrypted = any(each["Listener"]["Protocol"] in ENCRYPTED for each in listeners)
    versions = region.look(lambda: _versions(region, name) if encrypted else {})
    return ClassicLoadBalancer(
        id=f"arn:{region.identity.partition}:elasticloadbalancing:{region.scope}:{region.account}:loadbalancer/{name}",
        name=name,
        scheme=found["Scheme"],
        zones=tuple(sorted(found["AvailabilityZones"])),
        listeners=tuple(
            _listener(each, versions)
            for each in sorted(listeners, key=lambda one: int(one["Listener"]["LoadBalancerPort"]))
        ),
        logs=part_of(attributes, lambda said: said["AccessLog"]["Enabled"]),
        desync=part_of(attributes, _desync),
    )


def _versions(region: AwsRegion, name: str) -> dict[str, tuple[str, ...]]:
    """The versions of TLS that each policy of a load balancer accepts."""
    found = region.ask(POLICIES, LoadBalancerName=name)["PolicyDescriptions"]
    return {
        each["PolicyName"]: tuple(
            one["AttributeName"].removeprefix(VERSION)
            for one in each["PolicyAttributeDescriptions"]
            if one["AttributeName"].startswith(VERSION) and one["AttributeValue"] == "true"
        )
        for each in found
    }


def _listener(found: Found, versions: Any) -> ClassicListener:
    listener = found["Listener"]
    tls: Any = ()
    if listener["Protocol"] in ENCRYPTED:
        if isinstance(versions, Unobserved):
            tls = versions
        else:
            tls = tuple(sorted({one for name in found.get("PolicyNames", ()) for one in versions.get(name, ())}))
            tls = tls or unobserved("no policy of the listener says which versions of TLS it accepts")
    return ClassicListener(port=listener["LoadBalancerPort"], protocol=listener["Protocol"], tls=tls)


def _desync(attributes: Found) -> Any:
    values = {each["Key"]: each["Value"] for each in attributes.get("AdditionalAttributes", ())}
    return values.get(DESYNC) or unobserved("AWS did not say how the load balancer treats ambiguous requests")
