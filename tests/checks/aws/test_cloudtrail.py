"""Truth tables of the checks of CloudTrail."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.aws import cloudtrail
from core.plugins import Check
from core.population import Population
from core.resource import NotObservedError, unobserved
from core.resources.aws.cloudtrail import DataEvents, Trail, TrailShadow
from core.resources.aws.s3 import Bucket
from tests.checks.aws.making import ACCOUNT, AS_OF, status
from tests.checks.aws.test_s3 import OPEN, UNBLOCKED, bucket
from tests.twins import population

LOGS = "logs"


NO_SHADOWS: Population[TrailShadow] = population(kind="aws_trail_shadow")


def shadow(**changes: Any) -> Population[TrailShadow]:
    """What another region shows of a trail."""
    arn = f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/far"
    given = {"id": f"eu-west-1/{arn}", "trail": arn, "name": "far", "home": "us-east-1"}
    return population(TrailShadow(**{**given, **changes}))


def trail(**changes: Any) -> Trail:
    given: dict[str, Any] = {
        "id": f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/all",
        "name": "all",
        "home": "eu-west-1",
        "multi_region": True,
        "global_events": True,
        "of_organization": False,
        "of_this_account": True,
        "bucket": LOGS,
        "key": "",
        "validates": True,
        "log_group": "arn:aws:logs:eu-west-1:123456789012:log-group:trail:*",
        "logging": True,
        "delivery_error": "",
        "group_delivered": datetime(2026, 11, 22, 16, tzinfo=UTC),
        "reads": True,
        "writes": True,
        "excludes": (),
        "data": (),
        "insights": (),
    }
    return Trail(**{**given, **changes})


@pytest.mark.parametrize(
    ("trails", "expected"),
    [
        ([{}], "pass"),
        ([{"logging": False}], "fail"),
        ([{"multi_region": False}], "fail"),
        ([{"reads": False}], "fail"),
        ([{"writes": False}], "fail"),
        ([{"global_events": False}], "fail"),
        ([{"logging": False}, {"id": "other"}], "pass"),
        ([], "fail"),
    ],
)
def test_everything_is_recorded_everywhere(trails: list[dict[str, Any]], expected: str) -> None:
    given = population(*(trail(**changes) for changes in trails), kind="aws_trail")
    assert status(cloudtrail.everything_is_recorded_everywhere(given, NO_SHADOWS)) == expected


def test_services_that_every_trail_leaves_out_are_named() -> None:
    both = population(
        trail(excludes=("kms.amazonaws.com", "rdsdata.amazonaws.com")), trail(id="2", excludes=("kms.amazonaws.com",))
    )
    reason = cloudtrail.everything_is_recorded_everywhere(both, NO_SHADOWS).reason
    assert reason == "all, all records management events of all regions, but those of kms.amazonaws.com"


@pytest.mark.parametrize(
    ("of", "expected"), [(shadow(), "unknown"), (shadow(trail=trail().id), "fail"), (NO_SHADOWS, "fail")]
)
def test_a_trail_whose_home_is_left_out_may_be_the_one(of: Population[TrailShadow], expected: str) -> None:
    given = population(trail(multi_region=False))
    assert status(cloudtrail.everything_is_recorded_everywhere(given, of)) == expected
    assert status(cloudtrail.object_writes_are_recorded(given, of)) == expected
    assert status(cloudtrail.object_reads_are_recorded(given, of)) == expected
    assert status(cloudtrail.unusual_activity_is_noticed(given, of)) == expected


def test_a_trail_whose_selectors_were_not_seen_is_unknown() -> None:
    with pytest.raises(NotObservedError):
        cloudtrail.everything_is_recorded_everywhere(population(trail(reads=unobserved("denied"))), NO_SHADOWS)


def data(*, reads: bool = True, writes: bool = True, everywhere: bool = True, kind: str = "AWS::S3::Object") -> Any:
    return {"data": (DataEvents(kind=kind, reads=reads, writes=writes, everywhere=everywhere),)}


@pytest.mark.parametrize(
    ("changes", "reads", "writes"),
    [
        (data(), "pass", "pass"),
        (data(reads=False), "fail", "pass"),
        (data(writes=False), "pass", "fail"),
        (data(everywhere=False), "fail", "fail"),
        (data(kind="AWS::Lambda::Function"), "fail", "fail"),
        ({**data(), "logging": False}, "fail", "fail"),
        ({**data(), "multi_region": False}, "fail", "fail"),
        ({}, "fail", "fail"),
    ],
)
def test_events_of_objects(changes: dict[str, Any], reads: str, writes: str) -> None:
    given = population(trail(**changes))
    assert status(cloudtrail.object_reads_are_recorded(given, NO_SHADOWS)) == reads
    assert status(cloudtrail.object_writes_are_recorded(given, NO_SHADOWS)) == writes


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({"insights": ("ApiCallRateInsight",)}, "pass"), ({}, "fail"), ({"insights": ("x",), "logging": False}, "fail")],
)
def test_unusual_activity_is_noticed(changes: dict[str, Any], expected: str) -> None:
    assert status(cloudtrail.unusual_activity_is_noticed(population(trail(**changes)), NO_SHADOWS)) == expected


@pytest.mark.parametrize(
    ("check", "changes", "expected"),
    [
        (cloudtrail.trail_validates_its_files, {}, "pass"),
        (cloudtrail.trail_validates_its_files, {"validates": False}, "fail"),
        (cloudtrail.trail_is_encrypted_with_kms, {"key": "arn:aws:kms:x"}, "pass"),
        (cloudtrail.trail_is_encrypted_with_kms, {}, "fail"),
        (cloudtrail.trail_delivers, {}, "pass"),
        (cloudtrail.trail_delivers, {"logging": False}, "fail"),
        (cloudtrail.trail_delivers, {"delivery_error": "AccessDenied"}, "fail"),
    ],
)
def test_one_field(check: Check[...], changes: dict[str, Any], expected: str) -> None:
    assert status(check(trail(**changes))) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"log_group": ""}, "fail"),
        ({"group_delivered": None}, "fail"),
        ({"group_delivered": datetime(2026, 11, 1, tzinfo=UTC)}, "fail"),
    ],
)
def test_trail_reaches_cloudwatch(changes: dict[str, Any], expected: str) -> None:
    assert status(cloudtrail.trail_reaches_cloudwatch(trail(**changes), as_of=AS_OF)) == expected


def logs(**changes: Any) -> Bucket:
    return bucket(id=LOGS, **changes)


@pytest.mark.parametrize(
    ("kept", "private", "logged", "versions"),
    [
        (logs(), "pass", "fail", "fail"),
        (logs(statements=OPEN), "fail", "fail", "fail"),
        (logs(logs_to="archive", versioning="Enabled"), "pass", "pass", "pass"),
        (bucket(id="another"), "unknown", "unknown", "unknown"),
    ],
)
def test_the_bucket(kept: Bucket, private: str, logged: str, versions: str) -> None:
    assert status(cloudtrail.trail_bucket_is_private(trail(), population(kept), population(UNBLOCKED))) == private
    assert status(cloudtrail.trail_bucket_access_is_logged(trail(), population(kept))) == logged
    assert status(cloudtrail.trail_bucket_keeps_versions(trail(), population(kept))) == versions


def test_a_bucket_where_we_could_not_look_is_unknown() -> None:
    with pytest.raises(NotObservedError):
        cloudtrail.trail_bucket_keeps_versions(trail(), population(kind="aws_s3_bucket", missing="denied"))
