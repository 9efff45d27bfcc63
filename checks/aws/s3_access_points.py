"""Checks of access points of S3: second doors to buckets, each with a policy of its own."""

from __future__ import annotations

from checks.aws.callers import lets_in_approved
from checks.aws.policies import everybody_may
from checks.aws.s3 import through_access_points
from core.model import Severity, Verdict, failed, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.aws.s3 import AccessPoint, Bucket, S3Account


@check(objective="data-is-not-public", severity=Severity.CRITICAL)
def access_point_is_not_public(
    point: AccessPoint, buckets: Population[Bucket], accounts: Population[S3Account]
) -> Verdict:
    """Not everybody gets at a bucket through an access point.

    A bucket often leaves it to its access points who may come. The *Block Public Access* of an access point cannot be
    changed later; that of its bucket and of the account hold for it as well.

    Remediation: Name principals in its policy: `aws s3control put-access-point-policy`; or make it again with *Block
    Public Access*.
    """
    if point.network:
        return passed(f"{point.name} takes only what comes from {point.network}")
    if not everybody_may(point.statements):
        return passed(f"the policy of {point.name} lets only certain principals in")
    account = accounts.get(point.account)
    if point.block.restrict_policies or (account is not None and account.block.restrict_policies):
        return passed(f"public access through {point.name} is blocked")
    bucket = buckets.get(point.bucket)
    if bucket is None:
        return unknown(f"{point.name} lets everybody in, to {point.bucket}, which is in no account that we look at")
    if bucket.block.restrict_policies:
        return passed(f"public access to {bucket.id} is blocked")
    if not through_access_points(bucket.statements):
        return passed(f"{point.name} lets everybody in, and {bucket.id} not everybody who comes through it")
    return failed(f"everybody can get at {bucket.id} through {point.name}")


@check(objective="outside-access-is-approved", severity=Severity.MEDIUM)
def access_point_lets_in_approved_accounts(point: AccessPoint, *, approved: tuple[str, ...] = ()) -> Verdict:
    """The policy of an access point lets in no other account, unless that was approved.

    What another account does with our data, only its owner decides.

    Remediation: Name the account in the setting `approved`, or take it out of the policy.
    """
    return lets_in_approved(point.name, point.id, point.statements, approved)
