"""What collectors of S3 make of answers that moto does not give."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from collectors.aws.s3 import buckets
from tests.collectors.aws.answering import account_that_says, error

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
