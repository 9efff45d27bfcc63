"""Truth tables of the checks of launch templates."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws import launch_templates as checks
from core.resource import NotObservedError
from core.resources.aws.launch_templates import LaunchTemplate, TemplateVersion
from tests.checks.aws.making import ACCOUNT, status
from tests.checks.aws.test_ebs import defaults as ebs_defaults
from tests.checks.aws.test_ec2_instances import defaults as ec2_defaults
from tests.checks.aws.test_ec2_instances import metadata
from tests.twins import population

SILENT = metadata("", "", None)


def version(number: int = 1, **changes: Any) -> TemplateVersion:
    given: dict[str, Any] = {
        "number": number,
        "default": number == 1,
        "metadata": metadata(),
        "public_address": False,
        "spot": False,
        "plain_volumes": (),
        "silent_volumes": (),
        "secrets": (),
    }
    return TemplateVersion(**{**given, **changes})


def template(*versions: TemplateVersion, **changes: Any) -> LaunchTemplate:
    given: dict[str, Any] = {
        "id": "lt-1",
        "name": "web",
        "account": ACCOUNT,
        "region": "eu-west-1",
        "versions": versions or (version(),),
    }
    return LaunchTemplate(**{**given, **changes})


@pytest.mark.parametrize(
    ("versions", "region", "expected"),
    [
        ([version()], SILENT, "pass"),
        ([version(metadata=metadata("optional"))], metadata(), "fail"),
        ([version(), version(2, metadata=metadata("optional"))], metadata(), "fail"),
        ([version(metadata=metadata("", "disabled"))], SILENT, "pass"),
        ([version(metadata=SILENT)], SILENT, "fail"),
        ([version(metadata=SILENT)], metadata(), "pass"),
    ],
)
def test_template_needs_imdsv2(versions: list[TemplateVersion], region: Any, expected: str) -> None:
    regions = population(ec2_defaults(metadata=region))
    assert status(checks.template_needs_imdsv2(template(*versions), regions)) == expected


def test_a_template_without_its_region() -> None:
    silent = template(version(metadata=SILENT))
    assert status(checks.template_needs_imdsv2(silent, population(ec2_defaults(id="elsewhere")))) == "fail"
    with pytest.raises(NotObservedError):
        checks.template_needs_imdsv2(silent, population(kind="aws_ec2_defaults", missing="denied"))


@pytest.mark.parametrize(
    ("public", "approved", "expected"), [(False, (), "pass"), (True, (), "fail"), (True, ("web",), "pass")]
)
def test_template_asks_for_no_public_address(public: bool, approved: tuple[str, ...], expected: str) -> None:
    found = template(version(public_address=public))
    assert status(checks.template_asks_for_no_public_address(found, approved=approved)) == expected


@pytest.mark.parametrize(
    ("changes", "region", "expected"),
    [
        ({}, {"encrypts": False}, "pass"),
        ({"plain_volumes": ("/dev/xvda",)}, {"encrypts": False}, "fail"),
        ({"silent_volumes": ("/dev/xvda",)}, {"encrypts": False}, "fail"),
        ({"plain_volumes": ("/dev/xvda",)}, {}, "pass"),
        ({"plain_volumes": ("/dev/xvda",)}, {"id": "elsewhere"}, "fail"),
    ],
)
def test_template_encrypts_volumes(changes: dict[str, Any], region: dict[str, Any], expected: str) -> None:
    regions = population(ebs_defaults(**region))
    assert status(checks.template_encrypts_volumes(template(version(**changes)), regions)) == expected


@pytest.mark.parametrize(("secrets", "expected"), [((), "pass"), (("encoded secret",), "fail")])
def test_template_holds_no_secrets(secrets: tuple[str, ...], expected: str) -> None:
    assert status(checks.template_holds_no_secrets(template(version(), version(3, secrets=secrets)))) == expected
