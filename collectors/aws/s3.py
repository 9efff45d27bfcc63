"""S3: there is no bulk call, so each bucket is asked on its own, several at once, in its own region."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from collectors.aws.errors import is_answer
from collectors.aws.operations import Read
from collectors.aws.policy_documents import statements
from collectors.aws.source import AwsAccount
from core.plugins import collector
from core.resource import Unobserved
from core.resources.aws.policy import Statement
from core.resources.aws.s3 import Bucket, PublicAccessBlock, S3Account

T = TypeVar("T")

LIST_BUCKETS = Read("s3", "ListBuckets", ("s3:ListAllMyBuckets",))
LOCATION = Read("s3", "GetBucketLocation")
ACCOUNT_BLOCK = Read("s3control", "GetPublicAccessBlock", ("s3:GetAccountPublicAccessBlock",))
BLOCK = Read("s3", "GetPublicAccessBlock", ("s3:GetBucketPublicAccessBlock",))
ACL = Read("s3", "GetBucketAcl")
OWNERSHIP = Read("s3", "GetBucketOwnershipControls")
POLICY = Read("s3", "GetBucketPolicy")
ENCRYPTION = Read("s3", "GetBucketEncryption", ("s3:GetEncryptionConfiguration",))
VERSIONING = Read("s3", "GetBucketVersioning")
LOGGING = Read("s3", "GetBucketLogging")
LIFECYCLE = Read("s3", "GetBucketLifecycleConfiguration", ("s3:GetLifecycleConfiguration",))
REPLICATION = Read("s3", "GetBucketReplication", ("s3:GetReplicationConfiguration",))

EVERYBODY = ("/AllUsers", "/AuthenticatedUsers")
FIRST_REGION = "us-east-1"
"""Where a bucket is that says nothing about it."""


@collector(permissions=(ACCOUNT_BLOCK,))
def account(account: AwsAccount) -> Iterator[S3Account]:
    """The account's *Block Public Access*, which counts for all its buckets."""
    number = account.account
    found = _or_none(
        lambda: account.ask(ACCOUNT_BLOCK, AccountId=number)["PublicAccessBlockConfiguration"],
        "NoSuchPublicAccessBlockConfiguration",
    )
    yield S3Account(id=number, block=block(found))


@collector(
    permissions=(
        LIST_BUCKETS, LOCATION, BLOCK, ACL, OWNERSHIP, POLICY, ENCRYPTION, VERSIONING, LOGGING, LIFECYCLE, REPLICATION,
    )
)  # fmt: skip
def buckets(account: AwsAccount) -> Iterator[Bucket]:
    """Every bucket of the account, in all regions."""
    listed = list(account.pages(LIST_BUCKETS, "Buckets", MaxBuckets=1000))
    yield from account.each(lambda found: _bucket(account, found), listed)


def _bucket(account: AwsAccount, found: Mapping[str, Any]) -> Bucket:
    name = found["Name"]
    region = account.look(lambda: found.get("BucketRegion") or _location(account, name))
    ask = _Asking(account, name, region if isinstance(region, str) else "")
    encryption = account.look(lambda: _encryption(ask))
    versioning = account.look(lambda: ask(VERSIONING))
    return Bucket(
        id=name,
        account=account.account,
        region=region,
        created=found["CreationDate"],
        block=account.look(
            lambda: block(ask.or_none(BLOCK, "PublicAccessBlockConfiguration", "NoSuchPublicAccessBlockConfiguration"))
        ),
        public_acl=account.look(lambda: _public(ask(ACL)["Grants"])),
        acls_count=account.look(lambda: _acls_count(ask)),
        statements=account.look(lambda: _statements(ask)),
        encryption=_part(encryption, lambda: encryption[0]),
        key=_part(encryption, lambda: encryption[1]),
        bucket_key=_part(encryption, lambda: encryption[2]),
        versioning=_part(versioning, lambda: versioning.get("Status")),
        mfa_delete=_part(versioning, lambda: versioning.get("MFADelete") == "Enabled"),
        logs_to=account.look(lambda: ask(LOGGING).get("LoggingEnabled", {}).get("TargetBucket", "")),
        expires=account.look(
            lambda: any(
                _is_enabled(each) and _moves_objects(each)
                for each in ask.or_none(LIFECYCLE, "Rules", "NoSuchLifecycleConfiguration") or ()
            )
        ),
        replicates_to=_part(
            versioning, lambda: account.look(lambda: _replicas(ask)) if _keeps_versions(versioning) else ()
        ),
    )


