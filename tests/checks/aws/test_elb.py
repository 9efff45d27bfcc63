"""Truth tables of the checks of load balancers of both generations, and of what stands before them."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws import elb, elbv2, networkfirewall, wafv2
from core.plugins import Check
from core.population import Population
from core.resource import NotObservedError, unobserved
from core.resources.aws.elb import ClassicListener, ClassicLoadBalancer, Listener, LoadBalancer
from core.resources.aws.networkfirewall import NetworkFirewall
from core.resources.aws.wafv2 import AclRule, WebAcl
from tests.checks.aws.making import ACCOUNT, status
from tests.checks.aws.test_vpc import SHARED, subnet, vpc
from tests.twins import population

PUBLIC = {"scheme": "internet-facing"}


def classic(**changes: Any) -> ClassicLoadBalancer:
    given: dict[str, Any] = {
        "id": f"arn:aws:elasticloadbalancing:eu-west-1:{ACCOUNT}:loadbalancer/web",
        "name": "web",
        "scheme": "internal",
        "zones": ("eu-west-1a", "eu-west-1b"),
        "listeners": (ClassicListener(port=443, protocol="HTTPS", tls=("TLSv1.2",)),),
        "logs": True,
        "desync": "defensive",
    }
    return ClassicLoadBalancer(**{**given, **changes})


def plain(port: int = 80, protocol: str = "HTTP") -> ClassicListener:
    return ClassicListener(port=port, protocol=protocol, tls=())


@pytest.mark.parametrize(
    ("check", "changes", "expected"),
    [
        (elb.load_balancer_faces_the_internet_on_purpose, {}, "pass"),
        (elb.load_balancer_faces_the_internet_on_purpose, PUBLIC, "fail"),
        (elb.load_balancer_spans_zones, {}, "pass"),
        (elb.load_balancer_spans_zones, {"zones": ("eu-west-1a",)}, "fail"),
        (elb.load_balancer_logs_requests, {}, "pass"),
        (elb.load_balancer_logs_requests, {"logs": False}, "fail"),
        (elb.load_balancer_listens_with_tls, {}, "pass"),
        (elb.load_balancer_listens_with_tls, {"listeners": (plain(),)}, "fail"),
        (elb.load_balancer_listens_with_tls, {"listeners": (plain(5432, "TCP"),)}, "fail"),
        (elb.load_balancer_listens_with_tls, {"listeners": ()}, "not_applicable"),
        (elb.load_balancer_accepts_strong_tls, {}, "pass"),
        (elb.load_balancer_accepts_strong_tls, {"listeners": (plain(),)}, "not_applicable"),
        (
            elb.load_balancer_accepts_strong_tls,
            {"listeners": (ClassicListener(port=443, protocol="SSL", tls=("TLSv1", "TLSv1.2")),)},
            "fail",
        ),
        (elb.load_balancer_refuses_ambiguous_requests, {}, "pass"),
        (elb.load_balancer_refuses_ambiguous_requests, {"desync": "monitor"}, "fail"),
        (elb.load_balancer_refuses_ambiguous_requests, {"listeners": (plain(1, "TCP"),)}, "not_applicable"),
    ],
)
def test_a_classic_load_balancer(check: Check[...], changes: dict[str, Any], expected: str) -> None:
    assert status(check(classic(**changes))) == expected


def balancer(**changes: Any) -> LoadBalancer:
    given: dict[str, Any] = {
        "id": f"arn:aws:elasticloadbalancing:eu-west-1:{ACCOUNT}:loadbalancer/app/shop/1",
        "name": "shop",
        "type": "application",
        "scheme": "internal",
        "zones": ("eu-west-1a", "eu-west-1b"),
        "listeners": (listener(80, "HTTP"), listener(443, "HTTPS", "modern", ("TLSv1.2", "TLSv1.3"))),
        "is_protected": True,
        "logs": True,
        "drops_invalid_headers": True,
        "desync": "strictest",
    }
    return LoadBalancer(**{**given, **changes})


def listener(
    port: int, protocol: str, policy: str = "", tls: tuple[str, ...] = (), *, serves_plain: Any = False
) -> Listener:
    return Listener(port=port, protocol=protocol, policy=policy, tls=tls, serves_plain=serves_plain)


NETWORK = {"type": "network", "drops_invalid_headers": None, "desync": None}
GATEWAY = {**NETWORK, "type": "gateway", "logs": None, "scheme": ""}
TCP = {"listeners": (listener(5432, "TCP"),)}


@pytest.mark.parametrize(
    ("check", "changes", "expected"),
    [
        (elbv2.load_balancer_faces_the_internet_on_purpose, {}, "pass"),
        (elbv2.load_balancer_faces_the_internet_on_purpose, GATEWAY, "pass"),
        (elbv2.load_balancer_faces_the_internet_on_purpose, PUBLIC, "fail"),
        (elbv2.load_balancer_spans_zones, {}, "pass"),
        (elbv2.load_balancer_spans_zones, {"zones": ()}, "fail"),
        (elbv2.load_balancer_logs_requests, {}, "pass"),
        (elbv2.load_balancer_logs_requests, {"logs": False}, "fail"),
        (elbv2.load_balancer_logs_requests, {**NETWORK, "logs": False, **TCP}, "not_applicable"),
        (elbv2.load_balancer_logs_requests, {**NETWORK, "logs": False, "listeners": (listener(1, "TLS"),)}, "fail"),
        (elbv2.load_balancer_logs_requests, GATEWAY, "not_applicable"),
        (elbv2.load_balancer_is_protected, {}, "pass"),
        (elbv2.load_balancer_is_protected, {"is_protected": False}, "fail"),
        (elbv2.plain_requests_are_redirected, {}, "pass"),
        (elbv2.plain_requests_are_redirected, {"listeners": (listener(80, "HTTP", serves_plain=True),)}, "fail"),
        (elbv2.plain_requests_are_redirected, {"listeners": ()}, "not_applicable"),
        (elbv2.plain_requests_are_redirected, NETWORK, "not_applicable"),
        (elbv2.load_balancer_accepts_strong_tls, {}, "pass"),
        (elbv2.load_balancer_accepts_strong_tls, {"listeners": (listener(1, "TLS", "old", ("TLSv1.1",)),)}, "fail"),
        (elbv2.load_balancer_accepts_strong_tls, TCP, "not_applicable"),
        (elbv2.invalid_headers_are_dropped, {}, "pass"),
        (elbv2.invalid_headers_are_dropped, {"drops_invalid_headers": False}, "fail"),
        (elbv2.invalid_headers_are_dropped, NETWORK, "not_applicable"),
        (elbv2.load_balancer_refuses_ambiguous_requests, {}, "pass"),
        (elbv2.load_balancer_refuses_ambiguous_requests, {"desync": "monitor"}, "fail"),
        (elbv2.load_balancer_refuses_ambiguous_requests, NETWORK, "not_applicable"),
    ],
)
def test_a_load_balancer(check: Check[...], changes: dict[str, Any], expected: str) -> None:
    assert status(check(balancer(**changes))) == expected


def test_approved_ones_may_be_on_the_internet() -> None:
    old = elb.load_balancer_faces_the_internet_on_purpose(classic(**PUBLIC), approved=("web",))
    new = elbv2.load_balancer_faces_the_internet_on_purpose(balancer(**PUBLIC), approved=("shop",))
    assert (status(old), status(new)) == ("pass", "pass")


def test_rules_that_were_not_seen_are_unknown() -> None:
    with pytest.raises(NotObservedError):
        elbv2.plain_requests_are_redirected(
            balancer(listeners=(listener(80, "HTTP", serves_plain=unobserved("denied")),))
        )


RULE, COUNTING = (AclRule(name="core", metrics=True, only_counts=counts) for counts in (False, True))


def acl(**changes: Any) -> WebAcl:
    given: dict[str, Any] = {
        "id": f"arn:aws:wafv2:eu-west-1:{ACCOUNT}:regional/webacl/edge/1",
        "name": "edge",
        "scope": "REGIONAL",
        "rules": (RULE,),
        "blocks_by_default": False,
        "logs_to": ("arn:aws:logs:eu-west-1:1:log-group:aws-waf-logs-edge",),
        "resources": (balancer().id,),
    }
    return WebAcl(**{**given, **changes})


@pytest.mark.parametrize(
    ("check", "changes", "expected"),
    [
        (wafv2.web_acl_logs_requests, {}, "pass"),
        (wafv2.web_acl_logs_requests, {"logs_to": ()}, "fail"),
        (wafv2.web_acl_rules_are_counted, {}, "pass"),
        (wafv2.web_acl_rules_are_counted, {"rules": (AclRule(name="x", metrics=False, only_counts=False),)}, "fail"),
        (wafv2.web_acl_rules_are_counted, {"rules": ()}, "not_applicable"),
        (wafv2.web_acl_has_rules, {}, "pass"),
        (wafv2.web_acl_has_rules, {"rules": ()}, "fail"),
        (wafv2.web_acl_has_rules, {"rules": (COUNTING,)}, "fail"),
        (wafv2.web_acl_has_rules, {"rules": (COUNTING, RULE)}, "pass"),
        (wafv2.web_acl_has_rules, {"rules": (), "blocks_by_default": True}, "pass"),
        (wafv2.web_acl_protects_something, {}, "pass"),
        (wafv2.web_acl_protects_something, {"resources": ()}, "fail"),
        (wafv2.web_acl_protects_something, {"resources": (), "scope": "CLOUDFRONT"}, "not_applicable"),
    ],
)
def test_a_web_acl(check: Check[...], changes: dict[str, Any], expected: str) -> None:
    assert status(check(acl(**changes))) == expected


HIDDEN = {"id": "another", "resources": unobserved("denied")}


@pytest.mark.parametrize(
    ("changes", "acls", "expected"),
    [
        (PUBLIC, [acl()], "pass"),
        (PUBLIC, [acl(**HIDDEN), acl()], "pass"),
        (PUBLIC, [acl(resources=())], "fail"),
        (PUBLIC, [], "fail"),
        ({}, [], "not_applicable"),
        ({**NETWORK, **PUBLIC}, [], "not_applicable"),
    ],
)
def test_load_balancer_has_a_web_acl(changes: dict[str, Any], acls: list[WebAcl], expected: str) -> None:
    given = population(*acls, kind="aws_web_acl")
    assert status(elbv2.load_balancer_has_a_web_acl(balancer(**changes), given)) == expected


def test_a_web_acl_that_tells_nothing_may_be_the_one() -> None:
    with pytest.raises(NotObservedError):
        elbv2.load_balancer_has_a_web_acl(balancer(**PUBLIC), population(acl(**HIDDEN)))


def firewall(**changes: Any) -> NetworkFirewall:
    given: dict[str, Any] = {
        "id": f"arn:aws:network-firewall:eu-west-1:{ACCOUNT}:firewall/edge",
        "name": "edge",
        "vpc": "vpc-1",
        "places": ("subnet-1", "subnet-2"),
        "is_protected": True,
        "logs": ("ALERT", "FLOW"),
        "rule_groups": 1,
        "packets": ("aws:forward_to_sfe",),
        "fragments": ("aws:drop",),
    }
    return NetworkFirewall(**{**given, **changes})


@pytest.mark.parametrize(
    ("check", "changes", "expected"),
    [
        (networkfirewall.firewall_logs, {}, "pass"),
        (networkfirewall.firewall_logs, {"logs": ()}, "fail"),
        (networkfirewall.firewall_spans_zones, {}, "pass"),
        (networkfirewall.firewall_spans_zones, {"places": ("subnet-1",)}, "fail"),
        (networkfirewall.firewall_spans_zones, {"places": ()}, "fail"),
        (networkfirewall.firewall_is_protected, {}, "pass"),
        (networkfirewall.firewall_is_protected, {"is_protected": False}, "fail"),
        (networkfirewall.firewall_has_rules, {}, "pass"),
        (networkfirewall.firewall_has_rules, {"rule_groups": 0}, "fail"),
        (networkfirewall.firewall_passes_nothing_unseen, {}, "pass"),
        (networkfirewall.firewall_passes_nothing_unseen, {"packets": ("aws:pass",)}, "fail"),
        (networkfirewall.firewall_passes_nothing_unseen, {"fragments": ("aws:pass",)}, "fail"),
    ],
)
def test_a_network_firewall(check: Check[...], changes: dict[str, Any], expected: str) -> None:
    assert status(check(firewall(**changes))) == expected


@pytest.mark.parametrize(
    ("changes", "reaches", "firewalls", "approved", "expected"),
    [
        ({}, True, [firewall()], (), "pass"),
        ({}, True, [], (), "fail"),
        ({"name": ""}, True, [firewall(vpc="vpc-2")], (), "fail"),
        ({}, True, [], ("main",), "pass"),
        ({}, False, [], (), "not_applicable"),
        (SHARED, True, [], (), "not_applicable"),
    ],
)
def test_network_is_behind_a_firewall(
    changes: dict[str, Any], reaches: Any, firewalls: list[NetworkFirewall], approved: tuple[str, ...], expected: str
) -> None:
    there, subnets = population(*firewalls, kind="aws_network_firewall"), population(subnet(reaches_internet=reaches))
    given = networkfirewall.network_is_behind_a_firewall(vpc(**changes), there, subnets, approved=approved)
    assert status(given) == expected


def test_firewalls_that_were_not_seen_are_unknown() -> None:
    hidden: Population[NetworkFirewall] = population(kind="aws_network_firewall", missing="denied")
    with pytest.raises(NotObservedError):
        networkfirewall.network_is_behind_a_firewall(vpc(), hidden, population(subnet(reaches_internet=True)))
