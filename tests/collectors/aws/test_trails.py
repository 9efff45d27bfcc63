"""Trails and keys as AWS answers in cases that moto does not have: homes elsewhere, selectors that take a part."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from core.resource import missing_fields
from core.resources.aws.cloudtrail import Trail, TrailShadow
from core.resources.aws.kms import KeyUse, KmsKey
from tests.collectors.aws.answering import error, region_that_says
from tests.collectors.aws.world import ACCOUNT, COLLECTORS, REGIONS

HERE, FAR = REGIONS
ARN = f"arn:aws:cloudtrail:{HERE}:{ACCOUNT}:trail/all"
SINCE = datetime(2025, 11, 22, tzinfo=UTC)
KEY = f"arn:aws:kms:{HERE}:{ACCOUNT}:key/1"


def trail(*, home: str = HERE, **selectors: Any) -> Any:
    listed = {"Name": "all", "TrailARN": ARN, "HomeRegion": home, "IsMultiRegionTrail": True, "S3BucketName": "logs"}
    place = region_that_says(
        {
            "cloudtrail:DescribeTrails": {"trailList": [{**listed, "IncludeGlobalServiceEvents": True}]},
            "cloudtrail:GetTrailStatus": {"IsLogging": True},
            "cloudtrail:GetEventSelectors": selectors,
            "cloudtrail:GetInsightSelectors": error("InsightNotEnabledException"),
        }
    )
    (found,) = COLLECTORS["aws.cloudtrail.trails"](place)
    return found


def advanced(**fields: Any) -> dict[str, Any]:
    chosen = [{"Field": "eventCategory", "Equals": ["Management"]}]
    return {"FieldSelectors": [*chosen, *({"Field": name, **tests} for name, tests in fields.items())]}


def test_a_trail_with_its_home_elsewhere_is_a_shadow() -> None:
    found = trail(home=FAR)
    assert isinstance(found, TrailShadow)
    assert (found.id, found.trail, found.home) == (f"{HERE}/{ARN}", ARN, FAR)


@pytest.mark.parametrize(
    ("selectors", "reads", "writes", "excludes"),
    [
        ([advanced()], True, True, ()),
        ([advanced(readOnly={"Equals": ["true"]})], True, False, ()),
        ([advanced(readOnly={"Equals": ["false"]}), advanced(readOnly={"Equals": ["true"]})], True, True, ()),
        ([advanced(eventSource={"NotEquals": ["kms.amazonaws.com"]})], True, True, ("kms.amazonaws.com",)),
        ([advanced(eventSource={"Equals": ["s3.amazonaws.com"]})], False, False, ()),
        ([advanced(eventName={"NotStartsWith": ["Put"]})], False, False, ()),
    ],
)
def test_management_events_are_recorded_when_all_of_them_are(
    selectors: list[dict[str, Any]], reads: bool, writes: bool, excludes: tuple[str, ...]
) -> None:
    found = trail(AdvancedEventSelectors=selectors)
    assert isinstance(found, Trail)
    assert (found.reads, found.writes, found.excludes) == (reads, writes, excludes)


@pytest.mark.parametrize(
    ("value", "everywhere"),
    [
        ("arn:aws:s3", True),
        ("arn:aws:s3:::", True),
        ("arn:aws-cn:s3:::", True),
        ("arn:aws:s3:::records/", False),
        ("arn:aws:s3:::records/in", False),
    ],
)
def test_events_of_all_buckets(value: str, everywhere: bool) -> None:
    chosen = {"ReadWriteType": "All", "DataResources": [{"Type": "AWS::S3::Object", "Values": [value]}]}
    (data,) = trail(EventSelectors=[chosen]).data
    assert data.everywhere is everywhere


@pytest.mark.parametrize(
    ("changes", "asked"),
    [({}, True), ({"KeyManager": "AWS"}, False), ({"KeyState": "PendingDeletion"}, False)],
)
def test_the_last_use_is_asked_of_keys_of_ours_that_can_be_used(changes: dict[str, str], asked: bool) -> None:
    described = {
        "Arn": KEY, "KeyId": "1", "KeyManager": "CUSTOMER", "KeyState": "Enabled", "KeySpec": "RSA_2048",
        "Origin": "AWS_KMS", "CreationDate": 1, **changes,
    }  # fmt: skip
    answers: dict[str, Any] = {
        "kms:ListKeys": {"Keys": [{"KeyArn": KEY}]},
        "kms:ListAliases": {"Aliases": []},
        "kms:DescribeKey": {"KeyMetadata": described},
        "kms:GetKeyLastUsage": {"KeyLastUsage": {}, "TrackingStartDate": SINCE},
        "kms:GetKeyPolicy": {"Policy": ""},
    }
    (key,) = COLLECTORS["aws.kms.keys"](region_that_says(answers))
    assert isinstance(key, KmsKey)
    assert key.use == (KeyUse(last=None, since=SINCE) if asked else None)
    (blind,) = COLLECTORS["aws.kms.keys"](region_that_says({**answers, "kms:GetKeyLastUsage": error("AccessDenied")}))
    assert missing_fields(blind).keys() == ({"use"} if asked else set())
