"""Truth tables of firewalls: what counts before a rule, from the organization down to the network."""

from __future__ import annotations

from typing import Any

import pytest

from checks.gcp.networks import rule_opens_no_management_port_to_everybody
from core.model import Verdict
from core.resource import NotObservedError, unobserved
from core.resources.gcp.compute import FirewallPolicy, FirewallRule, Network, Passage
from core.resources.gcp.hierarchy import Container
from tests.checks.gcp.making import FOLDER, ORGANIZATION, SHOP, all_of, container, status

NET, OTHER = (f"//compute.googleapis.com/projects/example-shop/global/networks/{name}" for name in ("net", "other"))
ABOVE, BELOW, GLOBAL, REGIONAL, SYSTEM = (
    f"//policy/{name}" for name in ("organization", "folder", "global", "regional", "system")
)
"""A policy of the organization, one of the folder, and three of the network."""
CHANGES = dict[str, Any]


def link(network: str) -> str:
    return network.replace("//compute.googleapis.com/", "https://www.googleapis.com/compute/v1/")


def firewall_rule(**changes: Any) -> FirewallRule:
    given: CHANGES = {
        "id": "//r", "container": SHOP, "name": "rule", "network": link(NET), "policy": "", "enabled": True,
        "inbound": True, "allows": True, "passes_on": False, "priority": 1000, "sources": ("0.0.0.0/0",),
        "other_sources": False, "targets": (), "networks": (), "passages": (passage(),),
    }  # fmt: skip
    return FirewallRule(**{**given, **changes})


def of_policy(policy: str, place: int, action: str, *sources: str, **changes: Any) -> FirewallRule:
    given: CHANGES = {
        "id": f"{policy}/{place}", "name": f"{policy[9:]} {place}", "network": "", "policy": policy, "priority": place,
        "allows": action == "allow", "passes_on": action == "goto_next",
        "sources": sources or ("0.0.0.0/0",),
    }  # fmt: skip
    return firewall_rule(**{**given, **changes})


def of_network(priority: int, action: str, **changes: Any) -> FirewallRule:
    return firewall_rule(
        **{"id": f"//r/{action}/{priority}", "name": f"{action} {priority}", "priority": priority,
           "allows": action == "allow", **changes}
    )  # fmt: skip


def passage(protocol: str = "tcp", *ports: str) -> Passage:
    return Passage(protocol=protocol, ports=ports or ("22",))


EVERYTHING = Passage(protocol="all", ports=())
POLICIES = {ABOVE: ORGANIZATION, BELOW: FOLDER, GLOBAL: NET, REGIONAL: NET, SYSTEM: NET}


def judged(
    rule: FirewallRule,
    *others: FirewallRule,
    first: Any = False,
    named: str = "",
    policies: CHANGES = POLICIES,
    seen: tuple[str, ...] = (SHOP, FOLDER, ORGANIZATION),
    missing: str = "",
) -> Verdict:
    networks = [
        Network(id=each, container=SHOP, name=each[-3:], legacy=False, policies_first=first, policy=named)
        for each in (NET, OTHER)
    ]
    found = [
        FirewallPolicy(
            id=name, container=SHOP, name=name, region="europe-west1" if name in (REGIONAL, SYSTEM) else "",
            system=name == SYSTEM, attached=(place,) if isinstance(place, str) else place,
        )
        for name, place in policies.items()
    ]  # fmt: skip
    return rule_opens_no_management_port_to_everybody(
        rule,
        all_of(FirewallRule, rule, *others, missing=missing),
        all_of(FirewallPolicy, *found),
        all_of(Network, *networks),
        all_of(Container, *map(container, seen)),
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "fail"), ({"enabled": False}, "not_applicable"), ({"inbound": False}, "not_applicable"), ({"allows": False}, "not_applicable"),
        ({"sources": ("::/0",)}, "fail"), ({"sources": ("0.0.0.0/1", "128.0.0.0/1")}, "fail"), ({"sources": ("10.0.0.0/8",)}, "pass"),
        ({"sources": ("fc00::/7",)}, "pass"), ({"sources": ("2001:db8::/16",)}, "fail"), ({"sources": ()}, "pass"),
        ({"other_sources": True}, "fail"), ({"other_sources": True, "network": "", "policy": GLOBAL}, "unknown"),
        ({"network": "", "policy": GLOBAL}, "fail"), ({"network": "", "policy": "//policy/nowhere"}, "not_applicable"),
        ({"passages": (passage("tcp", "443"),)}, "pass"), ({"passages": (passage("tcp", "20-30"),)}, "fail"),
        ({"passages": (passage("udp", "22"),)}, "pass"), ({"passages": (EVERYTHING,)}, "fail"),
        ({"passages": (passage("6", "3389"),)}, "fail"), ({"passages": ()}, "pass"),
    ],
)  # fmt: skip
def test_rule_opens_no_management_port_to_everybody(changes: CHANGES, expected: str) -> None:
    assert status(judged(firewall_rule(**changes), policies={**POLICIES, "//policy/nowhere": ()})) == expected


