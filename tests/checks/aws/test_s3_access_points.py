"""Truth tables of the checks of access points."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws.s3_access_points import access_point_is_not_public, access_point_lets_in_approved_accounts
from core.resource import NotObservedError, unobserved
from core.resources.aws.s3 import AccessPoint, S3Account
from tests.checks.aws.making import ACCOUNT, OTHER, account, everybody, policy, status
from tests.checks.aws.test_s3 import BY_POINT, OPEN, block, bucket
from tests.twins import population

DELEGATING = policy(everybody("s3:*", Condition={"StringEquals": BY_POINT}))
UNBLOCKED, BLOCKED = (population(S3Account(id=ACCOUNT, block=block(on=on))) for on in (False, True))
BUCKET = bucket(statements=DELEGATING)


def point(**changes: Any) -> AccessPoint:
    given: dict[str, Any] = {
        "id": f"arn:aws:s3:eu-west-1:{ACCOUNT}:accesspoint/analysts",
        "name": "analysts",
        "account": ACCOUNT,
        "bucket": "records",
        "network": "",
        "block": block(),
        "statements": OPEN,
    }
    return AccessPoint(**{**given, **changes})


@pytest.mark.parametrize(
    ("changes", "of", "expected"),
    [
        ({}, BUCKET, "fail"),
        ({"network": "vpc-1", "statements": unobserved("denied")}, BUCKET, "pass"),
        ({"statements": policy(account(OTHER, "s3:GetObject"))}, BUCKET, "pass"),
        ({"block": block(restrict_policies=True)}, BUCKET, "pass"),
        ({}, bucket(statements=DELEGATING, block=block(restrict_policies=True)), "pass"),
        ({}, bucket(), "pass"),
        ({"bucket": "theirs"}, BUCKET, "unknown"),
    ],
)
def test_access_point_is_not_public(changes: dict[str, Any], of: Any, expected: str) -> None:
    assert status(access_point_is_not_public(point(**changes), population(of), UNBLOCKED)) == expected
    assert status(access_point_is_not_public(point(**changes), population(of), BLOCKED)) == "pass"


def test_what_was_not_seen_of_an_access_point_is_unknown() -> None:
    with pytest.raises(NotObservedError):
        access_point_is_not_public(point(statements=unobserved("denied")), population(BUCKET), UNBLOCKED)
    with pytest.raises(NotObservedError):
        access_point_is_not_public(point(block=unobserved("denied")), population(BUCKET), UNBLOCKED)


@pytest.mark.parametrize(("approved", "expected"), [((), "fail"), ((OTHER,), "pass")])
def test_access_point_lets_in_approved_accounts(approved: tuple[str, ...], expected: str) -> None:
    found = point(statements=policy(account(OTHER, "s3:GetObject")))
    assert status(access_point_lets_in_approved_accounts(found, approved=approved)) == expected
    assert status(access_point_lets_in_approved_accounts(point(statements=()))) == "pass"
