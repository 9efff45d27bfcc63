"""Truth tables of the checks of security groups and access control lists."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws import network_acls, security_groups
from checks.aws.networks import is_wide
from core.resource import NotObservedError, unobserved
from core.resources.aws.security_groups import AclEntry, NetworkAcl, ReferencedGroup, Rule, SecurityGroup
from tests.checks.aws.making import ACCOUNT, OTHER, status

WORLD, WORLD6 = "0.0.0.0/0", "::/0"


def rule(protocol: str = "tcp", first: int | None = 443, last: int | None = None, *ranges: str, **more: Any) -> Rule:
    given = {"lists": (), "groups": (), **more}
    return Rule(protocol=protocol, first=first, last=first if last is None else last, ranges=ranges, **given)


def group(*ingress: Rule, **changes: Any) -> SecurityGroup:
    given: dict[str, Any] = {
        "id": "sg-1",
        "name": "web",
        "vpc": "vpc-1",
        "owner": ACCOUNT,
        "of_this_account": True,
        "ingress": ingress,
        "egress": (),
        "is_used": True,
        "is_public": False,
        "is_referenced": False,
    }
    return SecurityGroup(**{**given, **changes})


SSH = rule("tcp", 22, 22, WORLD)
EVERYTHING = rule("-1", None, None, WORLD6)
ALL_TCP = rule("tcp", 0, 65535, WORLD)


@pytest.mark.parametrize(
    ("ingress", "everything", "administration", "sensitive", "intended"),
    [
        ((), "pass", "pass", "pass", "pass"),
        ((rule("tcp", 443, 443, WORLD),), "pass", "pass", "pass", "pass"),
        ((SSH,), "pass", "fail", "pass", "fail"),
        ((rule("tcp", 22, 22, "198.51.100.0/24"),), "pass", "pass", "pass", "pass"),
        ((rule("tcp", 22, 22, "0.0.0.0/1", "128.0.0.0/1"),), "pass", "fail", "pass", "fail"),
        ((rule("tcp", 22, 22, WORLD6),), "pass", "fail", "pass", "fail"),
        ((rule("tcp", 22, 22, "10.0.0.0/8"),), "pass", "pass", "pass", "pass"),
        ((rule("tcp", 20, 25, WORLD),), "pass", "fail", "fail", "fail"),
        ((rule("tcp", 5432, 5432, WORLD),), "pass", "pass", "fail", "fail"),
        ((rule("tcp", 7001, 7001, WORLD),), "pass", "pass", "fail", "fail"),
        ((rule("udp", 22, 22, WORLD),), "pass", "pass", "pass", "fail"),
        ((rule("udp", 11211, 11211, WORLD),), "pass", "pass", "fail", "fail"),
        ((rule("udp", 3300, 3400, WORLD),), "pass", "fail", "pass", "fail"),
        ((rule("udp", 443, 443, WORLD),), "pass", "pass", "pass", "pass"),
        ((rule("icmp", None, None, WORLD),), "pass", "pass", "pass", "pass"),
        ((rule("50", None, None, WORLD),), "pass", "pass", "pass", "fail"),
        ((EVERYTHING,), "fail", "fail", "fail", "fail"),
        ((ALL_TCP,), "fail", "fail", "fail", "fail"),
        ((rule("tcp", None, None, WORLD),), "fail", "fail", "fail", "fail"),
        ((rule("tcp", 79, 80, WORLD),), "pass", "pass", "pass", "fail"),
    ],
)
def test_what_is_open(
    ingress: tuple[Rule, ...], everything: str, administration: str, sensitive: str, intended: str
) -> None:
    given = group(*ingress)
    assert status(security_groups.group_does_not_let_everything_in(given)) == everything
    assert status(security_groups.administration_is_not_open_to_everywhere(given)) == administration
    assert status(security_groups.sensitive_ports_are_not_open_to_everywhere(given)) == sensitive
    assert status(security_groups.only_intended_ports_are_open(given)) == intended


def test_an_approved_group_may_open_more() -> None:
    given = security_groups.only_intended_ports_are_open(group(SSH), approved=("web",))
    assert status(given) == "pass"
    assert given.reason == "web (sg-1) opens tcp 22 to everywhere, which is approved"


@pytest.mark.parametrize(
    ("is_public", "end"),
    [(True, "0.0.0.0/0, and a network interface with a public address has it"), (False, "0.0.0.0/0")],
)
def test_the_reason_says_whether_the_internet_reaches_it(is_public: Any, end: str) -> None:
    reason = security_groups.administration_is_not_open_to_everywhere(group(SSH, is_public=is_public)).reason
    assert reason == f"web (sg-1) opens 22 to {end}"


def test_interfaces_that_were_not_seen_do_not_hide_an_open_port() -> None:
    given = group(SSH, is_public=unobserved("denied"))
    assert status(security_groups.administration_is_not_open_to_everywhere(given)) == "fail"


def test_a_prefix_list_that_was_not_seen_is_unknown() -> None:
    hidden = Rule(protocol="tcp", first=22, last=22, ranges=unobserved("denied"), lists=("pl-1",), groups=())
    with pytest.raises(NotObservedError):
        security_groups.administration_is_not_open_to_everywhere(group(hidden))


@pytest.mark.parametrize(
    ("ranges", "approved", "expected"),
    [
        ((), (), "pass"),
        (("198.51.100.0/24", "10.0.0.0/8", WORLD), (), "pass"),
        (("8.8.0.0/16",), (), "fail"),
        (("8.8.0.0/16",), ("8.8.0.0/16",), "pass"),
        (("2001:4860::/32",), (), "fail"),
        (("2001:4860:1::/48",), (), "pass"),
    ],
)
def test_outside_ranges_are_narrow(ranges: tuple[str, ...], approved: tuple[str, ...], expected: str) -> None:
    given = group(rule("tcp", 443, 443, *ranges))
    assert status(security_groups.outside_ranges_are_narrow(given, approved=approved)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": "default"}, "pass"),
        ({"name": "default", "egress": (rule("-1", None, None, WORLD),)}, "fail"),
        ({"name": "default", "of_this_account": False}, "not_applicable"),
        ({}, "not_applicable"),
    ],
)
def test_default_group_lets_nothing_through(changes: dict[str, Any], expected: str) -> None:
    assert status(security_groups.default_group_lets_nothing_through(group(**changes))) == expected


@pytest.mark.parametrize(("name", "expected"), [("web", "pass"), ("launch-wizard-7", "fail")])
def test_group_was_made_on_purpose(name: str, expected: str) -> None:
    assert status(security_groups.group_was_made_on_purpose(group(name=name))) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"is_used": False}, "fail"),
        ({"is_used": False, "is_referenced": True}, "pass"),
        ({"is_used": False, "name": "default"}, "not_applicable"),
    ],
)
def test_group_is_used(changes: dict[str, Any], expected: str) -> None:
    assert status(security_groups.group_is_used(group(**changes))) == expected


def test_group_has_few_rules() -> None:
    many = rule("tcp", 443, 443, *(f"192.0.2.{number}/32" for number in range(51)))
    assert status(security_groups.group_has_few_rules(group(rule()))) == "pass"
    assert status(security_groups.group_has_few_rules(group(many))) == "fail"
    assert security_groups.group_has_few_rules(group(many)).reason == "web (sg-1) has 51 rules in and 0 rules out"


@pytest.mark.parametrize(
    ("owner", "approved", "expected"),
    [(ACCOUNT, (), "pass"), ("", (), "pass"), (OTHER, (), "fail"), (OTHER, (OTHER,), "pass")],
)
def test_groups_of_other_accounts_are_approved(owner: str, approved: tuple[str, ...], expected: str) -> None:
    named = (ReferencedGroup(id="sg-2", account=owner, status=""),)
    given = group(rule("tcp", 443, 443, groups=named))
    assert status(security_groups.groups_of_other_accounts_are_approved(given, approved=approved)) == expected


def entry(number: int, *, allows: bool = True, protocol: str = "6", first: int | None = 22, **more: Any) -> AclEntry:
    given = {"range": WORLD, "last": first, **more}
    return AclEntry(number=number, allows=allows, protocol=protocol, first=first, **given)


ALLOW_ALL = entry(100, protocol="-1", first=None)


def acl(*ingress: AclEntry, **changes: Any) -> NetworkAcl:
    given: dict[str, Any] = {
        "id": "acl-1",
        "name": "",
        "vpc": "vpc-1",
        "of_this_account": True,
        "is_default": False,
        "subnets": ("subnet-1",),
        "ingress": ingress,
    }
    return NetworkAcl(**{**given, **changes})


@pytest.mark.parametrize(
    ("given", "administration", "everything"),
    [
        (acl(), "pass", "pass"),
        (acl(ALLOW_ALL), "fail", "fail"),
        (acl(entry(100, protocol="-1", first=None, range=WORLD6)), "fail", "fail"),
        (acl(entry(90, allows=False, protocol="-1", first=None), ALLOW_ALL), "pass", "pass"),
        (acl(entry(90, allows=False), entry(91, allows=False, first=3389), ALLOW_ALL), "pass", "fail"),
        (acl(entry(90, allows=False, range="192.0.2.0/24"), ALLOW_ALL), "fail", "fail"),
        (acl(entry(90, allows=False, protocol="-1", first=None, range="0.0.0.0/1"), ALLOW_ALL), "fail", "fail"),
        (acl(entry(100, range="192.0.2.0/24"), name="front"), "pass", "pass"),
        (acl(entry(100)), "fail", "pass"),
        (acl(entry(100, first=443)), "pass", "pass"),
        (acl(entry(100, first=None)), "fail", "pass"),
        (acl(entry(100, protocol="17")), "pass", "pass"),
        (acl(ALLOW_ALL, subnets=()), "not_applicable", "not_applicable"),
    ],
)
def test_what_a_list_lets_in(given: NetworkAcl, administration: str, everything: str) -> None:
    assert status(network_acls.acl_does_not_open_administration(given)) == administration
    assert status(network_acls.acl_does_not_let_everything_in(given)) == everything


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({}, "pass"), ({"subnets": ()}, "fail"), ({"subnets": (), "is_default": True}, "not_applicable")],
)
def test_acl_is_used(changes: dict[str, Any], expected: str) -> None:
    assert status(network_acls.acl_is_used(acl(**changes))) == expected


def test_ranges() -> None:
    assert is_wide("100.0.0.0/9", 24, 48)
    assert not is_wide("10.0.0.0/9", 24, 48)
    assert not is_wide(WORLD6, 24, 48)
