"""Checks of S3: who can read a bucket, and how its objects are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from checks.aws.policies import accounts_let_in, denies_plain_text, everybody_may
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.aws.policy import Statement
from core.resources.aws.s3 import Bucket, PublicAccessBlock, S3Account

POINTS, FROM_A_NETWORK = ("s3:dataaccesspointaccount", "s3:dataaccesspointarn"), "s3:accesspointnetworkorigin"
"""Keys that say through which access points one comes."""
BLOCKS = {
    "block_acls": "new public ACLs are not refused",
    "ignore_acls": "public ACLs are not ignored",
    "block_policies": "new public policies are not refused",
    "restrict_policies": "public policies are not restricted",
}


@check(objective="data-is-not-public", severity=Severity.HIGH)
def account_blocks_public_access(account: S3Account) -> Verdict:
    """The account blocks public access to all its buckets.

    The block of the account stops what somebody does to a single bucket by mistake, and holds for buckets to come.

    Remediation: *S3*, *Block Public Access settings for this account*; or `aws s3control put-public-access-block`.
    """
    off = [words for name, words in BLOCKS.items() if not getattr(account.block, name)]
    return failed(f"for the account {', '.join(off)}") if off else passed("the account blocks all public access")


@check(objective="data-is-not-public", severity=Severity.CRITICAL)
def bucket_is_not_public(bucket: Bucket, accounts: Population[S3Account]) -> Verdict:
    """Nobody can read or write the bucket without being let in.

    A public bucket is found within hours, and copied.

    Remediation: Turn on all four settings of *Block Public Access* for the account; where the world is meant to read,
    put CloudFront in front of the bucket.
    """
    return _verdict_about_public(bucket, accounts, writing=None)


@check(objective="data-is-not-public", severity=Severity.CRITICAL)
def bucket_is_not_writable_by_everybody(bucket: Bucket, accounts: Population[S3Account]) -> Verdict:
    """Nobody can change or delete what is in the bucket without being let in.

    Who can write into a bucket can replace what others load from it, and fill it at its owner's cost.

    Remediation: Remove the statement or grant that the reason names, and turn on *Block Public Access*.
    """
    return _verdict_about_public(bucket, accounts, writing=("Put", "Delete", "Restore", "Replicate", "Abort"))


@check(objective="outside-access-is-approved", severity=Severity.MEDIUM)
def bucket_lets_in_approved_accounts(bucket: Bucket, *, approved: tuple[str, ...] = ()) -> Verdict:
    """The bucket's policy lets in no other account, unless that was approved.

    What another account does with our data, only its owner decides.

    Remediation: Name the account in the setting `approved`, or take it out of the bucket's policy.
    """
    others = sorted(accounts_let_in(bucket.statements) - {bucket.account} - set(approved))
    if others:
        return failed(f"the policy of {bucket.id} lets in {', '.join(others)}, which nobody approved")
    if any(_is_canonical(each) for each in bucket.statements):
        return unknown(f"the policy of {bucket.id} lets in a canonical user, and nobody here knows of which account")
    return passed(f"the policy of {bucket.id} lets in no account that was not approved")


@check(objective="data-in-transit-is-protected", severity=Severity.MEDIUM)
def bucket_needs_tls(bucket: Bucket) -> Verdict:
    """The bucket refuses requests without TLS.

    S3 answers plain HTTP as well, where anybody on the way can read and change what is sent.

    Remediation: Add to the bucket policy: deny `s3:*` to everybody on the bucket and on all in it, where
    `aws:SecureTransport` is `false`.
    """
    partition = "aws-cn" if bucket.region.startswith("cn-") else "aws-us-gov" if "-gov-" in bucket.region else "aws"
    arn = f"arn:{partition}:s3:::{bucket.id}"
    # The bucket itself, or its objects alone: data travels with both.
    if denies_plain_text(bucket.statements, "s3", (arn, f"{arn}/*")):
        return passed(f"{bucket.id} refuses requests without TLS")
    return failed(f"no statement of {bucket.id} refuses all requests without TLS")


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def bucket_is_encrypted_with_kms(bucket: Bucket) -> Verdict:
    """New objects in the bucket are encrypted with a key of KMS.

    S3 has encrypted everything with keys of its own since January 2023; but who can read the object then has the key
    as well, and nobody sees its use. A key of KMS is a second permission, and a record.

    Remediation: *Properties*, *Default encryption*, *SSE-KMS*, with *Bucket Key* for lower cost.
    """
    if bucket.encryption in ("aws:kms", "aws:kms:dsse"):
        return passed(f"{bucket.id} encrypts with {bucket.key or 'the key of AWS for S3'} of KMS")
    return failed(f"{bucket.id} encrypts with keys of S3")


@check(objective="deletions-can-be-undone", severity=Severity.MEDIUM)
def bucket_keeps_versions(bucket: Bucket) -> Verdict:
    """What is deleted or overwritten in the bucket can be brought back.

    Without versions, one wrong command or one attacker with a key destroys data for ever.

    Remediation: *Properties*, *Bucket Versioning*, enable; let a lifecycle rule expire old versions.
    """
    if bucket.versioning == "Enabled":
        return passed(f"{bucket.id} keeps versions")
    if bucket.versioning == "Suspended":
        return failed(f"{bucket.id} has suspended versioning")
    return failed(f"{bucket.id} never kept versions")


@check(objective="use-is-logged", severity=Severity.LOW)
def bucket_access_is_logged(bucket: Bucket, *, exempt: tuple[str, ...] = ()) -> Verdict:
    """Requests to the bucket are logged into another bucket.

    Without a log nobody can say who read what. Buckets that hold logs themselves can be named in `exempt`; data events
    of CloudTrail show the same and more.

    Remediation: *Properties*, *Server access logging*.
    """
    if bucket.id in exempt:
        return not_applicable(f"{bucket.id} is named in the setting exempt")
    if bucket.logs_to == bucket.id:
        return failed(f"{bucket.id} logs into itself, and each log file makes another entry")
    if bucket.logs_to:
        return passed(f"{bucket.id} logs into {bucket.logs_to}")
    return failed(f"requests to {bucket.id} are not logged")


@check(objective="data-is-deleted-when-due", severity=Severity.LOW)
def bucket_lets_objects_expire(bucket: Bucket) -> Verdict:
    """The bucket has a rule for what becomes of old objects.

    What is kept for ever is found one day by somebody it was not meant for.

    Remediation: *Management*, *Create lifecycle rule*.
    """
    if bucket.expires:
        return passed(f"a lifecycle rule of {bucket.id} lets objects go")
    return failed(f"no lifecycle rule of {bucket.id} that is on lets objects go")


@check(objective="services-survive-failures", severity=Severity.LOW)
def bucket_is_replicated(bucket: Bucket, *, needed: tuple[str, ...] = ()) -> Verdict:
    """Objects of buckets that need it are copied to another bucket.

    A region, an account or a key can be lost. Name the buckets that must survive that in the setting `needed`.

    Remediation: *Management*, *Create replication rule*, to a bucket in another region or account.
    """
    if bucket.id not in needed:
        return not_applicable(f"nobody said that {bucket.id} needs a copy")
    if bucket.replicates_to:
        return passed(f"{bucket.id} is copied to {', '.join(bucket.replicates_to)}")
    return failed(f"{bucket.id} is not copied")


@check(objective="access-is-managed-centrally", severity=Severity.LOW)
def bucket_acls_are_off(bucket: Bucket) -> Verdict:
    """Access control lists do not count in the bucket.

    They are the old way, object by object, which nobody can oversee. Policies say the same in one place.

    Remediation: *Permissions*, *Object Ownership*, *ACLs disabled (recommended)*.
    """
    if bucket.acls_count:
        return failed(f"access control lists count in {bucket.id}")
    return passed(f"access control lists do not count in {bucket.id}")


def _is_canonical(statement: Statement) -> bool:
    """Whether a statement lets somebody in by the number that S3 has for an account, which no other service knows."""
    return statement.effect == "Allow" and any(each.startswith("CanonicalUser:") for each in statement.principals)


def public_because(bucket: Bucket, accounts: Population[S3Account], writing: tuple[str, ...] | None = None) -> str:
    """Why anybody can get at a bucket; empty when nobody can. With `writing`, only what begins like this counts.

    Raises `NotObservedError` when the one thing that decides was not seen.
    """
    account = accounts.get(bucket.account)
    account_block = account.block if account else None
    return _by_policy(bucket, account_block, writing) or _by_acl(bucket, account_block, writing)


def _by_policy(
    bucket: Bucket,
    account: PublicAccessBlock | None,
    writing: tuple[str, ...] | None,
    read: Callable[[Sequence[Statement]], Iterable[Statement]] = everybody_may,
) -> str:
    if account is not None and account.restrict_policies:
        return ""
    open_ones = [each for each in read(bucket.statements) if writing is None or _writes(each, writing)]
    if not open_ones or bucket.block.restrict_policies:
        return ""
    return f"its policy lets everybody in{f' ({open_ones[0].sid})' if open_ones[0].sid else ''}"


def _by_acl(bucket: Bucket, account: PublicAccessBlock | None, writing: tuple[str, ...] | None) -> str:
    if account is not None and account.ignore_acls:
        return ""
    grants = [g for g in bucket.public_acl if writing is None or g.startswith(("WRITE", "FULL_CONTROL"))]
    if not grants or not bucket.acls_count or bucket.block.ignore_acls:
        return ""
    return f"its access control list allows {', '.join(grants)}"


def _writes(statement: Statement, writing: tuple[str, ...]) -> bool:
    """Whether a statement allows an action that changes something, or all but some."""
    if statement.not_actions:
        return True
    names = [action.rpartition(":")[2].lower() for action in statement.actions]
    begins = tuple(each.lower() for each in writing)
    return any(name.startswith((*begins, "*")) or any(_may_mean(name, each) for each in begins) for name in names)


def _may_mean(pattern: str, begin: str) -> bool:
    """Whether a pattern such as `p*` fits names that begin like this."""
    stem, star, _ = pattern.partition("*")
    return bool(star) and begin.startswith(stem)


def _verdict_about_public(bucket: Bucket, accounts: Population[S3Account], writing: tuple[str, ...] | None) -> Verdict:
    what = "change" if writing else "get at"
    if reason := public_because(bucket, accounts, writing):
        return failed(f"everybody can {what} {bucket.id}: {reason}")
    account = accounts.get(bucket.account)
    if _by_policy(bucket, account.block if account else None, writing, through_access_points):
        tests = [test for each in bucket.statements for test in each.conditions if test.key in POINTS]
        reason = f"who can {what} {bucket.id} is left to its access points"
        if {_account_of(value) for test in tests for value in test.values} == {bucket.account}:
            return passed(f"{reason}, which are judged on their own")
        return unknown(f"{reason}, some of them of other accounts, at which nobody looks")
    return passed(f"nobody can {what} {bucket.id} without being let in")


def _account_of(point: str) -> str:
    """The account in the ARN of an access point, or that stands alone."""
    return (point.split(":") + [""] * 5)[4] if ":" in point else point


def through_access_points(statements: Sequence[Statement]) -> list[Statement]:
    """The statements that let anybody in who comes through an access point, whose own policy then decides. Through one
    that is open to a network alone come only those who are in it."""
    return everybody_may(
        [
            replace(each, conditions=tuple(test for test in each.conditions if test.key not in POINTS))
            for each in statements
            if FROM_A_NETWORK not in {test.key for test in each.conditions}
        ]
    )
