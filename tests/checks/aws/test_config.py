"""Truth tables of the checks of AWS Config."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws import config
from core.resource import NotObservedError, unobserved
from core.resources.aws.config import ConfigRegion, ConformancePack
from tests.checks.aws.making import looked_at, status
from tests.twins import population

NONE = {"recorder": "", "recording": False, "all_kinds": False, "identities": False, "bucket": ""}
KINDS = ("AWS::EC2::Instance", "AWS::S3::Bucket")


def region(**changes: Any) -> ConfigRegion:
    given: dict[str, Any] = {
        "id": "eu-west-1",
        "recorder": "default",
        "recording": True,
        "status": "success",
        "error": "",
        "all_kinds": True,
        "kinds": (),
        "leaves_out": False,
        "identities": True,
        "bucket": "config",
        "delivery_errors": (),
        "days": None,
    }
    return ConfigRegion(**{**given, **changes})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"status": "pending"}, "pass"),
        ({"status": "failure"}, "fail"),
        ({"recording": False}, "fail"),
        (NONE, "fail"),
    ],
)
def test_region_is_recorded(changes: dict[str, Any], expected: str) -> None:
    assert status(config.region_is_recorded(region(**changes))) == expected


@pytest.mark.parametrize(
    ("changes", "without", "expected"),
    [
        ({}, (), "pass"),
        ({"all_kinds": False, "kinds": KINDS}, KINDS, "fail"),
        ({"all_kinds": False, "kinds": KINDS, "leaves_out": True}, (), "fail"),
        ({"all_kinds": False, "kinds": KINDS, "leaves_out": True}, KINDS[:1], "fail"),
        ({"all_kinds": False, "kinds": KINDS, "leaves_out": True}, KINDS, "pass"),
        (NONE, (), "not_applicable"),
    ],
)
def test_region_records_all_kinds(changes: dict[str, Any], without: tuple[str, ...], expected: str) -> None:
    assert status(config.region_records_all_kinds(region(**changes), without=without)) == expected


@pytest.mark.parametrize(
    ("regions", "expected"),
    [
        ([region(), region(id="us-east-1", identities=False)], "pass"),
        ([region(identities=False)], "fail"),
        ([region(recording=False)], "fail"),
        ([region(**NONE)], "fail"),
    ],
)
def test_identities_are_recorded(regions: list[ConfigRegion], expected: str) -> None:
    assert status(config.identities_are_recorded(population(*regions), looked_at())) == expected


def test_identities_may_be_recorded_in_a_region_that_is_left_out() -> None:
    judge = config.identities_are_recorded
    assert status(judge(population(region(identities=False)), looked_at(left_out="not configured"))) == "unknown"
    assert status(judge(population(region()), looked_at(left_out="not configured"))) == "pass"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"bucket": ""}, "fail"),
        ({"delivery_errors": ("history: AccessDenied",)}, "fail"),
        (NONE, "not_applicable"),
    ],
)
def test_records_are_delivered(changes: dict[str, Any], expected: str) -> None:
    assert status(config.records_are_delivered(region(**changes))) == expected


def test_a_delivery_of_which_nothing_was_seen_is_unknown() -> None:
    with pytest.raises(NotObservedError):
        config.records_are_delivered(region(delivery_errors=unobserved("denied")))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({}, "pass"), ({"days": 365}, "pass"), ({"days": 30}, "fail"), (NONE, "not_applicable")],
)
def test_records_are_kept(changes: dict[str, Any], expected: str) -> None:
    assert status(config.records_are_kept(region(**changes))) == expected


@pytest.mark.parametrize(
    ("state", "in_force", "followed"),
    [
        ("CREATE_COMPLETE", "pass", "pass"),
        ("UPDATE_COMPLETE", "pass", "pass"),
        ("UPDATE_IN_PROGRESS", "unknown", "not_applicable"),
        ("CREATE_FAILED", "fail", "not_applicable"),
    ],
)
def test_states_of_packs(state: str, in_force: str, followed: str) -> None:
    found = pack(state=state)
    assert status(config.pack_is_in_force(found)) == in_force
    assert status(config.pack_is_followed(found)) == followed


@pytest.mark.parametrize(
    ("broken", "approved", "expected"),
    [
        ((), (), "pass"),
        (("root-has-mfa-conformance-pack-x1",), (), "fail"),
        (("root-has-mfa-conformance-pack-x1",), ("root-has-mfa",), "pass"),
    ],
)
def test_pack_is_followed(broken: tuple[str, ...], approved: tuple[str, ...], expected: str) -> None:
    assert status(config.pack_is_followed(pack(broken_rules=broken), approved=approved)) == expected


def pack(**changes: Any) -> ConformancePack:
    given: dict[str, Any] = {"id": "pack-1", "name": "baseline", "state": "CREATE_COMPLETE"}
    return ConformancePack(**{**given, "state_reason": "", "broken_rules": (), **changes})