@pytest.mark.parametrize(
    ("changes", "others", "expected"),
    [
        ({}, {}, "pass"), ({"priority": 999}, {}, "pass"), ({"priority": 1001}, {}, "fail"), ({"enabled": False}, {}, "fail"),
        ({"inbound": False}, {}, "fail"), ({"network": link(OTHER)}, {}, "fail"), ({"targets": ("web",)}, {}, "fail"),
        ({"targets": ("web", "db")}, {"targets": ("web",)}, "pass"), ({"targets": ("db",)}, {"targets": ("web",)}, "fail"),
        ({"sources": ("192.0.2.0/24",)}, {}, "fail"), ({}, {"sources": ("::/0",)}, "fail"), ({}, {"sources": ("0.0.0.0/1", "128.0.0.0/1")}, "pass"),
        ({"passages": (passage("tcp", "3389"),)}, {}, "fail"), ({"passages": (EVERYTHING,)}, {}, "pass"),
        ({"passages": unobserved("x"), "allows": True}, {}, "fail"), ({"sources": ("0.0.0.0/1", "128.0.0.0/1")}, {}, "pass"),
        ({"sources": ("0.0.0.0/1",)}, {}, "fail"), ({"sources": tuple(f"{n}.0.0.0/32" for n in range(256))}, {}, "fail"),
        ({"other_sources": True}, {}, "pass"),  # ranges and tags of a network's rule count beside each other
    ],
)  # fmt: skip
def test_a_rule_that_is_denied_first_lets_nobody_in(changes: CHANGES, others: CHANGES, expected: str) -> None:
    denying = firewall_rule(**{"id": "//deny", "name": "deny", "allows": False, **changes})
    assert status(judged(firewall_rule(**others), denying)) == expected


OPENED = of_network(1000, "allow")
DENIED = of_network(900, "deny")
NEXT, DENY, ALLOW = "goto_next", "deny", "allow"
IAP = "35.235.240.0/20"


