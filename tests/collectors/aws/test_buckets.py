"""What collectors of S3 make of answers that moto does not give."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from collectors.aws.s3 import buckets
from collectors.aws.s3_access_points import access_points
from core.resource import missing_fields
from tests.collectors.aws.answering import account_that_says, error, region_that_says

LISTED = {
    "Buckets": [{"Name": "records", "BucketRegion": "eu-west-1", "CreationDate": datetime(2026, 1, 1, tzinfo=UTC)}]
}


def expires(lifecycle: Any) -> bool:
    said: dict[str, Any] = {"s3:ListBuckets": LISTED, "s3:GetBucketLifecycleConfiguration": lifecycle}
    found: Any
    (found,) = buckets(account_that_says(said))
    return bool(found.expires)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"Expiration": {"Days": 400}}, True),
        ({"Expiration": {"Date": datetime(2027, 1, 1, tzinfo=UTC)}}, True),
        ({"Transitions": [{"Days": 30, "StorageClass": "GLACIER"}]}, True),
        ({"NoncurrentVersionExpiration": {"NoncurrentDays": 30}}, True),
        ({"NoncurrentVersionTransitions": [{"NoncurrentDays": 30, "StorageClass": "GLACIER"}]}, True),
        ({"Expiration": {"Days": 400}, "Status": "Disabled"}, False),
        ({"Expiration": {"ExpiredObjectDeleteMarker": True}}, False),
        ({"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}, False),
    ],
)
def test_which_lifecycle_rules_let_objects_go(rule: dict[str, Any], expected: bool) -> None:
    assert expires({"Rules": [{"ID": "old", "Status": "Enabled", **rule}]}) is expected


def test_a_bucket_without_a_lifecycle_keeps_everything() -> None:
    assert not expires(error("NoSuchLifecycleConfiguration"))


def test_an_access_point_of_a_network_without_a_policy() -> None:
    listed = {"Name": "a", "Bucket": "records", "AccessPointArn": "arn:a", "VpcConfiguration": {"VpcId": "vpc-1"}}
    said: dict[str, Any] = {
        "s3control:ListAccessPoints": {"AccessPointList": [listed]},
        "s3control:GetAccessPointPolicy": error("NoSuchAccessPointPolicy"),
    }
    found: Any
    (found,) = access_points(region_that_says(said))
    assert (found.network, found.statements) == ("vpc-1", ())
    assert missing_fields(found).keys() == {"block"}
    (found,) = access_points(region_that_says({**said, "s3control:GetAccessPointPolicy": error("AccessDenied")}))
    assert missing_fields(found).keys() == {"block", "statements"}
