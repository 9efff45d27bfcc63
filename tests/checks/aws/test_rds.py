"""Truth tables of the checks of database instances and clusters."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.aws import rds, rds_clusters
from core.plugins import Check
from core.resource import NotObservedError, unobserved
from core.resources.aws.rds import AppliedGroup, DatabaseCluster, DatabaseInstance
from tests.checks.aws.making import ACCOUNT, AS_OF, status

BEGIN = f"arn:aws:rds:eu-west-1:{ACCOUNT}"
MEMBER, REPLICA = {"cluster": "orders"}, {"replica_of": "orders"}


def instance(**changes: Any) -> DatabaseInstance:
    given: dict[str, Any] = {
        "id": f"{BEGIN}:db:records",
        "name": "records",
        "engine": "postgres",
        "version": "16.4",
        "version_status": "available",
        "standard_support_ends": datetime(2029, 2, 28, tzinfo=UTC),
        "cluster": "",
        "replica_of": "",
        "public": False,
        "encrypted": True,
        "key": "",
        "backup_days": 7,
        "guarded": True,
        "multi_zone": True,
        "minor_upgrades": True,
        "log_exports": ("postgresql",),
        "iam_sign_in": True,
        "copies_tags": True,
        "managed_password": True,
        "monitoring_seconds": 60,
        "certificate_ends": datetime(2061, 1, 1, tzinfo=UTC),
        "groups": (AppliedGroup(arn=f"{BEGIN}:pg:own", status="in-sync"),),
    }
    return DatabaseInstance(**{**given, **changes})


def cluster(**changes: Any) -> DatabaseCluster:
    given: dict[str, Any] = {
        "id": f"{BEGIN}:cluster:orders",
        "name": "orders",
        "engine": "aurora-postgresql",
        "version": "16.4",
        "version_status": "available",
        "standard_support_ends": datetime(2029, 2, 28, tzinfo=UTC),
        "encrypted": True,
        "key": "",
        "backup_days": 7,
        "guarded": True,
        "multi_zone": True,
        "log_exports": ("postgresql",),
        "iam_sign_in": True,
        "copies_tags": True,
        "managed_password": True,
        "group": AppliedGroup(arn=f"{BEGIN}:cluster-pg:own", status="in-sync"),
    }
    return DatabaseCluster(**{**given, **changes})


@pytest.mark.parametrize(
    ("check", "changes", "expected"),
    [
        (rds.instance_has_no_public_address, {"public": True}, "fail"),
        (rds.instance_storage_is_encrypted, {"key": "arn:aws:kms:…"}, "pass"),
        (rds.instance_storage_is_encrypted, {"encrypted": False}, "fail"),
        (rds.instance_storage_is_encrypted, MEMBER, "not_applicable"),
        (rds.instance_is_backed_up, {"backup_days": 6}, "fail"),
        (rds.instance_is_backed_up, {"backup_days": 0}, "fail"),
        (rds.instance_is_backed_up, {"backup_days": 0, **REPLICA}, "not_applicable"),
        (rds.instance_is_backed_up, MEMBER, "not_applicable"),
        (rds.instance_is_guarded_against_deletion, {"guarded": False}, "fail"),
        (rds.instance_is_guarded_against_deletion, MEMBER, "not_applicable"),
        (rds.instance_survives_its_zone, {"multi_zone": False}, "fail"),
        (rds.instance_survives_its_zone, {"multi_zone": False, **REPLICA}, "not_applicable"),
        (rds.instance_survives_its_zone, MEMBER, "not_applicable"),
        (rds.instance_takes_minor_upgrades, {"minor_upgrades": False}, "fail"),
        (rds.instance_sends_its_logs_away, {"log_exports": ()}, "fail"),
        (rds.instance_sends_its_logs_away, MEMBER, "not_applicable"),
        (rds.instance_lets_identities_sign_in, {"iam_sign_in": False}, "fail"),
        (rds.instance_lets_identities_sign_in, {"iam_sign_in": False, "engine": "oracle-ee"}, "not_applicable"),
        (rds.instance_lets_identities_sign_in, MEMBER, "not_applicable"),
        (rds.instance_tags_go_with_snapshots, {"copies_tags": False}, "fail"),
        (rds.instance_tags_go_with_snapshots, MEMBER, "not_applicable"),
        (rds.instance_password_is_managed, {"managed_password": False}, "fail"),
        (rds.instance_password_is_managed, {"managed_password": False, **REPLICA}, "not_applicable"),
        (rds.instance_password_is_managed, MEMBER, "not_applicable"),
        (rds.instance_is_measured, {"monitoring_seconds": 0}, "fail"),
        (rds.instance_is_measured, {"monitoring_seconds": 0, "engine": "docdb", **MEMBER}, "not_applicable"),
    ],
)
def test_instance(check: Check[...], changes: dict[str, Any], expected: str) -> None:
    assert status(check(instance())) == "pass"
    assert status(check(instance(**changes))) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"standard_support_ends": None}, "pass"),
        ({"standard_support_ends": datetime(2026, 2, 28, tzinfo=UTC)}, "fail"),
        ({"version_status": "deprecated", "standard_support_ends": unobserved("denied")}, "fail"),
        ({"version_status": "resting"}, "unknown"),
    ],
)
def test_versions(changes: dict[str, Any], expected: str) -> None:
    assert status(rds.instance_version_is_supported(instance(**changes), as_of=AS_OF)) == expected
    assert status(rds_clusters.cluster_version_is_supported(cluster(**changes), as_of=AS_OF)) == expected
    member = instance(**{**changes, **MEMBER})
    assert status(rds.instance_version_is_supported(member, as_of=AS_OF)) == "not_applicable"


def test_members_of_clusters_are_judged_where_it_is_theirs_to_decide() -> None:
    member = instance(**MEMBER, engine="aurora-postgresql", public=True, minor_upgrades=False)
    assert status(rds.instance_has_no_public_address(member)) == "fail"
    assert status(rds.instance_takes_minor_upgrades(member)) == "fail"


def test_settings_of_instances() -> None:
    assert status(rds.instance_has_no_public_address(instance(public=True), approved=("records",))) == "pass"
    assert status(rds.instance_is_backed_up(instance(), days=14)) == "fail"
    assert status(rds.instance_sends_its_logs_away(instance(), needed=("postgresql",))) == "pass"
    assert rds.instance_sends_its_logs_away(instance(), needed=("upgrade",)).reason == (
        "records sends postgresql to CloudWatch Logs, and not upgrade"
    )


@pytest.mark.parametrize(
    ("ends", "expected"),
    [(datetime(2026, 12, 31, tzinfo=UTC), "pass"), (datetime(2026, 12, 1, tzinfo=UTC), "fail")],
)
def test_instance_certificate_lasts(ends: datetime, expected: str) -> None:
    assert status(rds.instance_certificate_lasts(instance(certificate_ends=ends), AS_OF)) == expected


def test_what_was_not_seen_of_an_instance_is_unknown() -> None:
    with pytest.raises(NotObservedError):
        rds.instance_has_no_public_address(instance(public=unobserved("AWS does not say")))
    with pytest.raises(NotObservedError):
        rds.instance_version_is_supported(instance(version_status=unobserved("denied")), as_of=AS_OF)
    with pytest.raises(NotObservedError):
        rds.instance_version_is_supported(instance(standard_support_ends=unobserved("denied")), as_of=AS_OF)


def test_a_key_that_aws_owns_is_said() -> None:
    assert rds.instance_storage_is_encrypted(instance()).reason == (
        "the storage of records is encrypted with a key that AWS owns"
    )


@pytest.mark.parametrize(
    ("check", "changes", "expected"),
    [
        (rds_clusters.cluster_storage_is_encrypted, {"encrypted": False}, "fail"),
        (rds_clusters.cluster_is_backed_up, {"backup_days": 1}, "fail"),
        (rds_clusters.cluster_is_guarded_against_deletion, {"guarded": False}, "fail"),
        (rds_clusters.cluster_survives_its_zone, {"multi_zone": False}, "fail"),
        (rds_clusters.cluster_sends_its_logs_away, {"log_exports": ()}, "fail"),
        (rds_clusters.cluster_sends_its_logs_away, {"engine": "docdb", "log_exports": ("profiler",)}, "fail"),
        (rds_clusters.cluster_sends_its_logs_away, {"engine": "neptune", "log_exports": ("audit",)}, "pass"),
        (rds_clusters.cluster_lets_identities_sign_in, {"iam_sign_in": False}, "fail"),
        (rds_clusters.cluster_lets_identities_sign_in, {"iam_sign_in": False, "engine": "neptune"}, "fail"),
        (rds_clusters.cluster_lets_identities_sign_in, {"iam_sign_in": False, "engine": "docdb"}, "not_applicable"),
        (rds_clusters.cluster_tags_go_with_snapshots, {"copies_tags": False}, "fail"),
        (rds_clusters.cluster_tags_go_with_snapshots, {"copies_tags": False, "engine": "docdb"}, "not_applicable"),
        (rds_clusters.cluster_password_is_managed, {"managed_password": False}, "fail"),
        (rds_clusters.cluster_password_is_managed, {"engine": "neptune"}, "not_applicable"),
    ],
)
def test_cluster(check: Check[...], changes: dict[str, Any], expected: str) -> None:
    assert status(check(cluster())) == "pass"
    assert status(check(cluster(**changes))) == expected
