"""Truth tables of the checks of GuardDuty."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.aws import guardduty
from core.resource import NotObservedError, unobserved
from core.resources.aws.guardduty import Detection, GuardDutyRegion
from tests.checks.aws.making import ACCOUNT, AS_OF, status

OFF = {"detector": "", "enabled": False, "on": (), "administrator": ""}
RUNTIME, EKS_RUNTIME = "RUNTIME_MONITORING", "EKS_RUNTIME_MONITORING"


def region(**changes: Any) -> GuardDutyRegion:
    given: dict[str, Any] = {
        "id": "eu-west-1",
        "detector": "d1",
        "enabled": True,
        "on": guardduty.FEATURES,
        "off": (),
        "administrator": ACCOUNT,
        "members": 0,
        "serious": (),
    }
    return GuardDutyRegion(**{**given, **changes})


def detection(day: int) -> Detection:
    found = datetime(2026, 11, day, tzinfo=UTC)
    return Detection(id=f"f{day}", type="Backdoor:EC2/DenialOfService.Dns", resource="Instance", tenths=80, found=found)


@pytest.mark.parametrize(("changes", "expected"), [({}, "pass"), ({"enabled": False}, "fail"), (OFF, "fail")])
def test_region_is_watched(changes: dict[str, Any], expected: str) -> None:
    assert status(guardduty.region_is_watched(region(**changes))) == expected


@pytest.mark.parametrize(
    ("changes", "features", "expected"),
    [
        ({}, guardduty.FEATURES, "pass"),
        ({"on": guardduty.FEATURES[1:], "off": guardduty.FEATURES[:1]}, guardduty.FEATURES, "fail"),
        ({"on": guardduty.FEATURES[1:]}, guardduty.FEATURES, "unknown"),
        ({"on": guardduty.FEATURES[1:]}, guardduty.FEATURES[1:], "pass"),
        ({"on": (EKS_RUNTIME,), "off": (RUNTIME,)}, (RUNTIME,), "pass"),
        (OFF, guardduty.FEATURES, "not_applicable"),
        ({"enabled": False}, guardduty.FEATURES, "not_applicable"),
    ],
)
def test_region_has_its_features(changes: dict[str, Any], features: tuple[str, ...], expected: str) -> None:
    assert status(guardduty.region_has_its_features(region(**changes), features=features)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"administrator": "", "members": 3}, "pass"),
        ({"administrator": ""}, "fail"),
        (OFF, "not_applicable"),
    ],
)
def test_region_is_administered_centrally(changes: dict[str, Any], expected: str) -> None:
    assert status(guardduty.region_is_administered_centrally(region(**changes))) == expected


@pytest.mark.parametrize(
    ("serious", "expected"),
    [((), "pass"), ((detection(20),), "pass"), ((detection(20), detection(1)), "fail")],
)
def test_serious_findings_are_handled(serious: tuple[Detection, ...], expected: str) -> None:
    assert status(guardduty.serious_findings_are_handled(region(serious=serious), as_of=AS_OF)) == expected


def test_where_guardduty_is_off_nothing_is_found() -> None:
    assert status(guardduty.serious_findings_are_handled(region(**OFF), as_of=AS_OF)) == "not_applicable"


def test_findings_that_were_not_seen_are_unknown() -> None:
    with pytest.raises(NotObservedError):
        guardduty.serious_findings_are_handled(region(serious=unobserved("denied")), as_of=AS_OF)
