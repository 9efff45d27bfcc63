"""Checks of CloudTrail: what happens in the account is recorded, completely, and cannot be made to vanish."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from checks.aws.left_out import unless_a_shadow_falls
from checks.aws.s3 import public_because
from core.model import Severity, Verdict, failed, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.aws.cloudtrail import Trail, TrailShadow
from core.resources.aws.s3 import Bucket, S3Account


@check(objective="administration-is-logged", severity=Severity.CRITICAL)
def everything_is_recorded_everywhere(trails: Population[Trail], shadows: Population[TrailShadow]) -> Verdict:
    """A trail records all management events of all regions.

    An attacker works in the region that nobody watches. A trail of the organization counts in each of its accounts.

    Remediation: `aws cloudtrail create-trail --is-multi-region-trail`, best in the management account with
    `--is-organization-trail`, then `start-logging`.
    """
    good = [each for each in trails if _records_all(each)]
    if good:
        excepted = sorted(set[str].intersection(*(set(each.excludes) for each in good)))
        but = f", but those of {', '.join(excepted)}" if excepted else ""
        return passed(f"{_named(good)} records management events of all regions{but}")
    none = "there is no trail"
    if trails:
        none = f"none of {_named(trails)} records all management events of all regions: {_lacking(trails)}"
    return unless_a_shadow_falls(failed(none), trails, shadows)


@check(objective="use-is-logged", severity=Severity.LOW)
def object_writes_are_recorded(trails: Population[Trail], shadows: Population[TrailShadow]) -> Verdict:
    """A trail records who changes objects in S3.

    Management events say who changed a bucket, but not who changed what is in it.

    Remediation: *CloudTrail*, *Trails*, *Data events*, S3, all buckets, write events.
    """
    return unless_a_shadow_falls(_data_events(trails, reads=False), trails, shadows)


@check(objective="use-is-logged", severity=Severity.LOW)
def object_reads_are_recorded(trails: Population[Trail], shadows: Population[TrailShadow]) -> Verdict:
    """A trail records who reads objects in S3.

    After a leak the first question is what was read.

    Remediation: *CloudTrail*, *Trails*, *Data events*, S3, all buckets, read events. Mind the cost, or choose buckets.
    """
    return unless_a_shadow_falls(_data_events(trails, reads=True), trails, shadows)


@check(objective="threat-detection-is-on", severity=Severity.LOW)
def unusual_activity_is_noticed(trails: Population[Trail], shadows: Population[TrailShadow]) -> Verdict:
    """A trail looks for unusual rates of calls and errors.

    Insights show what no rule foresees: somebody tries all the doors at once.

    Remediation: *CloudTrail*, *Trails*, *Insights events*, both kinds.
    """
    found = [each for each in trails if each.logging and each.insights]
    if found:
        return passed(f"{_named(found)} has Insights: {', '.join(sorted({i for t in found for i in t.insights}))}")
    return unless_a_shadow_falls(failed(f"none of {len(trails)} trails has Insights"), trails, shadows)


@check(objective="records-are-intact", severity=Severity.MEDIUM)
def trail_validates_its_files(trail: Trail) -> Verdict:
    """The files of a trail can be shown to be unaltered.

    Digest files, signed by CloudTrail, show each file that was changed or is missing.

    Remediation: `aws cloudtrail update-trail --name … --enable-log-file-validation`.
    """
    if trail.validates:
        return passed(f"{trail.name} writes digest files")
    return failed(f"{trail.name} writes no digest files")


@check(objective="keys-are-under-our-control", severity=Severity.MEDIUM)
def trail_is_encrypted_with_kms(trail: Trail) -> Verdict:
    """The files of a trail are encrypted with a key of KMS.

    The key is a second permission for whoever would read what everybody did.

    Remediation: `aws cloudtrail update-trail --name … --kms-key-id …`, with a key whose policy lets CloudTrail encrypt.
    """
    if trail.key:
        return passed(f"{trail.name} encrypts with {trail.key}")
    return failed(f"{trail.name} encrypts with keys of S3")


@check(objective="logs-are-collected-centrally", severity=Severity.LOW)
def trail_reaches_cloudwatch(trail: Trail, *, as_of: datetime, days: int = 1) -> Verdict:
    """The events of a trail arrive in CloudWatch Logs.

    Only there can an alarm follow within minutes; files in a bucket wait for somebody to look.

    Remediation: *CloudTrail*, *Trails*, *CloudWatch Logs*, with a role that may write there.
    """
    if not trail.log_group:
        return failed(f"{trail.name} has no log group")
    if trail.group_delivered is None:
        return failed(f"nothing of {trail.name} ever arrived in its log group")
    if trail.group_delivered < as_of - timedelta(days=days):
        since = f"{trail.group_delivered:%Y-%m-%d}"
        return failed(f"{trail.name} last arrived in its log group on {since}, more than {days} days before")
    return passed(f"{trail.name} arrives in its log group")


@check(objective="administration-is-logged", severity=Severity.HIGH)
def trail_delivers(trail: Trail) -> Verdict:
    """A trail that is on delivers its files.

    A trail whose bucket refuses it looks well in every list, and records nothing.

    Remediation: See the error; most often the bucket's policy does not let `cloudtrail.amazonaws.com` write.
    """
    if not trail.logging:
        return failed(f"{trail.name} is switched off")
    if trail.delivery_error:
        return failed(f"{trail.name} cannot deliver: {trail.delivery_error}")
    return passed(f"{trail.name} is on and tells of no error")


@check(objective="logs-are-protected", severity=Severity.CRITICAL)
def trail_bucket_is_private(trail: Trail, buckets: Population[Bucket], accounts: Population[S3Account]) -> Verdict:
    """The bucket that keeps a trail's files is not public.

    Whoever can read the audit log learns who acts in the account; whoever can write it can hide.

    Remediation: Turn on all four settings of *Block Public Access* of the bucket.
    """
    bucket = buckets.get(trail.bucket)  # raises when we could not look everywhere
    if bucket is None:
        return unknown(f"{trail.bucket} is not in any account we look at")
    if reason := public_because(bucket, accounts):
        return failed(f"everybody can get at {bucket.id}: {reason}")
    return passed(f"nobody can get at {bucket.id} without being let in")


@check(objective="use-is-logged", severity=Severity.LOW)
def trail_bucket_access_is_logged(trail: Trail, buckets: Population[Bucket]) -> Verdict:
    """Requests to the bucket that keeps a trail's files are logged.

    Who looked at the audit log before the alarm is worth knowing.

    Remediation: *Properties* of the bucket, *Server access logging*, into another bucket.
    """
    bucket = buckets.get(trail.bucket)
    if bucket is None:
        return unknown(f"{trail.bucket} is not in any account we look at")
    if bucket.logs_to:
        return passed(f"requests to {bucket.id} are logged into {bucket.logs_to}")
    return failed(f"requests to {bucket.id} are not logged")


@check(objective="logs-are-protected", severity=Severity.MEDIUM)
def trail_bucket_keeps_versions(trail: Trail, buckets: Population[Bucket]) -> Verdict:
    """What is deleted from a trail's bucket can be brought back.

    The first thing that an intruder with rights deletes is the log.

    Remediation: Enable versioning, better Object Lock, and keep the bucket in an account of its own.
    """
    bucket = buckets.get(trail.bucket)
    if bucket is None:
        return unknown(f"{trail.bucket} is not in any account we look at")
    if bucket.versioning == "Enabled":
        return passed(f"{bucket.id} keeps versions")
    return failed(f"{bucket.id} does not keep versions")


def _records_all(trail: Trail) -> bool:
    return trail.multi_region and trail.logging and trail.reads and trail.writes and trail.global_events


def _lacking(trails: Iterable[Trail]) -> str:
    return "; ".join(f"{each.name} {', '.join(_lacks(each))}" for each in trails)


def _lacks(trail: Trail) -> list[str]:
    tests = {
        "is off": not trail.logging,
        "records one region": not trail.multi_region,
        "records no reads": not trail.reads,
        "records no changes": not trail.writes,
        "leaves out global services": not trail.global_events,
    }
    return [words for words, holds in tests.items() if holds]


def _data_events(trails: Population[Trail], *, reads: bool) -> Verdict:
    what = "reading" if reads else "changing"
    partial = []
    for trail in trails:
        if not trail.logging:
            continue
        for data in trail.data:
            if data.kind == "AWS::S3::Object" and (data.reads if reads else data.writes):
                if data.everywhere and trail.multi_region:
                    return passed(f"{trail.name} records {what} of all objects")
                partial.append(trail.name)
    if partial:
        return failed(f"{', '.join(sorted(set(partial)))} records {what} of some objects only")
    return failed(f"no trail records {what} of objects")


def _named(trails: Iterable[Trail]) -> str:
    return ", ".join(sorted(each.name for each in trails))