@pytest.mark.parametrize(
    ("others", "first", "expected"),
    [
        ([of_policy(ABOVE, 10, DENY)], False, "pass"), ([of_policy(BELOW, 10, DENY)], False, "pass"),
        ([of_policy(GLOBAL, 10, DENY)], False, "fail"), ([of_policy(GLOBAL, 10, DENY)], True, "pass"),
        ([of_policy(REGIONAL, 10, DENY)], True, "fail"),  # in other regions nobody denies it
        ([of_policy(ABOVE, 10, DENY, passages=(EVERYTHING,))], False, "pass"), ([of_policy(ABOVE, 10, DENY, passages=(passage("udp"),))], False, "fail"),
        ([of_policy(ABOVE, 10, DENY, enabled=False)], False, "fail"), ([of_policy(ABOVE, 10, DENY, targets=("web",))], False, "fail"),
        ([of_policy(ABOVE, 10, DENY, other_sources=True)], False, "fail"), ([of_policy(ABOVE, 10, DENY, "::/0")], False, "fail"),
        ([of_policy(ABOVE, 10, DENY, networks=(NET,))], False, "pass"), ([of_policy(ABOVE, 10, DENY, networks=(OTHER,))], False, "fail"),
        ([of_policy(ABOVE, 5, NEXT), of_policy(ABOVE, 10, DENY)], False, "fail"), ([of_policy(ABOVE, 15, NEXT), of_policy(ABOVE, 10, DENY)], False, "pass"),
        ([of_policy(ABOVE, 5, NEXT, IAP), of_policy(ABOVE, 10, DENY)], False, "pass"),  # what is left over is not the internet
        ([of_policy(ABOVE, 5, NEXT, IAP), of_policy(ABOVE, 6, NEXT, "0.0.0.0/2"), of_policy(ABOVE, 10, DENY)], False, "fail"),
        ([of_policy(ABOVE, 5, NEXT, other_sources=True, sources=()), of_policy(ABOVE, 10, DENY)], False, "fail"),
        ([of_policy(ABOVE, 5, NEXT, passages=(passage("tcp", "443"),)), of_policy(ABOVE, 10, DENY)], False, "pass"),
        ([of_policy(ABOVE, 5, NEXT, networks=(OTHER,)), of_policy(ABOVE, 10, DENY)], False, "pass"),
        ([of_policy(ABOVE, 5, NEXT), of_policy(ABOVE, 10, DENY), of_policy(BELOW, 9, DENY)], False, "pass"),  # the folder decides then
        ([of_policy(ABOVE, 5, ALLOW, IAP), of_policy(ABOVE, 10, DENY)], False, "pass"),
        ([of_policy(ABOVE, 10, DENY, "0.0.0.0/1"), of_policy(BELOW, 10, DENY, "128.0.0.0/1")], False, "pass"),
        ([of_policy(ABOVE, 10, DENY, "0.0.0.0/1")], False, "fail"), ([of_policy(ABOVE, 10, DENY, "64.0.0.0/2")], False, "fail"),
        ([of_policy(ABOVE, 4, DENY, "0.0.0.0/1"), of_policy(ABOVE, 5, NEXT, "8.0.0.0/8"), of_policy(ABOVE, 10, DENY)], False, "pass"),
        ([of_policy(ABOVE, 10, DENY, "192.0.2.0/24"), of_policy(BELOW, 10, DENY, "0.0.0.0/1", "128.0.0.0/1")], False, "pass"),
    ],
)  # fmt: skip
def test_what_counts_before_the_rule_of_a_network(others: list[FirewallRule], first: bool, expected: str) -> None:
    assert status(judged(OPENED, *others, first=first)) == expected


@pytest.mark.parametrize(
    ("rule", "others", "first", "expected"),
    [
        (of_policy(ABOVE, 10, ALLOW), [DENIED, of_policy(BELOW, 5, DENY)], False, "fail"),  # it opens what all below it close
        (of_policy(ABOVE, 10, ALLOW), [of_policy(ABOVE, 5, DENY)], False, "pass"), (of_policy(ABOVE, 10, ALLOW), [of_policy(ABOVE, 15, DENY)], False, "fail"),
        (of_policy(BELOW, 10, ALLOW), [of_policy(ABOVE, 50, DENY)], False, "pass"), (of_policy(BELOW, 10, ALLOW), [of_policy(ABOVE, 50, NEXT)], False, "fail"),
        (of_policy(BELOW, 10, ALLOW), [of_policy(ABOVE, 50, DENY, networks=(NET,))], False, "fail"),
        (of_policy(BELOW, 10, ALLOW, networks=(NET,)), [of_policy(ABOVE, 50, DENY, networks=(NET, OTHER))], False, "pass"),
        (of_policy(BELOW, 10, ALLOW), [of_policy(BELOW, 5, NEXT, networks=(NET,)), of_policy(ABOVE, 50, DENY)], False, "pass"),
        (of_policy(GLOBAL, 10, ALLOW), [DENIED], False, "pass"), (of_policy(GLOBAL, 10, ALLOW), [DENIED], True, "fail"),
        (of_policy(GLOBAL, 10, ALLOW), [of_policy(BELOW, 50, DENY)], True, "pass"), (of_policy(GLOBAL, 10, ALLOW), [of_policy(REGIONAL, 5, DENY)], True, "fail"),
        (of_policy(REGIONAL, 10, ALLOW), [of_policy(GLOBAL, 50, DENY)], True, "pass"), (of_policy(REGIONAL, 10, ALLOW), [DENIED], True, "fail"),
        (of_policy(REGIONAL, 10, ALLOW), [of_policy(REGIONAL, 5, DENY)], True, "pass"), (of_policy(SYSTEM, 10, ALLOW), [of_policy(BELOW, 5, DENY)], False, "pass"),
        (of_policy(SYSTEM, 10, ALLOW), [DENIED, of_policy(GLOBAL, 5, DENY)], False, "fail"),  # Google's own come before
    ],
)  # fmt: skip
def test_what_counts_before_the_rule_of_a_policy(
    rule: FirewallRule, others: list[FirewallRule], first: bool, expected: str
) -> None:
    assert status(judged(rule, *others, first=first)) == expected


