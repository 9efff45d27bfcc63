"""Simple Storage Service: the account's public-access block, and buckets."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from core.resource import Observed, Resource, part, resource
from core.resources.aws.policy import Statement


@part
class PublicAccessBlock(Observed):
    """The four settings of *Block Public Access*. Where nobody set them, all are off."""

    block_acls: bool
    """New public ACLs are refused."""
    ignore_acls: bool
    """Public ACLs that exist count for nothing."""
    block_policies: bool
    """New public policies are refused."""
    restrict_policies: bool
    """A public policy that exists lets in only the account and services of AWS."""


@resource("aws_s3_account")
class S3Account(Resource):
    """What an account says about all its buckets. The id is the account's number."""

    id: str
    block: PublicAccessBlock


@resource("aws_s3_bucket")
class Bucket(Resource):
    """A bucket. The id is its name, which nobody else in the partition can have."""

    id: str
    account: str
    region: str
    created: datetime
    block: PublicAccessBlock
    """The bucket's own; the account's counts as well."""
    public_acl: tuple[str, ...]
    """What its ACL allows to everybody, or to everybody with an AWS account: `READ by AllUsers`."""
    acls_count: bool
    """Whether ACLs count at all: *Object Ownership* is not "bucket owner enforced"."""
    statements: tuple[Statement, ...]
    """Of its policy."""
    encryption: Literal["AES256", "aws:kms", "aws:kms:dsse"] | None
    """How new objects are encrypted by default; `None` where the bucket says nothing: since January 2023 that is with
    keys of S3."""
    key: str
    """The key for it; empty where none is named."""
    bucket_key: bool
    versioning: Literal["Enabled", "Suspended"] | None
    """`None` when it never was on."""
    mfa_delete: bool
    logs_to: str
    """The bucket that gets its access log; empty when none does."""
    expires: bool
    """A rule lets some objects expire or move to cheaper storage."""
    replicates_to: tuple[str, ...]
    """ARNs of the buckets that enabled rules copy to."""


@resource("aws_s3_access_point")
class AccessPoint(Resource):
    """A way to a bucket, with a policy of its own. The id is its ARN."""

    id: str
    name: str
    account: str
    bucket: str
    network: str
    """The network from which alone it is reached; empty where it is the internet."""
    block: PublicAccessBlock
    statements: tuple[Statement, ...]
    """Of its policy."""
