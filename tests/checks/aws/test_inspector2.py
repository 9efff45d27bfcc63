"""Truth tables of the checks of Inspector."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.aws import inspector2 as checks
from core.resource import NotObservedError, unobserved
from core.resources.aws.inspector2 import InspectedResource, InspectorCoverage, InspectorRegion
from tests.checks.aws.making import ACCOUNT, AS_OF, status

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
LATELY = datetime(2026, 11, 20, tzinfo=UTC)


def region(**changes: Any) -> InspectorRegion:
    given: dict[str, Any] = {
        "id": f"{ACCOUNT}/eu-west-1",
        "region": "eu-west-1",
        "offered": True,
        "status": "ENABLED",
        "scans": ("ec2", "ecr", "lambda"),
    }
    return InspectorRegion(**{**given, **changes})


def coverage(code: str, reason: str) -> InspectorCoverage:
    return InspectorCoverage(id="i-1/PACKAGE", resource="i-1", scan="PACKAGE", status=code, reason=reason)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"scans": ("ec2", "lambda")}, "fail"),
        ({"status": "DISABLED", "scans": ()}, "fail"),
        ({"status": "SUSPENDED"}, "fail"),
        ({"offered": False, "status": "", "scans": ()}, "not_applicable"),
    ],
)
def test_inspector_is_on(changes: dict[str, Any], expected: str) -> None:
    assert status(checks.inspector_is_on(region(**changes))) == expected


def test_a_status_that_was_not_seen_is_unknown() -> None:
    with pytest.raises(NotObservedError):
        checks.inspector_is_on(region(status=unobserved("it could not say")))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (coverage("ACTIVE", "SUCCESSFUL"), "pass"),
        (coverage("INACTIVE", "UNMANAGED_EC2_INSTANCE"), "fail"),
        (coverage("INACTIVE", "EXCLUDED_BY_TAG"), "fail"),
        (coverage("INACTIVE", "EC2_INSTANCE_STOPPED"), "not_applicable"),
        (coverage("", ""), "unknown"),
        (coverage("ASLEEP", ""), "unknown"),
    ],
)
def test_covered_resource_is_scanned(found: InspectorCoverage, expected: str) -> None:
    assert status(checks.covered_resource_is_scanned(found)) == expected


def test_an_exclusion_can_be_a_decision() -> None:
    excluded = coverage("INACTIVE", "EXCLUDED_BY_TAG")
    assert status(checks.covered_resource_is_scanned(excluded, excluded=True)) == "not_applicable"


@pytest.mark.parametrize(
    ("critical", "high", "expected"),
    [
        (LATELY, None, "pass"),
        (LATELY, LATELY, "pass"),
        (LONG_AGO, None, "fail"),
        (None, LONG_AGO, "fail"),
        (LATELY, LONG_AGO, "fail"),
    ],
)
def test_vulnerabilities_are_fixed_in_time(critical: datetime | None, high: datetime | None, expected: str) -> None:
    found = InspectedResource(
        id="i-1",
        type="AWS_EC2_INSTANCE",
        critical=int(critical is not None),
        high=int(high is not None),
        oldest_critical=critical,
        oldest_high=high,
    )
    assert status(checks.vulnerabilities_are_fixed_in_time(found, as_of=AS_OF)) == expected