def test_a_reason_names_who_denies_and_where_it_is_open() -> None:
    closed = judged(OPENED, of_policy(ABOVE, 10, DENY, "0.0.0.0/1"), of_policy(BELOW, 10, DENY))
    assert closed.reason == "allow 1000 lets in 0.0.0.0/0 on 22, which folder 10, organization 10 denies"
    opened = judged(of_policy(BELOW, 10, ALLOW))
    assert opened.reason == f"folder 10 lets in 0.0.0.0/0 on 22, at {FOLDER}"


@pytest.mark.parametrize(
    "changes", [{"passages": unobserved("x")}, {"allows": unobserved("x")}, {"sources": unobserved("x")}]
)
def test_a_rule_that_may_deny_first_leaves_it_open(changes: CHANGES) -> None:
    assert status(judged(firewall_rule(), of_network(900, DENY, **changes))) == "unknown"


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (of_policy(ABOVE, 5, DENY, targets=unobserved("x")), "pass"), (of_policy(ABOVE, 5, NEXT, targets=unobserved("x")), "unknown"),
        (of_policy(ABOVE, 5, NEXT, priority=unobserved("x")), "unknown"), (of_policy(ABOVE, 5, ALLOW, enabled=unobserved("x")), "pass"),
        (of_policy(ABOVE, 5, "?", allows=unobserved("x"), passes_on=unobserved("x")), "unknown"),
        (of_policy(ABOVE, 5, "?", allows=unobserved("x"), passes_on=unobserved("x"), networks=unobserved("x")), "unknown"),
    ],
)  # fmt: skip
def test_a_rule_that_may_pass_on_takes_a_denial_away(other: FirewallRule, expected: str) -> None:
    assert status(judged(OPENED, other, of_policy(ABOVE, 10, DENY))) == expected


def test_a_part_of_a_denial_that_nobody_could_read_denies_nothing_for_sure() -> None:
    odd = Passage(protocol=unobserved("x"), ports=())
    assert status(judged(OPENED, of_policy(ABOVE, 10, DENY, passages=(odd,)))) == "unknown"


@pytest.mark.parametrize(
    ("named", "first", "expected"), [("x/firewallPolicies/own", False, "fail"), ("", True, "fail")]
)
def test_a_network_may_name_a_policy(named: str, first: bool, expected: str) -> None:
    assert status(judged(OPENED, first=first, named=named, policies={})) == expected


def test_what_is_hidden_may_deny() -> None:
    assert status(judged(OPENED, seen=(SHOP,))) == "unknown"  # the organization lies outside
    assert status(judged(OPENED, seen=(FOLDER,))) == "unknown"
    assert status(judged(of_policy(BELOW, 10, ALLOW), seen=(SHOP,))) == "unknown"
    assert status(judged(of_policy(BELOW, 10, ALLOW), of_policy(BELOW, 5, DENY), seen=(SHOP, FOLDER))) == "pass"
    assert status(judged(firewall_rule(network="https://x/projects/gone/global/networks/gone"))) == "unknown"
    for hidden in (
        {"missing": "denied"},
        {"policies": {ABOVE: unobserved("x")}},
        {"first": True, "named": "x", "policies": {}},
        {"first": unobserved("x")},
    ):
        with pytest.raises(NotObservedError):
            judged(OPENED, **hidden)
    with pytest.raises(NotObservedError):
        judged(OPENED, firewall_rule(id="//other", network=unobserved("x")))
    with pytest.raises(NotObservedError):
        judged(OPENED, firewall_rule(id="//other", policy=unobserved("x")))


def test_a_policy_that_was_not_listed_hides_where_it_hangs() -> None:
    assert status(judged(of_policy("//policy/unknown", 10, ALLOW))) == "not_applicable"
