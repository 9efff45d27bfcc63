"""Truth tables of the checks of volumes and snapshots."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.aws import ebs as checks
from core.population import Population
from core.resource import NotObservedError, unobserved
from core.resources.aws.ebs import EbsDefaults, Snapshot, SnapshotSharing, Volume, VolumeBackup
from tests.checks.aws.making import ACCOUNT, AS_OF, OTHER, status
from tests.checks.aws.test_ec2_instances import instance
from tests.twins import population

REGION = f"{ACCOUNT}/eu-west-1"
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
LATELY = datetime(2026, 11, 20, tzinfo=UTC)
OURS = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234"


def defaults(**changes: Any) -> EbsDefaults:
    given: dict[str, Any] = {
        "id": REGION, "region": "eu-west-1", "encrypts": True, "key": OURS, "blocks_public": "block-all-sharing",
    }  # fmt: skip
    return EbsDefaults(**{**given, **changes})


def volume(**changes: Any) -> Volume:
    given: dict[str, Any] = {
        "id": "vol-1",
        "name": "data",
        "created": LONG_AGO,
        "state": "in-use",
        "encrypted": True,
        "key": OURS,
        "instances": ("i-1",),
        "operator": "",
    }
    return Volume(**{**given, **changes})


def snapshot(**changes: Any) -> Snapshot:
    given: dict[str, Any] = {
        "id": "snap-1",
        "name": "",
        "defaults": REGION,
        "volume": "vol-1",
        "state": "completed",
        "started": LATELY,
        "encrypted": True,
        "public": False,
    }
    return Snapshot(**{**given, **changes})


def backup(started: datetime = LATELY, volume: str = "vol-1") -> VolumeBackup:
    return VolumeBackup(id=volume, snapshot="snap-1", started=started)


@pytest.mark.parametrize(
    ("changes", "encrypts", "with_ours", "private"),
    [
        ({}, "pass", "pass", "pass"),
        ({"encrypts": False, "key": "alias/aws/ebs"}, "fail", "not_applicable", "pass"),
        ({"key": f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/aws/ebs"}, "pass", "fail", "pass"),
        ({"key": "alias/aws/ebs", "blocks_public": "block-new-sharing"}, "pass", "fail", "pass"),
        ({"blocks_public": "unblocked"}, "pass", "pass", "fail"),
        ({"blocks_public": "block-some-sharing"}, "pass", "pass", "unknown"),
    ],
)
def test_a_region(changes: dict[str, Any], encrypts: str, with_ours: str, private: str) -> None:
    assert status(checks.region_encrypts_new_volumes(defaults(**changes))) == encrypts
    assert status(checks.region_encrypts_volumes_with_our_key(defaults(**changes))) == with_ours
    assert status(checks.region_keeps_snapshots_private(defaults(**changes))) == private


@pytest.mark.parametrize(
    ("changes", "encrypted", "used"),
    [
        ({}, "pass", "pass"),
        ({"encrypted": False, "key": ""}, "fail", "pass"),
        ({"state": "available", "instances": ()}, "pass", "fail"),
        ({"state": "creating"}, "pass", "not_applicable"),
    ],
)
def test_a_volume(changes: dict[str, Any], encrypted: str, used: str) -> None:
    assert status(checks.volume_is_encrypted(volume(**changes))) == encrypted
    assert status(checks.volume_is_in_use(volume(**changes))) == used


@pytest.mark.parametrize(
    ("changes", "of_instance", "made", "expected"),
    [
        ({}, {}, backup(), "pass"),
        ({}, {}, backup(LONG_AGO), "fail"),
        ({}, {}, backup(volume="vol-2"), "fail"),
        ({"created": LATELY}, {}, backup(volume="vol-2"), "not_applicable"),
        ({}, {"scaling_group": "web"}, backup(LONG_AGO), "not_applicable"),
        ({}, {"id": "i-2", "scaling_group": "web"}, backup(LONG_AGO), "fail"),
        ({"instances": ()}, {}, backup(LONG_AGO), "fail"),
        ({"operator": "eks.amazonaws.com"}, {}, backup(LONG_AGO), "not_applicable"),
    ],
)
def test_volume_has_a_recent_snapshot(
    changes: dict[str, Any], of_instance: dict[str, Any], made: VolumeBackup, expected: str
) -> None:
    instances = population(instance(**of_instance))
    verdict = checks.volume_has_a_recent_snapshot(volume(**changes), population(made), instances, as_of=AS_OF)
    assert status(verdict) == expected


def test_a_volume_can_be_exempt() -> None:
    none: Population[VolumeBackup] = population(kind="aws_ebs_backup", missing="denied")
    instances = population(instance())
    exempt = checks.volume_has_a_recent_snapshot(volume(), none, instances, as_of=AS_OF, exempt=("data",))
    assert status(exempt) == "not_applicable"


def test_snapshots_that_could_not_be_listed_are_unknown() -> None:
    hidden: Population[VolumeBackup] = population(kind="aws_ebs_backup", missing="denied")
    with pytest.raises(NotObservedError):
        checks.volume_has_a_recent_snapshot(volume(), hidden, population(instance()), as_of=AS_OF)


@pytest.mark.parametrize(
    ("changes", "of_region", "encrypted", "private", "due"),
    [
        ({}, {}, "pass", "pass", "pass"),
        ({"encrypted": False}, {}, "fail", "pass", "pass"),
        ({"public": True}, {}, "pass", "pass", "pass"),
        ({"public": True}, {"blocks_public": "block-new-sharing"}, "pass", "fail", "pass"),
        ({"public": True}, {"id": "elsewhere"}, "pass", "fail", "pass"),
        ({"started": LONG_AGO, "name": "old"}, {}, "pass", "pass", "fail"),
    ],
)
def test_a_snapshot(changes: dict[str, Any], of_region: dict[str, Any], encrypted: str, private: str, due: str) -> None:
    found = snapshot(**changes)
    assert status(checks.snapshot_is_encrypted(found)) == encrypted
    assert status(checks.snapshot_is_not_public(found, population(defaults(**of_region)))) == private
    assert status(checks.snapshot_is_not_kept_for_ever(found, as_of=AS_OF)) == due


def test_a_public_snapshot_whose_region_was_not_seen_is_unknown() -> None:
    hidden = population(defaults(blocks_public=unobserved("denied")))
    with pytest.raises(NotObservedError):
        checks.snapshot_is_not_public(snapshot(public=True), hidden)
    assert status(checks.snapshot_is_not_public(snapshot(), hidden)) == "pass"


@pytest.mark.parametrize(
    ("accounts", "approved", "expected"),
    [((), (), "pass"), ((OTHER,), (), "fail"), ((OTHER,), (OTHER,), "pass")],
)
def test_snapshot_is_shared_as_approved(accounts: tuple[str, ...], approved: tuple[str, ...], expected: str) -> None:
    found = SnapshotSharing(id="snap-1", accounts=accounts)
    assert status(checks.snapshot_is_shared_as_approved(found, approved=approved)) == expected
