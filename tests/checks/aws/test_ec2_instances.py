"""Truth tables of the checks of EC2 instances."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.aws import ec2_instances as checks
from core.plugins import Check
from core.population import Population
from core.resource import NotObservedError, unobserved
from core.resources.aws.ec2_instances import Ec2Defaults, Ec2Instance, MetadataOptions, UserData
from core.resources.aws.security_groups import Rule, SecurityGroup
from core.resources.aws.ssm import ManagedNode
from tests.checks.aws.making import ACCOUNT, AS_OF, status
from tests.checks.aws.test_ssm import node
from tests.twins import population

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
LATELY = datetime(2026, 11, 20, tzinfo=UTC)
PUBLIC = {"public_addresses": ("203.0.113.7",)}
PUBLIC6 = {"addresses6": ("2600:1f18::7",)}


def metadata(tokens: str = "required", endpoint: str = "enabled", hops: int | None = 1) -> MetadataOptions:
    return MetadataOptions(endpoint=endpoint, tokens=tokens, hops=hops)


def instance(**changes: Any) -> Ec2Instance:
    given: dict[str, Any] = {
        "id": "i-1",
        "name": "web",
        "region": "eu-west-1",
        "state": "running",
        "image": "ami-1",
        "launched": LATELY,
        "stopped": None,
        "virtualization": "hvm",
        "profile": f"arn:aws:iam::{ACCOUNT}:instance-profile/web",
        "metadata": metadata(),
        "public_addresses": (),
        "addresses6": (),
        "private_addresses": ("10.0.0.7",),
        "tags": ("Name=web",),
        "subnets": ("subnet-1",),
        "security_groups": ("sg-1",),
        "scaling_group": "",
        "operator": "",
    }
    return Ec2Instance(**{**given, **changes})


def defaults(**changes: Any) -> Ec2Defaults:
    given: dict[str, Any] = {
        "id": f"{ACCOUNT}/eu-west-1",
        "region": "eu-west-1",
        "metadata": metadata("", "", None),
        "serial_console": False,
    }
    return Ec2Defaults(**{**given, **changes})


def group(port: int | None = None, world: str = "0.0.0.0/0", **changes: Any) -> SecurityGroup:
    rule = Rule(protocol="tcp", first=port, last=port, ranges=(world,), lists=(), groups=())
    given: dict[str, Any] = {
        "id": "sg-1",
        "name": "web",
        "vpc": "vpc-1",
        "owner": ACCOUNT,
        "of_this_account": True,
        "ingress": (rule,) if port else (),
        "egress": (),
        "is_used": True,
        "is_public": True,
        "is_referenced": False,
    }
    return SecurityGroup(**{**given, **changes})


@pytest.mark.parametrize(
    ("options", "needs", "near"),
    [
        (metadata(), "pass", "pass"),
        (metadata("optional"), "fail", "pass"),
        (metadata("optional", "disabled"), "pass", "not_applicable"),
        (metadata("", "", None), "unknown", "unknown"),
        (metadata("preferred"), "unknown", "pass"),
        (metadata(hops=2), "pass", "pass"),
        (metadata(hops=64), "pass", "fail"),
    ],
)
def test_metadata_of_an_instance(options: MetadataOptions, needs: str, near: str) -> None:
    assert status(checks.instance_needs_imdsv2(instance(metadata=options))) == needs
    assert status(checks.instance_metadata_stay_near(instance(metadata=options))) == near


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (metadata("required", ""), "pass"),
        (metadata("", "disabled"), "pass"),
        (metadata("optional", ""), "fail"),
        (metadata("", "", None), "fail"),
    ],
)
def test_region_asks_for_imdsv2(options: MetadataOptions, expected: str) -> None:
    assert status(checks.region_asks_for_imdsv2(defaults(metadata=options))) == expected


@pytest.mark.parametrize(
    ("changes", "approved", "expected"),
    [({}, (), "pass"), (PUBLIC, (), "fail"), (PUBLIC, ("i-1",), "pass"), (PUBLIC, ("web",), "pass")],
)
def test_instance_has_no_public_address(changes: dict[str, Any], approved: tuple[str, ...], expected: str) -> None:
    assert status(checks.instance_has_no_public_address(instance(**changes), approved=approved)) == expected


@pytest.mark.parametrize(
    ("changes", "found", "expected"),
    [
        ({}, group(22), "pass"),
        (PUBLIC, group(22), "fail"),
        (PUBLIC, group(3306), "fail"),
        (PUBLIC, group(443), "pass"),
        (PUBLIC, group(), "pass"),
        (PUBLIC, group(id="sg-2"), "unknown"),
        ({**PUBLIC, "security_groups": ()}, group(22), "unknown"),
        ({**PUBLIC, "security_groups": ("sg-1", "sg-2")}, group(22), "fail"),
        ({**PUBLIC, "security_groups": ("sg-1", "sg-2")}, group(443), "unknown"),
        (PUBLIC, group(22, "::/0"), "pass"),
        (PUBLIC6, group(22, "::/0"), "fail"),
        (PUBLIC6, group(22), "pass"),
        (PUBLIC6, group(id="sg-2"), "unknown"),
        ({"addresses6": ("fd00::7",)}, group(22, "::/0"), "pass"),
        ({**PUBLIC, **PUBLIC6}, group(22, "::/0"), "fail"),
        ({**PUBLIC, "addresses6": unobserved("this version did not look")}, group(22), "fail"),
    ],
)
def test_public_instance_opens_no_sensitive_ports(changes: dict[str, Any], found: SecurityGroup, expected: str) -> None:
    verdict = checks.public_instance_opens_no_sensitive_ports(instance(**changes), population(found))
    assert status(verdict) == expected


def test_evidence_without_addresses_of_version_6_is_unknown() -> None:
    old = instance(addresses6=unobserved("this version did not look"))
    with pytest.raises(NotObservedError):
        checks.public_instance_opens_no_sensitive_ports(old, population(group(22)))


def test_groups_that_could_not_be_looked_at_are_unknown() -> None:
    hidden: Population[SecurityGroup] = population(kind="aws_security_group", missing="denied")
    with pytest.raises(NotObservedError):
        checks.public_instance_opens_no_sensitive_ports(instance(**PUBLIC), hidden)
    assert status(checks.public_instance_opens_no_sensitive_ports(instance(), hidden)) == "pass"


@pytest.mark.parametrize(
    ("check", "changes", "expected"),
    [
        (checks.instance_has_a_role, {}, "pass"),
        (checks.instance_has_a_role, {"profile": ""}, "fail"),
        (checks.instance_is_virtualized_by_hardware, {}, "pass"),
        (checks.instance_is_virtualized_by_hardware, {"virtualization": "paravirtual"}, "fail"),
        (checks.instance_joins_no_subnets, {}, "pass"),
        (checks.instance_joins_no_subnets, {"subnets": ()}, "pass"),
        (checks.instance_joins_no_subnets, {"subnets": ("subnet-1", "subnet-2")}, "fail"),
    ],
)
def test_one_field(check: Check[...], changes: dict[str, Any], expected: str) -> None:
    assert status(check(instance(**changes))) == expected


def test_an_approved_link_passes() -> None:
    link = instance(subnets=("subnet-1", "subnet-2"))
    assert status(checks.instance_joins_no_subnets(link, approved=("web",))) == "pass"


@pytest.mark.parametrize(
    ("changes", "started", "stopped"),
    [
        ({}, "pass", "not_applicable"),
        ({"launched": LONG_AGO}, "fail", "not_applicable"),
        ({"launched": LONG_AGO, "operator": "eks.amazonaws.com"}, "not_applicable", "not_applicable"),
        ({"state": "stopped"}, "not_applicable", "unknown"),
        ({"state": "stopped", "stopped": LATELY}, "not_applicable", "pass"),
        ({"state": "stopped", "stopped": LONG_AGO}, "not_applicable", "fail"),
    ],
)
def test_times(changes: dict[str, Any], started: str, stopped: str) -> None:
    assert status(checks.running_instance_was_started_lately(instance(**changes), as_of=AS_OF)) == started
    assert status(checks.stopped_instance_is_not_forgotten(instance(**changes), as_of=AS_OF)) == stopped


def test_a_reason_gives_a_date_and_no_age() -> None:
    old = checks.running_instance_was_started_lately(instance(launched=LONG_AGO), as_of=AS_OF)
    assert old.reason == "web (i-1) was last started on 2026-01-01, more than 180 days before"


@pytest.mark.parametrize(
    ("changes", "known", "expected"),
    [
        ({}, node(id="i-1"), "pass"),
        ({"name": ""}, node(id="i-2"), "fail"),
        ({}, node(id="i-1", online="ConnectionLost", last_seen=LONG_AGO), "fail"),
        ({}, node(id="i-1", online="Inactive"), "fail"),
        ({"state": "stopped"}, node(id="i-2"), "not_applicable"),
        ({"operator": "eks.amazonaws.com"}, node(id="i-2"), "not_applicable"),
    ],
)
def test_instance_is_under_management(changes: dict[str, Any], known: ManagedNode, expected: str) -> None:
    assert status(checks.instance_is_under_management(instance(**changes), population(known))) == expected


def test_nodes_that_could_not_be_listed_are_unknown() -> None:
    with pytest.raises(NotObservedError):
        checks.instance_is_under_management(instance(), population(kind="aws_managed_node", missing="denied"))


@pytest.mark.parametrize(("on", "expected"), [(True, "fail"), (False, "pass")])
def test_serial_console_is_off(on: bool, expected: str) -> None:
    assert status(checks.serial_console_is_off(defaults(serial_console=on))) == expected


@pytest.mark.parametrize(
    ("given", "secrets", "expected"),
    [(False, (), "pass"), (True, (), "pass"), (True, ("encoded secret",), "fail")],
)
def test_user_data_hold_no_secrets(given: bool, secrets: tuple[str, ...], expected: str) -> None:
    assert status(checks.user_data_hold_no_secrets(UserData(id="i-1", given=given, secrets=secrets))) == expected


def test_user_data_that_were_not_seen_are_unknown() -> None:
    hidden = UserData(id="i-1", given=unobserved("denied"), secrets=unobserved("denied"))
    with pytest.raises(NotObservedError):
        checks.user_data_hold_no_secrets(hidden)
