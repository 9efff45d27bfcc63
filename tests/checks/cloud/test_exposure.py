"""Whom firewalls let in: the same rules come to the same verdict in every cloud."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from checks.aws.network_acls import acl_does_not_open_administration
from checks.aws.security_groups import administration_is_not_open_to_everywhere
from checks.azure.network import ssh_is_not_open_to_everybody
from checks.cloud.addresses import covers, from_everywhere, is_everywhere
from checks.cloud.exposure import Rule, has_port, letting_everybody_in
from checks.gcp.networks import rule_opens_no_management_port_to_everybody
from core.model import Status
from core.resources.aws.security_groups import AclEntry
from core.resources.gcp.compute import FirewallPolicy, FirewallRule, Network
from core.resources.gcp.hierarchy import Container
from tests.checks.aws.test_security_groups import acl, group
from tests.checks.aws.test_security_groups import rule as aws_rule
from tests.checks.azure import making as azure
from tests.checks.gcp.making import SHOP, all_of, container
from tests.checks.gcp.test_firewalls import NET, of_network, passage

ANYBODY, ANYBODY6 = "0.0.0.0/0", "::/0"
Facts = Sequence[tuple[str, str, int]]
"""What each rule does (`allow`, `deny`), for whom, and at which port of TCP, in the order in which they count."""


def of_acl(facts: Facts) -> Status:
    entries = [
        AclEntry(number=place, allows=does == "allow", protocol="6", range=source, first=port, last=port)
        for place, (does, source, port) in enumerate(facts)
    ]
    return acl_does_not_open_administration(acl(*entries)).status


def of_security_group(facts: Facts) -> Status:
    rules = [aws_rule("tcp", port, port, source) for _, source, port in facts]
    return administration_is_not_open_to_everywhere(group(*rules), ports=(22,)).status


def of_azure(facts: Facts) -> Status:
    rules = [
        azure.rule(place, source, str(port), allows=does == "allow") for place, (does, source, port) in enumerate(facts)
    ]
    return ssh_is_not_open_to_everybody(azure.security_group(*rules)).status


def of_gcp(facts: Facts) -> Status:
    rules = [
        of_network(place, does, sources=(source,), passages=(passage("tcp", str(port)),))
        for place, (does, source, port) in enumerate(facts)
    ]
    network = Network(id=NET, container=SHOP, name="net", legacy=False, policies_first=False, policy="")
    others = (all_of(FirewallPolicy), all_of(Network, network), all_of(Container, *map(container, (SHOP, *ABOVE))))
    found = {rule_opens_no_management_port_to_everybody(each, all_of(FirewallRule, *rules), *others) for each in rules}
    return Status.FAIL if Status.FAIL in {each.status for each in found} else Status.PASS


ABOVE = ("folders/800", "organizations/900")
ALLOWING = [
    ([], "pass"),
    ([("allow", ANYBODY, 22)], "fail"),
    ([("allow", ANYBODY6, 22)], "fail"),
    ([("allow", ANYBODY, 443)], "pass"),
    ([("allow", "0.0.0.0/1", 22), ("allow", "128.0.0.0/1", 22)], "fail"),
    ([("allow", "2000::/3", 22)], "fail"),
    ([("allow", "2a00::/16", 22)], "fail"),
    ([("allow", "2a00::/32", 22)], "pass"),
    ([("allow", "198.51.100.0/24", 22)], "pass"),
    ([("allow", "10.0.0.0/8", 22)], "pass"),
    ([("allow", "fc00::/7", 22)], "pass"),
    ([("allow", "240.0.0.0/4", 22)], "pass"),
]
ORDERED = [
    ([("deny", ANYBODY, 22), ("allow", ANYBODY, 22)], "pass"),
    ([("allow", ANYBODY, 22), ("deny", ANYBODY, 22)], "fail"),
    ([("deny", ANYBODY, 23), ("allow", ANYBODY, 22)], "fail"),
    ([("deny", ANYBODY6, 22), ("allow", ANYBODY, 22)], "fail"),
    ([("deny", "0.0.0.0/1", 22), ("allow", "0.0.0.0/1", 22)], "pass"),
    ([("deny", "0.0.0.0/1", 22), ("allow", ANYBODY, 22)], "fail"),
    ([("deny", "0.0.0.0/1", 22), ("deny", "128.0.0.0/1", 22), ("allow", ANYBODY, 22)], "pass"),
    ([("deny", "192.0.2.0/24", 22), ("allow", ANYBODY, 22)], "fail"),
    ([("allow", "10.0.0.0/8", 22), ("deny", ANYBODY, 22), ("allow", ANYBODY, 22)], "pass"),
]


@pytest.mark.parametrize("judged", [of_acl, of_azure, of_gcp])
@pytest.mark.parametrize(("facts", "expected"), [*ALLOWING, *ORDERED])
def test_the_same_rules_come_to_the_same_verdict_in_every_cloud(
    judged: Callable[[Facts], Status], facts: Facts, expected: str
) -> None:
    assert judged(facts).value == expected


@pytest.mark.parametrize(("facts", "expected"), ALLOWING)
def test_so_do_groups_whose_rules_only_allow(facts: Facts, expected: str) -> None:
    assert of_security_group(facts).value == expected


def test_what_is_let_in_is_no_less_open_for_being_let_in_before() -> None:
    parts = Rule("parts", allows=True, sources=[f"{number}.0.0.0/8" for number in range(1, 255)])
    whole = Rule("whole", allows=True, sources=(ANYBODY, "192.0.2.0/24"))
    assert [(rule.name, who) for rule, who in letting_everybody_in([parts, whole])] == [("whole", [ANYBODY])]


def test_ranges() -> None:
    assert from_everywhere(["10.0.0.0/8", ANYBODY, "2000::/3"]) == [ANYBODY, "2000::/3"]
    assert is_everywhere(ANYBODY, [ANYBODY6, "0.0.0.0/2", "64.0.0.0/2", "100.0.0.0/8"])
    assert covers(ANYBODY, "10.0.0.0/8")
    assert not covers(ANYBODY, ANYBODY6)
    with pytest.raises(ValueError, match="here"):
        is_everywhere("here")


@pytest.mark.parametrize(
    ("ports", "expected"),
    [((), False), (("22",), True), (("20-30",), True), (("23-30", "80"), False), (("*",), True), (("odd",), False)],
)
def test_ports(ports: tuple[str, ...], expected: bool) -> None:
    assert has_port(ports, 22) is expected