class _Asking:
    """Questions about one bucket, in its region."""

    def __init__(self, account: AwsAccount, name: str, region: str) -> None:
        self._account = account
        self._name = name
        self._region = region

    def __call__(self, read: Read) -> Any:
        return self._account.ask(read, region=self._region, Bucket=self._name)

    def or_none(self, read: Read, member: str, code: str) -> Any:
        """A member of the answer, or `None` when the answer is that there is none."""
        return _or_none(lambda: self(read)[member], code)


def _or_none(ask: Callable[[], T], code: str) -> T | None:
    try:
        return ask()
    except ClientError as error:
        if is_answer(error, code):
            return None
        raise


def _part(whole: Any, read: Callable[[], Any]) -> Any:
    """A part of something that may be unobserved, and then is all of it."""
    return whole if isinstance(whole, Unobserved) else read()


def _location(account: AwsAccount, name: str) -> str:
    said = account.ask(LOCATION, Bucket=name)["LocationConstraint"]
    return {"EU": "eu-west-1"}.get(said, said) or FIRST_REGION  # buckets of before 2008 say EU


def block(found: Mapping[str, bool] | None) -> PublicAccessBlock:
    settings = found or {}
    return PublicAccessBlock(
        block_acls=settings.get("BlockPublicAcls", False),
        ignore_acls=settings.get("IgnorePublicAcls", False),
        block_policies=settings.get("BlockPublicPolicy", False),
        restrict_policies=settings.get("RestrictPublicBuckets", False),
    )


def _public(grants: list[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(
        sorted(
            f"{each['Permission']} by {each['Grantee']['URI'].rpartition('/')[2]}"
            for each in grants
            if str(each["Grantee"].get("URI", "")).endswith(EVERYBODY)
        )
    )


def _acls_count(ask: _Asking) -> bool:
    """Whether ACLs count. A bucket that says nothing was made before April 2023: there they do."""
    found = ask.or_none(OWNERSHIP, "OwnershipControls", "OwnershipControlsNotFoundError")
    return not found or all(rule["ObjectOwnership"] != "BucketOwnerEnforced" for rule in found["Rules"])


def _statements(ask: _Asking) -> tuple[Statement, ...]:
    return statements(ask.or_none(POLICY, "Policy", "NoSuchBucketPolicy"))


def _encryption(ask: _Asking) -> tuple[str | None, str, bool]:
    found = ask.or_none(
        ENCRYPTION, "ServerSideEncryptionConfiguration", "ServerSideEncryptionConfigurationNotFoundError"
    )
    if not found:
        return None, "", False
    rule = found["Rules"][0]
    default = rule.get("ApplyServerSideEncryptionByDefault", {})
    return default.get("SSEAlgorithm"), default.get("KMSMasterKeyID", ""), rule.get("BucketKeyEnabled", False)


def _is_enabled(rule: Mapping[str, Any]) -> bool:
    return bool(rule["Status"] == "Enabled")


def _moves_objects(rule: Mapping[str, Any]) -> bool:
    """Whether a rule lets objects or their old versions go. Others clear away broken uploads, or marks of deletion."""
    ends = rule.get("Expiration", {}).keys() & {"Days", "Date"}
    moves = rule.keys() & {"Transitions", "NoncurrentVersionExpiration", "NoncurrentVersionTransitions"}
    return bool(ends or moves)


def _keeps_versions(versioning: Mapping[str, Any]) -> bool:
    """Whether a bucket can be copied: AWS allows it, and leaves it on, only with versions."""
    return versioning.get("Status") == "Enabled"


def _replicas(ask: _Asking) -> tuple[str, ...]:
    found = ask.or_none(REPLICATION, "ReplicationConfiguration", "ReplicationConfigurationNotFoundError")
    rules = found["Rules"] if found else ()
    return tuple(sorted({rule["Destination"]["Bucket"] for rule in rules if _is_enabled(rule)}))
