"""Truth tables of the checks of Auto Scaling."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws import autoscaling as checks
from core.population import Population
from core.resource import NotObservedError
from core.resources.aws.autoscaling import AutoScalingGroup, LaunchConfiguration
from core.resources.aws.launch_templates import LaunchTemplate
from tests.checks.aws.making import ACCOUNT, status
from tests.checks.aws.test_ec2_instances import metadata
from tests.checks.aws.test_launch_templates import template, version
from tests.twins import population

PREFIX = f"arn:aws:autoscaling:eu-west-1:{ACCOUNT}"


def group(**changes: Any) -> AutoScalingGroup:
    given: dict[str, Any] = {
        "id": f"{PREFIX}:autoScalingGroup:1:autoScalingGroupName/web",
        "name": "web",
        "zones": ("eu-west-1a", "eu-west-1b"),
        "launch_configuration": "",
        "template": "lt-1",
        "template_version": "$Default",
        "behind_load_balancer": True,
        "health_checks": ("EC2", "ELB"),
        "mixes_in_spot": False,
        "rebalances": False,
    }
    return AutoScalingGroup(**{**given, **changes})


def configuration(**changes: Any) -> LaunchConfiguration:
    given: dict[str, Any] = {
        "id": f"{PREFIX}:launchConfiguration:1:launchConfigurationName/old",
        "name": "old",
        "metadata": metadata(),
        "public_address": None,
        "spot": False,
        "secrets": (),
    }
    return LaunchConfiguration(**{**given, **changes})


@pytest.mark.parametrize(
    ("changes", "zones", "health", "modern"),
    [
        ({}, "pass", "pass", "pass"),
        ({"zones": ("eu-west-1a",)}, "fail", "pass", "pass"),
        ({"zones": ()}, "fail", "pass", "pass"),
        ({"health_checks": ("EC2",)}, "pass", "fail", "pass"),
        ({"health_checks": ("EC2", "VPC_LATTICE")}, "pass", "pass", "pass"),
        ({"health_checks": ("EC2",), "behind_load_balancer": False}, "pass", "not_applicable", "pass"),
        ({"launch_configuration": "old", "template": ""}, "pass", "pass", "fail"),
    ],
)
def test_a_group(changes: dict[str, Any], zones: str, health: str, modern: str) -> None:
    assert status(checks.group_spans_zones(group(**changes))) == zones
    assert status(checks.group_replaces_what_the_load_balancer_misses(group(**changes))) == health
    assert status(checks.group_uses_a_launch_template(group(**changes))) == modern


OF_CONFIGURATION = {"launch_configuration": "old", "template": ""}
TEMPLATE = template(version(1), version(4, spot=True))


@pytest.mark.parametrize(
    ("changes", "spot", "expected"),
    [
        ({}, False, "not_applicable"),
        ({"template_version": "$Latest"}, False, "fail"),
        ({"template_version": "4"}, False, "fail"),
        ({"template_version": "4", "rebalances": True}, False, "pass"),
        ({"template_version": "2"}, False, "unknown"),
        ({"template": "lt-2"}, False, "unknown"),
        ({"mixes_in_spot": True}, False, "fail"),
        (OF_CONFIGURATION, False, "not_applicable"),
        (OF_CONFIGURATION, True, "fail"),
        ({**OF_CONFIGURATION, "launch_configuration": "older"}, False, "unknown"),
    ],
)
def test_spot_group_rebalances(changes: dict[str, Any], spot: bool, expected: str) -> None:
    templates, configurations = population(TEMPLATE), population(configuration(spot=spot))
    assert status(checks.spot_group_rebalances(group(**changes), templates, configurations)) == expected


def test_a_group_whose_template_could_not_be_looked_at_is_unknown() -> None:
    hidden: Population[LaunchTemplate] = population(kind="aws_launch_template", missing="denied")
    with pytest.raises(NotObservedError):
        checks.spot_group_rebalances(group(), hidden, population(configuration()))


def test_a_template_without_its_default_version_is_unknown() -> None:
    templates = population(template(version(4)))
    assert status(checks.spot_group_rebalances(group(), templates, population(configuration()))) == "unknown"


@pytest.mark.parametrize(
    ("changes", "imds", "address", "secrets"),
    [
        ({}, "pass", "pass", "pass"),
        ({"metadata": metadata("", "", None)}, "fail", "pass", "pass"),
        ({"metadata": metadata("optional")}, "fail", "pass", "pass"),
        ({"public_address": False}, "pass", "pass", "pass"),
        ({"public_address": True}, "pass", "fail", "pass"),
        ({"secrets": ("encoded secret",)}, "pass", "pass", "fail"),
    ],
)
def test_a_configuration(changes: dict[str, Any], imds: str, address: str, secrets: str) -> None:
    found = configuration(**changes)
    assert status(checks.configuration_needs_imdsv2(found)) == imds
    assert status(checks.configuration_asks_for_no_public_address(found)) == address
    assert status(checks.configuration_holds_no_secrets(found)) == secrets


def test_a_public_address_can_be_approved() -> None:
    found = configuration(public_address=True)
    assert status(checks.configuration_asks_for_no_public_address(found, approved=("old",))) == "pass"
