"""Truth tables of the checks of S3."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.aws.s3 import (
    account_blocks_public_access,
    bucket_access_is_logged,
    bucket_acls_are_off,
    bucket_is_encrypted_with_kms,
    bucket_is_not_public,
    bucket_is_not_writable_by_everybody,
    bucket_is_replicated,
    bucket_keeps_versions,
    bucket_lets_in_approved_accounts,
    bucket_lets_objects_expire,
    bucket_needs_tls,
)
from core.plugins import Check
from core.resource import NotObservedError, unobserved
from core.resources.aws.s3 import Bucket, PublicAccessBlock, S3Account
from tests.checks.aws.making import ACCOUNT, OTHER, account, allow, deny, everybody, policy, status
from tests.twins import population


def block(*, on: bool = False, **changes: bool) -> PublicAccessBlock:
    names = ("block_acls", "ignore_acls", "block_policies", "restrict_policies")
    return PublicAccessBlock(**{**dict.fromkeys(names, on), **changes})


def bucket(**changes: Any) -> Bucket:
    given: dict[str, Any] = {
        "id": "records",
        "account": ACCOUNT,
        "region": "eu-west-1",
        "created": datetime(2026, 1, 1, tzinfo=UTC),
        "block": block(),
        "public_acl": (),
        "acls_count": True,
        "statements": (),
        "encryption": None,
        "key": "",
        "bucket_key": False,
        "versioning": None,
        "mfa_delete": False,
        "logs_to": "",
        "expires": False,
        "replicates_to": (),
    }
    return Bucket(**{**given, **changes})


OPEN = policy(everybody("s3:GetObject", Sid="Open"))
OPEN_TO_WRITE = policy(everybody("s3:Put*"))
ACL = ("READ by AllUsers",)
WRITE_ACL = ("WRITE by AllUsers",)
BLOCKED, UNBLOCKED = S3Account(id=ACCOUNT, block=block(on=True)), S3Account(id=ACCOUNT, block=block())


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({}, "pass"), *(({name: False}, "fail") for name in ("block_acls", "ignore_acls", "block_policies"))],
)
def test_account_blocks_public_access(changes: dict[str, bool], expected: str) -> None:
    assert status(account_blocks_public_access(S3Account(id=ACCOUNT, block=block(on=True, **changes)))) == expected


BY_POINT = {"s3:DataAccessPointAccount": ACCOUNT}
BY_NAME = {"s3:DataAccessPointArn": f"arn:aws:s3:eu-west-1:{ACCOUNT}:accesspoint/*"}
OF_OTHERS = {"StringEquals": {"s3:DataAccessPointAccount": OTHER}}
FROM_US = {"StringEquals": {**BY_POINT, "aws:PrincipalAccount": ACCOUNT}}
FROM_A_NETWORK = {"StringEquals": {**BY_POINT, "s3:AccessPointNetworkOrigin": "VPC"}}
PUBLIC: list[tuple[dict[str, Any], str]] = [
    ({}, "pass"),
    ({"statements": OPEN}, "fail"),
    ({"statements": OPEN, "block": block(restrict_policies=True)}, "pass"),
    ({"statements": OPEN, "block": block(block_policies=True)}, "fail"),
    ({"statements": policy(account(OTHER, "s3:*"))}, "pass"),
    ({"statements": policy(everybody("s3:*", Condition={"StringEquals": BY_POINT}))}, "pass"),
    ({"statements": policy(everybody("s3:*", Condition={"StringLike": BY_NAME}))}, "pass"),
    ({"statements": policy(everybody("s3:*", Condition=OF_OTHERS))}, "unknown"),
    ({"statements": policy(everybody("s3:*", Condition=FROM_US))}, "pass"),
    ({"statements": policy(everybody("s3:*", Condition=FROM_A_NETWORK))}, "pass"),
    ({"public_acl": ACL}, "fail"),
    ({"public_acl": ACL, "block": block(ignore_acls=True)}, "pass"),
    ({"public_acl": ACL, "block": block(block_acls=True)}, "fail"),
    ({"public_acl": ACL, "acls_count": False}, "pass"),
]


@pytest.mark.parametrize(("changes", "expected"), PUBLIC)
def test_bucket_is_not_public(changes: dict[str, Any], expected: str) -> None:
    assert status(bucket_is_not_public(bucket(**changes), population(UNBLOCKED))) == expected
    assert status(bucket_is_not_public(bucket(**changes), population(BLOCKED))) == "pass"
    assert status(bucket_is_not_public(bucket(**changes), population(kind="aws_s3_account"))) == expected


def test_what_was_not_seen_makes_public_access_unknown() -> None:
    hidden = bucket(statements=unobserved("denied"))
    with pytest.raises(NotObservedError):
        bucket_is_not_public(hidden, population(UNBLOCKED))
    assert status(bucket_is_not_public(hidden, population(BLOCKED))) == "pass"  # whatever the policy says
    with pytest.raises(NotObservedError):
        bucket_is_not_public(bucket(statements=OPEN), population(kind="aws_s3_account", missing="denied"))
    assert bucket_is_not_public(bucket(statements=OPEN), population(UNBLOCKED)).reason == (
        "everybody can get at records: its policy lets everybody in (Open)"
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"statements": OPEN}, "pass"),
        ({"statements": OPEN_TO_WRITE}, "fail"),
        ({"statements": policy(everybody("s3:*"))}, "fail"),
        ({"statements": policy(everybody("s3:p*"))}, "fail"),
        (
            {"statements": policy({"Effect": "Allow", "Principal": "*", "NotAction": "s3:Get*", "Resource": "*"})},
            "fail",
        ),
        ({"public_acl": ACL}, "pass"),
        ({"public_acl": WRITE_ACL}, "fail"),
    ],
)
def test_bucket_is_not_writable_by_everybody(changes: dict[str, Any], expected: str) -> None:
    assert status(bucket_is_not_writable_by_everybody(bucket(**changes), population(UNBLOCKED))) == expected


def test_bucket_lets_in_approved_accounts() -> None:
    shared = bucket(statements=policy(account(OTHER, "s3:*"), account(ACCOUNT, "s3:*")))
    assert status(bucket_lets_in_approved_accounts(shared)) == "fail"
    assert status(bucket_lets_in_approved_accounts(shared, approved=(OTHER,))) == "pass"
    assert status(bucket_lets_in_approved_accounts(bucket())) == "pass"
    canonical = allow("s3:GetObject", Principal={"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5"})
    assert status(bucket_lets_in_approved_accounts(bucket(statements=policy(canonical)))) == "unknown"
    assert (
        status(bucket_lets_in_approved_accounts(bucket(statements=policy({**canonical, "Effect": "Deny"})))) == "pass"
    )


@pytest.mark.parametrize(
    ("region", "partition", "expected"),
    [
        ("eu-west-1", "aws", "pass"),
        ("cn-north-1", "aws-cn", "pass"),
        ("us-gov-west-1", "aws-us-gov", "pass"),
        ("eu-west-1", "aws-cn", "fail"),
    ],
)
def test_bucket_needs_tls(region: str, partition: str, expected: str) -> None:
    arns = [f"arn:{partition}:s3:::records{end}" for end in ("", "/*")]
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    denied = policy(deny("s3:*", Principal="*", Resource=arns, Condition=plain))
    assert status(bucket_needs_tls(bucket(region=region, statements=denied))) == expected


@pytest.mark.parametrize(
    ("check", "changes", "expected"),
    [
        (bucket_is_encrypted_with_kms, {"encryption": "aws:kms", "key": "alias/data"}, "pass"),
        (bucket_is_encrypted_with_kms, {"encryption": "aws:kms:dsse"}, "pass"),
        (bucket_is_encrypted_with_kms, {"encryption": "AES256"}, "fail"),
        (bucket_is_encrypted_with_kms, {}, "fail"),
        (bucket_keeps_versions, {"versioning": "Enabled"}, "pass"),
        (bucket_keeps_versions, {"versioning": "Suspended"}, "fail"),
        (bucket_keeps_versions, {}, "fail"),
        (bucket_access_is_logged, {"logs_to": "archive"}, "pass"),
        (bucket_access_is_logged, {"logs_to": "records"}, "fail"),
        (bucket_access_is_logged, {}, "fail"),
        (bucket_lets_objects_expire, {"expires": True}, "pass"),
        (bucket_lets_objects_expire, {}, "fail"),
        (bucket_is_replicated, {}, "not_applicable"),
        (bucket_acls_are_off, {"acls_count": False}, "pass"),
        (bucket_acls_are_off, {}, "fail"),
    ],
)
def test_one_field(check: Check[...], changes: dict[str, Any], expected: str) -> None:
    assert status(check(bucket(**changes))) == expected


def test_settings() -> None:
    assert status(bucket_access_is_logged(bucket(), exempt=("records",))) == "not_applicable"
    assert status(bucket_is_replicated(bucket(), needed=("records",))) == "fail"
    assert status(bucket_is_replicated(bucket(replicates_to=("arn:aws:s3:::copy",)), needed=("records",))) == "pass"


def test_allowing_is_not_denying() -> None:
    assert status(bucket_needs_tls(bucket(statements=policy(allow("s3:*", Principal="*"))))) == "fail"
