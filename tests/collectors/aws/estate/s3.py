"""Buckets, tidy and open."""

from __future__ import annotations

import json

from tests.collectors.aws.world import Maker

UNPAGED = {"aws.s3.buckets": "moto cuts ListBuckets off and does not say that there is more"}
SETTINGS = {"aws.s3.bucket_is_replicated": {"needed": ("tidy-bucket",)}}
ALL_ON = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)


def populate(aws: Maker) -> None:
    s3 = aws.client("s3")
    for name in ("tidy", "open-by-policy", "open-by-acl", "trail-logs", "archive"):
        s3.create_bucket(Bucket=f"{name}-bucket")
    aws.client("s3", "eu-west-1").create_bucket(
        Bucket="elsewhere-bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    tidy = {"Bucket": "tidy-bucket"}
    s3.put_public_access_block(**tidy, PublicAccessBlockConfiguration=ALL_ON)
    s3.put_bucket_ownership_controls(**tidy, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]})
    s3.put_bucket_versioning(**tidy, VersioningConfiguration={"Status": "Enabled"})
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/data"}
    s3.put_bucket_encryption(
        **tidy,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}]
        },
    )
    s3.put_bucket_lifecycle_configuration(
        **tidy,
        LifecycleConfiguration={
            "Rules": [{"ID": "old", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 400}}]
        },
    )
    arns = [f"arn:aws:s3:::tidy-bucket{end}" for end in ("", "/*")]
    s3.put_bucket_policy(**tidy, Policy=_policy("Deny", "s3:*", arns, {"Bool": {"aws:SecureTransport": "false"}}))
    s3.put_bucket_acl(Bucket="archive-bucket", ACL="log-delivery-write")
    s3.put_bucket_logging(
        **tidy, BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": "archive-bucket", "TargetPrefix": "tidy/"}}
    )
    s3.put_bucket_policy(
        Bucket="open-by-policy-bucket",
        Policy=_policy("Allow", "s3:GetObject", ["arn:aws:s3:::open-by-policy-bucket/*"]),
    )
    s3.put_bucket_acl(Bucket="open-by-acl-bucket", ACL="public-read-write")
    s3.create_bucket(Bucket="locked-bucket", ObjectLockEnabledForBucket=True)


def _policy(effect: str, action: str, arns: list[str], condition: object = None) -> str:
    statement = {"Effect": effect, "Principal": "*", "Action": action, "Resource": arns}
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{**statement, **({"Condition": condition} if condition else {})}]}
    )
